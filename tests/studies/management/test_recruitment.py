"""`manage.py recruitment`: what the page does, and `export_outside_ids`."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from studies.models import Observer, OpenLink, Session, Study
from studies.models.observer_state import ObserverState, state_of
from tests.studies.factories import answer_trials, arrive_by, begin_trials, make_open_link, make_open_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return make_open_study(observers=0, closes_when_finished=False, abandoned_after_minutes=20)


def recruitment(study: Study, *arguments: Any) -> str:
    out = io.StringIO()
    call_command("recruitment", str(study.pk), *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_link_is_made_changed_listed_and_revoked(study: Study) -> None:
    earlier = make_open_study(observers=0, owner=study.owner, title="An earlier one")
    made = recruitment(
        study,
        *("make", "Prolific UK", "--places", 3, "--recruiter", "prolific", "--completion-code", "C1"),
        *("--deadline", "2030-01-31T12:00", "--earlier-study", earlier.title),
    )
    link = OpenLink.objects.get()
    assert f"/r/{link.token}/?PROLIFIC_PID=" in made
    assert (link.completion_code, link.deadline) == ("C1", dt.datetime(2030, 1, 31, 12, tzinfo=dt.UTC))
    assert list(link.earlier_studies.all()) == [earlier]
    recruitment(study, "change", "Prolific UK", "--places", 5, "--full-code", "F1")
    link.refresh_from_db()
    assert (link.places.count(), link.completion_code, link.full_code) == (5, "C1", "F1")
    assert list(link.earlier_studies.all()) == [earlier]
    arrive_by(link, "5f1c")
    assert "1 of 5 places taken, 0 finished, 0 turned away" in recruitment(study, "list")
    recruitment(study, "revoke", "Prolific UK")
    assert "revoked" in recruitment(study, "list")


def test_sessions_are_rejected_and_given_back(study: Study, tmp_path: Path) -> None:
    link = make_open_link(study, places=5, recruiter="prolific")
    people = [arrive_by(link, outside_id) for outside_id in ("5f1c", "5f2c", "5f3c", "5f4c")]
    for person in people:
        answer_trials(begin_trials(person))
    assert people[0].label in recruitment(study, "reject", "--reason", "too_fast", "5f1c")
    recruitment(study, "return", people[1].label)
    file = tmp_path / "list.csv"
    file.write_text("Participant id,Status\n5f3c,RETURNED\n5f4c,APPROVED\n5f9c,RETURNED\n")
    said = recruitment(study, "return", "--file", file)
    assert "RETURNED: 2; APPROVED: 1" in said
    assert "Nobody in the study: 5f9c." in said
    assert [state_of(Observer.objects.get(pk=person.pk)) for person in people] == [
        ObserverState.REJECTED,
        ObserverState.RETURNED,
        ObserverState.RETURNED,
        ObserverState.FINISHED,
    ]


def test_abandoned_places_are_freed(study: Study) -> None:
    observer = arrive_by(make_open_link(study))
    assert recruitment(study, "release").startswith("0 ")
    Session.objects.update(consented_at=timezone.now() - dt.timedelta(minutes=21))
    assert recruitment(study, "release").startswith("1 ")
    assert state_of(Observer.objects.get(pk=observer.pk)) == ObserverState.TIMED_OUT


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("revoke", "Nowhere"), "has no open link “Nowhere”. There are: “A link”."),
        (("make", "A link", "--places", "3"), "has a link of this name already"),
        (("make", "B", "--places", "0"), "1 to 5000 places"),
        (("make", "B", "--places", "3", "--deadline", "soon"), "is no time such as"),
        (("make", "B", "--places", "3", "--recruiter", "own"), "which parameter"),
        (("return", "--file", "/nowhere/list.csv"), "cannot be read"),
        (("return",), "Name at least one person"),
    ],
)
def test_what_is_wrong_is_said(study: Study, arguments: tuple[str, ...], said: str) -> None:
    make_open_link(study)
    with pytest.raises(CommandError, match=said):
        recruitment(study, *arguments)


def test_ids_are_written_to_a_file(study: Study, tmp_path: Path) -> None:
    observer = arrive_by(make_open_link(study, recruiter="prolific"), "5f1c")
    file = tmp_path / "ids.csv"
    call_command("export_outside_ids", str(study.pk), output=file)
    head, row = file.read_text().splitlines()
    assert head.startswith("observer,link,recruiter,id,")
    assert row.startswith(f"{observer.label},A link,prolific,5f1c,")
