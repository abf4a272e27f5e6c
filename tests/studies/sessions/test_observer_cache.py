"""Observers kept in memory are as the database has them, whatever happens to them, and few enough."""

import datetime as dt
import gc
import tracemalloc
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
from studies.sessions.observer_cache import BYTES_OF_OBSERVER, BYTES_OF_TRIAL, ObserverCache
from studies.sessions.start import start_session
from studies.sessions.steps import (
    answer_questionnaire,
    choose_language,
    complete_instructions,
    save_comments,
)
from studies.sessions.trial_sequence import trial_sequence
from tests.studies.factories import (
    answer_trials,
    begin_trials,
    make_open_study,
    make_pair_set,
    make_session,
    make_study,
)

ENOUGH = 1_000_000
"""Bytes for some observers."""

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
    kept = ObserverCache(ENOUGH)

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
    kept = ObserverCache(ENOUGH)
    session = start_session(observer=observer)
    assert kept.find(observer.token) is not None

    withdraw(session=session)

    found = kept.find(observer.token)
    assert found is not None
    assert found.session.withdrawn_at is not None
    assert found.session.display == {}


def test_while_nothing_changes_one_query_is_enough() -> None:
    observer = Observer.objects.get(study=make_open_study())
    kept = ObserverCache(ENOUGH)
    first = kept.find(observer.token)

    with CaptureQueriesContext(connection) as queries:
        again = kept.find(observer.token)

    assert again is first
    assert len(queries) == 1


def test_nobody_is_found_under_a_token_that_is_none() -> None:
    make_open_study()
    assert ObserverCache(ENOUGH).find("x" * 22) is None


def test_a_draft_is_not_kept_since_its_design_changes() -> None:
    study = make_study()
    (observer,) = invite_observers(study=study, labels=["A"], by=study.owner)
    kept = ObserverCache(ENOUGH)
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


def weight_of(study: Study) -> int:
    return BYTES_OF_OBSERVER + BYTES_OF_TRIAL * study.n_trials


def test_who_was_not_asked_for_longest_is_let_go() -> None:
    study = make_open_study(observers=3)
    tokens = list(Observer.objects.filter(study=study).values_list("token", flat=True))
    kept = ObserverCache(2 * weight_of(study))
    first, second, _ = (kept.find(token) for token in (tokens[0], tokens[1], tokens[0]))

    kept.find(tokens[2])

    assert kept.find(tokens[0]) is first
    assert kept.find(tokens[1]) is not second


def test_what_it_takes_is_no_more_than_it_was_given() -> None:
    """Each observer in a study of their own: nothing is shared."""
    studies = [make_open_study(n_perturbed=20, n_clean=20, pair_set=make_pair_set(n=40, size=4)) for _ in range(4)]
    tokens = []
    for study in studies:
        session = begin_trials(Observer.objects.get(study=study))
        tokens.append(session.observer.token)
    kept = ObserverCache(3 * weight_of(studies[0]))
    for token in tokens:  # what Django makes once is made
        _look(ObserverCache(ENOUGH), token)

    gc.collect()
    tracemalloc.start()
    for token in tokens:
        _look(kept, token)
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [kept.kept(token) is not None for token in tokens] == [False, True, True, True]
    assert 0.2 * 3 * weight_of(studies[0]) < taken < 3 * weight_of(studies[0])


def _look(kept: ObserverCache, token: str) -> None:
    observer = kept.find(token)
    assert observer is not None
    trial_sequence(observer.session)


def test_observers_of_a_study_share_it_until_it_changes() -> None:
    study = make_open_study(observers=3)
    one, two, three = Observer.objects.filter(study=study).values_list("token", flat=True)
    kept = ObserverCache(ENOUGH)
    first, second = kept.find(one), kept.find(two)
    assert first is not None
    assert second is not None
    assert first.study is second.study

    Study.objects.filter(pk=study.pk).update(abandoned_after_minutes=90)

    third = kept.find(three)
    assert third is not None
    assert third.study.abandoned_after_minutes == 90


def test_where_a_session_stands_is_told_of_whom_is_kept_as_they_are() -> None:
    session = make_session()
    token = session.observer.token
    kept = ObserverCache(ENOUGH)
    assert kept.standing(token) is None
    _look(kept, token)
    standing = kept.standing(token)
    assert standing is not None
    assert standing.current == 0

    answer_trials(session, count=2)
    standing = kept.standing(token)
    assert standing is not None
    assert standing.current == 2

    withdraw(session=session)
    assert kept.standing(token) is None
    assert kept.standing("x" * 22) is None
