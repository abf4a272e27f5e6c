"""Lists between a study and its recruiter: whom to pay, and whose submission does not count there."""

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from studies.models import AuditEvent, Observer, Study, StudyRole
from studies.models.observer_state import ObserverState, state_of
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
    make_researcher,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(owner: User) -> list[Observer]:
    """Three people whom Prolific sent: two have finished, one has begun."""
    study = make_open_study(observers=0, owner=owner, closes_when_finished=False)
    link = make_open_link(study, name="Prolific UK", places=4, recruiter="prolific", completion_code="DONE")
    found = [arrive_by(link, outside_id) for outside_id in ("5f1c", "=5f2c", "5f3c")]
    for observer in found[:2]:
        answer_trials(begin_trials(observer))
    return found


def send(browser: Client, study: Study, text: str) -> str:
    file = SimpleUploadedFile("submissions.csv", text.encode())
    reply = browser.post(reverse("studies:study-submissions", args=[study.pk]), {"submissions": file}, follow=True)
    return reply.content.decode()


def states(people: list[Observer]) -> list[ObserverState]:
    return [state_of(Observer.objects.get(pk=person.pk)) for person in people]


def test_whoever_gave_back_at_the_recruiter_is_marked(browser: Client, people: list[Observer]) -> None:
    study = people[0].study
    page = send(browser, study, "Participant id,Status\n5f1c,RETURNED\n=5f2c,APPROVED\n5f9c,TIMED-OUT\n")
    assert "In the list, 2 people have no submission that counts: 1 marked" in page
    assert "1 never came" in page
    assert states(people) == [ObserverState.RETURNED, ObserverState.FINISHED, ObserverState.STARTED]


@pytest.mark.parametrize(
    ("text", "said"), [("a,b\n1,2\n", "no column"), ("Participant id,Status\n5f1c,APPROVED\n", "In the list, 0 people")]
)
def test_a_list_that_says_nothing_changes_nothing(
    browser: Client, people: list[Observer], text: str, said: str
) -> None:
    before = states(people)
    assert said in send(browser, people[0].study, text)
    assert states(people) == before


def test_no_file_is_said_to_be_missing(browser: Client, people: list[Observer]) -> None:
    reply = browser.post(reverse("studies:study-submissions", args=[people[0].study_id]), follow=True)
    assert "Choose the file" in reply.content.decode()


def test_ids_are_downloaded_to_pay_people_and_the_log_says_so(browser: Client, people: list[Observer]) -> None:
    study = people[0].study
    reply = browser.get(reverse("studies:study-outside-ids", args=[study.pk]))
    rows = list(csv.DictReader(io.StringIO(reply.content.decode())))
    assert [(row["observer"], row["link"], row["state"]) for row in rows] == [
        (person.label, "Prolific UK", state)
        for person, state in zip(people, ("finished", "finished", "started"), strict=True)
    ]
    assert [row["id"] for row in rows] == ["5f1c", "'=5f2c", "5f3c"]
    assert rows[0]["finished_at"]
    assert not rows[2]["finished_at"]
    event = AuditEvent.objects.get(action=AuditEvent.Action.EXPORTED)
    assert event.details == {"what": "recruiter_ids.csv"}


def test_a_monitor_gets_no_ids(client: Client, people: list[Observer]) -> None:
    study, monitor = people[0].study, make_researcher()
    StudyRole.objects.create(study=study, user=monitor, role=StudyRole.Role.MONITOR)
    client.force_login(monitor)
    assert client.get(reverse("studies:study-outside-ids", args=[study.pk])).status_code == 403
    assert client.post(reverse("studies:study-submissions", args=[study.pk])).status_code == 403


def test_a_study_without_ids_offers_neither(browser: Client, owner: User) -> None:
    study = make_open_study(observers=0, owner=owner)
    make_open_link(study)
    page = browser.get(reverse("studies:study-recruitment", args=[study.pk])).content.decode()
    assert reverse("studies:study-outside-ids", args=[study.pk]) not in page
    assert reverse("studies:study-submissions", args=[study.pk]) not in page


def test_a_list_from_another_site_is_refused(owner: User, people: list[Observer]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    file = SimpleUploadedFile("submissions.csv", b"Participant id,Status\n5f1c,RETURNED\n")
    reply = client.post(reverse("studies:study-submissions", args=[people[0].study_id]), {"submissions": file})
    assert reply.status_code == 403
    assert states(people)[0] == ObserverState.FINISHED
