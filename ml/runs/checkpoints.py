"""What a run has done so far, kept in the storage so that a run that was cut off goes on, on any machine."""

import hashlib
import logging
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from ml.models.work.checkpoint_part import CheckpointPart
from ml.runs.leases.lease import current_lease, fenced_transaction
from ml.runs.leases.stopping import stop_is_asked
from ml.runs.storage import checkpoint_folder

logger = logging.getLogger(__name__)


class Checkpoint:
    """One run's state: written now and then, read when the run goes on, removed at its end.

    Each part is one file. Another is written beside it under a name of its own, and takes its place by one change in
    the database: a reader finds the old bytes or the new ones, never half of them. In a run the change takes effect
    only while the run is this process's.
    """

    def __init__(self, uid: object, *, every: float | None = None) -> None:
        """Keep the state of the run of that uid; `every` is the time between two writes, in seconds."""
        self._uid = str(uid)
        self._every = settings.CHECKPOINT_SECONDS if every is None else every
        self._last = time.monotonic()

    def read(self, name: str) -> bytes | None:
        """Return a part as it was written last; None if it never was, or is not as it was written."""
        part = CheckpointPart.objects.filter(uid=self._uid, name=name).first()
        if part is None:
            return None
        try:
            with default_storage.open(part.file) as file:
                data: bytes = file.read()
        except FileNotFoundError:
            data = b""
        if hashlib.sha256(data).hexdigest() != part.sha256:
            logger.warning("%s is missing or damaged in the storage: what it held is done again.", part.file)
            return None
        return data

    def write(self, name: str, data: bytes) -> None:
        """Write a part, now. If there is no room for it (OSError) the part stays as it was.

        Raises
        ------
        LeaseLostError
            The run that is being done is another process's now; the part stays as that one wrote it.
        """
        lease = current_lease()
        if lease is not None:
            lease.check()
        file = f"{checkpoint_folder(self._uid)}/{secrets.token_hex(8)}-{name}"
        try:
            default_storage.save(file, ContentFile(data))
            _bring_to_disk(file)
            before = self._put_in_force(name, file, hashlib.sha256(data).hexdigest())
        except BaseException:
            default_storage.delete(file)
            raise
        if before is not None:
            default_storage.delete(before)
        self._last = time.monotonic()

    def write_if_due(self, name: str, data: Callable[[], bytes]) -> None:
        """Write a part if the last writing is long enough ago, or the process is to end."""
        if time.monotonic() - self._last >= self._every or stop_is_asked():
            self.write(name, data())

    def remove(self) -> None:
        """Forget everything."""
        CheckpointPart.objects.filter(uid=self._uid).delete()
        folder = checkpoint_folder(self._uid)
        try:
            _, names = default_storage.listdir(folder)
        except FileNotFoundError:
            return
        for name in names:
            default_storage.delete(f"{folder}/{name}")
        with suppress(OSError):  # another writes into it
            default_storage.delete(folder)

    def _put_in_force(self, name: str, file: str, sha256: str) -> str | None:
        """Let a file be the part; return the one that was."""
        with fenced_transaction():
            parts = CheckpointPart.objects.filter(uid=self._uid, name=name)
            before = parts.values_list("file", flat=True).first()
            CheckpointPart.objects.update_or_create(
                uid=self._uid, name=name, defaults={"file": file, "sha256": sha256, "written_at": timezone.now()}
            )
        return before


def has_checkpoint(uid: object) -> bool:
    """Say whether the run of that uid left a state to go on from."""
    return CheckpointPart.objects.filter(uid=str(uid)).exists()


def uids_with_checkpoint() -> set[str]:
    """Return the uids of all runs that left, or keep, a state to go on from."""
    return set(CheckpointPart.objects.values_list("uid", flat=True))


def _bring_to_disk(file: str) -> None:
    """Wait until a file is on the disk, where the storage is one: its row must not be there before it."""
    try:
        path = default_storage.path(file)
    except NotImplementedError:  # a server's storage answers once it has the file
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
