"""Image pair → stimulus: the files that observers' browsers receive, all of one length."""

import hashlib
from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ml.images.pixels import decode, encode_png
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.models.image_pair import ImagePair
from studies.design.stimulus_selection import SelectedStimulus
from studies.errors import StudyError
from studies.models.practice_key import PracticeKey
from studies.models.stimulus import Stimulus
from studies.models.study import Study
from studies.models.truth import Truth
from studies.tokens import new_token

TOLD_TO_OBSERVERS = frozenset({Truth.Role.PRACTICE, Truth.Role.EXAMPLE})


def make_stimuli(study: Study, selected: Sequence[SelectedStimulus]) -> list[Stimulus]:
    """Encode the drawn images anew, in their drawn order, and store stimulus and truth apart.

    All take the same path, perturbed or clean, of the series or not: decode the stored file, encode without
    compression and without metadata. The drawn order is independent of the truth, so ids and times of creation carry
    nothing.

    To be called in a transaction. If it raises, the files that it wrote are removed.

    Raises
    ------
    StudyError
        A stored file is missing or was altered, or the files' lengths differ (images of several sizes).
    """
    written: list[str] = []
    stimuli: list[Stimulus] = []
    truths: list[Truth] = []
    keys: list[PracticeKey] = []
    try:
        for number, item in enumerate(selected, start=1):
            data, size = _encode(item.pair, perturbed=item.perturbed)
            name = default_storage.save(f"stimuli/{study.uid}/{new_token()}.png", ContentFile(data))
            written.append(name)
            stimulus = Stimulus(
                study=study, number=number, file=name, sha256=hashlib.sha256(data).hexdigest(), size=size
            )
            stimuli.append(stimulus)
            truths.append(
                Truth(
                    stimulus=stimulus,
                    pair=item.pair,
                    perturbed=item.perturbed,
                    role=item.role,
                    subset=item.subset,
                )
            )
            if item.role in TOLD_TO_OBSERVERS:
                keys.append(PracticeKey(stimulus=stimulus, perturbed=item.perturbed))
        _require_one_length(written)
        Stimulus.objects.bulk_create(stimuli)
        Truth.objects.bulk_create(truths)
        PracticeKey.objects.bulk_create(keys)
    except BaseException:
        for name in written:
            default_storage.delete(name)
        raise
    return stimuli


def _require_one_length(names: Sequence[str]) -> None:
    if len({default_storage.size(name) for name in names}) != 1:
        raise StudyError(
            "The images of these pairs differ in size, so that the length of a file would tell them apart. "
            "Make the pairs anew at one size."
        )


def _encode(pair: ImagePair, *, perturbed: bool) -> tuple[bytes, int]:
    file, sha256 = (pair.perturbed_file, pair.perturbed_sha256) if perturbed else (pair.clean_file, pair.clean_sha256)
    try:
        data = read_unaltered(file, sha256)
    except OSError as error:
        raise StudyError(
            f"The file of image pair {pair.pk} cannot be read ({error.strerror}). Make the pairs anew."
        ) from error
    except AlteredFileError as error:
        raise StudyError(
            f"The file of image pair {pair.pk} is not the one that was made. Make the pairs anew."
        ) from error
    pixels = decode(data)
    return encode_png(pixels, compress_level=0), pixels.shape[0]
