"""Everything that is looked at, in one order."""

from collections.abc import Iterator

from studies.integrity.database import wrong_in_database
from studies.integrity.files import unnamed_files, wrong_files
from studies.integrity.finding import Finding
from studies.integrity.images import wrong_images
from studies.integrity.runs import runs_without_worker
from studies.integrity.sessions import wrong_in_studies


def findings(*, reads: bool) -> Iterator[Finding]:
    """Yield what is wrong with the database and the files; nothing is changed.

    Parameters
    ----------
    reads
        Whether every file is read and its hash computed; otherwise files are only looked for.
    """
    yield from wrong_in_database()
    yield from wrong_images()
    yield from wrong_in_studies()
    yield from runs_without_worker()
    yield from wrong_files(reads=reads)
    yield from unnamed_files()
