"""A pilot is played like the real thing, and nothing that counts, exports or reports ever meets it."""

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from studies.design.invitations import invitation_url, invite_observers
from studies.design.lifecycle import change_study, delete_study, end_pilot, open_study, start_pilot
from studies.design.lifecycle.drafts import remove_pilot
from studies.design.lifecycle.pilot import invite_to_pilot, n_pilot_sessions, running_pilot
from studies.design.progress import progress_of
from studies.errors import StudyError
from studies.exports.downloads import DOWNLOADS
from studies.exports.observers import sessions_csv
from studies.exports.preregistration import preregistration_text
from studies.models import Answer, AuditEvent, Observer, Session, Stimulus, Study, Trial
from studies.models.kept_report import KeptReport
from studies.report.build import build_report
from studies.report.history import PilotSessions
from studies.report.sections.study.design import design_section
from studies.report.text import report_text
from studies.sessions.start import start_session
from tests.studies.factories import (
    answer_trials,
    begin_trials,
    make_pair_set,
    make_pair_set_of_strength,
    make_study,
    make_study_in,
)

pytestmark = pytest.mark.django_db


def pilot_of(study: Study) -> Study:
    pilot = running_pilot(study)
    assert pilot is not None
    return pilot


def play_pilot(study: Study, *, finish: bool = True) -> Session:
    """Have the first observer of the pilot play it."""
    session = begin_trials(pilot_of(study).observers.order_by("pk")[0])
    answer_trials(session, "perturbed", count=None if finish else 1)
    return session


def test_a_pilot_is_played_by_its_link_like_the_real_thing(client: Client) -> None:
    study = make_study_in("pilot", n_perturbed=2, n_clean=1, title="Changed or not?", shows_score=True)
    observer = pilot_of(study).observers.get()
    token = observer.token

    assert "A trial run." in client.get(reverse("observer:welcome", args=[token])).content.decode()
    client.post(reverse("observer:welcome", args=[token]))
    page = client.post(reverse("observer:instructions", args=[token]), follow=True).content.decode()
    for _ in range(3):
        source = re.search(r'<img id="stimulus" src="([^"]+)"', page)
        address = re.search(r'<form id="trial-form" method="post" action="([^"]+)"', page)
        assert source is not None
        assert address is not None
        assert client.get(source[1]).content.startswith(b"\x89PNG")
        page = client.post(address[1], {"response": "clean"}, follow=True).content.decode()

    assert "This was a trial run" in page
    assert "Your score" in page
    assert [(row.state, row.answered) for row in progress_of(pilot_of(study))] == [("finished", 3)]
    study.refresh_from_db()
    assert study.state == Study.State.PILOT  # it ends when the researcher ends it


def test_the_links_of_a_draft_wait_while_its_pilot_is_played(client: Client) -> None:
    study = make_study_in("pilot")
    token = study.observers.get().token

    reply = client.post(reverse("observer:welcome", args=[token]))

    assert reply.status_code == 403
    assert "Not open yet" in reply.content.decode()


def test_pilot_and_study_share_no_stimulus_trial_observer_link_or_seed() -> None:
    study = make_study_in("pilot")
    pilot = pilot_of(study)
    play_pilot(study)
    invite_to_pilot(study=study, labels=["Anna"], by=study.owner)

    study = open_study(study=study, by=study.owner)

    assert study.seed != pilot.seed
    assert not set(study.stimuli.values_list("file", flat=True)) & set(pilot.stimuli.values_list("file", flat=True))
    for observer in study.observers.all():
        session = start_session(observer=observer)
        assert {trial.stimulus.study_id for trial in session.trials.select_related("stimulus")} == {study.pk}
    of_pilot = Trial.objects.filter(session__observer__study=pilot)
    assert set(of_pilot.values_list("stimulus__study", flat=True)) == {pilot.pk}
    tokens = Observer.objects.values_list("token", "study")
    assert len({token for token, _ in tokens}) == len(tokens) == 3


def test_the_study_opens_as_it_would_without_a_pilot() -> None:
    """The pilot takes nothing away: the same seed draws the same images and the same orders."""
    pair_set = make_pair_set(n=12)
    opened = []
    for state in ("draft", "pilot"):
        study = make_study_in(state, pair_set=pair_set, seed=5)
        if state == "pilot":
            play_pilot(study)
        opened.append(open_study(study=study, by=study.owner))

    one, other = ({**(study.protocol or {}), "study": ""} for study in opened)
    assert one == other
    plans = [list(study.observers.values_list("plan", flat=True)) for study in opened]
    assert plans[0] == plans[1]


def test_after_the_pilot_the_draft_can_be_changed_and_tried_again(client: Client) -> None:
    study = make_study_in("pilot", question="Changed?")
    first = play_pilot(study, finish=False)
    with pytest.raises(StudyError, match="is in its pilot; only a study that is a draft can be changed"):
        change_study(study=study, by=study.owner, question="Other?")

    study = end_pilot(study=study, by=study.owner)
    change_study(study=study, by=study.owner, question="Was it changed?")

    page = client.get(reverse("observer:welcome", args=[first.observer.token]), follow=True)
    assert "This study is closed" in page.content.decode()
    study = start_pilot(study=study, by=study.owner)
    assert pilot_of(study).question == "Was it changed?"
    assert first.observer.study.question == "Changed?"
    play_pilot(study)
    study = open_study(study=study, by=study.owner)
    assert running_pilot(study) is None
    assert n_pilot_sessions(study) == 2
    assert PilotSessions.of(study).begun == 2
    assert PilotSessions.of(study).finished == 1


def test_pilots_are_met_by_no_list_and_by_no_name() -> None:
    study = make_study_in("pilot")
    pilot = pilot_of(study)

    assert list(Study.objects.all()) == [study]
    assert list(Study.objects.visible_to(study.owner)) == [study]
    assert not Study.objects.filter(title=pilot.title).exclude(pk=study.pk).exists()
    client = Client()
    client.force_login(study.owner)
    for name in ("study-detail", "study-report", "study-edit", "study-observers"):
        assert client.get(reverse(f"studies:{name}", args=[pilot.pk])).status_code == 404


def test_what_is_told_of_a_pilot_stands_in_the_log_of_its_study(client: Client) -> None:
    study = make_study_in("pilot")
    pilot = pilot_of(study)
    observer = pilot.observers.get()
    begin_trials(observer)
    for stimulus in pilot.stimuli.all():
        default_storage.delete(str(stimulus.file.name))

    assert client.get(reverse("observer:trial", args=[observer.token])).status_code == 409

    event = AuditEvent.objects.get(action="unfit")
    assert (event.study_uid, event.details["pilot"]) == (study.uid, True)


def test_the_last_of_a_pilot_closes_nothing_and_the_last_of_the_study_does() -> None:
    study = make_study_in("pilot", closes_when_finished=True)
    invite_to_pilot(study=study, labels=["Anna"], by=study.owner)  # and never plays
    play_pilot(study)
    study = open_study(study=study, by=study.owner)

    answer_trials(begin_trials(study.observers.get()))

    study.refresh_from_db()
    assert study.state == Study.State.CLOSED


def test_a_pilot_that_cannot_be_made_leaves_a_draft_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    few = make_study(pair_set=make_pair_set(n=3))
    with pytest.raises(StudyError, match="only 3 lesions"):
        start_pilot(study=few, by=few.owner)
    study = make_study()

    def change_meanwhile(*_: object, **__: object) -> list[object]:
        change_study(study=study, by=study.owner, title="Another")
        return []

    monkeypatch.setattr("studies.design.lifecycle.pilot.store_stimulus_files", change_meanwhile)
    with pytest.raises(StudyError, match="was changed while its pilot was being made"):
        start_pilot(study=study, by=study.owner)

    assert not Study.with_pilots.filter(pilot_of__isnull=False).exists()
    assert set(Study.objects.values_list("state", flat=True)) == {"draft"}
    assert not Stimulus.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_deleted_draft_takes_its_pilots_with_it() -> None:
    study = make_study_in("pilot")
    play_pilot(study)
    pilot = pilot_of(study)
    study = end_pilot(study=study, by=study.owner)
    assert default_storage.listdir(f"stimuli/{pilot.uid}")[1]

    delete_study(study=study, by=study.owner)

    assert not Study.with_pilots.exists()
    assert not Answer.objects.exists()
    assert not default_storage.exists(f"stimuli/{pilot.uid}") or not any(
        default_storage.listdir(f"stimuli/{pilot.uid}")
    )


def played() -> Study:
    """Return a closed study with all that can be asked, which two pilots went before."""
    pair_set = make_pair_set(n=24, size=4)
    study = make_study(
        pair_set=pair_set,
        trial_type="yes_no_confidence",
        n_perturbed=4,
        n_clean=4,
        n_practice=2,
        n_catch=2,
        catch_pair_set=make_pair_set_of_strength(pair_set, 30),
        asks_comments=True,
        shows_score=True,
        questionnaire="Years: number 0-60",
        catch_at_least=10,
    )
    for _ in range(2):
        study = start_pilot(study=study, by=study.owner)
        session = begin_trials(pilot_of(study).observers.get())
        answer_all(session)
        study = end_pilot(study=study, by=study.owner)
    study = open_study(study=study, by=study.owner)
    for observer in invite_observers(study=study, labels=["A", "B"], by=study.owner):
        answer_all(begin_trials(observer))
    study.refresh_from_db()
    assert study.state == Study.State.CLOSED
    return study


def answer_all(session: Session) -> None:
    client, token = Client(), session.observer.token
    for number, trial in enumerate(session.trials.all()):
        said = {"response": ("clean", "perturbed")[number % 2], "confidence": str(1 + number % 3), "rt_ms": "800"}
        assert client.post(reverse("observer:answer", args=[token, trial.token]), said).status_code == 303


@pytest.mark.thorough
def test_no_reader_of_answers_meets_a_pilot_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every output with two pilots present is, byte for byte, the one without: but for the pilots' own count."""
    # The pages of the PDF are those of the report; setting it takes seconds.
    monkeypatch.setattr("studies.report.pdf.document.report_pdf", lambda *_: b"")
    study = played()
    browser = Client()
    browser.force_login(study.owner)

    def page(name: str) -> Callable[[], object]:
        address = reverse(f"studies:{name}", args=[study.pk] if name != "study-list" else [])
        return lambda: re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", browser.get(address).content.decode())

    def content(name: str) -> Any:
        file = io.BytesIO()
        DOWNLOADS[name].write(build_report(study), file)
        return file.getvalue()

    readers: dict[str, Callable[[], object]] = {
        **{name: lambda name=name: content(name) for name in DOWNLOADS},  # type: ignore[misc]
        "page of the report": page("study-report"),
        "page of the study": lambda: re.sub(r"<p[^>]*>2 pilot sessions.*?</p>|\s", "", str(page("study-detail")())),
        "list": page("study-list"),
        "observers.csv": lambda: sessions_csv(study),
        "preregistration": lambda: preregistration_text(study),
        "progress": lambda: [(row.observer.label, row.answered, row.state) for row in progress_of(study)],
        "figures": lambda: build_report(study).as_dict(),
        "text": lambda: report_text(build_report(study)),
    }
    browser.get(reverse("studies:study-report", args=[study.pk]))  # the first look at the results is written down
    own_count = PilotSessions.of
    assert own_count(study) == PilotSessions(2, 2, own_count(study).images_seen, 8)
    assert own_count(study).images_seen > 0
    figures = json.loads(json.dumps(build_report(study).as_dict()))
    design = design_section(build_report(study))
    registered = preregistration_text(study)

    monkeypatch.setattr(PilotSessions, "of", classmethod(lambda cls, _: cls(0, 0, 0, 8)))
    KeptReport.objects.all().delete()  # it was made when the pilots were counted
    with_pilots = {name: read() for name, read in readers.items()}
    for pilot in study.pilots.all():
        remove_pilot(pilot)
    without = {name: read() for name, read in readers.items()}

    told = "Before the opening there were 2 pilot sessions, on images that were drawn apart; none is part of the data."
    assert told in registered
    with_pilots["preregistration"] = str(with_pilots["preregistration"]).replace(f" {told}", "")
    assert [name for name in readers if with_pilots[name] != without[name]] == []
    alone = json.loads(json.dumps(build_report(study).as_dict()))
    assert figures["history"].pop("pilot_sessions")["begun"] == 2
    assert alone["history"].pop("pilot_sessions")["begun"] == 0
    assert figures == alone
    told_facts = {fact.name: fact.text for fact in design.facts}
    assert told_facts["Pilot"].startswith("2 pilot sessions before the opening, 2 of them finished; none is in any")


def test_the_page_of_the_study_shows_the_pilot_apart(client: Client) -> None:
    study = make_study_in("pilot")
    client.force_login(study.owner)
    address = reverse("studies:study-pilot-invite", args=[study.pk])

    page = client.post(address, {"pilot-labels": "Anna\nBen"}, follow=True).content.decode()

    labels = list(pilot_of(study).observers.values_list("label", flat=True))
    assert labels == ["Pilot 1", "Anna", "Ben"]
    for observer in pilot_of(study).observers.all():
        assert invitation_url(observer, "http://testserver") in page
    assert study.observers.count() == 1
    assert "already there: Anna" in client.post(address, {"pilot-labels": "Anna"}, follow=True).content.decode()
    study = open_study(study=study, by=study.owner)
    page = client.post(address, {"pilot-labels": "Carl"}, follow=True).content.decode()
    assert "only a study that is in its pilot" in page
