"""A study that observers take part in: pause it, let it go on, close it, reopen it."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from studies.design.lifecycle.step import locked, require_possible, simple_step, take_step
from studies.errors import StudyError
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, in_state
from studies.models.study import Study
from studies.models.study_state import CLOSE, PAUSE, REOPEN, RESUME


def pause_study(*, study: Study, by: User, reason: str) -> Study:
    """Take no answers for a while. Sessions stay where they are; what browsers hold back is taken afterwards."""
    return simple_step(study, PAUSE, by=by, reason=reason)


def resume_study(*, study: Study, by: User, reason: str = "") -> Study:
    """Let observers go on where they were."""
    return simple_step(study, RESUME, by=by, reason=reason)


def close_study(*, study: Study, by: User, reason: str = "") -> Study:
    """Take no more answers. Sessions that are not finished stay as they are, and are not analysed."""
    with transaction.atomic():
        study = locked(study)
        require_possible(study, CLOSE)
        unfinished = Observer.objects.filter(in_state(ObserverState.STARTED), study=study).count()
        details = {"unfinished_sessions": unfinished}
        return take_step(study, CLOSE, by=by, reason=reason, details=details, fields={"closed_at": timezone.now()})


def why_not_reopened(study: Study) -> str:
    """Return why the protocol of a closed study does not let it be reopened; nothing where it does."""
    if study.may_be_reopened:
        return ""
    return gettext(
        "The protocol of “%(title)s” does not let it be reopened: that has to be allowed before a study "
        "opens. A further study can ask further observers."
    ) % {"title": study.title}


def reopen_study(*, study: Study, by: User, reason: str, although_seen: bool = False) -> Study:
    """Take answers again, where the protocol allowed it from the start.

    Parameters
    ----------
    although_seen
        Whether to do so although results have been seen. The report says it either way.

    Raises
    ------
    StudyError
        Not closed, not allowed by the protocol, no reason, or results were seen and it is not said that this is known.
    """
    with transaction.atomic():
        study = locked(study)
        require_possible(study, REOPEN)
        if why := why_not_reopened(study):
            raise StudyError(why)
        if study.results_were_seen and not although_seen:
            raise StudyError(
                gettext(
                    "Results of “%(title)s” have been seen. Whoever reopens it now may have decided so by them: "
                    "say that it is to be reopened all the same, and the report will say so too."
                )
                % {"title": study.title}
            )
        details = {
            "closed_at": study.closed_at.isoformat() if study.closed_at else None,
            "results_seen": study.results_were_seen,
        }
        return take_step(study, REOPEN, by=by, reason=reason, details=details, fields={"closed_at": None})
