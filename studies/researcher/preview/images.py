"""Which images a preview shows: a few of the study's own, by a seed of the preview's own.

On the truth's side. Nothing is taken from what observers were or will be shown: neither the images that the study draws
nor anybody's order. What a study lacks for its series does not matter here: a preview needs a few pairs, and takes one
twice where there are fewer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice

from django.utils.translation import gettext

from ml.models.image_pair import ImagePair
from ml.models.pair_set import PairSet
from studies.design.flash_checks import flashes_of
from studies.design.marked_places.region_checks import region_of
from studies.design.stimulus_selection import twins_shown
from studies.errors import StudyError
from studies.models.study import Study
from studies.randomization import derived_seed, draw_sides, shuffled

EXAMPLE = "example"
FIRST_PRACTICE, LAST_PRACTICE = PRACTICE = ("practice", "last-practice")
FIRST_TRIAL, SECOND_TRIAL = SERIES = ("first", "second")
CATCH = "catch"


@dataclass(frozen=True, slots=True)
class ShownImage:
    """One of the two twins of a pair."""

    pair: ImagePair
    perturbed: bool


PreviewImages = Mapping[str, tuple[ShownImage, ...]]
"""What is shown, from left to right: by the name that stands for the trial's token, or `EXAMPLE`."""


def draw_preview(study: Study) -> PreviewImages:
    """Draw the images of a study's preview: always the same, until the study's pairs or seed change.

    Of several strengths or attacks the first trial shows the weakest, the second the strongest.

    Raises
    ------
    StudyError
        A set of image pairs is empty.
    """
    seed = derived_seed(study.seed, "preview")
    example, *others = _drawn(study, study.pair_set, 1 + len(PRACTICE) + len(SERIES), seed)
    strengths = study.strengths
    in_order = partial(_in_order, reference_first=study.trials.reference_first, seed=seed)
    drawn = {EXAMPLE: in_order(EXAMPLE, example, (False, True))}
    for names, sets in ((PRACTICE, [study.pair_set] * 2), (SERIES, [strengths[0], strengths[-1]])):
        sides = draw_sides(len(names), seed=seed, purpose=names[0])
        for name, perturbed, pair_set in zip(names, sides, sets, strict=True):
            shown = twins_shown(study, perturbed=perturbed)
            pair = others.pop(0)
            drawn[name] = in_order(name, _of_set(study, pair, pair_set) if True in shown else pair, shown)
    if study.n_catch and study.catch_pair_set is not None:
        (pair,) = _drawn(study, study.catch_pair_set, 1, seed)
        drawn[CATCH] = in_order(CATCH, pair, twins_shown(study, perturbed=True))
    return drawn


def _drawn(study: Study, pair_set: PairSet, n: int, seed: int) -> list[ImagePair]:
    numbers = {str(pk) for pk in pair_set.pairs.values_list("pk", flat=True)}
    if not numbers:
        raise StudyError(
            gettext("There are no image pairs in “%(name)s”: make them anew, or choose others.")
            % {"name": pair_set.name}
        )
    keys = shuffled(numbers, seed=seed, purpose="draw")
    pairs = (ImagePair.objects.select_related("pair_set").get(pk=int(key)) for key in keys)
    found = list(islice((pair for pair in pairs if _may_be_shown(study, pair)), n))
    if not found:
        raise StudyError(
            (
                gettext("All image pairs in “%(name)s” are changed everywhere: there is no place to mark.")
                if study.trials.marks_place
                else gettext("The flicker of all image pairs in “%(name)s” would exceed WCAG’s thresholds of flashes.")
            )
            % {"name": pair_set.name}
        )
    return list(islice(cycle(found), n))


def _may_be_shown(study: Study, pair: ImagePair) -> bool:
    """Whether the study may show a pair; where that has to be measured, it is measured now."""
    if study.trials.marks_place:
        return region_of(pair).is_local
    return not study.needs_flash_check or flashes_of(pair, study.scale).is_below_thresholds


def _of_set(study: Study, pair: ImagePair, pair_set: PairSet) -> ImagePair:
    """Return the pair of the same image at another strength or by another attack, if there is one to be shown."""
    other = pair_set.pairs.select_related("pair_set").filter(image_id=pair.image_id).first()
    return other if other is not None and _may_be_shown(study, other) else pair


def _in_order(
    name: str, pair: ImagePair, shown: tuple[bool, ...], *, reference_first: bool, seed: int
) -> tuple[ShownImage, ...]:
    if reference_first:
        return tuple(ShownImage(pair, perturbed) for perturbed in sorted(shown))
    places = shuffled(map(str, range(len(shown))), seed=seed, purpose=f"sides {name}")
    return tuple(ShownImage(pair, shown[int(place)]) for place in places)
