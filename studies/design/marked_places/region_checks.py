"""Where the image pairs of a study were changed: computed before its images are drawn, if it asks for a place.

A pair is looked at once, in whatever process opens the study or its pilot, and `select_stimuli` leaves out those whose
change is everywhere: there is no place that could be marked rightly or wrongly. Where a mask came with a pair that was
made elsewhere, the region is that mask: who changed the image knows where, also where most of the energy lies in a part
of it alone.
"""

from dataclasses import dataclass

from django.db.models import Count

from ml.images.change_region import ChangeRegion, change_region, packed, region_of_mask, unpacked
from ml.models.image_pair import ImagePair
from studies.design.flash_checks import pair_sets_of
from studies.design.stimulus_files import read_twin
from studies.models.pair_sets.region_check import RegionCheck, pairs_changed_everywhere, regions_of
from studies.models.pair_sets.stored_checks import store_checks
from studies.models.study import Study


@dataclass(frozen=True, slots=True)
class RegionTally:
    """How many image pairs of a study were looked at, and how many of them are not used.

    Attributes
    ----------
    pairs
        All of the study's image pairs, those of further strengths and of catch trials among them.
    measured
        Of these.
    everywhere
        Of the measured ones: how many have no place, because they are changed everywhere or not at all.
    from_masks
        Of the measured ones: how many regions are masks that came with the pairs; the others are computed.
    """

    pairs: int
    measured: int
    everywhere: int
    from_masks: int


def measure_regions(study: Study) -> RegionTally:
    """Compute what is not known yet of where a study's image pairs are changed, and store it.

    To be called outside a transaction: a pair takes some ten milliseconds.

    Raises
    ------
    StudyError
        The file of a pair is missing or was altered.
    """
    if study.trials.marks_place:
        for pair_set in pair_sets_of(study):
            store_checks(pair_set, regions_of(pair_set), _measured)
    return region_tally(study)


def region_tally(study: Study) -> RegionTally:
    """Return how far the image pairs of a study are known, and what came of it; all 0 where no place is asked for."""
    if not study.trials.marks_place:
        return RegionTally(0, 0, 0, 0)
    sets = pair_sets_of(study)
    pairs = ImagePair.objects.filter(pair_set__in=sets).aggregate(n=Count("pk"))["n"]
    measured = sum(regions_of(pair_set).count() for pair_set in sets)
    everywhere = sum(len(pairs_changed_everywhere(pair_set)) for pair_set in sets)
    from_masks = sum(regions_of(pair_set).filter(pair__mask__isnull=False).count() for pair_set in sets)
    return RegionTally(pairs, measured, everywhere, from_masks)


def region_of(pair: ImagePair) -> ChangeRegion:
    """Return where the twins of a pair differ: what its mask says; where none came, computed now.

    A mask of twins that do not differ says nothing: there is no place.

    Raises
    ------
    StudyError
        The file of a twin is missing or was altered.
    """
    if pair.mask is not None and pair.linf > 0:
        return region_of_mask(unpacked(bytes(pair.mask), pair.pair_set.image_size))
    return change_region(read_twin(pair, perturbed=False), read_twin(pair, perturbed=True))


def _measured(pair: ImagePair) -> RegionCheck:
    found = region_of(pair)
    return RegionCheck(
        pair=pair, share=found.share, accepted_share=found.accepted_share, accepted=packed(found.accepted)
    )
