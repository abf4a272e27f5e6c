"""The archive of a study, written to a file on the disk."""

import tempfile
from typing import IO, TYPE_CHECKING

from studies.exports.archive.members import members_of
from studies.exports.archive.stored_zip import StoredZip

if TYPE_CHECKING:
    from studies.report.build import Report


def study_archive(report: "Report") -> IO[bytes]:
    """Return the archive of a study as an open file without a name, at its beginning; closing it removes it.

    The images pass through memory one piece at a time.

    Raises
    ------
    StudyError
        The protocol or a stimulus is not the one that was fixed when the study opened.
    """
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked for it closes it
    archive = StoredZip(file)
    try:
        for name, pieces in members_of(report):
            archive.write(name, pieces)
        archive.close_with_manifest()
    except BaseException:
        archive.close()
        file.close()
        raise
    file.seek(0)
    return file
