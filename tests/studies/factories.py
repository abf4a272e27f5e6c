"""Real little studies for the tests: images, pairs and stimuli are files that can be opened."""

import hashlib
import itertools
from collections.abc import Sequence
from typing import Any
from unittest import mock

import numpy as np
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ml.images.pixels import Pixels, decode, encode_png
from ml.models import Attack, Classifier, Dataset, Image, ImagePair, PairSet
from studies.design.invitations import invite_observers
from studies.design.lifecycle import (
    archive_study,
    close_study,
    create_study,
    open_study,
    pause_study,
    start_pilot,
)
from studies.design.recruitment import open_links
from studies.models import Observer, OpenLink, Session, Study
from studies.sessions.recruitment.arrival import arrive, new_visit, read_arrival
from studies.sessions.start import start_session
from studies.sessions.steps import answer_questionnaire, complete_instructions
from studies.sessions.trials import position_of, record_answer

_numbers = itertools.count(1)
CLASSES = ["bcc", "mel", "nv"]


def make_researcher(*, superuser: bool = False) -> User:
    """Return a user who can sign in with the password “a long password”."""
    name = f"researcher{next(_numbers)}"
    return User.objects.create_user(name, password="a long password", is_superuser=superuser)


def make_pair_set(*, n: int = 8, size: int = 12, lesions: int | None = None, strength: int = 4) -> PairSet:
    """Return a pair set of `n` images of noise; their lesions repeat after `lesions` images."""
    number = next(_numbers)
    dataset = Dataset.objects.create(
        name=f"dataset {number}",
        source=Dataset.Source.SYNTHETIC,
        classes=CLASSES,
        split_method=Dataset.SplitMethod.STRATIFIED,
        content_hash="0" * 64,
    )
    classifier = Classifier.objects.create(
        name=f"classifier {number}", dataset=dataset, architecture="none", classes=CLASSES, image_size=size
    )
    attack = Attack.objects.create(
        name=f"attack {number}",
        classifier=classifier,
        kind="generator",
        target_class="nv",
        strength=strength,
    )
    pair_set = PairSet.objects.create(
        name=f"pairs {number}",
        attack=attack,
        dataset=dataset,
        split=Image.Split.TEST,
        strength=strength,
        image_size=size,
    )
    images = Image.objects.bulk_create(
        image_of(pair_set, index=index, lesion=index % (lesions or n), size=size) for index in range(n)
    )
    store_pairs(pair_set, images, seed=number)
    return pair_set


def make_pair_set_of_strength(like: PairSet, strength: int) -> PairSet:
    """Return pairs of the same images as another set's, at another strength."""
    return _make_pair_set_like(like, like.attack, strength)


def make_pair_set_of_attack(like: PairSet, kind: str, *, strength: int = 4) -> PairSet:
    """Return pairs of the same images as another set's, by another attack on the same classifier."""
    number = next(_numbers)
    attack = Attack.objects.create(
        name=f"attack {number}",
        classifier=like.attack.classifier,
        kind=kind,
        target_class=like.attack.target_class,
        strength=strength,
    )
    return _make_pair_set_like(like, attack, strength)


def _make_pair_set_like(like: PairSet, attack: Attack, strength: int) -> PairSet:
    pair_set = PairSet.objects.create(
        name=f"{like.name} at {strength}" if attack == like.attack else f"{attack.name} at {strength}",
        attack=attack,
        dataset=like.dataset,
        split=like.split,
        strength=strength,
        image_size=like.image_size,
    )
    pairs = list(like.pairs.select_related("image").order_by("pk"))
    store_pairs(pair_set, [pair.image for pair in pairs], seed=strength, clean=[_pixels(pair) for pair in pairs])
    return pair_set


def _pixels(pair: ImagePair) -> Pixels:
    with pair.clean_file.open() as file:
        return decode(file.read())


def image_of(pair_set: PairSet, *, index: int, lesion: int, size: int) -> Image:
    """Return a row, not stored yet, of an image of which there will be a pair."""
    return Image(
        dataset=pair_set.dataset,
        name=f"IMG_{pair_set.pk}_{index:04d}",
        lesion=f"LESION_{pair_set.pk}_{lesion:04d}",
        diagnosis=CLASSES[index % len(CLASSES)],
        split=Image.Split.TEST,
        width=size,
        height=size,
    )


def store_pairs(
    pair_set: PairSet, images: Sequence[Image], *, seed: int, clean: Sequence[Pixels] | None = None
) -> None:
    """Draw and store both twins of each image: noise; or a change to clean images that are there."""
    generator = np.random.default_rng(seed)
    ImagePair.objects.bulk_create(
        drawn_pair(pair_set, image=image, index=index, generator=generator, clean=clean[index] if clean else None)
        for index, image in enumerate(images)
    )


def drawn_pair(
    pair_set: PairSet, *, image: Image, index: int, generator: np.random.Generator, clean: Pixels | None = None
) -> ImagePair:
    """Store the files of both twins of an image, and return the row, which is not stored yet."""
    size = pair_set.image_size
    if clean is None:
        clean = generator.integers(40, 200, (size, size, 3), dtype=np.uint8)
    change = generator.integers(-int(pair_set.strength), int(pair_set.strength) + 1, clean.shape)
    perturbed = (clean.astype(int) + change).astype(np.uint8)
    files = {}
    for kind, pixels in (("clean", clean), ("perturbed", perturbed)):
        data = encode_png(pixels)
        files[f"{kind}_file"] = default_storage.save(f"pairs/{pair_set.uid}/{kind}{index}.png", ContentFile(data))
        files[f"{kind}_sha256"] = hashlib.sha256(data).hexdigest()
    return ImagePair(
        pair_set=pair_set, image=image, linf=int(np.abs(change).max()), l2=1.0, psnr=40.0, ssim=0.99, **files
    )


def make_study(*, owner: User | None = None, n_perturbed: int = 3, n_clean: int = 2, **fields: object) -> Study:
    """Return a draft."""
    fields.setdefault("pair_set", None)
    if fields["pair_set"] is None:
        fields["pair_set"] = make_pair_set(n=n_perturbed + n_clean + 2)
    if fields.get("trial_type") == "marked_place":
        given = [one for value in fields.values() for one in (value if isinstance(value, list) else [value])]
        confine_changes([one for one in given if isinstance(one, PairSet)])
    fields.setdefault("title", "Noise study")
    fields.setdefault("seed", 1)
    return create_study(by=owner or make_researcher(), n_perturbed=n_perturbed, n_clean=n_clean, **fields)


def confine_changes(pair_sets: Sequence[PairSet]) -> None:
    """Let each pair differ in one square alone, a ninth of the image at a place of its own; a single pixel at least."""
    for pair in ImagePair.objects.filter(pair_set__in=pair_sets).select_related("pair_set"):
        with pair.clean_file.open() as file:
            pixels = decode(file.read()).copy()
        width = max(1, len(pixels) // 3)
        generator = np.random.default_rng(pair.pk)
        top, left = generator.integers(0, len(pixels) - width + 1, 2)
        pixels[top : top + width, left : left + width] += np.uint8(pair.pair_set.strength)
        data = encode_png(pixels)
        pair.perturbed_file.save("confined.png", ContentFile(data), save=False)
        pair.perturbed_sha256 = hashlib.sha256(data).hexdigest()
        pair.save()


def make_open_study(*, observers: int = 1, simulated: bool = False, **fields: object) -> Study:
    """Return an open study with invited observers A, B, …"""
    # The database holds the same constraints, in a moment. Asked one by one they take a third of the whole.
    with mock.patch.object(Study, "validate_constraints"):
        study = make_study(**fields)  # type: ignore[arg-type]
        study = open_study(study=study, by=study.owner)
    if observers:
        labels = [f"Observer {chr(ord('A') + index)}" for index in range(observers)]
        invite_observers(study=study, labels=labels, by=study.owner, simulated=simulated)
    return study


def make_draft_with_observers(*, observers: int = 1, **fields: object) -> Study:
    """Return a draft to which observers were invited already: their links lead to a page that says to wait."""
    study = make_study(**fields)  # type: ignore[arg-type]
    labels = [f"Observer {chr(ord('A') + index)}" for index in range(observers)]
    invite_observers(study=study, labels=labels, by=study.owner)
    return study


def make_session(study: Study | None = None) -> Session:
    """Return the session of the first observer of an open study, who has consented and read the instructions."""
    study = study or make_open_study()
    return begin_trials(Observer.objects.filter(study=study).order_by("pk")[0])


def begin_trials(observer: Observer) -> Session:
    """Return the observer's session, at its first trial; a questionnaire may hold nothing that is required."""
    session = start_session(observer=observer)
    answer_questionnaire(session=session, given={})
    complete_instructions(session=session)
    session.refresh_from_db()
    return session


def answer_trials(session: Session, response: str = "clean", *, count: int | None = None) -> None:
    """Answer the next `count` trials (all by default) with one response; before them, leave the instructions."""
    complete_instructions(session=session)
    answered = 0
    while count is None or answered < count:
        trial = position_of(session).trial
        if trial is None:
            return
        assert record_answer(session=session, trial_token=trial.token, response=response)
        answered += 1


def make_study_in(state: str, **fields: Any) -> Study:
    """Return a study that has come to a state by what leads there, with one observer; it may be reopened."""
    study = make_draft_with_observers(may_be_reopened=True, **fields)
    if state == Study.State.PILOT:
        return start_pilot(study=study, by=study.owner)
    if state == Study.State.DRAFT:
        return study
    study = open_study(study=study, by=study.owner)
    if state == Study.State.PAUSED:
        return pause_study(study=study, by=study.owner, reason="an alarm")
    if state in {Study.State.CLOSED, Study.State.ARCHIVED}:
        study = close_study(study=study, by=study.owner)
    return archive_study(study=study, by=study.owner) if state == Study.State.ARCHIVED else study


def make_open_link(study: Study, *, places: open_links.Places = 3, name: str = "A link", **fields: Any) -> OpenLink:
    """Return a link for everybody."""
    return open_links.make_open_link(study=study, places=places, name=name, by=study.owner, **fields)


def arrive_by(link: OpenLink, outside_id: str = "") -> Observer:
    """Let somebody consent who comes by a link, and return the observer that they are."""
    arrival = read_arrival(link, {link.person_parameter: outside_id} if outside_id else {})
    return arrive(link=link, arrival=arrival, visit=new_visit(link), language="en")


def make_adaptive_study(trial_type: str = "yes_no", *, n: int = 30, **fields: Any) -> Study:
    """Return an open study of five strengths, chosen from the answers, each observer's images from a pool."""
    pair_set = make_pair_set(n=n, size=4, strength=4)
    further = [make_pair_set_of_strength(pair_set, strength) for strength in (1, 2, 8, 16)]
    fields.setdefault("n_perturbed", 12)
    fields.setdefault("n_clean", 8)
    return make_open_study(
        pair_set=pair_set,
        further_pair_sets=further,
        trial_type=trial_type,
        allocation="pool",
        adapts_strength=True,
        **fields,
    )
