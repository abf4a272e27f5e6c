"""What fixes, in a study's protocol, where a mark in each of its images is right."""

from collections.abc import Iterable

from ml.images.change_region import packed_sha256
from perception.analysis.json_values import JsonObject
from studies.design.stimulus_selection import SelectedStimulus
from studies.models.pair_sets.region_check import RegionCheck

MASK_SHA256, RIGHT_PLACE_SHA256 = "mask_sha256", "right_place_sha256"
"""Of a stimulus: the mask that says where it was changed; or, where none came, the pixels in which a mark is right."""


def place_truths(showings: Iterable[SelectedStimulus]) -> dict[int, JsonObject]:
    """Return what the protocol says of the right places of perturbed images, by image pair (one query).

    Parameters
    ----------
    showings
        What a study shows that asks for a place, once `measure_regions` has looked at its image pairs.
    """
    masks = {showing.pair.pk: showing.pair.mask for showing in showings if showing.perturbed}
    found = dict(RegionCheck.objects.filter(pair__in=masks).values_list("pair", "accepted"))
    return {
        pair: (
            {RIGHT_PLACE_SHA256: packed_sha256(bytes(found[pair]))}
            if mask is None
            else {MASK_SHA256: packed_sha256(bytes(mask))}
        )
        for pair, mask in masks.items()
    }
