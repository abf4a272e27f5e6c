"""What the program that watches the site is told."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from ml.models import Run
from tests.studies.factories import make_open_study

METRICS_TOKEN = "of-sixteen-characters"

pytestmark = pytest.mark.django_db


def answer(client: Client) -> tuple[int, str]:
    response = client.get("/healthz")
    return response.status_code, response.content.decode()


def test_a_site_that_is_well_leaves_nothing_behind(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path

    assert answer(client) == (200, "ok")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_full_disk(**_: Any) -> Any:
        return Path("/dev/full").open("wb", buffering=0)

    monkeypatch.setattr(tempfile, "TemporaryFile", on_full_disk)

    assert answer(client) == (503, "nothing can be written to the data folder: No space left on device")


def test_a_data_folder_that_is_gone_is_told(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "gone"

    assert answer(client)[0] == 503
    assert str(tmp_path) not in answer(client)[1]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of SQLite's")
def test_a_database_that_is_gone_is_told(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "db.sqlite3"))

    assert answer(client) == (503, "the file of the database is gone")
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_is_told(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_session RENAME TO elsewhere")

    assert answer(client) == (503, "the database does not answer")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of SQLite's")
def test_a_database_that_cannot_be_written_is_told(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "db.sqlite3"
    file.touch()
    monkeypatch.setitem(connection.settings_dict, "NAME", str(file))
    monkeypatch.setattr("perception.site.monitoring.checks.access", lambda path, mode: False)

    assert answer(client) == (503, "the database can be read but not written")


def ready(client: Client) -> tuple[int, list[str]]:
    response = client.get("/readyz")
    return response.status_code, response.content.decode().splitlines()


def test_readiness_tells_everything_that_is_wrong_at_once(
    client: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perception.core.monitoring.readiness._checks", [lambda: None, lambda: "nobody works"])
    settings.DATA_DIR = tmp_path / "gone"

    status, problems = ready(client)

    assert status == 503
    assert problems == ["nothing can be written to the data folder: No such file or directory", "nobody works"]


def test_a_site_that_is_ready_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perception.core.monitoring.readiness._checks", [lambda: None])

    assert ready(client) == (200, ["ok"])


class UnreachableStorage:
    """A storage whose server is away."""

    def exists(self, name: str) -> bool:
        raise ConnectionError(name)


def test_a_storage_that_is_away_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perception.core.monitoring.readiness._checks", [])
    monkeypatch.setattr("perception.site.monitoring.checks.default_storage", UnreachableStorage())

    assert ready(client) == (503, ["the file storage does not answer (ConnectionError)"])
    assert answer(client) == (200, "ok"), "observers whose images are in memory go on"


@pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer wrong", f"Basic {METRICS_TOKEN}", METRICS_TOKEN])
def test_measurements_are_for_whoever_has_the_token(client: Client, settings: Settings, sent: str) -> None:
    settings.METRICS_TOKEN = METRICS_TOKEN

    assert client.get("/metrics", headers={"Authorization": sent}).status_code == 404


def test_without_a_token_there_are_no_measurements(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def measured(client: Client, settings: Settings) -> dict[str, float]:
    settings.METRICS_TOKEN = METRICS_TOKEN
    response = client.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        sample.name + "".join(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def test_what_is_measured_is_what_is_there(client: Client, settings: Settings) -> None:
    before = measured(client, settings)
    study = make_open_study(observers=1)
    observer = study.observers.get()
    Run.objects.create(kind=Run.Kind.MAKE_PAIRS)

    after = measured(client, settings)

    assert after["perception_studiesopen"] == before["perception_studiesopen"] + 1
    assert after["perception_observersinvited"] == before["perception_observersinvited"] + 1
    assert after["perception_runsqueued"] == before["perception_runsqueued"] + 1
    assert after["perception_data_folder_free_bytes"] > 0
    assert observer.token not in str(after)
    assert study.title not in str(after)
