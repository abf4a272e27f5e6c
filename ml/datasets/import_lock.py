"""An import's claim on the folder that it writes to, so that what a killed import left is swept, and nothing else.

An import writes files first and rows last, in one transaction: a file without a row belongs either to an import that
still runs or to one that died. A claim tells them apart. It is a row with a lease (`ml.runs.leases.lease`), which the
process renews for as long as it lives. The next import, on whatever machine, takes over the claims whose leases are
over, and removes what their folders have and no row mentions. An import that only stood still finds its claim gone, and
stores nothing.
"""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, IntegrityError, transaction

from ml.errors import MlError
from ml.models import Image, ImportClaim
from ml.runs.leases.lease import from_now, lease_is_over, lease_length, renewed
from ml.runs.leases.process import this_process
from ml.runs.storage import folder_of
from perception.core.storage.folders import empty_folder

logger = logging.getLogger(__name__)


class FolderClaim:
    """This process's claim on a dataset's folder."""

    def __init__(self, claim: ImportClaim) -> None:
        """Keep whose claim it is."""
        self.folder = folder_of(claim.dataset_uid)
        self._mine = ImportClaim.objects.filter(pk=claim.pk, process=claim.process)

    def renew(self) -> bool:
        """Let it hold for the length of a lease from now; say whether it still does."""
        return bool(self._mine.update(lease_until=from_now(lease_length())))

    def lock(self) -> None:
        """Keep it until the end of the transaction, in which the rows of the folder's files are stored.

        Raises
        ------
        MlError
            It was taken over, and the files are gone.
        """
        if not self._mine.select_for_update().values_list("pk"):
            raise MlError(
                f"this import was not heard of for {lease_length().total_seconds():g} s, so another one removed its "
                "files; run it again"
            )

    def give_back(self) -> None:
        """Remove what the folder has that no image has, and end the claim."""
        try:
            if self.renew():
                remove_unused_files(self.folder)
                self._mine.delete()
        except DatabaseError as error:  # the next import does it, once the lease is over
            logger.warning("The claim on %s could not be given back: %s", self.folder, error)


@contextmanager
def claimed_folder(*, dataset_uid: uuid.UUID, name: str) -> Iterator[FolderClaim]:
    """Claim a dataset's folder while the block runs; sweep before, and on the way out what the block left unused.

    Raises
    ------
    MlError
        Another import into a dataset of this name is running.
    """
    _sweep()
    try:
        with transaction.atomic():
            row = ImportClaim.objects.create(
                dataset_uid=dataset_uid, name=name, process=this_process(), lease_until=from_now(lease_length())
            )
    except IntegrityError as error:
        raise MlError(
            f"another import into the dataset {name!r} is running; wait for its end. (One that was killed is forgotten "
            f"after {lease_length().total_seconds():g} s.)"
        ) from error
    claim = FolderClaim(row)
    with renewed(claim.renew, name=f"claim on {name}"):
        try:
            yield claim
        finally:
            claim.give_back()


def remove_unused_files(folder: str) -> int:
    """Remove the files of a dataset's folder that no image has, and the folder if it is then empty; return how many.

    Only for a folder whose claim is held: a running import's files have no rows yet.
    """
    used = set(Image.objects.filter(file__startswith=f"{folder}/").values_list("file", flat=True))
    return empty_folder(folder, but=used)


def _sweep() -> None:
    """Clear up after every claim whose process is gone; each is taken over first, so that its import stores nothing."""
    for claim in ImportClaim.objects.filter(lease_is_over()):
        taken = ImportClaim.objects.filter(lease_is_over(), pk=claim.pk).update(
            process=f"sweep by {this_process()}", lease_until=from_now(lease_length())
        )
        if not taken:
            continue
        if count := remove_unused_files(folder_of(claim.dataset_uid)):
            logger.info("Removed %d files that a killed import of %r had left.", count, claim.name)
        ImportClaim.objects.filter(pk=claim.pk).delete()
