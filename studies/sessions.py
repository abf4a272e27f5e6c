"""The observer's run through a study. The server owns the cursor: the first trial without an answer is the current one.

Nothing here, and nothing that this module imports, can tell a perturbed stimulus from a clean one.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from studies import audit
from studies.drawing import DRAWING_VERSION, derived_seed, shuffled
from studies.errors import StudyError
from studies.models.answer import Answer
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.session import Session
from studies.models.stimulus import Stimulus
from studies.models.study import Study
from studies.models.trial import Trial


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session stands."""

    trial: Trial | None
    """The current trial; None when all are answered."""
    upcoming: Trial | None
    """The trial after it, whose image may be fetched ahead; None at the last."""
    total: int
    """How many trials the session has."""


def start_session(*, observer: Observer) -> Session:
    """Record the consent and make the session with all its trials; return the one that is there if there is one.

    Raises
    ------
    StudyError
        The study is not open.
    """
    with transaction.atomic():
        study = Study.objects.select_for_update().get(pk=observer.study_id)
        existing = Session.objects.filter(observer=observer).first()
        if existing is not None:
            return existing
        if study.state != Study.State.OPEN:
            raise StudyError("This study is not open.")
        seed = derived_seed(study.seed, "session", observer.label)
        session = Session.objects.create(
            observer=observer,
            seed=seed,
            drawing_version=DRAWING_VERSION,
            consent_sha256=hashlib.sha256(study.consent_text.encode()).hexdigest(),
            consented_at=timezone.now(),
        )
        stimuli = {stimulus.name: stimulus for stimulus in Stimulus.objects.filter(study=study)}
        order = shuffled(stimuli, seed=seed, purpose="order")
        Trial.objects.bulk_create(
            Trial(session=session, position=position, stimulus=stimuli[name])
            for position, name in enumerate(order, start=1)
        )
    return session


def place_of(session: Session) -> Place:
    """Return where the session stands (two queries)."""
    total = Trial.objects.filter(session=session).count()
    open_trials = list(
        Trial.objects.filter(session=session, answer__isnull=True).select_related("stimulus").order_by("position")[:2]
    )
    return Place(
        trial=open_trials[0] if open_trials else None,
        upcoming=open_trials[1] if len(open_trials) > 1 else None,
        total=total,
    )


def stimulus_to_serve(*, session: Session, trial_token: str) -> Stimulus | None:
    """Return the stimulus of the current trial, or of the next one (fetched ahead); None for any other."""
    place = place_of(session)
    for trial in (place.trial, place.upcoming):
        if trial is not None and trial.token == trial_token:
            return trial.stimulus
    return None


def record_answer(
    *,
    session: Session,
    trial_token: str,
    response: str,
    rt_ms: int | None = None,
    display: dict[str, Any] | None = None,
) -> bool:
    """Store the answer to the current trial. When this returns, it is on disk.

    Returns
    -------
    True if the answer was stored, or if this trial had been answered before (a repeat changes nothing); False if
    the trial is not the current one, or not of this session, and nothing was stored.

    Raises
    ------
    StudyError
        The study is closed, the session is over, or the response is not one of the two.
    """
    if response not in Answer.Response.values:
        raise StudyError("Choose one of the two answers, “perturbed” or “clean”.")
    with transaction.atomic():
        # The session's row is locked: a second tab's answer waits, and then finds this one.
        session = Session.objects.select_for_update().get(pk=session.pk)
        trial = Trial.objects.filter(session=session, token=trial_token).first()
        if trial is None:
            return False
        if Answer.objects.filter(pk=trial.pk).exists():
            return True
        study = Study.objects.get(observers__session=session)
        if session.is_over or study.state != Study.State.OPEN:
            raise StudyError("This study takes no more answers.")
        unanswered = Trial.objects.filter(session=session, answer__isnull=True)
        if unanswered.filter(position__lt=trial.position).exists():
            return False
        now = timezone.now()
        Answer.objects.create(trial=trial, response=response, answered_at=now, rt_ms=rt_ms, display=display or {})
        if not unanswered.exists():
            session.finished_at = now
            session.save(update_fields=["finished_at"])
            _close_if_all_are_done(study)
    return True


def withdraw(*, session: Session) -> None:
    """End the session at the observer's wish and delete its answers. Nothing changes if it is over already."""
    with transaction.atomic():
        session = Session.objects.select_for_update().get(pk=session.pk)
        if session.is_over:
            return
        Answer.objects.filter(trial__session=session).delete()
        session.withdrawn_at = timezone.now()
        session.save(update_fields=["withdrawn_at"])
        _close_if_all_are_done(Study.objects.get(observers__session=session))


def _close_if_all_are_done(study: Study) -> None:
    """Close an open study that wants it when nobody who was invited has anything left to do."""
    if not study.closes_when_finished:
        return
    study = Study.objects.select_for_update().get(pk=study.pk)
    if study.state != Study.State.OPEN:
        return
    waiting = Observer.objects.filter(study=study).exclude(session__finished_at__isnull=False)
    if waiting.exclude(session__withdrawn_at__isnull=False).exists():
        return
    study.state = Study.State.CLOSED
    study.closed_at = timezone.now()
    study.save(update_fields=["state", "closed_at"])
    audit.record(
        study=study,
        action=AuditEvent.Action.CLOSED,
        by=None,
        details={"because": "every invited observer is done"},
    )
