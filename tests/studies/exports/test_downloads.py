"""The downloads of a report: in the menu, by their addresses, by commands, and in the audit log."""

import io
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from studies.design.lifecycle import close_study
from studies.exports.downloads import DOWNLOADS
from studies.models import AuditEvent, Study
from tests.studies.factories import answer_trials, make_open_study, make_researcher, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_reports")]


@pytest.fixture
def owner() -> User:
    return make_researcher()


@pytest.fixture
def answered(owner: User) -> Study:
    study = make_open_study(owner=owner, title="A & B")
    answer_trials(make_session(study), "perturbed")
    study.refresh_from_db()
    return study


def address(study: Study, name: str) -> str:
    return reverse("studies:study-download", args=[study.pk, name])


def run(name: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("name", DOWNLOADS)
def test_each_download_is_in_the_menu_is_sent_and_logged(
    answered: Study, owner: User, client: Client, name: str
) -> None:
    client.force_login(owner)

    page = client.get(reverse("studies:study-report", args=[answered.pk])).content.decode()
    response = client.get(address(answered, name))

    assert f'href="{address(answered, name)}"' in page
    assert response.status_code == 200
    assert b"".join(response) != b""
    assert response.headers["Content-Disposition"] == f'attachment; filename="a-b-{name}"'
    assert [event.details["what"] for event in AuditEvent.objects.filter(action="exported")] == [name]
    response.close()


def test_what_is_no_download_is_not_found(answered: Study, owner: User, client: Client) -> None:
    client.force_login(owner)

    assert client.get(address(answered, "secrets.csv")).status_code == 404
    assert not AuditEvent.objects.filter(action="exported").exists()


def test_a_colleague_and_an_outsider_get_nothing(answered: Study, client: Client) -> None:
    assert client.get(address(answered, "answers.csv")).status_code == 302
    client.force_login(make_researcher())
    assert client.get(address(answered, "answers.csv")).status_code == 404
    assert not AuditEvent.objects.filter(action="exported").exists()


@pytest.mark.parametrize("name", DOWNLOADS)
def test_a_study_without_an_answer_has_its_downloads_too(owner: User, client: Client, name: str) -> None:
    study = make_open_study(owner=owner)
    close_study(study=study, by=owner)
    client.force_login(owner)

    response = client.get(address(study, name))

    assert response.status_code == 200
    response.close()


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["export_answers"], "answers.csv"),
        (["export_answers", "--format", "json"], "answers.json"),
        (["export_tables"], "tables.tex"),
        (["export_tables", "--format", "markdown"], "tables.md"),
        (["export_tables", "--format", "points"], "visibility-points.csv"),
        (["study_report"], "figures.json"),
    ],
)
def test_commands_write_what_the_interface_sends(
    answered: Study, owner: User, client: Client, command: list[str], name: str
) -> None:
    client.force_login(owner)
    sent = b"".join(client.get(address(answered, name))).decode()

    assert run(command[0], str(answered.pk), *command[1:]) == sent


def test_figures_are_the_same_in_every_export(answered: Study, owner: User, client: Client, tmp_path: Path) -> None:
    client.force_login(owner)
    figures = json.loads(b"".join(client.get(address(answered, "figures.json"))))
    path = tmp_path / "answers.csv"
    path.write_bytes(b"".join(client.get(address(answered, "answers.csv"))))

    again = json.loads(run("analyse", str(path), "--format", "json", "--margin", str(answered.margin)))

    assert {name: figures[name] for name in again} == again


def test_an_open_study_gives_nothing_away(owner: User) -> None:
    study = make_open_study(owner=owner)
    for command in ("export_answers", "export_tables"):
        with pytest.raises(CommandError, match="once it is closed"):
            run(command, str(study.pk))
    assert not AuditEvent.objects.filter(action="exported").exists()
