"""Observers kept in memory are as the database has them, whatever happens to them, and few enough."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studies.design.invitations import invite_observers
from studies.design.lifecycle import close_study, open_study
from studies.design.recruitment.personal_links import set_deadline
from studies.models import Observer, Session, Study
from studies.sessions.ending import withdraw
from studies.sessions.observer_cache import ObserverCache
from studies.sessions.start import start_session
from studies.sessions.steps import (
    answer_questionnaire,
    choose_language,
    complete_instructions,
    save_comments,
)
from tests.studies.factories import answer_trials, make_open_study, make_study

pytestmark = pytest.mark.django_db


def session_of(observer: Observer) -> Session:
    return Session.objects.get(observer=observer)


# Each with the state in which it leaves the database, one after the other.
DEEDS: dict[str, Callable[[Observer], object]] = {
    "deadline": lambda observer: set_deadline(
        study=observer.study,
        observers=[observer],
        deadline=timezone.now() + dt.timedelta(days=1),
        by=observer.study.owner,
    ),
    "consent": lambda observer: start_session(observer=observer, display={"pixel_ratio": 2}),
    "questionnaire": lambda observer: answer_questionnaire(session=session_of(observer), given={"q1": "5"}),
    "language": lambda observer: choose_language(session=session_of(observer), language="fr"),
    "instructions": lambda observer: complete_instructions(session=session_of(observer)),
    "last answer": lambda observer: answer_trials(session_of(observer)),
    "comments": lambda observer: save_comments(session=session_of(observer), text="Hard."),
    "closing": lambda observer: close_study(study=observer.study, by=observer.study.owner),
}


def values_of(observer: Observer) -> tuple[dict[str, object], ...]:
    """Return all that is stored of an observer, the study and the session, but what no page shows."""
    models = [observer, observer.study, *([observer.session] if hasattr(observer, "session") else [])]
    return tuple(
        {
            field.attname: getattr(model, field.attname)
            for field in model._meta.concrete_fields
            if field.name not in {"protocol", "plan"}
        }
        for model in models
    )


def test_after_each_deed_it_is_as_the_database_has_it() -> None:
    study = make_open_study(
        questionnaire="Years of practice: number 0-60 *",
        asks_comments=True,
        shows_score=True,
        closes_when_finished=False,
        observers=2,
    )
    observer = Observer.objects.filter(study=study)[0]
    kept = ObserverCache(10)

    for name, deed in DEEDS.items():
        before = kept.find(observer.token)
        assert before is not None
        deed(Observer.objects.get(pk=observer.pk))
        after = kept.find(observer.token)
        assert after is not None
        assert after is not before, name
        assert values_of(after) == values_of(Observer.objects.select_related("study", "session").get(pk=observer.pk))


def test_after_a_withdrawal_too() -> None:
    study = make_open_study()
    observer = Observer.objects.get(study=study)
    kept = ObserverCache(10)
    session = start_session(observer=observer)
    assert kept.find(observer.token) is not None

    withdraw(session=session)

    found = kept.find(observer.token)
    assert found is not None
    assert found.session.withdrawn_at is not None
    assert found.session.display == {}


def test_while_nothing_changes_one_query_is_enough() -> None:
    observer = Observer.objects.get(study=make_open_study())
    kept = ObserverCache(10)
    first = kept.find(observer.token)

    with CaptureQueriesContext(connection) as queries:
        again = kept.find(observer.token)

    assert again is first
    assert len(queries) == 1


def test_nobody_is_found_under_a_token_that_is_none() -> None:
    make_open_study()
    assert ObserverCache(10).find("x" * 22) is None


def test_a_draft_is_not_kept_since_its_design_changes() -> None:
    study = make_study()
    (observer,) = invite_observers(study=study, labels=["A"], by=study.owner)
    kept = ObserverCache(10)
    assert kept.find(observer.token) is not None
    Study.objects.filter(pk=study.pk).update(title="Another title")

    found = kept.find(observer.token)
    assert found is not None
    assert found.study.title == "Another title"

    open_study(study=study, by=study.owner)
    opened = kept.find(observer.token)
    assert opened is not None
    assert opened.study.state == Study.State.OPEN
    assert kept.find(observer.token) is opened


def test_who_was_not_asked_for_longest_is_let_go() -> None:
    tokens = list(Observer.objects.filter(study=make_open_study(observers=3)).values_list("token", flat=True))
    kept = ObserverCache(2)
    first, second, _ = (kept.find(token) for token in (tokens[0], tokens[1], tokens[0]))

    kept.find(tokens[2])

    assert kept.find(tokens[0]) is first
    assert kept.find(tokens[1]) is not second
