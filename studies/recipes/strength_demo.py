"""A demonstration study of several strengths, answered by simulated observers: its report has a curve, and says which
measure of the change predicts what they notice."""

from functools import partial

from django.contrib.auth.models import User

from ml.attacks.training import AttackTraining
from ml.evaluation.visibility import VisibilityMeasurement
from ml.models import Attack, Classifier, PairSet
from ml.models.visibility import Visibility
from ml.pairs.making import PairMaking
from ml.runs.lifecycle import perform
from ml.runs.reuse import ShowProgress, find_or_make
from studies.design.lifecycle import create_study, open_study
from studies.models import Session, Study
from studies.simulation.run import simulate_study
from studies.simulation.simulated_observer import SimulatedGroup

TITLE = "From which strength on is a change noticed? (simulated observers)"
STRENGTHS = (8.0, 4.0, 2.0, 1.0)
"""In levels, the main one first. The attack takes one step (FGSM), so that each costs no training."""
IMAGES = 64
N_PERTURBED, N_CLEAN = 32, 16
OBSERVERS = 8
GROUP = SimulatedGroup(dprime=3.0, criterion=0.2, observer_sd=0.3, image_sd=0.4)
SEED = 1


def prepare_strength_study(classifier: Classifier, *, by: User, scale: int, show_progress: ShowProgress) -> Study:
    """Return the study, closed; make whatever is missing on the way to it.

    Parameters
    ----------
    classifier
        Whom the attack fools; its test images are shown.
    by
        Whose study it is.
    scale
        Screen pixels per image pixel.
    show_progress
        Given a title, shows the progress of one long step.
    """
    pair_sets = [_pair_set(classifier, strength, show_progress) for strength in STRENGTHS]
    study = Study.objects.filter(title=TITLE, pair_set=pair_sets[0]).order_by("pk").first()
    if study is None:
        study = create_study(
            by=by,
            title=TITLE,
            pair_set=pair_sets[0],
            further_pair_sets=pair_sets[1:],
            n_perturbed=N_PERTURBED,
            n_clean=N_CLEAN,
            scale=scale,
            closes_when_finished=True,
            seed=SEED,
        )
    if study.state == Study.State.DRAFT:
        study = open_study(study=study, by=by)
    finished = Session.objects.filter(observer__study=study, finished_at__isnull=False).count()
    if study.state == Study.State.OPEN and finished < OBSERVERS:
        with show_progress("Simulating observers of several strengths") as progress:
            simulate_study(study=study, group=GROUP, observers=OBSERVERS, seed=SEED, by=by, progress=progress)
    return study


def _pair_set(classifier: Classifier, strength: float, show_progress: ShowProgress) -> PairSet:
    """Return image pairs of one strength, measured."""
    name = f"{classifier.name}, FGSM at {strength:g}"
    find = partial(find_or_make, show_progress=show_progress, made_otherwise=True)
    training = AttackTraining(classifier=classifier, name=name, kind="fgsm", target_class="nv", strength=strength)
    attack = find(Attack, training, f"Setting up the attack at strength {strength:g}")
    pair_set = find(
        PairSet, PairMaking(attack=attack, name=name, limit=IMAGES), f"Making pairs at strength {strength:g}"
    )
    if not Visibility.objects.filter(pair_set=pair_set).exists():
        with show_progress(f"Measuring how visible strength {strength:g} is") as progress:
            perform(VisibilityMeasurement(pair_set=pair_set), progress=progress)
    return pair_set
