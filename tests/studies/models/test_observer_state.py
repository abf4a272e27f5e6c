"""How far observers have come: told of one in memory and asked of many in the database, it is the same."""

import itertools
from collections.abc import Iterable

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from studies.answers.rows import rows_of
from studies.models.observer import Observer
from studies.models.observer_state import (
    DECIDES,
    ENDED_EARLY,
    WITHOUT_SESSION,
    ObserverState,
    ended_early,
    in_state,
    state_of,
    usable,
)
from studies.models.session import Rejection, Session
from tests.studies.factories import answer_trials, make_open_study, make_session

pytestmark = pytest.mark.django_db

ENDS = ("finished_at", "withdrawn_at", "screened_out_at", "timed_out_at")
LATER = ("rejected_at", "returned_at")
POSSIBLE = [
    (*end, *later)
    for end in [(), *((one,) for one in ENDS)]
    for later in itertools.chain.from_iterable(itertools.combinations(LATER, n) for n in range(len(LATER) + 1))
]


def _end(session: Session, moments: Iterable[str]) -> None:
    for moment in moments:
        setattr(session, moment, timezone.now())
    session.screened_out_by = "touch" if session.screened_out_at else ""
    session.rejection = Rejection.TWICE if session.rejected_at else ""
    session.save()


@pytest.mark.parametrize("moments", POSSIBLE, ids=lambda moments: "+".join(moments) or "none")
def test_every_session_is_in_one_state_that_memory_and_database_agree_on(moments: tuple[str, ...]) -> None:
    session = make_session()
    _end(session, moments)
    observer = Observer.objects.select_related("session").get(session=session)
    state = state_of(observer)
    assert [other for other in ObserverState if Observer.objects.filter(in_state(other), pk=observer.pk)] == [state]
    assert Observer.objects.filter(usable(), pk=observer.pk).exists() == (state == ObserverState.FINISHED)
    assert Observer.objects.filter(ended_early(), pk=observer.pk).exists() == (state in ENDED_EARLY)
    assert session.is_over == (state != ObserverState.STARTED)


def test_whoever_has_no_session_is_invited() -> None:
    study = make_open_study(observers=1)
    observer = Observer.objects.get(study=study)
    assert state_of(observer) == ObserverState.INVITED
    assert list(Observer.objects.filter(in_state(ObserverState.INVITED))) == [observer]
    assert not Observer.objects.filter(usable())
    assert not Observer.objects.filter(ended_early())


def test_whoever_has_not_begun_and_whose_link_was_revoked_ended_early() -> None:
    session = make_session()
    study = make_open_study(observers=1)
    Observer.objects.update(revoked_at=timezone.now())
    observer = Observer.objects.get(study=study)
    assert state_of(observer) == ObserverState.REVOKED
    for state in ObserverState:
        assert list(Observer.objects.filter(in_state(state), study=study)) == [observer] * (state == "revoked")
    assert list(Observer.objects.filter(ended_early())) == [observer]
    assert state_of(session.observer) == ObserverState.STARTED


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(ENDS, 2)))
def test_the_database_refuses_a_session_with_two_ends(one: str, other: str) -> None:
    session = make_session()
    with pytest.raises(IntegrityError), transaction.atomic():
        _end(session, (one, other))


@pytest.mark.parametrize(
    "fields",
    [
        {"rejected_at": timezone.now()},
        {"rejection": Rejection.TWICE},
        {"rejected_at": timezone.now(), "rejection": "saw too much"},
        {"screened_out_at": timezone.now()},
        {"screened_out_by": "touch"},
    ],
    ids=["no reason", "no rejection", "own words", "no check", "not screened out"],
)
def test_the_database_refuses_an_end_without_its_reason_and_a_reason_without_its_end(fields: dict[str, object]) -> None:
    session = make_session()
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(**fields)


@pytest.mark.parametrize("moment", LATER)
def test_answers_of_a_session_that_was_rejected_or_returned_are_not_analysed(moment: str) -> None:
    session = make_session()
    answer_trials(session)
    session.refresh_from_db()
    study = session.observer.study
    assert len(rows_of(study, simulated=False)) == study.n_trials
    _end(session, [moment])
    assert rows_of(study, simulated=False) == []


def test_every_state_of_a_session_but_the_first_is_told_by_a_time() -> None:
    assert {state for state, _ in DECIDES} == set(ObserverState) - WITHOUT_SESSION - {ObserverState.STARTED}
