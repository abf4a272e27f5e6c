"""What is handed over of one person: all of it, in a running study nothing that unblinds, and never the link."""

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from studies.data_protection.inventory import STORED_OF_A_PERSON
from studies.design.invitations import invitation_url
from studies.design.lifecycle import close_study, pause_study
from studies.exports.person import (
    ALWAYS_HELD_BACK,
    ANSWER_FIELDS,
    ENTRIES,
    HELD_BACK_WHILE_ANSWERS_ARE_TAKEN,
    LOG_FIELDS,
    export_person,
    held_back_of,
    person_as_json,
)
from studies.models import AuditEvent, Observer, Stimulus, Study, StudyRole, Truth
from studies.permissions import NotPermittedError
from tests.studies.data_protection.people import FINISHED, INVITED, TOLD, UNFINISHED, make_study_with_people, person
from tests.studies.factories import make_researcher, make_study_in

pytestmark = pytest.mark.django_db


def test_every_line_of_the_list_is_in_it_or_is_said_to_be_held_back() -> None:
    told = [field for entry in ENTRIES for field in entry.fields]
    held = [field for one in (*ALWAYS_HELD_BACK, *HELD_BACK_WHILE_ANSWERS_ARE_TAKEN) for field in one.fields]
    listed = [field for stored in STORED_OF_A_PERSON for field in stored.fields]
    assert sorted([*told, *held, *ANSWER_FIELDS, *LOG_FIELDS]) == sorted(listed)


def test_it_works() -> None:
    study = make_study_with_people(data_controller="A clinic")
    text = json.dumps(person_as_json(person(study, FINISHED)), ensure_ascii=False)
    told = json.loads(text)
    assert told["person"]["label"] == FINISHED
    assert told["person"]["comments"] == TOLD
    assert told["person"]["questionnaire"] == [
        {"question": "Years of practice", "answer": "37"},
        {"question": "Remarks", "answer": "Ask Dr Secret"},
    ]
    assert told["person"]["screen"] == {"screen_width": 2763}
    assert told["study"]["responsible"] == "A clinic"
    assert len(told["answers"]) == study.n_trials
    assert {answer["response"] for answer in told["answers"]} == {"clean"}
    assert told["answers"][0]["milliseconds"] == 1234
    assert [entry["what"] for entry in told["log"]] == ["invited observers"]


@pytest.mark.parametrize("how", ["open", "paused", "closed, may be reopened"])
def test_as_long_as_answers_may_be_taken_it_tells_nothing_of_the_images(how: str) -> None:
    study = make_study_with_people(may_be_reopened="reopened" in how)
    if how == "paused":
        study = pause_study(study=study, by=study.owner, reason="r")
    if how.startswith("closed"):
        study = close_study(study=study, by=study.owner)
    observer = person(study, FINISHED)
    told = person_as_json(Observer.objects.get(pk=observer.pk))
    text = json.dumps(told)

    secrets = {str(observer.session.seed), observer.token, "right_would_have_been", "order_of_images"}
    for stimulus in Stimulus.objects.filter(study=study):
        secrets |= {f'"{stimulus.name}"', stimulus.sha256, str(stimulus.file)}
    secrets |= set(Truth.objects.filter(stimulus__study=study).values_list("pair__image__name", flat=True))
    assert not [secret for secret in secrets if secret in text]
    assert len(told["held_back"]) == 3  # type: ignore[arg-type]
    # Whatever is right, the entries of the answers have one form.
    assert len({tuple(answer) for answer in told["answers"]}) == 1  # type: ignore[union-attr,arg-type]


def test_once_nobody_can_answer_it_says_what_the_images_were() -> None:
    study = make_study_with_people()
    study = close_study(study=study, by=study.owner)
    observer = person(study, FINISHED)
    told = json.loads(json.dumps(person_as_json(observer)))
    expected = [
        "perturbed" if Truth.objects.get(stimulus=trial.stimulus).perturbed else "clean"
        for trial in observer.session.trials.order_by("phase", "position")
    ]
    assert [answer["right_would_have_been"] for answer in told["answers"]] == expected
    assert told["order_of_images"]["seed"] == observer.session.seed
    assert observer.token not in json.dumps(told)
    assert held_back_of(study) == ALWAYS_HELD_BACK


def test_a_pilots_observer_learns_nothing_while_the_study_runs() -> None:
    study = make_study_in("open")
    pilot_study = make_study_in("pilot")
    observer = Observer.objects.get(study__pilot_of=pilot_study)
    assert len(held_back_of(observer.study)) == 3
    assert len(held_back_of(study)) == 3


def test_of_whoever_did_not_come_there_is_little_and_of_an_unfinished_session_what_was_shown() -> None:
    study = make_study_with_people()
    assert person_as_json(person(study, INVITED))["answers"] == []
    told = json.loads(json.dumps(person_as_json(person(study, UNFINISHED))["answers"]))
    assert ["response" in entry for entry in told] == [True, True, False]


def test_that_it_was_taken_away_is_written_down_without_the_label_and_for_those_alone_who_may() -> None:
    study = make_study_with_people()
    export_person(observer=person(study, FINISHED), by=study.owner)
    event = AuditEvent.objects.get(action="person_exported")
    assert (event.by, event.details) == (study.owner.username, {})
    monitor = make_researcher()
    StudyRole.objects.create(study=study, user=monitor, role="monitor")
    with pytest.raises(NotPermittedError):
        export_person(observer=person(study, FINISHED), by=monitor)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("person", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("named_by", ["label", "link", "token"])
def test_the_command_finds_them_by_label_link_or_token(named_by: str, tmp_path: Path) -> None:
    study = make_study_with_people()
    observer = person(study, FINISHED)
    name = {"label": FINISHED, "link": invitation_url(observer) + "data/", "token": observer.token}[named_by]
    file = tmp_path / "person.json"

    run(str(study.pk), name, "--export", str(file), "--by", study.owner.username)

    assert json.loads(file.read_text(encoding="utf-8"))["person"]["label"] == FINISHED
    assert file.stat().st_mode & 0o077 == 0


def test_the_command_says_what_follows_first_and_erases_when_told_to() -> None:
    study = make_study_with_people()
    by = ("--by", study.owner.username)
    told = run(str(study.pk), FINISHED, "--erase", *by)
    assert re.search(rf"{study.n_trials} answers leave the figures", told)
    assert "cannot be undone" in told
    assert Observer.objects.filter(label=FINISHED).exists()

    run(str(study.pk), FINISHED, "--erase", "--yes", "--reason", "asked for it", *by)

    assert not Observer.objects.filter(label=FINISHED).exists()
    with pytest.raises(CommandError, match="were never invited to it, or their data are gone"):
        run(str(study.pk), FINISHED, "--erase", *by)


def test_a_link_that_leads_to_nobody_is_not_repeated() -> None:
    study = make_study_with_people()
    secret = "https://study.example.org/o/abcdefghijklmnopqrstuv/"
    with pytest.raises(CommandError) as told:
        run(str(study.pk), secret, "--erase", "--by", study.owner.username)
    assert "abcdefghijklmnopqrstuv" not in str(told.value)


def test_a_label_of_the_study_and_of_its_pilot_asks_for_the_link() -> None:
    study = make_study_in("pilot")
    pilot_observer = Observer.objects.get(study__pilot_of=study)
    Observer.objects.filter(pk=study.observers.get().pk).update(label=pilot_observer.label)
    with pytest.raises(CommandError, match="give the link"):
        run(str(study.pk), pilot_observer.label, "--erase", "--by", study.owner.username)
    assert Study.objects.filter(pk=study.pk).exists()
