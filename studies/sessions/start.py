"""The consent that begins a session, and all its trials with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from perception.core.write_queue import write_transaction
from studies.errors import StudyError
from studies.languages import ENGLISH
from studies.models.observer import Observer, TrialSequence
from studies.models.session import Session
from studies.models.stimulus import Stimulus
from studies.models.study import Study
from studies.models.trial import Trial
from studies.sessions.consent import consent_sha256
from studies.sessions.prepared_query import PreparedInsert
from studies.sessions.read_anew.rows import locked_study
from studies.sessions.screening.recording import screen_device
from studies.tokens import new_token

_TRIALS = PreparedInsert(
    Trial, ("session", "phase", "position", "stimulus", "second_stimulus", "showing", "token", "served_at")
)


class LinkOverError(StudyError):
    """The observer's link was revoked, or its deadline is over."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(gettext("Nobody can begin by this link any more."))


def start_session(*, observer: Observer, language: str = ENGLISH, display: dict[str, Any] | None = None) -> Session:
    """Record the consent and make the session with all its trials; return the one that is there if there is one.

    Parameters
    ----------
    language
        The language in which the consent was read.
    display
        What the check of the display has found.

    Raises
    ------
    StudyError
        The study is not open, the observer's link was revoked, its deadline is over, or they have no trial sequence.
    """
    with write_transaction():
        study = locked_study(observer.study_id)
        existing = Session.objects.filter(observer=observer).first()
        if existing is not None:
            return existing
        if study.state != Study.State.OPEN:
            raise StudyError(gettext("This study is not open."))
        # Read anew under the lock: the observer that was given may be one that was kept.
        if Observer.objects.only("deadline", "revoked_at").get(pk=observer.pk).link_is_over(timezone.now()):
            raise LinkOverError
        return begin_session(observer=observer, study=study, language=language, display=display)


def begin_session(*, observer: Observer, study: Study, language: str, display: dict[str, Any] | None) -> Session:
    """Make the session of an observer who has none, in a transaction of the caller that holds the study's row.

    A device that the study cannot use ends it at once. Somebody whose place is given with the questionnaire has no
    trials yet (`give_trials`).

    Parameters
    ----------
    language, display
        As for `start_session`.

    Raises
    ------
    StudyError
        The observer has no trial sequence, and does not wait for one.
    """
    waits = study.tells_groups_by_question and observer.open_link_id is not None
    session = Session.objects.create(
        observer=observer,
        consent_sha256=consent_sha256(study, language),
        consented_at=timezone.now(),
        language=language,
        display=display or {},
        # A simulated observer has no eyes, and no screen.
        n_screened=len(study.page_checks) if observer.is_simulated else 0,
    )
    if not waits:
        give_trials(session)
    screen_device(session, study)
    return session


def give_trials(session: Session) -> None:
    """Make the trials of a session that has none, by the sequence that was drawn for its observer.

    To be called in a transaction.

    Raises
    ------
    StudyError
        None was drawn.
    """
    observer = Observer.objects.only("plan", "label", "study").get(pk=session.observer_id)
    sequence: TrialSequence | None = observer.plan
    if sequence is None:
        raise StudyError(f"No order of trials was drawn for {observer.label}; invite observers by the service.")
    session.seed, session.drawing_version = sequence["seed"], sequence["drawing_version"]
    session.save(update_fields=["seed", "drawing_version"])
    numbers = {number for shown in [*sequence["practice"], *sequence["series"]] for number in shown}
    shown_stimuli = Stimulus.objects.filter(study=observer.study_id, number__in=numbers).order_by()
    stimuli = dict(shown_stimuli.values_list("number", "pk"))
    _TRIALS.add(
        [
            *_trials(session, Trial.Phase.PRACTICE, sequence["practice"], stimuli),
            *_trials(session, Trial.Phase.SERIES, sequence["series"], stimuli),
        ]
    )


def _trials(
    session: Session, phase: Trial.Phase, numbers: Sequence[Sequence[int]], stimuli: Mapping[int, int]
) -> list[tuple[object, ...]]:
    trials: list[tuple[object, ...]] = []
    showings: Counter[int] = Counter()
    for position, shown in enumerate(numbers, start=1):
        showings[shown[0]] += 1
        trials.append(
            (
                session.pk,
                phase,
                position,
                stimuli[shown[0]],
                stimuli[shown[1]] if len(shown) > 1 else None,
                showings[shown[0]],
                new_token(),
                None,
            )
        )
    return trials
