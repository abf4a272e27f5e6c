"""Kept reports hold answers: their files go with the data of whoever is erased, detached, or has had their time.

A file is named in a row before anybody reads it. What no row names is removed by whoever comes next: the making of the
next report, and the daily deletion of what has had its time.
"""

import logging
from collections.abc import Collection

from django.core.files.storage import default_storage
from django.db import transaction

from perception.core.storage.folders import delete_files, empty_folder
from studies.models.kept_report import KeptReport
from studies.models.study import Study

logger = logging.getLogger(__name__)

FOLDER = "reports"


def folder_of(study_uid: object) -> str:
    """Return where in the storage the files of a study's reports lie."""
    return f"{FOLDER}/{study_uid}"


def forget_kept_reports(study: Study, *, but: int | None = None) -> None:
    """Remove the reports that are kept of a study, their files once the transaction is over.

    Parameters
    ----------
    but
        The key of one that stays.
    """
    kept = KeptReport.objects.filter(study=study)
    if but is not None:
        kept = kept.exclude(pk=but)
    files = [file for report in kept for file in report.files.values()]
    kept.delete()
    if files:
        transaction.on_commit(lambda: _remove(files))


def remove_files_without_report(*, but: Collection[str]) -> int:
    """Remove the files of reports that are no longer kept; return how many there were.

    Parameters
    ----------
    but
        The uids of studies whose report is being made: a file is stored there before a row names it.
    """
    try:
        folders, _ = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    return sum(remove_files_of(uid) for uid in folders if uid not in but)


def remove_files_of(study_uid: str) -> int:
    """Remove the files of a study's reports that no row names; return how many there were."""
    kept = KeptReport.objects.filter(study__uid=study_uid)
    return empty_folder(folder_of(study_uid), but={file for report in kept for file in report.files.values()})


def _remove(files: list[str]) -> None:
    try:
        delete_files(files)
    except OSError as error:  # the rows are gone: whoever comes next removes what no row names
        logger.warning("Files of a report could not be removed: %s", error)
