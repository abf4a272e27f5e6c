"""An answer is one statement where the database is PostgreSQL, and what is not plain is left to be found out."""

import time
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studies.design.lifecycle.running import pause_study
from studies.errors import StudyError
from studies.models import Answer, Observer, Session, Trial
from studies.sessions.ending import withdraw
from studies.sessions.one_statement import answers
from studies.sessions.trials import Position, pass_over, position_of, record_answer
from tests.core.test_write_queue import run_at_once
from tests.studies.factories import answer_trials, begin_trials, make_open_study, make_session

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite changes one table by a statement"),
]


def current(session: Session) -> Trial:
    trial = position_of(session).trial
    assert trial is not None
    return trial


@pytest.mark.parametrize("before", [0, 1, 3], ids=["the first", "the second", "the last but one"])
def test_an_answer_is_one_statement(before: int) -> None:
    session = make_session()
    answer_trials(session, count=before)
    trial, _ = current(session), session.observer.study

    with CaptureQueriesContext(connection) as queries:
        position = record_answer(session=session, trial_token=trial.token, response="perturbed", rt_ms=812)

    assert len(queries) == 1
    assert position is not None
    assert position.trial == current(session)
    answer = Answer.objects.get(trial=trial)
    assert (answer.response, answer.rating, answer.diagnosis, answer.rt_ms) == ("perturbed", None, "", 812)
    assert current(session).served_at == answer.answered_at


def test_all_that_is_said_is_stored() -> None:
    session = make_session(make_open_study(trial_type="yes_no_confidence"))
    trial, display = current(session), {"pixel_ratio": 2, "window": [1280, 800], "note": "“é”"}
    before = timezone.now()

    record_answer(session=session, trial_token=trial.token, response="clean", confidence="3", display=display)

    answer = Answer.objects.get()
    assert (answer.trial, answer.response, answer.confidence, answer.rt_ms) == (trial, "clean", 3, None)
    assert answer.display == display
    assert before <= answer.answered_at <= timezone.now()


def test_whoever_is_shown_a_break_first_is_not_yet_shown_the_next_trial() -> None:
    session = make_session(make_open_study(break_every=1))
    record_answer(session=session, trial_token=current(session).token, response="clean")
    assert current(session).served_at is None


def test_answers_of_many_observers_at_once_are_all_stored() -> None:
    study = make_open_study(observers=12)
    sessions = [begin_trials(observer) for observer in Observer.objects.filter(study=study)]
    trials = [current(session) for session in sessions]

    done = run_at_once(
        [
            partial(record_answer, session=session, trial_token=trial.token, response=word)
            for session, trial in zip(sessions, trials, strict=True)
            for word in ("clean", "perturbed")
        ]
    )

    assert all(isinstance(position, Position) for position in done), done
    assert sorted(Answer.objects.values_list("trial", flat=True)) == sorted(trial.pk for trial in trials)


def store_with(session: Session, **wrong: object) -> bool:
    """Ask for the answer to the current trial, with something wrong about it."""
    trials = list(session.trials.order_by("phase", "position"))
    number = trials.index(current(session))
    right: dict[str, object] = {
        "token": session.observer.token,
        "session_id": session.pk,
        "previous_id": trials[number - 1].pk if number else None,
        "trial_id": trials[number].pk,
        "following_id": None,
        "response": "clean",
        "rating": None,
        "confidence": None,
        "grade": None,
        "place_x": None,
        "place_y": None,
        "diagnosis": "",
        "answered_at": timezone.now(),
        "rt_ms": None,
        "display": {},
    }
    return answers.store_plain_answer(answers.GivenAnswer(**right | wrong))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _, other: {"token": other.observer.token},
        lambda _, other: {"session_id": other.pk},
        lambda _, other: {"trial_id": current(other).pk},
        lambda session, _: {"previous_id": session.trials.get(position=3).pk},
        lambda *_: {"response": "maybe"},
        lambda *_: {"response": "clean\0"},
        lambda *_: {"rating": 7},
        lambda *_: {"rt_ms": -1},
        lambda *_: {"rt_ms": 10**12},
    ],
    ids=["token", "session", "trial", "previous", "response", "NUL", "rating", "time", "number"],
)
def test_what_does_not_fit_is_not_stored(wrong: Callable[[Session, Session], dict[str, object]]) -> None:
    study = make_open_study(observers=2)
    session, other = (begin_trials(observer) for observer in Observer.objects.filter(study=study))

    assert not store_with(session, **wrong(session, other))

    assert not Answer.objects.exists()
    assert store_with(session)


@pytest.mark.parametrize(
    "happen",
    [
        lambda session: withdraw(session=session),
        lambda session: pause_study(study=session.observer.study, by=session.observer.study.owner, reason="A fault."),
        lambda session: Session.objects.filter(pk=session.pk).update(instructed_at=None),
        lambda session: Trial.objects.filter(pk=current(session).pk).update(not_shown=True),
    ],
    ids=["withdrawn", "paused", "instructions", "passed over"],
)
def test_what_is_not_due_is_not_stored(happen: Callable[[Session], object]) -> None:
    session = make_session()
    trial = current(session)
    happen(session)

    assert not store_with(session, trial_id=trial.pk, previous_id=None)

    assert not Answer.objects.exists()


def test_an_answer_that_cannot_be_stored_takes_no_other_with_it() -> None:
    study = make_open_study(observers=3)
    sessions = [begin_trials(observer) for observer in Observer.objects.filter(study=study)]
    tokens = [current(session).token for session in sessions]
    hold = partial(record_answer, session=sessions[0], trial_token=tokens[0], response="clean")
    bad = partial(record_answer, session=sessions[1], trial_token=tokens[1], response="clean", rt_ms=10**12)
    good = partial(record_answer, session=sessions[2], trial_token=tokens[2], response="clean")

    first, refused, stored = run_at_once([hold, bad, good])

    assert first
    assert stored
    assert isinstance(refused, Exception)
    assert Answer.objects.count() == 2


def test_after_a_trial_that_was_passed_over_answers_go_on() -> None:
    session = make_session()
    pass_over(session=session, trial_token=current(session).token)
    answer_trials(session)
    assert Answer.objects.count() == 4


def test_a_withdrawn_observer_is_told_so() -> None:
    session = make_session()
    trial = current(session)
    withdraw(session=session)
    with pytest.raises(StudyError, match="takes no more answers"):
        record_answer(session=session, trial_token=trial.token, response="clean")


@pytest.mark.parametrize("is_passed_over", [False, True], ids=["ended", "passed over"])
def test_whoever_waits_finds_what_happened_meanwhile(is_passed_over: bool) -> None:
    """Another transaction ends the session, or passes the trial over, when the statement has begun."""
    session = make_session()
    trial = current(session)

    def change() -> None:
        with transaction.atomic():
            Session.objects.select_for_update().get(pk=session.pk)
            time.sleep(1.0)
            if is_passed_over:
                Trial.objects.filter(pk=trial.pk).update(not_shown=True)
            else:
                Session.objects.filter(pk=session.pk).update(withdrawn_at=timezone.now())

    _, stored = run_at_once([change, partial(store_with, session)])

    assert stored is False
    assert not Answer.objects.exists()
