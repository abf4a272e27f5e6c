"""APGD: projected gradient descent that chooses the length of its steps itself, by how it gets on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from ml.attacks.gradient_based.levels import LEVELS
from ml.attacks.gradient_based.stopping import ONCE_READ, margin_setting, stop_setting, without_idle_margin
from ml.attacks.image_randomness import randomness_of
from ml.attacks.method import AttackOptions, Perturb
from ml.attacks.target_lead import target_lead
from ml.attacks.taxonomy import WHITE_BOX, Technique
from ml.attacks.untrained import UntrainedAttack
from ml.images.pixels import Pixels, quantise
from ml.networks.network import Network
from ml.options import AttackSettings, SettingValue, setting

if TYPE_CHECKING:
    from ml.networks.gradients.input_gradient import LossGradient

Floats = NDArray[np.float32]

CROSS_ENTROPY, RATIO, BOTH = "cross-entropy", "dlr", "both"
# As published: how much of a step is new, the rest being of the step before; the share of steps between two checks
# that are to come nearer; the first check, and by how much each of the next comes sooner, as shares of all steps.
NEW = np.float32(0.75)
NEARER = 0.75
FIRST_CHECK, SOONER, SOONEST = 0.22, 0.03, 0.06


@dataclass(frozen=True, slots=True)
class ApgdSettings(AttackSettings):
    """How APGD moves."""

    steps: int = setting(100, gettext_noop("steps at most, of each loss and start"), above=0, at_most=100_000)
    loss: str = setting(
        BOTH,
        gettext_noop(
            "what is made small: the cross-entropy to the target class, the targeted difference of logits ratio, or "
            "first the one and then, where that did not do, the other"
        ),
        choices=(BOTH, CROSS_ENTROPY, RATIO),
    )
    starts: int = setting(
        1, gettext_noop("random places within the strength that each loss begins from, until one does"), above=0
    )
    stop: str = stop_setting()
    margin: float = margin_setting()

    def of_the_method(self) -> dict[str, SettingValue]:
        """Return all of them, without a margin that nothing asks for."""
        return without_idle_margin(AttackSettings.of_the_method(self))


class ApgdAttack(UntrainedAttack):
    """Croce, Hein 2020, targeted, with the largest change of a channel bounded."""

    title: ClassVar[str] = gettext_noop("APGD (Croce & Hein 2020)")
    strength_explained: ClassVar[str] = gettext_noop("largest change to a pixel channel, in levels")
    bounded: ClassVar[bool] = True
    techniques: ClassVar[tuple[Technique, ...]] = WHITE_BOX
    settings: ClassVar[type[AttackSettings]] = ApgdSettings

    def perturber(self, weights: bytes, options: AttackOptions, *, classifier: Network | None, source: str) -> Perturb:
        """Return the function that moves images by one loss or by two, one after the other."""
        from ml.networks.gradients.input_gradient import loss_gradient
        from ml.networks.gradients.losses import cross_entropy, logits_ratio

        settings = options.settings_as(ApgdSettings)
        losses = []
        if settings.loss != RATIO:
            losses.append(loss_gradient(classifier, cross_entropy(options.target)))
        if settings.loss != CROSS_ENTROPY:
            losses.append(loss_gradient(classifier, logits_ratio(options.target)))
        return lambda images: _attack(quantise(images), losses, options)


@dataclass(slots=True)
class _Walk:
    """Where some images are on their way, all of them arrays with a row an image."""

    number: NDArray[np.int64]
    """Which of the batch's images it is."""
    start: Floats
    place: Floats
    before: Floats
    """The place one step ago."""
    gradient: Floats
    loss: Floats
    step: Floats
    """Length of the next step, in levels."""
    best_place: Floats
    best_gradient: Floats
    best_loss: Floats
    nearer: NDArray[np.int64]
    """Steps since the last check that made the loss smaller."""
    checked_loss: Floats
    """The least loss at the last check."""
    halved: NDArray[np.bool_]
    """Whether the step was halved at the last check."""

    def without(self, done: NDArray[np.bool_]) -> "_Walk":
        """Return the walk of the others."""
        if not done.any():
            return self
        return _Walk(**{one.name: getattr(self, one.name)[~done] for one in fields(self)})


def _attack(clean: Pixels, losses: "Sequence[LossGradient]", options: AttackOptions) -> Floats:
    """Return the most convincing 8-bit image on the ways of each."""
    settings = options.settings_as(ApgdSettings)
    chances = [randomness_of(image, options.seed) for image in clean]
    kept = _Kept(clean.astype(np.float32))
    for loss in losses:
        for _ in range(settings.starts):
            left = np.flatnonzero(kept.leads < settings.margin) if settings.stop == ONCE_READ else np.arange(len(clean))
            if len(left):
                _descend(left, [chances[number] for number in left], loss, kept, options)
    return kept.twins / LEVELS


class _Kept:
    """The twins that differ from their images in which the target class leads by most."""

    def __init__(self, start: Floats) -> None:
        self.start = start
        self.twins = start.copy()
        self.leads: Floats = np.full(len(start), -np.inf, dtype=np.float32)

    def offer(self, numbers: NDArray[np.int64], shown: Floats, leads: Floats) -> NDArray[np.float32]:
        """Take a twin of each of some images; return by how much the target class leads, −∞ where nothing differs."""
        differs = (shown != self.start[numbers]).any(axis=(1, 2, 3))
        leads = np.where(differs, leads, np.float32(-np.inf))
        better = leads > self.leads[numbers]
        self.twins[numbers[better]], self.leads[numbers[better]] = shown[better], leads[better]
        return leads


def _descend(
    numbers: NDArray[np.int64],
    chances: Sequence[np.random.Generator],
    loss_at: "LossGradient",
    kept: _Kept,
    options: AttackOptions,
) -> None:
    """Move some images down one loss, from a random place each: algorithm 1 of the paper.

    Loss and gradient are those of the 8-bit image that would be saved, as in `ml.attacks.gradient_based.pgd`.
    """
    settings = options.settings_as(ApgdSettings)
    reach = np.float32(math.floor(options.strength))
    checks = _checks(settings.steps)

    def asked(numbers: NDArray[np.int64], place: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        shown = np.rint(place)
        gradient, loss, logs = loss_at((shown / LEVELS).astype(np.float32), None)
        leads = kept.offer(numbers, shown, target_lead(logs, options.target))
        return gradient, loss, (leads >= settings.margin) & (settings.stop == ONCE_READ)

    def within(place: Floats, start: Floats) -> Floats:
        return np.clip(place, np.maximum(start - reach, np.float32(0)), np.minimum(start + reach, LEVELS))

    start = kept.start[numbers]
    moves = np.stack([chance.uniform(-reach, reach, start.shape[1:]) for chance in chances]).astype(np.float32)
    place = within(start + moves, start)
    gradient, loss, done = asked(numbers, place)
    walk = _Walk(
        number=numbers,
        start=start,
        place=place,
        before=place,
        gradient=gradient,
        loss=loss,
        step=np.full(len(numbers), 2 * reach, dtype=np.float32),
        best_place=place.copy(),
        best_gradient=gradient.copy(),
        best_loss=loss.copy(),
        nearer=np.zeros(len(numbers), dtype=np.int64),
        checked_loss=loss.copy(),
        halved=np.zeros(len(numbers), dtype=np.bool_),
    ).without(done)
    last_check = 0
    for step in range(1, settings.steps + 1):
        if not len(walk.number):
            return
        share = NEW if step > 1 else np.float32(1)
        far = within(walk.place - walk.step[:, None, None, None] * np.sign(walk.gradient), walk.start)
        moved = walk.place + share * (far - walk.place) + (1 - share) * (walk.place - walk.before)
        walk.before, walk.place = walk.place, within(moved, walk.start)
        walk.gradient, loss, done = asked(walk.number, walk.place)
        walk.nearer += loss < walk.loss
        walk.loss = loss
        better = loss < walk.best_loss
        walk.best_place[better], walk.best_gradient[better] = walk.place[better], walk.gradient[better]
        walk.best_loss[better] = loss[better]
        if step in checks:
            _check(walk, steps=step - last_check)
            last_check = step
        walk = walk.without(done)


def _check(walk: _Walk, *, steps: int) -> None:
    """Halve the step of those that have got on too little in the steps since the last check, back to their best place.

    Conditions 1 and 2 of the paper, section 3.
    """
    too_few = walk.nearer < NEARER * steps
    no_better = ~walk.halved & (walk.best_loss >= walk.checked_loss)
    walk.halved = too_few | no_better
    walk.step = np.where(walk.halved, walk.step / 2, walk.step)
    walk.place = np.where(walk.halved[:, None, None, None], walk.best_place, walk.place)
    walk.gradient = np.where(walk.halved[:, None, None, None], walk.best_gradient, walk.gradient)
    walk.loss = np.where(walk.halved, walk.best_loss, walk.loss)
    walk.checked_loss = walk.best_loss.copy()
    walk.nearer = np.zeros_like(walk.nearer)


def _checks(steps: int) -> frozenset[int]:
    """Return after which steps it is looked how an image gets on: ⌈p_j · steps⌉ of the paper, section 3.1."""
    before, now = 0.0, FIRST_CHECK
    found = []
    while now <= 1:
        found.append(math.ceil(round(now * steps, 6)))  # 0.57 is a little more in 64 bits
        before, now = now, now + max(now - before - SOONER, SOONEST)
    return frozenset(found)
