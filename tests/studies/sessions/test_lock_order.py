"""Whoever ends a session and whoever looks after the study at the same moment wait for one another, and none is ended.

PostgreSQL ends one of two transactions that wait for each other: an observer or a researcher would get an error. Each
step here holds what it takes first until the other has begun; where all take the study before its sessions, the other
is only late.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from unittest import mock

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection

from studies.data_protection.erasure import erase_person
from studies.design.recruitment.sessions import reject_sessions
from studies.errors import StudyError
from studies.models import Observer, Session
from studies.sessions.ending import withdraw
from studies.sessions.trials import position_of, record_answer
from tests.studies.factories import answer_trials, begin_trials, make_open_study

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]

PATIENCE = 1.0
"""Seconds that a step waits for the other: it never comes where it has to wait for this one."""


@pytest.fixture
def session() -> Session:
    """Return a session before its last answer, of a study that closes with it."""
    study = make_open_study(closes_when_finished=True)
    session = begin_trials(Observer.objects.get(study=study))
    answer_trials(session, count=4)
    return session


def finish(session: Session) -> None:
    trial = position_of(session).trial
    assert trial is not None
    record_answer(session=session, trial_token=trial.token, response="clean")


def reject(session: Session) -> None:
    study = session.observer.study
    reject_sessions(study=study, people=[session.observer.label], reason="too_fast", by=study.owner)


def erase(session: Session) -> None:
    erase_person(observer=session.observer, by=session.observer.study.owner, reason="They asked for it.")


@contextmanager
def meeting(target: str, here: threading.Event, there: threading.Event) -> Iterator[None]:
    """Let a function, which is called between a step's two locks, wait until the other has got as far."""
    module, _, name = target.rpartition(".")
    original = getattr(__import__(module, fromlist=[name]), name)

    def wait(*arguments: object, **named: object) -> object:
        here.set()
        there.wait(PATIENCE)
        return original(*arguments, **named)

    with mock.patch(target, wait):
        yield


@pytest.mark.parametrize(
    ("step", "between_its_locks"),
    [
        pytest.param(finish, "studies.sessions.trials.finish", id="finish"),
        pytest.param(lambda session: withdraw(session=session), "studies.sessions.ending.leave_place", id="withdraw"),
    ],
)
@pytest.mark.parametrize(
    ("other", "between_the_others"),
    [
        pytest.param(reject, "studies.design.recruitment.sessions._find", id="reject"),
        pytest.param(erase, "studies.data_protection.erasure._gone", id="erase"),
    ],
)
def test_a_session_that_ends_while_somebody_looks_after_the_study(
    session: Session,
    step: Callable[[Session], None],
    between_its_locks: str,
    other: Callable[[Session], None],
    between_the_others: str,
) -> None:
    one, two = threading.Event(), threading.Event()
    with meeting(between_its_locks, one, two), meeting(between_the_others, two, one):
        errors = at_once(partial(step, session), partial(other, session))

    assert errors == []


def at_once(*calls: Callable[[], None]) -> list[DatabaseError]:
    """Run the calls in threads; return what the database raised, but not that somebody came too late."""
    errors: list[DatabaseError] = []

    def run(call: Callable[[], None]) -> None:
        try:
            call()
        except DatabaseError as error:
            errors.append(error)
        except (StudyError, ObjectDoesNotExist):
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return errors
