"""Pausing loses nothing; reopening is for protocols that allowed it, and says whether results had been seen."""

import json
import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from studies.design.lifecycle import (
    archive_study,
    close_study,
    note_results_seen,
    pause_study,
    reopen_study,
    restore_study,
    resume_study,
    unblind_study,
)
from studies.errors import StudyError
from studies.exports.json_text import json_text
from studies.models import Answer, AuditEvent, Observer, Session, Study
from studies.report.build import build_report
from studies.report.sections.study.design import design_section, warnings_of
from studies.sessions.stage import Stage, stage_of
from tests.studies.factories import answer_trials, begin_trials, make_open_study, make_session, make_study_in

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


@pytest.fixture
def session() -> Session:
    """Return a session with one answer of five, whose study is paused."""
    session = make_session()
    answer_trials(session, count=1)
    study = session.observer.study
    pause_study(study=study, by=study.owner, reason="the server is moved")
    return session


def resume(session: Session) -> None:
    study = session.observer.study
    resume_study(study=study, by=study.owner)


@pytest.mark.parametrize(("language", "said"), [("en", "This study is paused"), ("fr", "Cette étude est en pause")])
def test_a_paused_study_says_so_in_the_observers_language(
    client: Client, session: Session, language: str, said: str
) -> None:
    Session.objects.update(language=language)
    link = reverse("observer:welcome", args=[session.observer.token])

    reply = client.get(link, follow=True)

    page = reply.content.decode()
    assert reply.status_code == 423
    assert said in page
    assert f'href="{link}"' in page
    assert "comes again" not in page
    assert "reviendra" not in page  # that is said of an answer that was not taken


def test_an_answer_is_not_taken_while_the_study_pauses_and_the_browser_is_told_to_keep_it(
    client: Client, session: Session
) -> None:
    token, trial = session.observer.token, session.trials.get(position=2)
    address = reverse("observer:answer", args=[token, trial.token])

    reply = client.post(address, {"response": "clean"}, headers=JSON)
    assert (reply.status_code, reply.json()) == (
        423,
        {"stored": False, "paused": True, "url": reverse("observer:trial", args=[token])},
    )
    plain = client.post(address, {"response": "clean"})
    assert "the same image comes again" in plain.content.decode()
    assert Answer.objects.count() == 1

    resume(session)
    assert client.post(address, {"response": "clean"}, headers=JSON).json()["position"] == 3
    assert Answer.objects.count() == 2


def test_an_answer_that_was_taken_before_the_pause_gets_its_reply_again(client: Client, session: Session) -> None:
    token, trial = session.observer.token, session.trials.get(position=1)

    reply = client.post(reverse("observer:answer", args=[token, trial.token]), {"response": "clean"}, headers=JSON)

    assert reply.status_code == 200
    assert reply.json()["stored"]


def test_nobody_begins_while_the_study_pauses_and_whoever_leaves_may(client: Client) -> None:
    study = make_open_study(observers=2)
    first, second = study.observers.order_by("pk")
    begin_trials(first)
    pause_study(study=study, by=study.owner, reason="an alarm")

    assert client.post(reverse("observer:welcome", args=[second.token])).status_code == 423
    assert not Session.objects.filter(observer=second).exists()
    client.post(reverse("observer:leave", args=[first.token]))
    assert Session.objects.get(observer=first).withdrawn_at is not None


def test_a_questionnaire_that_was_filled_in_is_kept(client: Client) -> None:
    study = make_open_study(questionnaire="Years: number 0-60 *")
    token = Observer.objects.get(study=study).token
    client.post(reverse("observer:welcome", args=[token]))
    pause_study(study=study, by=study.owner, reason="an alarm")
    address = reverse("observer:questions", args=[token])

    assert client.get(address).status_code == 423
    assert client.post(address, {"question_1": "", "q1": ""}).status_code == 422
    field = re.search(r'<input type="number" id="\w+" name="(\w+)"', client.post(address).content.decode())
    assert field is not None
    reply = client.post(address, {field[1]: "7"}, follow=True)

    assert reply.status_code == 423
    session = Session.objects.get()
    assert [item["answer"] for item in session.questionnaire] == ["7"]
    assert stage_of(session, study) == Stage.INSTRUCTIONS


def test_each_goes_on_where_it_was(client: Client, session: Session) -> None:
    resume(session)

    page = client.get(reverse("observer:welcome", args=[session.observer.token]), follow=True).content.decode()

    assert "Image <span" in page or "Image 2 of 5" in page
    answer_trials(session)
    session.refresh_from_db()
    assert session.finished_at is not None


def closed_study(*, seen: bool = False) -> Study:
    study = make_study_in("closed")
    if seen:
        note_results_seen(study=study, by=study.owner)
    return study


def test_a_study_is_reopened_only_where_its_protocol_allowed_it() -> None:
    study = make_open_study()
    close_study(study=study, by=study.owner)
    Study.objects.update(seed=study.seed)

    with pytest.raises(StudyError, match="does not let it be reopened"):
        reopen_study(study=study, by=study.owner, reason="a reader fell ill")

    assert study.protocol is not None
    assert study.protocol["running"]["may_be_reopened"] is False


def test_a_reopened_study_takes_answers_again_and_hides_its_results() -> None:
    study = make_study_in("open")
    session = begin_trials(study.observers.get())
    answer_trials(session, count=2)
    close_study(study=study, by=study.owner)

    study = reopen_study(study=study, by=study.owner, reason="a reader fell ill")

    assert (study.state, study.closed_at, study.results_visible) == ("open", None, False)
    answer_trials(session)
    study.refresh_from_db()
    assert study.state == Study.State.CLOSED
    [warning] = [one.text for one in warnings_of(build_report(study)) if one.name == "Reopened."]
    assert "The study was closed on" in warning
    assert "Its results had not been seen by then. The reason given: “a reader fell ill”." in warning


@pytest.mark.parametrize("how", ["page", "download", "command", "unblinded"])
def test_once_results_were_seen_it_is_reopened_only_by_whoever_says_so(client: Client, how: str) -> None:
    study = make_study_in("open")
    if how == "unblinded":
        unblind_study(study=study, by=study.owner, reason="an alarm")
    study = close_study(study=study, by=study.owner)
    client.force_login(study.owner)
    if how == "page":
        client.get(reverse("studies:study-report", args=[study.pk]))
    elif how == "download":
        client.get(reverse("studies:study-download", args=[study.pk, "answers.csv"]))
    elif how == "command":
        call_command("export_answers", str(study.pk), "--by", study.owner.username)

    with pytest.raises(StudyError, match="have been seen"):
        reopen_study(study=study, by=study.owner, reason="more readers")
    address = reverse("studies:study-reopen", args=[study.pk])
    assert client.post(address, {"reason": "more readers"}).status_code == 422
    client.post(address, {"reason": "more readers", "although_seen": "on"})

    study.refresh_from_db()
    assert study.state == Study.State.OPEN
    close_study(study=study, by=study.owner)
    study.refresh_from_db()
    history = build_report(study).as_dict()["history"]
    assert [one["results_seen"] for one in history["reopenings"]] == [True]


def test_the_first_look_at_results_is_written_down_once() -> None:
    study = closed_study(seen=True)
    note_results_seen(study=Study.objects.get(), by=study.owner)

    assert AuditEvent.objects.filter(action="results_seen").count() == 1
    running = make_study_in("open")
    note_results_seen(study=running, by=running.owner)
    assert Study.objects.get(pk=running.pk).results_seen_at is None


def test_the_report_says_when_the_study_paused_and_why(session: Session) -> None:
    study = session.observer.study
    resume(session)
    pause_study(study=study, by=study.owner, reason="an alarm")
    study = close_study(study=study, by=study.owner)

    report = build_report(study)

    pauses = report.as_dict()["history"]["pauses"]
    assert [(pause["reason"], pause["until"] is not None) for pause in pauses] == [
        ("the server is moved", True),
        ("an alarm", True),
    ]
    told = {fact.name: fact.text for fact in design_section(report).facts}["Pauses"]
    assert "“the server is moved”" in told
    assert "“an alarm”" in told


def test_an_archived_study_leaves_the_list_and_loses_nothing(client: Client) -> None:
    session = make_session(make_study_in("open"))
    answer_trials(session)
    study = Study.objects.get()
    client.force_login(study.owner)
    note_results_seen(study=study, by=study.owner)
    before = json_text(build_report(Study.objects.get()).as_dict())

    study = archive_study(study=study, by=study.owner, reason="published")

    assert json.loads(before) == build_report(Study.objects.get()).as_dict()
    listed = client.get(reverse("studies:study-list")).content.decode()
    assert study.title not in listed
    assert "Archived studies (1)" in listed
    assert study.title in client.get(reverse("studies:study-list") + "?state=archived").content.decode()
    assert client.get(reverse("studies:study-report", args=[study.pk])).status_code == 200
    restore_study(study=study, by=study.owner)
    assert study.title in client.get(reverse("studies:study-list")).content.decode()
