"""The archive of a study, written into a file."""

from contextlib import closing
from typing import IO, TYPE_CHECKING

from studies.exports.archive.members import members_of
from studies.exports.archive.stored_zip import StoredZip

if TYPE_CHECKING:
    from studies.report.build import Report


def write_archive(report: "Report", file: IO[bytes]) -> None:
    """Write the archive of a study into an empty file that can be written anywhere.

    The images pass through memory one piece at a time.

    Raises
    ------
    StudyError
        The protocol or a stimulus is not the one that was fixed when the study opened; what was written is no archive.
    """
    with closing(StoredZip(file)) as archive:
        for name, pieces in members_of(report):
            archive.write(name, pieces)
        archive.close_with_manifest()
