"""Whether all image pairs of a series have the same clean images: else perturbed ones show by what else differs."""

from collections.abc import Sequence

import numpy as np
from django.utils.translation import gettext

from ml.models.image_pair import ImagePair
from studies.design.stimulus_files import read_twin
from studies.design.stimulus_selection import SelectedStimulus
from studies.errors import StudyError
from studies.models.study import Study
from studies.models.truth import Truth


def require_same_clean_images(study: Study, selected: Sequence[SelectedStimulus]) -> None:
    """Refuse image pairs whose clean twins are not those of the study's own image pairs, pixel for pixel.

    Clean images are shown as `study.pair_set` has them, perturbed ones as each set has them. Were an image cut, resized
    or converted otherwise in another set, observers would tell its perturbed images by that, and not by the attack.

    Files that were written otherwise and hold the same pixels are taken as the same. To be called outside a
    transaction: what differs in its bytes is decoded.

    Raises
    ------
    StudyError
        A clean twin differs, or its file cannot be read.
    """
    others = [
        showing.pair
        for showing in selected
        if showing.role != Truth.Role.CATCH and showing.pair.pair_set_id != study.pair_set_id
    ]
    if not others:
        return
    own = {
        pair.image_id: pair
        for pair in ImagePair.objects.filter(
            pair_set_id=study.pair_set_id, image_id__in={pair.image_id for pair in others}
        )
    }
    for pair in others:
        one = own[pair.image_id]
        if pair.clean_sha256 == one.clean_sha256:
            continue
        if not np.array_equal(read_twin(pair, perturbed=False), read_twin(one, perturbed=False)):
            raise StudyError(
                gettext(
                    "The clean image %(name)s of the image pairs %(name2)s is not that of %(name3)s: it was cut, "
                    "resized or converted otherwise, so that perturbed images would show by that. Make the image "
                    "pairs anew from the same dataset, at the same size."
                )
                % {"name": pair.image.name, "name2": pair.pair_set.name, "name3": study.pair_set.name}
            )
