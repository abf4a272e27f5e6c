"""The pairs of a study whose flicker would exceed the thresholds of flashes: measured before its images are drawn.

A pair is measured once at each scale, in whatever process opens the study or its pilot, and `select_stimuli` leaves out
those that were found to exceed the thresholds. Nothing is measured where the rate is at most three cycles a second.
"""

from dataclasses import dataclass
from functools import partial

from django.db.models import Count

from ml.images.flashes import FlashingArea, flashing_area
from ml.models.image_pair import ImagePair
from ml.models.pair_set import PairSet
from studies.design.stimulus_files import read_twin
from studies.models.pair_sets.flash_check import FlashCheck, checks_of, flashing_pairs
from studies.models.pair_sets.stored_checks import store_checks
from studies.models.study import Study


@dataclass(frozen=True, slots=True)
class FlashTally:
    """How many image pairs of a study were measured, and how many of them are not used.

    Attributes
    ----------
    pairs
        All of the study's image pairs, those of further strengths and of catch trials among them.
    measured
        Of these.
    over
        Of the measured ones: how many exceed the thresholds.
    """

    pairs: int
    measured: int
    over: int


def measure_flashes(study: Study) -> FlashTally:
    """Measure what is not measured yet of a study's image pairs, and store it.

    To be called outside a transaction: a pair takes some ten milliseconds.

    Raises
    ------
    StudyError
        The file of a pair is missing or was altered.
    """
    if study.needs_flash_check:
        for pair_set in pair_sets_of(study):
            store_checks(pair_set, checks_of(pair_set, study.scale), partial(_measured, scale=study.scale))
    return flash_tally(study)


def flash_tally(study: Study) -> FlashTally:
    """Return how far the image pairs of a study are measured, and what came of it; all 0 where nothing has to be."""
    if not study.needs_flash_check:
        return FlashTally(0, 0, 0)
    sets = pair_sets_of(study)
    pairs = ImagePair.objects.filter(pair_set__in=sets).aggregate(n=Count("pk"))["n"]
    measured = sum(checks_of(pair_set, study.scale).count() for pair_set in sets)
    return FlashTally(pairs, measured, sum(len(flashing_pairs(pair_set, study.scale)) for pair_set in sets))


def flashes_of(pair: ImagePair, scale: int) -> FlashingArea:
    """Return how much flashes where the twins of a pair alternate, measured now.

    Raises
    ------
    StudyError
        The file of a twin is missing or was altered.
    """
    return flashing_area(read_twin(pair, perturbed=False), read_twin(pair, perturbed=True), scale=scale)


def pair_sets_of(study: Study) -> list[PairSet]:
    """Return all image pairs that a study shows, each set once."""
    catch = [study.catch_pair_set] if study.n_catch and study.catch_pair_set is not None else []
    return list({pair_set.pk: pair_set for pair_set in (*study.strengths, *catch)}.values())


def _measured(pair: ImagePair, scale: int) -> FlashCheck:
    area = flashes_of(pair, scale)
    return FlashCheck(pair=pair, scale=scale, general_px=area.general, red_px=area.red)
