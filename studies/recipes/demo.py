"""The demonstration: from nothing to an open study of synthetic lesions, each step once, each continued if cut off."""

import json
import secrets
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from ml.attacks.training import AttackTraining
from ml.classifiers.training import ClassifierTraining
from ml.datasets.importing import import_images
from ml.datasets.synthetic import synthetic_archive
from ml.evaluation.attack import AttackEvaluation
from ml.models import Attack, Classifier, Dataset, Evaluation, PairSet
from ml.pairs.making import PairMaking
from ml.runs.lifecycle import perform
from ml.runs.lookup import find_named
from ml.runs.reuse import ShowProgress, find_or_make
from perception.core.private_file import write_private
from perception.core.progress import Progress
from studies.design.invitations import invitation_url, invite_observers
from studies.design.lifecycle import create_study, open_study
from studies.models import Observer, Session, Study
from studies.recipes.strength_demo import prepare_strength_study
from studies.simulation.run import simulate_observer

# What two cores manage in a few minutes. The lesions are faint and the classifier small so that the attack succeeds
# within that time; they were chosen for it.
NAME = "Synthetic lesions"
SEED = 1
IMAGE_SIZE = 128
IMAGES = 1080
TEST_SHARE = 280 / 1080
CLASSIFIER: dict[str, Any] = {
    "architecture": "densenet-small",
    "image_size": IMAGE_SIZE,
    "epochs": 6,
    "batch_size": 16,
    "learning_rate": 3e-3,
    "seed": SEED,
}
ATTACK: dict[str, Any] = {
    "kind": "generator",
    "target_class": "nv",
    "strength": 8.0,
    "settings": {"steps": 200, "batch_size": 8, "learning_rate": 3e-3},
    "seed": SEED,
}

RESEARCHER = "researcher"
TITLE = "Which of these images were changed?"
SIMULATED_TITLE = "Which of these images were changed? (simulated observers)"
N_PERTURBED, N_CLEAN = 30, 20
# The side that an image has on the screen, about, in pixels of the screen.
SHOWN_SIDE = 320


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demonstration made, as `demo.json` holds it."""

    username: str
    password: str
    observers: list[str]
    report: str
    strengths_report: str
    """Of the study of several strengths, which simulated observers have answered."""

    def as_dict(self) -> dict[str, Any]:
        """Return the contents of `demo.json`."""
        return {
            "researcher": {"username": self.username, "password": self.password},
            "observers": self.observers,
            "report": self.report,
            "strengths_report": self.strengths_report,
        }


def prepare_demo(*, simulate: bool, base_url: str, show_progress: ShowProgress) -> Demo:
    """Make what is missing of the demonstration and write `demo.json` into the data folder.

    Parameters
    ----------
    simulate
        Make, instead of the study that waits for two people, one that two simulated observers have answered.
    base_url
        The address of the site, for the links.
    show_progress
        Given a title, shows the progress of one long step.
    """
    username, password = _researcher()
    by = User.objects.get(username=username)
    pair_set = _pair_set(show_progress)
    study = _study(pair_set, by=by, simulate=simulate)
    of_strengths = prepare_strength_study(
        pair_set.attack.attacked_classifier, by=by, scale=study.scale, show_progress=show_progress
    )
    observers = list(study.observers.order_by("pk"))
    if simulate:
        with show_progress("Simulating two observers") as progress:
            _answer(observers, progress)
    demo = Demo(
        username=username,
        password=password,
        observers=[invitation_url(observer, base_url) for observer in observers],
        report=base_url + reverse("studies:study-report", args=[study.pk]),
        strengths_report=base_url + reverse("studies:study-report", args=[of_strengths.pk]),
    )
    _write(demo)
    return demo


def demo_file() -> Path:
    """Return the path of `demo.json`."""
    return Path(settings.DATA_DIR) / "demo.json"


def _researcher() -> tuple[str, str]:
    """Return the researcher's name and password; a password that is not known any more is replaced."""
    try:
        known = json.loads(demo_file().read_text(encoding="utf-8"))["researcher"]
        user = User.objects.get(username=known["username"])
        if user.check_password(known["password"]):
            return known["username"], known["password"]
    except (OSError, ValueError, KeyError, TypeError, User.DoesNotExist):
        pass  # the file is not there, or not ours any more
    password = secrets.token_urlsafe(9)
    user, _ = User.objects.get_or_create(username=RESEARCHER)
    user.set_password(password)
    user.save()
    return RESEARCHER, password


def _pair_set(show_progress: ShowProgress) -> PairSet:
    """Return the demonstration's evaluated image pairs; make whatever is missing on the way to them."""
    name = NAME
    dataset = find_named(Dataset, name)
    if dataset is None:
        archive = synthetic_archive(images=IMAGES, size=IMAGE_SIZE, seed=SEED)
        with show_progress("Drawing synthetic lesions") as progress:
            import_images(archive=archive, name=name, seed=SEED, test_share=TEST_SHARE, progress=progress)
        dataset = Dataset.objects.get(name=name)
    find = partial(find_or_make, show_progress=show_progress, made_otherwise=True)
    training = ClassifierTraining(dataset=dataset, name=name, **CLASSIFIER)
    classifier = find(Classifier, training, "Training the classifier")
    attack = find(Attack, AttackTraining(classifier=classifier, name=name, **ATTACK), "Training the attack")
    pair_set = find(PairSet, PairMaking(attack=attack, name=name), "Making image pairs")
    if not Evaluation.objects.filter(pair_set=pair_set).exists():
        with show_progress("Evaluating the attack") as progress:
            perform(AttackEvaluation(pair_set=pair_set), progress=progress)
    return pair_set


def _study(pair_set: PairSet, *, by: User, simulate: bool) -> Study:
    title = SIMULATED_TITLE if simulate else TITLE
    study = Study.objects.filter(title=title, pair_set=pair_set).order_by("pk").first()
    if study is None:
        study = create_study(
            by=by,
            title=title,
            pair_set=pair_set,
            n_perturbed=N_PERTURBED,
            n_clean=N_CLEAN,
            scale=max(1, round(SHOWN_SIDE / pair_set.image_size)),
            seed=SEED,
        )
    if not study.observers.exists():
        labels = ["Simulated observer 1", "Simulated observer 2"] if simulate else ["Observer 1", "Observer 2"]
        invite_observers(study=study, labels=labels, by=by, simulated=simulate)
    if study.state == Study.State.DRAFT:
        study = open_study(study=study, by=by)
    return study


def _answer(observers: list[Observer], progress: Progress) -> None:
    """Let the simulated observers answer what is left: just above chance, a little towards “changed”."""
    total = len(observers) * (N_PERTURBED + N_CLEAN)
    for number, observer in enumerate(observers):
        if Session.objects.filter(observer=observer, finished_at__isnull=False).exists():
            continue
        before = number * (N_PERTURBED + N_CLEAN)
        simulate_observer(
            observer=observer,
            dprime=0.4,
            criterion=-0.2,
            seed=SEED + number,
            progress=lambda done, _, note="", before=before: progress(before + done, total, note),
        )
    progress(total, total)


def _write(demo: Demo) -> None:
    """Write `demo.json`, readable by its owner alone: it holds a password."""
    write_private(demo_file(), json.dumps(demo.as_dict(), indent=2) + "\n")
