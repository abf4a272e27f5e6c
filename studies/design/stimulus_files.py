"""Image pair → stimulus: the files that observers' browsers receive, all of one length."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext

from ml.images.pixels import Pixels, decode, encode_png
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.models.image_pair import ImagePair
from perception.core.storage.folders import delete_files, empty_folder
from studies.design.stimulus_selection import SelectedStimulus
from studies.errors import StudyError
from studies.models.practice_key import PracticeKey
from studies.models.stimulus import Stimulus
from studies.models.study import Study
from studies.models.truth import Truth
from studies.tokens import new_token

logger = logging.getLogger(__name__)

TOLD_TO_OBSERVERS = frozenset({Truth.Role.PRACTICE, Truth.Role.EXAMPLE})


@dataclass(frozen=True, slots=True)
class StimulusFile:
    """A stimulus in the storage that has no row yet: its name there, the hash of its bytes, its side in pixels."""

    name: str
    sha256: str
    size: int


def store_stimulus_files(study: Study, selected: Sequence[SelectedStimulus]) -> list[StimulusFile]:
    """Encode the drawn images anew, in their drawn order, and store them.

    All take the same path, perturbed or clean, of the series or not: decode the stored file, encode without
    compression and without metadata. The drawn order is independent of the truth, so ids and times of creation carry
    nothing.

    To be called outside a transaction: a thousand images take half a minute, for which nobody's answer must wait. If
    it raises, the files that it wrote are removed.

    Raises
    ------
    StudyError
        A stored file is missing or was altered, or the files' lengths differ (images of several sizes).
    """
    files: list[StimulusFile] = []
    lengths: set[int] = set()
    try:
        for item in selected:
            data, size = encode_stimulus(item.pair, perturbed=item.perturbed)
            lengths.add(len(data))
            name = default_storage.save(f"{_folder(study)}/{new_token()}.png", ContentFile(data))
            files.append(StimulusFile(name, hashlib.sha256(data).hexdigest(), size))
        if len(lengths) != 1:
            raise StudyError(  # noqa: TRY301
                gettext(
                    "The images of these pairs differ in size, so that the length of a file would tell them "
                    "apart. Make the pairs anew at one size."
                )
            )
    except BaseException:
        remove_stimulus_files(files)
        raise
    return files


def make_stimuli(study: Study, selected: Sequence[SelectedStimulus], files: Sequence[StimulusFile]) -> list[Stimulus]:
    """Write down stimulus and truth apart, for files that are stored. To be called in a transaction."""
    stimuli: list[Stimulus] = []
    truths: list[Truth] = []
    keys: list[PracticeKey] = []
    for number, (item, file) in enumerate(zip(selected, files, strict=True), start=1):
        stimulus = Stimulus(study=study, number=number, file=file.name, sha256=file.sha256, size=file.size)
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
    Stimulus.objects.bulk_create(stimuli)
    Truth.objects.bulk_create(truths)
    PracticeKey.objects.bulk_create(keys)
    return stimuli


def remove_stimulus_files(files: Sequence[StimulusFile]) -> None:
    """Remove files that no row will name."""
    delete_files(file.name for file in files)


def remove_stimulus_folder(study: Study) -> None:
    """Remove the files of a study whose rows are gone."""
    folder = _folder(study)
    try:
        empty_folder(folder)
    except OSError as error:  # the rows are gone all the same
        logger.warning("Files of a deleted study could not be removed from %s: %s", folder, error)


def remove_files_without_rows(study: Study) -> None:
    """Remove what an opening left that was cut off while it encoded.

    To be called once the study is open: an opening that still encodes comes too late for it, and fails.
    """
    folder = _folder(study)
    named = set(Stimulus.objects.filter(study=study).values_list("file", flat=True))
    try:
        empty_folder(folder, but=named)
    except OSError as error:  # the study is open all the same
        logger.warning("Files of an earlier opening could not be removed from %s: %s", folder, error)


def _folder(study: Study) -> str:
    return f"stimuli/{study.uid}"


def encode_stimulus(pair: ImagePair, *, perturbed: bool) -> tuple[bytes, int]:
    """Return one of the two twins as observers' browsers receive it, and its side in pixels.

    Raises
    ------
    StudyError
        The stored file is missing or was altered.
    """
    pixels = read_twin(pair, perturbed=perturbed)
    return encode_png(pixels, compress_level=0), pixels.shape[0]


def read_twin(pair: ImagePair, *, perturbed: bool) -> Pixels:
    """Return the pixels of one of the images of a pair, uint8 of shape (side, side, 3).

    Raises
    ------
    StudyError
        Its file is missing or was altered.
    """
    file, sha256 = (pair.perturbed_file, pair.perturbed_sha256) if perturbed else (pair.clean_file, pair.clean_sha256)
    try:
        return decode(read_unaltered(file, sha256))
    except OSError as error:
        raise StudyError(
            gettext("The file of image pair %(pk)s cannot be read (%(strerror)s). Make the pairs anew.")
            % {"pk": pair.pk, "strerror": error.strerror}
        ) from error
    except AlteredFileError as error:
        raise StudyError(
            gettext("The file of image pair %(pk)s is not the one that was made. Make the pairs anew.")
            % {"pk": pair.pk}
        ) from error
