"""What happened to a study while it ran, and before: pauses, reopenings, pilot sessions. The report says it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from studies.audit import events_of
from studies.data_protection.tally import ErasedPeople
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.observer_state import usable
from studies.models.session import Session
from studies.models.study import Study
from studies.models.trial import Trial
from studies.models.truth import Truth


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which no answers were taken. Moments as ISO 8601.

    Attributes
    ----------
    since, until
        `until` is None while it lasts.
    reason
        In the words of whoever paused it.
    """

    since: str
    until: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Reopening:
    """That a closed study took answers again. Moments as ISO 8601.

    Attributes
    ----------
    closed_at, reopened_at
        From when to when it was closed.
    results_seen
        Whether results had been seen by then.
    reason
        In the words of whoever reopened it.
    """

    closed_at: str | None
    reopened_at: str
    results_seen: bool
    reason: str


@dataclass(frozen=True, slots=True)
class PilotSessions:
    """The sessions of a study's pilots, which are in no other figure.

    Attributes
    ----------
    begun, finished
        How many.
    images_seen
        How many images of the study's series its pilot observers had seen, as clean or as perturbed; of a session that
        was erased it is not known any more.
    images
        How many images the series has, over all its sets.
    """

    begun: int
    finished: int
    images_seen: int
    images: int

    @classmethod
    def of(cls, study: Study) -> "PilotSessions":
        """Count them, erased ones too (five queries)."""
        sessions = Session.objects.filter(observer__study__pilot_of=study)
        shown = Trial.objects.filter(session__observer__study__pilot_of=study, served_at__isnull=False)
        gone = ErasedPeople.of(study, of_pilots=True)
        seen = set(Truth.objects.filter(stimulus__in=shown.values("stimulus")).values_list("pair__image", flat=True))
        series = Truth.objects.filter(stimulus__study=study, role=Truth.Role.SERIES)
        images = set(series.values_list("pair__image", flat=True))
        return cls(
            begun=sessions.count() + gone.n_begun,
            finished=Observer.objects.filter(usable(), study__pilot_of=study).count() + gone.n_finished,
            images_seen=len(seen & images),
            images=len(images),
        )


@dataclass(frozen=True, slots=True)
class StudyHistory:
    """What a reader is to know of a study's course beside its dates."""

    pilot_sessions: PilotSessions
    pauses: tuple[Pause, ...]
    reopenings: tuple[Reopening, ...]
    erased: ErasedPeople
    """Whose data were erased, or detached from their answers, since they were invited."""
    unblinding_reason: str
    """Why results were looked at early, in the words of whoever did so first; empty where nobody did, or said."""

    @classmethod
    def of(cls, study: Study) -> "StudyHistory":
        """Read it from the audit log and the pilots."""
        events = events_of(study)
        unblinded = [event for event in events if event.action == AuditEvent.Action.UNBLINDED]
        return cls(
            PilotSessions.of(study),
            _pauses(events),
            tuple(
                Reopening(
                    event.details.get("closed_at"),
                    event.at.isoformat(),
                    bool(event.details.get("results_seen")),
                    event.reason,
                )
                for event in events
                if event.action == AuditEvent.Action.REOPENED
            ),
            ErasedPeople.of(study),
            unblinded[0].reason if unblinded else "",
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "pilot_sessions": asdict(self.pilot_sessions),
            "pauses": [asdict(pause) for pause in self.pauses],
            "reopenings": [asdict(reopening) for reopening in self.reopenings],
            **({} if self.erased.is_empty else {"erased": self.erased.as_dict()}),
        }


def _pauses(events: list[AuditEvent]) -> tuple[Pause, ...]:
    """Return each pause with its end: the next time that the study went on, or was closed."""
    pauses: list[Pause] = []
    since: AuditEvent | None = None
    for event in events:
        if event.action == AuditEvent.Action.PAUSED:
            since = event
        elif since is not None and event.action in {AuditEvent.Action.RESUMED, AuditEvent.Action.CLOSED}:
            pauses.append(_pause(since, event.at))
            since = None
    return (*pauses, _pause(since, None)) if since is not None else tuple(pauses)


def _pause(event: AuditEvent, until: datetime | None) -> Pause:
    return Pause(event.at.isoformat(), until.isoformat() if until else None, event.reason)
