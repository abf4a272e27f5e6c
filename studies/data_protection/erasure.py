"""One person's data, erased or detached from the person: by the lab, by the observer, or because their time is over.

Erasing deletes every row of the observer, of their session, trials and answers. Detaching keeps the answers of a
finished session, and takes away all that tells whose they are: label, link, the recruiter's id, the seed that follows
from the label, questionnaire, comments, screen, what checks were judged by, and the times of day (the session is moved
to begin when the study opened; how long anything took stays). Either way the label goes out of the study's log as
well, and what is written down instead counts, and names nobody.

To withdraw during a session is another thing: see `studies.sessions.ending`.
"""

import datetime as dt

from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from perception.core.write_queue import write_transaction
from studies import audit
from studies.data_protection.kept_reports import forget_kept_reports
from studies.data_protection.tally import FORGOTTEN, GONE, KEPT, RESULTS_SEEN, WITHOUT_LABEL
from studies.errors import StudyError
from studies.models.answer import Answer
from studies.models.audit_event import AuditEvent
from studies.models.data_protection import LaterWithdrawal
from studies.models.observer import Observer
from studies.models.observer_state import state_of
from studies.models.recruitment.outside_id import OutsideId
from studies.models.session import ENDING_MOMENTS, Session
from studies.models.study import Study
from studies.models.trial import Trial
from studies.tokens import new_token

LONGEST_REASON = 500  # characters
NO_SEED = 0
"""What stands for the seed of a session that was detached: it followed from the label, which anybody could try out."""
SEEN = (
    *("visible", "focus_losses", "resizes", "pinch", "early", "shown_ms"),
    *("flicker_hz", "frames", "late_frames", "stopped"),
)
"""What stays, of a detached answer, of how the image was shown: figures rest on it, and it tells nobody's screen."""


def erase_person(*, observer: Observer, by: User, reason: str) -> None:
    """Delete all that is stored of one person.

    Parameters
    ----------
    reason
        Why, such as “asked for it”; it is written down with who did it, and so should name nobody.

    Raises
    ------
    StudyError
        No reason is given, or a long one; or there is nothing of a person: a simulated observer, or answers that were
        detached from whoever gave them.
    NotPermittedError
        `by` may not.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise StudyError(
            gettext("Say why, in 1 to %(most)d characters and without a name: it is written down.")
            % {"most": LONGEST_REASON}
        )
    with write_transaction():
        observer = _locked(observer)
        if observer.is_simulated or observer.detached_at is not None:
            raise StudyError(
                gettext("“%(label)s” stands for no person: nothing is stored of anybody.") % {"label": observer.label}
            )
        study, details = observer.study, _gone(observer)
        erase(observer)
        audit.record(study=study, action=AuditEvent.Action.ERASED, by=by, details={"reason": reason, **details})


def withdraw_later(*, observer: Observer) -> None:
    """Carry out an observer's wish to withdraw after the last answer, as the study says it is done.

    Raises
    ------
    StudyError
        The study does not allow it, or the session is not finished.
    """
    with write_transaction():
        observer = _locked(observer)
        study = observer.study
        if not may_withdraw_later(observer):
            raise StudyError(
                gettext("“%(title)s” does not let observers withdraw at this point.") % {"title": study.title}
            )
        if study.later_withdrawal == LaterWithdrawal.DETACHES:
            detach(observer, timezone.now())
            details: dict[str, object] = {KEPT: 1}
        else:
            details = _gone(observer)
            erase(observer)
        audit.record(study=study, action=AuditEvent.Action.WITHDREW_LATER, by=None, details=details)


def may_withdraw_later(observer: Observer) -> bool:
    """Tell whether an observer can withdraw by their link now, after the last answer."""
    session = getattr(observer, "session", None)
    is_finished = session is not None and session.finished_at is not None
    return is_finished and observer.study.later_withdrawal != LaterWithdrawal.NOT and observer.detached_at is None


def erase(observer: Observer) -> None:
    """Delete an observer with all that is theirs, and their label in the study's log. To be called in a transaction."""
    _forget_label(observer)
    forget_kept_reports(observer.study)
    observer.delete()


def detach(observer: Observer, now: dt.datetime) -> None:
    """Take away all that tells who an observer is. To be called in a transaction, with the study and the session.

    What nobody analyses goes altogether: the answers of a session that was not finished.
    """
    study = observer.study
    _forget_label(observer)
    forget_kept_reports(study)
    # By the recruiter's id whoever has it would be led to the new link.
    OutsideId.objects.filter(observer=observer).delete()
    session = getattr(observer, "session", None)
    if session is not None:
        _detach_session(session, begins=study.opened_at or study.created_at)
    taken = set(Observer.objects.filter(study=study).values_list("label", flat=True))
    number = next(number for number in range(1, len(taken) + 2) if WITHOUT_LABEL.format(number) not in taken)
    # The link is replaced by one that nobody gets: no page shows it.
    rows = Observer.objects.filter(pk=observer.pk)
    plan = rows.values_list("plan", flat=True).get()
    rows.update(
        label=WITHOUT_LABEL.format(number),
        token=new_token(),
        plan=None if plan is None else {**plan, "seed": NO_SEED},
        invited_at=study.created_at,
        deadline=None,
        detached_at=now,
    )


def _detach_session(session: Session, *, begins: dt.datetime) -> None:
    """Take out of a session what tells of the person, and move it in time."""
    earlier = session.consented_at - begins
    answers = Answer.objects.filter(trial__session=session)
    if session.finished_at is None:
        answers.delete()
    kept = list(answers)
    for answer in kept:
        answer.display = {name: value for name, value in answer.display.items() if name in SEEN}
        answer.answered_at -= earlier
    Answer.objects.bulk_update(kept, ["display", "answered_at"], batch_size=100)
    Trial.objects.filter(session=session, served_at__isnull=False).update(served_at=F("served_at") - earlier)
    session.screening_results.update(measured={}, at=F("at") - earlier)
    moments = {
        name: None if (at := getattr(session, name)) is None else at - earlier
        for name in ("consented_at", "screened_at", "asked_at", "instructed_at", *ENDING_MOMENTS)
    }
    Session.objects.filter(pk=session.pk).update(
        **moments, seed=NO_SEED, questionnaire=[], questionnaire_at=None, display={}, comments="", commented_at=None
    )


def _gone(observer: Observer) -> dict[str, object]:
    """Return what is written down of an erased person: how far they had come, and whether results had been seen."""
    return {GONE: {state_of(observer).value: 1}, RESULTS_SEEN: observer.study.results_were_seen}


def _forget_label(observer: Observer) -> None:
    """Take an observer's label out of the log of the study: whom it speaks of is nobody's business any more."""
    study = observer.study
    about = study if study.pilot_of is None else study.pilot_of
    for event in AuditEvent.objects.filter(study_uid=about.uid):
        if bool(event.details.get("pilot")) != study.is_pilot:
            continue
        details = dict(event.details)
        if details.get("observer") == observer.label:
            details["observer"] = FORGOTTEN
        if isinstance(invited := details.get("observers"), list):
            details["observers"] = [FORGOTTEN if label == observer.label else label for label in invited]
        if details != event.details:
            event.details = details
            event.save(update_fields=["details"])


def _locked(observer: Observer) -> Observer:
    """Read an observer anew under the locks of their study, their own row and their session's."""
    study = Study.with_pilots.select_for_update().defer("protocol").get(pk=observer.study_id)
    locked = Observer.objects.select_for_update().filter(pk=observer.pk).first()
    if locked is None:
        raise StudyError(gettext("It has just been erased."))
    locked.study = study
    session = Session.objects.select_for_update().filter(observer=locked).first()
    if session is not None:
        locked.session = session
    return locked
