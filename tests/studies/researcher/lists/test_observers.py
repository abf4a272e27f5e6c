"""The table of a study's observers: how far each is, in parts, and nothing of what anybody answered."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from perception.core.lists.pages import ROWS_A_PAGE
from studies.design.lifecycle import close_study
from studies.design.progress import count_by_state
from studies.models import Observer, Session, Study, StudyRole
from studies.models.observer_state import DECIDES, ObserverState, in_state, state_of
from studies.models.session import Rejection
from tests.studies.factories import answer_trials, begin_trials, make_open_study, make_researcher

REASONS: dict[ObserverState, dict[str, str]] = {
    ObserverState.SCREENED_OUT: {"screened_out_by": "device"},
    ObserverState.REJECTED: {"rejection": Rejection.TECHNICAL},
}
"""What stands beside the time at which a session ended so."""

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(owner: User) -> Study:
    """Observer A has finished, B has withdrawn, C has answered 2 of 5, D is invited."""
    study = make_open_study(owner=owner, observers=4, closes_when_finished=False)
    finished, withdrawn, started, _ = Observer.objects.filter(study=study)
    answer_trials(begin_trials(finished))
    session = begin_trials(withdrawn)
    Session.objects.filter(pk=session.pk).update(withdrawn_at=session.consented_at)
    answer_trials(begin_trials(started), count=2)
    return study


@pytest.fixture
def crowd(owner: User) -> Study:
    """More observers than a page holds."""
    study = make_open_study(owner=owner, observers=0)
    Observer.objects.bulk_create(
        Observer(study=study, label=f"Observer {number:02d}") for number in range(1, ROWS_A_PAGE + 3)
    )
    return study


def html(browser: Client, study: Study, address: str = "") -> str:
    return browser.get(reverse("studies:study-detail", args=[study.pk]) + address).content.decode()


def labels(browser: Client, study: Study, address: str = "") -> list[str]:
    return re.findall(r'<th scope="row">([^<]*)<', html(browser, study, address))


A, B, C, D = ("Observer A", "Observer B", "Observer C", "Observer D")


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", [A, B, C, D]),
        ("-invited", [D, C, B, A]),
        ("-label", [D, C, B, A]),
        ("state", [D, C, A, B]),
        ("-answered", [A, C, D, B]),
        ("answered", [B, D, C, A]),
        ("last", [A, C, B, D]),
        ("-last", [C, A, D, B]),
    ],
)
def test_it_is_sorted_by_what_it_shows(browser: Client, study: Study, sort: str, expected: list[str]) -> None:
    assert labels(browser, study, f"?sort={sort}") == expected


@pytest.mark.parametrize(("state", "expected"), [("finished", A), ("withdrawn", B), ("started", C), ("invited", D)])
def test_it_is_filtered_by_state(browser: Client, study: Study, state: str, expected: str) -> None:
    assert labels(browser, study, f"?state={state}") == [expected]
    assert f'<option value="{state}" selected>{state} (1)</option>' in html(browser, study, f"?state={state}")


@pytest.mark.parametrize("state", ObserverState)
def test_a_state_that_is_asked_for_is_the_one_that_is_told(study: Study, state: ObserverState) -> None:
    moment = dict(DECIDES).get(state)
    if moment is not None:
        session = begin_trials(Observer.objects.get(study=study, label=D))
        reason = REASONS.get(state, {})
        Session.objects.filter(pk=session.pk).update(**{moment: session.consented_at}, **reason)
    if state == ObserverState.REVOKED:
        Observer.objects.filter(study=study, label=D).update(revoked_at=timezone.now())
    everybody = Observer.objects.filter(study=study).select_related("session")

    told = {observer for observer in everybody if state_of(observer) == state}

    assert set(everybody.filter(in_state(state))) == told
    assert count_by_state(everybody)[state] == len(told) > 0


def test_it_says_how_far_all_are_whatever_is_filtered(browser: Client, study: Study) -> None:
    assert "1 of 4 finished" in html(browser, study, "?state=invited")


def test_it_is_searched_by_the_label(browser: Client, crowd: Study) -> None:
    assert labels(browser, crowd, "?search=OBSERVER+17") == ["Observer 17"]
    nothing = html(browser, crowd, "?search=Anna")
    assert "No observer matches" in nothing
    assert f'href="{reverse("studies:study-detail", args=[crowd.pk])}#observers">Clear the filter' in nothing


def test_it_comes_in_pages_that_keep_what_was_chosen(browser: Client, crowd: Study) -> None:
    assert labels(browser, crowd)[:2] == ["Observer 01", "Observer 02"]
    assert len(labels(browser, crowd)) == ROWS_A_PAGE
    assert labels(browser, crowd, "?page=2") == [f"Observer {ROWS_A_PAGE + n}" for n in (1, 2)]
    page = html(browser, crowd, "?search=observer&sort=-label")
    there = reverse("studies:study-detail", args=[crowd.pk])
    assert f'href="{there}?search=observer&amp;sort=-label&amp;page=2#observers"' in page
    assert f'href="{there}?search=observer&amp;sort=label#observers"' in page


def test_after_labels_that_were_refused_its_links_lead_to_the_studys_page(browser: Client, crowd: Study) -> None:
    page = browser.post(reverse("studies:study-invite", args=[crowd.pk]), {"labels": "Observer 01"})

    assert page.status_code == 422
    assert f'href="{reverse("studies:study-detail", args=[crowd.pk])}?page=2#observers"' in page.content.decode()


def test_links_stand_where_they_lead_on(browser: Client, study: Study) -> None:
    page = html(browser, study)
    shown = {observer.label for observer in Observer.objects.filter(study=study) if f"/o/{observer.token}/" in page}

    assert shown == {C, D}


def test_a_closed_study_shows_no_link(browser: Client, study: Study, owner: User) -> None:
    close_study(study=study, by=owner)
    page = html(browser, study)

    assert ">Link<" not in page
    assert not any(observer.token in page for observer in Observer.objects.filter(study=study))


def test_a_monitor_sees_who_is_how_far_and_no_link(client: Client, study: Study) -> None:
    monitor = make_researcher()
    StudyRole.objects.create(study=study, user=monitor, role=StudyRole.Role.MONITOR)
    client.force_login(monitor)

    assert labels(client, study) == [A, B, C, D]
    page = html(client, study, "?state=started")
    assert not any(observer.token in page for observer in Observer.objects.filter(study=study))


def test_it_shows_nothing_that_is_split_by_truth(browser: Client, study: Study) -> None:
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a [^>]*>)?([^<]*)<', html(browser, study))

    assert heads == ["Observer", "State", "Answered", "Last answer", "Invited on", "Link"]


def test_a_monitor_is_not_told_which_check_ended_a_session(client: Client, study: Study) -> None:
    session = Session.objects.get(observer=Observer.objects.filter(study=study)[2])
    now = session.consented_at
    Session.objects.filter(pk=session.pk).update(screened_out_at=now, screened_out_by="colour_vision")
    monitor = make_researcher()
    StudyRole.objects.create(study=study, user=monitor, role=StudyRole.Role.MONITOR)
    address = reverse("studies:study-detail", args=[study.pk])
    said = '<span class="facts">colour vision</span>'
    client.force_login(monitor)
    assert said not in client.get(address).content.decode()
    client.force_login(study.owner)
    assert said in client.get(address).content.decode()
