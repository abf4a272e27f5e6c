"""Personal links that are revoked, replaced and given a deadline: who can begin, who can go on, and who waits."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studies.design.invitations import invite_observers
from studies.design.recruitment.personal_links import (
    ChangedLinks,
    people_labelled,
    replace_links,
    revoke_links,
    set_deadline,
)
from studies.errors import StudyError
from studies.models import Answer, AuditEvent, Observer, Session, Study
from studies.models.observer_state import ObserverState, state_of
from studies.sessions.recruitment.abandonment import release_abandoned_everywhere
from studies.sessions.start import LinkOverError, start_session
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
    make_researcher,
    make_study_in,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def people(study: Study) -> list[Observer]:
    return list(Observer.objects.filter(study=study).select_related("session").order_by("pk"))


def welcome(observer: Observer) -> str:
    return reverse("observer:welcome", args=[observer.token])


def begin(client: Client, observer: Observer) -> int:
    client.post(welcome(observer), {"lang": "en"})
    return Session.objects.filter(observer=observer).count()


def test_nobody_begins_by_a_link_that_was_revoked_though_its_page_was_open(client: Client) -> None:
    study = make_open_study(observers=2, closes_when_finished=False)
    gone, other = people(study)
    assert b"I consent" in client.get(welcome(gone)).content  # and it is kept in memory from here on
    result = revoke_links(study=study, observers=[gone], by=study.owner)
    assert [observer.label for observer in result.changed] == [gone.label]
    assert begin(client, gone) == 0
    reply = client.get(welcome(gone))
    assert reply.status_code == 403
    assert "It was taken back" in reply.content.decode()
    with pytest.raises(LinkOverError):
        start_session(observer=gone)
    assert begin(client, other) == 1
    assert state_of(people(study)[0]) == ObserverState.REVOKED
    assert AuditEvent.objects.get(action="links_revoked").details == {"observers": [gone.label]}


def test_whoever_has_begun_keeps_the_link(client: Client) -> None:
    study = make_open_study(observers=2, closes_when_finished=False)
    begun, invited = people(study)
    session = begin_trials(begun)
    result = revoke_links(study=study, observers=[begun, invited], by=study.owner)
    assert result.unchanged == (begun.label,)
    assert client.get(welcome(begun), follow=True).status_code == 200
    answer_trials(session)
    assert state_of(people(study)[0]) == ObserverState.FINISHED


def test_whoever_is_invited_next_gets_what_was_drawn_for_one_whose_link_was_revoked() -> None:
    study = make_open_study(observers=4, n_subsets=2, n_perturbed=1, n_clean=1, closes_when_finished=False)
    gone = people(study)[1]
    revoke_links(study=study, observers=[gone], by=study.owner)
    (new,) = invite_observers(study=study, labels=["New"], by=study.owner)
    assert Observer.objects.get(pk=new.pk).plan == Observer.objects.get(pk=gone.pk).plan


def test_the_study_closes_when_the_only_ones_left_are_revoked_and_somebody_took_part() -> None:
    study = make_open_study(observers=2, closes_when_finished=True)
    done, waiting = people(study)
    answer_trials(begin_trials(done))
    study.refresh_from_db()
    assert study.state == Study.State.OPEN
    revoke_links(study=study, observers=[waiting], by=study.owner)
    study.refresh_from_db()
    assert study.state == Study.State.CLOSED


def test_a_study_in_which_nobody_took_part_stays_open_when_all_links_are_revoked() -> None:
    study = make_open_study(observers=2, closes_when_finished=True)
    revoke_links(study=study, observers=people(study), by=study.owner)
    study.refresh_from_db()
    assert study.state == Study.State.OPEN


def test_a_replaced_link_leads_on_with_all_answers_and_the_old_one_nowhere(client: Client) -> None:
    study = make_open_study(observers=1, closes_when_finished=False)
    (observer,) = people(study)
    session = begin_trials(observer)
    answer_trials(session, count=2)
    old = [welcome(observer), reverse("observer:data", args=[observer.token]), client.get(welcome(observer)).url]  # type: ignore[attr-defined]
    (changed,) = replace_links(study=study, observers=[observer], by=study.owner).changed
    assert changed.token != observer.token
    assert [client.get(page).status_code for page in old] == [404, 404, 404]
    assert client.get(welcome(changed), follow=True).status_code == 200
    assert Answer.objects.filter(trial__session__observer=observer).count() == 2
    event = AuditEvent.objects.get(action="links_replaced")
    assert event.details == {"observers": [observer.label]}
    assert changed.token not in str(event.details)


def test_a_link_that_was_revoked_is_not_replaced() -> None:
    study = make_open_study(observers=1)
    revoke_links(study=study, observers=people(study), by=study.owner)
    result = replace_links(study=study, observers=people(study), by=study.owner)
    assert result == ChangedLinks((), (people(study)[0].label,))
    assert state_of(people(study)[0]) == ObserverState.REVOKED


def test_after_the_deadline_nobody_begins_and_whoever_has_begun_can_finish(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = make_open_study(observers=3, closes_when_finished=True)
    begun, late, free = people(study)
    deadline = timezone.now() + DAY
    set_deadline(study=study, observers=[begun, late], deadline=deadline, by=study.owner)
    page = client.get(welcome(late)).content.decode()
    assert "Please begin by" in page
    assert "Please begin by" not in client.get(welcome(free)).content.decode()
    session = begin_trials(begun)
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + 2 * DAY)
    assert "It was possible to begin until" in client.get(welcome(late)).content.decode()
    assert begin(client, late) == 0
    answer_trials(session)
    assert state_of(people(study)[0]) == ObserverState.FINISHED
    assert state_of(people(study)[1]) == ObserverState.INVITED
    study.refresh_from_db()
    assert study.state == Study.State.OPEN
    answer_trials(begin_trials(free))  # nobody waits for the one who is late
    study.refresh_from_db()
    assert study.state == Study.State.CLOSED


@pytest.mark.parametrize("took_part", [True, False])
def test_a_study_closes_at_the_deadline_of_the_last_if_somebody_took_part(took_part: bool) -> None:
    study = make_open_study(observers=2, closes_when_finished=True)
    done, waiting = people(study)
    if took_part:
        answer_trials(begin_trials(done))
    late = people(study) if not took_part else [waiting]
    set_deadline(study=study, observers=late, deadline=timezone.now() + DAY, by=study.owner)
    release_abandoned_everywhere(timezone.now())
    study.refresh_from_db()
    assert study.state == Study.State.OPEN
    Observer.objects.update(deadline=timezone.now() - DAY)
    release_abandoned_everywhere(timezone.now())
    study.refresh_from_db()
    assert study.state == (Study.State.CLOSED if took_part else Study.State.OPEN)


def test_a_later_deadline_lets_somebody_begin_again(client: Client) -> None:
    study = make_open_study(observers=1)
    Observer.objects.update(deadline=timezone.now() - DAY)
    assert client.get(welcome(people(study)[0])).status_code == 403
    for deadline in (timezone.now() + DAY, None):
        set_deadline(study=study, observers=people(study), deadline=deadline, by=study.owner)
        assert client.get(welcome(people(study)[0])).status_code == 200


def test_a_deadline_in_the_past_is_refused() -> None:
    study = make_open_study(observers=1)
    with pytest.raises(StudyError, match="past"):
        set_deadline(study=study, observers=people(study), deadline=timezone.now() - DAY, by=study.owner)


CHANGES: dict[str, Callable[..., ChangedLinks]] = {
    "revoke": revoke_links,
    "replace": replace_links,
    "deadline": lambda **given: set_deadline(deadline=None, **given),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_people_of_an_open_link_and_of_other_studies_are_left_alone(change: Callable[..., Any]) -> None:
    study = make_open_study(observers=1, closes_when_finished=False)
    elsewhere = make_open_study(observers=1)
    arrived = arrive_by(make_open_link(study))
    before = dict(Observer.objects.values_list("pk", "token"))
    change(study=study, observers=[arrived, *people(elsewhere)], by=study.owner)
    assert dict(Observer.objects.values_list("pk", "token")) == before
    assert not Observer.objects.filter(revoked_at__isnull=False).exists()
    with pytest.raises(StudyError, match=arrived.label):
        people_labelled(study, [arrived.label])


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_is_changed_in_a_study_that_is_over_or_of_somebody_elses(change: Callable[..., Any]) -> None:
    closed = make_study_in("closed")
    with pytest.raises(StudyError, match="closed"):
        change(study=closed, observers=people(closed), by=closed.owner)
    study = make_open_study(observers=1)
    before = people(study)[0].token
    with pytest.raises(StudyError):
        change(study=study, observers=people(study), by=make_researcher())
    assert people(study)[0].token == before
    assert people(study)[0].revoked_at is None
    with pytest.raises(StudyError, match="at least one"):
        change(study=study, observers=[], by=study.owner)
