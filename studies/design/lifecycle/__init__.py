"""What researchers do to a study, from draft to archive.

Each function validates, opens one transaction, writes an audit event in it, and raises `StudyError` or Django's
`ValidationError` when it cannot be done. What is possible in which state is the table in `studies.models.study_state`.
"""

from studies.design.lifecycle.archiving import archive_study, restore_study
from studies.design.lifecycle.drafts import change_study, create_study, delete_study, keep_plan
from studies.design.lifecycle.opening import open_study
from studies.design.lifecycle.pilot import end_pilot, start_pilot
from studies.design.lifecycle.results import note_results_seen, unblind_study
from studies.design.lifecycle.running import close_study, pause_study, reopen_study, resume_study

__all__ = [
    "archive_study",
    "change_study",
    "close_study",
    "create_study",
    "delete_study",
    "end_pilot",
    "keep_plan",
    "note_results_seen",
    "open_study",
    "pause_study",
    "reopen_study",
    "restore_study",
    "resume_study",
    "start_pilot",
    "unblind_study",
]
