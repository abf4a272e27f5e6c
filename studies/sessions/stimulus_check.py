"""Whether a stimulus is still what it was when the study opened: it is shown so, or not at all.

The file of a stimulus is compared with its hash whenever it is read: to be sent, before a page that shows it, and to
be kept in memory. What is wrong is told to the researcher, by the stimulus's number, which says nothing of the truth.
"""

import datetime as dt
import logging
from collections.abc import Iterable

from django.utils import timezone

from ml.images.stored_file import AlteredFileError, read_unaltered
from perception.core.write_queue import write_transaction
from studies import audit
from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.stimulus import Stimulus
from studies.models.study import Study
from studies.sessions.stimulus_memory import stimulus_memory

logger = logging.getLogger(__name__)

TOLD_AGAIN_AFTER = dt.timedelta(hours=1)
"""A page that is reloaded does not fill the list of what was done."""


class UnfitStimulusError(StudyError):
    """The file of a stimulus is `missing`, `unreadable` or `altered`."""


def read_stimulus(stimulus: Stimulus, observer: Observer) -> bytes:
    """Return the bytes of a stimulus, which are those that were stored when the study opened.

    Raises
    ------
    UnfitStimulusError
        The file is gone, cannot be read, or has other bytes. The study's audit log says so.
    """
    data = stimulus_memory.get(stimulus)
    if data is not None:
        return data
    try:
        data = _read(stimulus)
    except UnfitStimulusError as error:
        _tell(stimulus, observer, str(error))
        raise
    stimulus_memory.read_study_of(stimulus, len(data))
    return data


def check_stimuli(stimuli: Iterable[Stimulus], observer: Observer) -> None:
    """Read the stimuli that a page is about to show.

    Raises
    ------
    UnfitStimulusError
        One of them cannot be shown as it was stored.
    """
    for stimulus in stimuli:
        read_stimulus(stimulus, observer)


def unfit_events(study: Study, events: Iterable[AuditEvent]) -> list[AuditEvent]:
    """Return those of a study's events, one a stimulus, that tell of a file which is still not as it was stored."""
    told = {event.details["file"]: event for event in events if event.action == AuditEvent.Action.UNFIT}
    unfit = []
    for stimulus in Stimulus.objects.filter(study=study, file__in=told):
        try:
            _read(stimulus)
        except UnfitStimulusError:
            unfit.append(told[stimulus.file.name])
    return unfit


def _read(stimulus: Stimulus) -> bytes:
    try:
        return read_unaltered(stimulus.file, stimulus.sha256)
    except FileNotFoundError as error:
        raise UnfitStimulusError("missing") from error
    except OSError as error:
        raise UnfitStimulusError("unreadable") from error
    except AlteredFileError as error:
        raise UnfitStimulusError("altered") from error


def _tell(stimulus: Stimulus, observer: Observer, wrong: str) -> None:
    study = observer.study
    details = {"stimulus": stimulus.name, "wrong": wrong, "file": str(stimulus.file.name), "observer": observer.label}
    with write_transaction():
        lately = AuditEvent.objects.filter(
            study_uid=study.uid, action=AuditEvent.Action.UNFIT, at__gt=timezone.now() - TOLD_AGAIN_AFTER
        )
        if details in lately.values_list("details", flat=True):
            return
        audit.record(study=study, action=AuditEvent.Action.UNFIT, by=None, details=details)
    logger.error("The file of stimulus %s of study %s is %s: %s", stimulus.name, study.pk, wrong, stimulus.file.name)
