"""Which image pairs a study may not show, of those that were measured."""

from ml.models.pair_set import PairSet
from studies.models.pair_sets.flash_check import flashing_pairs
from studies.models.pair_sets.region_check import pairs_changed_everywhere
from studies.models.study import Study


def unusable_pairs(study: Study, pair_set: PairSet) -> set[int]:
    """Return the numbers of a set's pairs that a study does not show (at most one query).

    Those whose flicker would exceed the thresholds of flashes; and, where a place is marked, those that are changed
    everywhere or not at all.
    """
    if study.needs_flash_check:
        return flashing_pairs(pair_set, study.scale)
    return pairs_changed_everywhere(pair_set) if study.trials.marks_place else set()
