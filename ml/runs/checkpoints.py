"""What a run has done so far, kept on disk so that a run that was cut off goes on where it was."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings


class Checkpoint:
    """The folder of one run's state: written now and then, read when the run goes on, removed at its end.

    Each part is one file, replaced at once: a reader finds the old bytes or the new ones, never half of them.
    """

    def __init__(self, uid: object, *, every: float | None = None) -> None:
        """Keep the state of the run of that uid; `every` is the time between two writes, in seconds."""
        self.folder = checkpoint_folder(uid)
        self._every = settings.CHECKPOINT_SECONDS if every is None else every
        self._last = time.monotonic()

    def read(self, name: str) -> bytes | None:
        """Return a part as it was written last; None if it never was."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a part, now. If there is no room for it (OSError) the part stays as it was."""
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / f"{name}.new"
        try:
            with new.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.folder / name)
        except OSError:
            new.unlink(missing_ok=True)
            raise
        self._last = time.monotonic()

    def write_if_due(self, name: str, data: Callable[[], bytes]) -> None:
        """Write a part if the last writing is long enough ago."""
        if time.monotonic() - self._last >= self._every:
            self.write(name, data())

    def remove(self) -> None:
        """Forget everything."""
        shutil.rmtree(self.folder, ignore_errors=True)


def checkpoint_folder(uid: object) -> Path:
    """Return where the state of the run of that uid is kept."""
    return Path(settings.DATA_DIR) / "checkpoints" / str(uid)


def has_checkpoint(uid: object) -> bool:
    """Say whether the run of that uid left a state to go on from."""
    folder = checkpoint_folder(uid)
    return folder.is_dir() and any(not path.name.endswith(".new") for path in folder.iterdir())
