"""Image pair → stimulus: the files that observers' browsers receive, all of one length."""

import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext

from ml.images.pixels import Pixels, decode, encode_png
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.models.image_pair import ImagePair
from perception.core.progress import Progress, silent
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
    """A stimulus in the storage that has no row yet: its name there, the hash and number of its bytes, its side."""

    name: str
    sha256: str
    size: int
    length: int


class KeptFiles:
    """The files of the stimuli that are made so far, in their order.

    A run keeps them in its checkpoint (`studies.design.lifecycle.long_work`); without one they are in memory alone.
    """

    def __init__(self, files: Iterable[StimulusFile] = (), of: str = "") -> None:
        """Begin with files that are there already, which were made of the selection that has the fingerprint `of`."""
        self.files = list(files)
        self.of = of

    def begin(self, fingerprint: str) -> None:
        """Go on with a selection; files that were made of another are removed."""
        if fingerprint != self.of:
            self.remove()
            self.of = fingerprint

    def add(self, file: StimulusFile) -> None:
        """Keep one more."""
        self.files.append(file)

    def give_up(self, error: BaseException) -> None:
        """Remove them all: they do not become stimuli."""
        self.remove()

    def remove(self) -> None:
        """Remove them all."""
        remove_stimulus_files(self.files)
        self.files.clear()


def store_stimulus_files(
    study: Study, selected: Sequence[SelectedStimulus], *, kept: KeptFiles, progress: Progress = silent
) -> list[StimulusFile]:
    """Encode the drawn images anew, in their drawn order, and store them.

    All take the same path, perturbed or clean, of the series or not: decode the stored file, encode without
    compression and without metadata. The drawn order is independent of the truth, so ids and times of creation carry
    nothing.

    To be called outside a transaction: a thousand images take half a minute, for which nobody's answer must wait. If
    it fails, the files that it wrote are removed; if it is stopped, they are kept as `kept` does.

    Parameters
    ----------
    kept
        Files that are made already; it is told of each further one.
    progress
        Told of each file.

    Raises
    ------
    StudyError
        A stored file is missing or was altered, or the files' lengths differ (images of several sizes).
    """
    kept.begin(_fingerprint(selected))
    for item in selected[len(kept.files) :]:
        data, size = encode_stimulus(item.pair, perturbed=item.perturbed, frames=study.trials.frames)
        name = default_storage.save(f"{_folder(study)}/{new_token()}.png", ContentFile(data))
        kept.add(StimulusFile(name, hashlib.sha256(data).hexdigest(), size, len(data)))
        progress(len(kept.files), len(selected))
    if len({file.length for file in kept.files}) != 1:
        raise StudyError(
            gettext(
                "The images of these pairs differ in size, so that the length of a file would tell them "
                "apart. Make the pairs anew at one size."
            )
        )
    return list(kept.files)


def _fingerprint(selected: Sequence[SelectedStimulus]) -> str:
    """Return what tells one selection from another: what is shown as what, in which order, and from which bytes."""
    told = [(item.key, item.pair.pk, item.pair.clean_sha256, item.pair.perturbed_sha256) for item in selected]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class StimulusRows:
    """The rows of a study's stimuli that are to be stored, stimulus and truth apart."""

    stimuli: tuple[Stimulus, ...]
    truths: tuple[Truth, ...]
    keys: tuple[PracticeKey, ...]

    def store(self) -> None:
        """Store them. To be called in a transaction."""
        Stimulus.objects.bulk_create(self.stimuli)
        Truth.objects.bulk_create(self.truths)
        PracticeKey.objects.bulk_create(self.keys)


def rows_of_stimuli(study: Study, selected: Sequence[SelectedStimulus], files: Sequence[StimulusFile]) -> StimulusRows:
    """Return the rows of stimuli whose files are stored."""
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
    return StimulusRows(tuple(stimuli), tuple(truths), tuple(keys))


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


def encode_stimulus(pair: ImagePair, *, perturbed: bool, frames: int = 1) -> tuple[bytes, int]:
    """Return one of the two twins as observers' browsers receive it, and its side in pixels.

    Parameters
    ----------
    frames
        Of the trial type. 1: the twin alone, a PNG of side × side pixels. 2: the clean twin, and below it the one that
        is asked for, a PNG of side × 2 side pixels; a stimulus that is not perturbed holds the clean one twice. Both
        take the same steps.

    Raises
    ------
    StudyError
        A stored file is missing or was altered.
    """
    pixels = read_twin(pair, perturbed=perturbed)
    side = pixels.shape[0]
    if frames > 1:
        pixels = np.concatenate([read_twin(pair, perturbed=False), pixels])
    return encode_png(pixels, compress_level=0), side


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
