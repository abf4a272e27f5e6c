"""What the program that watches the site is told."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

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
