"""The images of studies that are under way, kept in memory: those of a study together, or none.

Kept one by one, the images that are shown most would be sent a little sooner than others, and in a study that deals
out images from a pool those are the clean ones: how long an image takes would tell something of the truth. So a study's
images are read all at once, beside the requests, and are used from when the last of them is there.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings

from ml.images.stored_file import AlteredFileError, read_unaltered
from studies.models.stimulus import Stimulus

KEPT_FOR = 600.0
"""Seconds after which a study's files are read anew: one that was altered on another machine meanwhile is noticed."""
IN_USE_FOR = 60.0
"""Seconds after the last request for which a study's images are not given up for another's."""


Signature = tuple[int, int, int]
"""Of a file on this machine's disk: it has another whenever it was written or replaced."""


@dataclass(frozen=True, slots=True)
class _Image:
    """The bytes of a file, and what tells whether it is still the same."""

    data: bytes
    path: str | None
    """None where the file is on no disk of this machine."""
    signature: Signature | None

    @property
    def is_current(self) -> bool:
        """Whether nobody has touched the file since it was read."""
        return self.path is None or _signature(self.path) == self.signature


@dataclass(slots=True)
class _Images:
    """What is kept of a study."""

    of_file: Mapping[str, _Image]
    """Empty while they are read, and where there is no room for them."""
    size: int
    read_at: float
    used_at: float


class StimulusMemory:
    """Images by study, no more than so many bytes of them."""

    def __init__(self, most_bytes: int, *, start: Callable[[Callable[[], None]], None] | None = None) -> None:
        """Keep none yet.

        Parameters
        ----------
        start
            What runs the reading; a thread of its own, if nothing is given.
        """
        self._most_bytes = most_bytes
        self._start = start or _in_a_thread
        self._studies: dict[int, _Images] = {}
        self._lock = threading.Lock()

    def get(self, stimulus: Stimulus) -> bytes | None:
        """Return the bytes of a stimulus, which had its hash when they were read; None where they are not kept.

        Nor are they where the file was written, replaced or removed since.
        """
        images = self._studies.get(stimulus.study_id)
        now = time.monotonic()
        if images is None or now - images.read_at > KEPT_FOR:
            return None
        images.used_at = now
        image = images.of_file.get(str(stimulus.file.name))
        return image.data if image is not None and image.is_current else None

    def read_study_of(self, stimulus: Stimulus, length: int) -> None:
        """Begin to read the images of a stimulus's study, if there is room for all of them (one query, or none).

        Parameters
        ----------
        length
            Bytes of the stimulus; the others of its study have as many.
        """
        now = time.monotonic()
        with self._lock:
            known = self._studies.get(stimulus.study_id)
            if not self._most_bytes or (known is not None and now - known.read_at <= KEPT_FOR):
                return
            # Nobody else begins with this study, whatever comes of it.
            self._studies[stimulus.study_id] = _Images({}, size=0, read_at=now, used_at=now)
        stimuli = list(Stimulus.objects.filter(study=stimulus.study_id))
        size = length * len(stimuli)
        with self._lock:
            if not self._make_room(size, now):
                return
            self._studies[stimulus.study_id] = _Images({}, size=size, read_at=now, used_at=now)
        self._start(lambda: self._read(stimulus.study_id, stimuli, size))

    def _make_room(self, size: int, now: float) -> bool:
        """Give up what was not used lately, the oldest first, until so many bytes are free."""
        held = sum(images.size for images in self._studies.values())
        for study, images in sorted(self._studies.items(), key=lambda item: item[1].used_at):
            if held + size <= self._most_bytes or now - images.used_at <= IN_USE_FOR:
                break
            del self._studies[study]
            held -= images.size
        return held + size <= self._most_bytes

    def _read(self, study: int, stimuli: list[Stimulus], size: int) -> None:
        of_file = {}
        for stimulus in stimuli:
            try:
                of_file[str(stimulus.file.name)] = _read(stimulus)
            except (OSError, AlteredFileError):
                # Whoever is to see it reads it again, and says what is wrong.
                continue
        now = time.monotonic()
        with self._lock:
            self._studies[study] = _Images(of_file, size=size, read_at=now, used_at=now)


def _read(stimulus: Stimulus) -> _Image:
    try:
        path = stimulus.file.path
    except NotImplementedError:
        path = None
    # Before the bytes: what is written meanwhile makes it another.
    signature = None if path is None else _signature(path)
    return _Image(read_unaltered(stimulus.file, stimulus.sha256), path, signature)


def _signature(path: str) -> Signature | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - for each image that is sent
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="stimuli", daemon=True).start()


stimulus_memory = StimulusMemory(settings.STIMULUS_MEMORY_BYTES)
