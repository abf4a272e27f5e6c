"""Whether a marked place is right: the marks of a study beside the regions of its image pairs."""

from dataclasses import dataclass

from ml.images.change_region import unpacked
from studies.models.pair_sets.region_check import RegionCheck
from studies.models.study import Study
from studies.models.truth import Truth


@dataclass(frozen=True, slots=True)
class JudgedPlace:
    """What is known of a mark.

    Attributes
    ----------
    is_right
        Whether it lies in the region of the change, or near enough to it.
    share
        How much of the image counts as right, 0 to 1.
    """

    is_right: bool
    share: float


class PlaceJudge:
    """The regions of what a study shows perturbed, by stimulus (two queries; none where no place is asked for)."""

    def __init__(self, study: Study) -> None:
        self._regions: dict[int, tuple[RegionCheck, int]] = {}
        if not study.trials.marks_place:
            return
        truths = Truth.objects.filter(stimulus__study=study, perturbed=True)
        shown = list(truths.values_list("stimulus_id", "pair_id", "stimulus__size"))
        known = RegionCheck.objects.in_bulk([pair for _, pair, _ in shown])
        for stimulus, pair, size in shown:
            if pair in known:
                self._regions[stimulus] = known[pair], size

    def judge(self, stimulus: int, x: int | None, y: int | None) -> JudgedPlace | None:
        """Return whether a mark in a stimulus is right; None where nothing was marked, or nothing perturbed.

        Parameters
        ----------
        stimulus
            Its primary key.
        x, y
            The mark, in pixels of the stimulus from its left and its top edge, from 0.
        """
        if x is None or y is None or stimulus not in self._regions:
            return None
        check, size = self._regions[stimulus]
        return JudgedPlace(bool(unpacked(bytes(check.accepted), size)[y, x]), check.accepted_share)

    def right_pixels(self, stimulus: int) -> list[tuple[int, int]]:
        """Return the pixels of a stimulus in which a mark is right, (x, y); none of one that is not perturbed."""
        if stimulus not in self._regions:
            return []
        check, size = self._regions[stimulus]
        rows, columns = unpacked(bytes(check.accepted), size).nonzero()
        return list(zip(columns.tolist(), rows.tolist(), strict=True))
