"""Personal links by command: invited by a file, listed, replaced, revoked, given a deadline."""

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from studies.models import AuditEvent, Observer, Study
from tests.studies.factories import begin_trials, make_open_study

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def study() -> Study:
    return make_open_study(observers=2, closes_when_finished=False)


def test_a_file_invites_who_is_new_and_says_what_else_it_has(study: Study, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes("Zoé\nObserver A\n;\nZoé\n".encode("cp1252"))
    out, err = run(
        "invite_observers", str(study.pk), "--file", str(tmp_path / "list.txt"), "--deadline", "2099-01-01T12:00"
    )
    new = Observer.objects.get(label="Zoé")
    assert out == f"Zoé: http://127.0.0.1:8000/o/{new.token}/\n"
    assert new.deadline == dt.datetime(2099, 1, 1, 12, tzinfo=dt.UTC)
    for part in ("not UTF-8", "line 4: “Zoé” stands in line 1 already", "1 of"):
        assert part in err


@pytest.mark.parametrize("more", [[], ["A", "--file", "list.txt"], ["A", "--deadline", "soon"]])
def test_what_makes_no_sense_invites_nobody(study: Study, more: list[str]) -> None:
    with pytest.raises(CommandError):
        run("invite_observers", str(study.pk), *more)
    assert Observer.objects.count() == 2


def test_links_are_listed_and_that_is_written_down(study: Study) -> None:
    out, _ = run("observer_links", str(study.pk), "list")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["label"] for row in rows] == ["Observer A", "Observer B"]
    assert AuditEvent.objects.get(action="links_taken").details == {"what": "observer_links", "links": 2}


def test_links_are_replaced_revoked_and_given_a_deadline(study: Study) -> None:
    first, second = Observer.objects.order_by("pk")
    begin_trials(first)
    out, _ = run("observer_links", str(study.pk), "replace", "Observer A")
    assert first.token not in out
    assert Observer.objects.get(pk=first.pk).token in out
    run("observer_links", str(study.pk), "deadline", "Observer B", "--deadline", "2099-01-01T12:00+02:00")
    assert Observer.objects.get(pk=second.pk).deadline == dt.datetime(2099, 1, 1, 10, tzinfo=dt.UTC)
    run("observer_links", str(study.pk), "deadline", "Observer B", "--deadline", "none")
    assert Observer.objects.get(pk=second.pk).deadline is None
    out, err = run("observer_links", str(study.pk), "revoke", "Observer A", "Observer B")
    assert "1 changed" in out
    assert "Observer A" in err
    assert Observer.objects.get(pk=second.pk).revoked_at is not None


@pytest.mark.parametrize("arguments", [["revoke"], ["revoke", "Nobody"], ["deadline", "Observer A"]])
def test_a_change_of_nobody_or_without_its_deadline_is_refused(study: Study, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run("observer_links", str(study.pk), *arguments)
