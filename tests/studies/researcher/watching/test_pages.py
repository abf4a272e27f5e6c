"""The live page: what it tells whom, as a page and as the part that is asked for again, and at which cost."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studies.models import Answer, Observer, Session, Study, StudyRole
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
    make_pair_set,
    make_pair_set_of_strength,
    make_researcher,
    make_study_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(owner: User) -> Study:
    """A has finished, B has answered 2 of 7, C is invited; somebody came by a link and has begun."""
    pair_set = make_pair_set(n=12)
    strong = make_pair_set_of_strength(pair_set, 40)
    study = make_open_study(
        owner=owner, observers=3, pair_set=pair_set, catch_pair_set=strong, n_catch=2, closes_when_finished=False
    )
    finished, started, _ = Observer.objects.filter(study=study)
    answer_trials(begin_trials(finished), "clean")
    answer_trials(begin_trials(started), count=2)
    arrive_by(make_open_link(study, places=4, recruiter="prolific", completion_code="C0DE"), "5f1c0ffee")
    return study


def as_user(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def monitor_of(study: Study) -> User:
    user = make_researcher()
    StudyRole.objects.create(study=study, user=user, role=StudyRole.Role.MONITOR)
    return user


def page(client: Client, study: Study, address: str = "", *, part: bool = False) -> str:
    name = "studies:study-live-now" if part else "studies:study-live"
    reply = client.get(reverse(name, args=[study.pk]) + address)
    assert reply.status_code == 200
    return reply.content.decode()


def labels(html: str) -> list[str]:
    table = html[html.index('data-live="observers"') :]
    return re.findall(r'<th scope="row">([^<]*)<', table)


@pytest.mark.parametrize("part", [False, True])
def test_it_says_who_is_where_and_how_full_the_study_is(
    client: Client, owner: User, study: Study, *, part: bool
) -> None:
    html = page(as_user(client, owner), study, part=part)
    assert "1 of 7" in html
    assert "trial 3 of 7" in html
    assert "instructions" in html
    assert len(labels(html)) == 2
    assert "Observer B" in labels(html)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("?who=finished", ["Observer A"]),
        ("?who=invited", ["Observer C"]),
        ("?who=stuck", []),
        ("?who=everybody&search=observer&sort=label", ["Observer A", "Observer B", "Observer C"]),
        ("?who=everybody&search=observer&sort=-where", ["Observer A", "Observer B", "Observer C"]),
        ("?who=nonsense&sort=nonsense&page=99&search=observer b", ["Observer B"]),
    ],
)
def test_it_shows_whom_an_address_asks_for(
    client: Client, owner: User, study: Study, address: str, expected: list[str]
) -> None:
    as_user(client, owner)
    assert labels(page(client, study, address)) == expected
    assert labels(page(client, study, address, part=True)) == expected


def test_missed_catch_trials_are_told_to_those_alone_who_may_see_results(
    client: Client, owner: User, study: Study
) -> None:
    address = "?who=finished"
    assert "2 of 2" in page(as_user(client, owner), study, address)
    for part in (False, True):
        seen = page(as_user(client, monitor_of(study)), study, address, part=part)
        assert "Observer A" in seen
        assert "Catch trials" not in seen
        assert "2 of 2" not in seen


def test_a_monitor_reads_nothing_that_anybody_said_and_no_id_or_link(client: Client, study: Study) -> None:
    Session.objects.update(comments="I saw stripes", commented_at=None)
    as_user(client, monitor_of(study))
    tokens = Observer.objects.values_list("token", flat=True)
    for part in (False, True):
        html = page(client, study, "?who=everybody", part=part)
        assert "stripes" not in html
        assert "5f1c0ffee" not in html
        assert "C0DE" not in html
        assert not any(token in html for token in tokens)
        assert reverse("studies:study-recruitment", args=[study.pk]) not in html


def test_it_is_the_same_whatever_was_answered(client: Client, owner: User, study: Study) -> None:
    """Nothing is split by truth: other answers to the same images leave every figure but the missed catch trials."""

    def figures() -> str:
        html = page(as_user(client, monitor_of(study)), study, "?who=everybody", part=True)
        return re.sub(r"\d\d:\d\d(:\d\d)?", "", html)

    before = figures()
    Answer.objects.filter(response="clean").update(response="perturbed")
    assert figures() == before


def test_the_number_of_queries_does_not_grow_with_the_observers(client: Client, owner: User, study: Study) -> None:
    as_user(client, owner)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client, study, "?who=everybody", part=True)
        return len(queries)

    few = asked()
    link = study.open_links.get()
    for number in range(3):
        answer_trials(begin_trials(arrive_by(link, f"person {number}")), count=3)
    Observer.objects.bulk_create(Observer(study=study, label=f"Person {number:03d}") for number in range(60))
    make_open_link(study, name="Another")
    assert asked() <= few


@pytest.mark.parametrize("state", list(Study.State))
def test_it_is_there_in_every_state_of_a_study(client: Client, owner: User, state: str) -> None:
    html = page(as_user(client, owner), make_study_in(state, owner=owner), "?who=everybody")
    assert labels(html) == ["Observer A"]
    assert ("can be foreseen once" in html) == (state == Study.State.OPEN)
