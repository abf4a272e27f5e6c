"""The settings that a user gets, in processes of their own: these tests do not run under them."""

import json
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.processes import ROOT, project_environment

READ = """
import json, sys
from perception import settings
print(json.dumps({name: getattr(settings, name, None) for name in sys.argv[1:]}, default=str))
"""


def environment_of(data_dir: Path, **changes: str) -> dict[str, str]:
    """Return the environment of a user who has set these variables alone, whatever the tests keep their rows in."""
    environment = project_environment(data_dir, **changes)
    if "DATABASE_URL" not in changes:
        environment.pop("DATABASE_URL", None)
    return environment


def settings_of(data_dir: Path, *names: str, **environment: str) -> dict[str, Any]:
    """Return the named settings as a user with this environment has them; None for those that are not set."""
    done = subprocess.run(
        [sys.executable, "-c", READ, *names],
        env=environment_of(data_dir, **environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    values: dict[str, Any] = json.loads(done.stdout)
    return values


def test_everything_that_is_written_lies_in_the_data_folder(tmp_path: Path) -> None:
    values = settings_of(tmp_path / "new" / "data", "DATA_DIR", "STATIC_ROOT", "MEDIA_ROOT", "DATABASES")
    folder = tmp_path / "new" / "data"
    assert values["DATA_DIR"] == str(folder)
    for path in (values["STATIC_ROOT"], values["MEDIA_ROOT"], values["DATABASES"]["default"]["NAME"]):
        assert folder in Path(path).parents


def test_nothing_is_open_by_default(tmp_path: Path) -> None:
    values = settings_of(tmp_path, "DEBUG", "ALLOWED_HOSTS", "BASE_URL", "SESSION_COOKIE_HTTPONLY", "X_FRAME_OPTIONS")
    assert values == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "BASE_URL": "http://127.0.0.1:8000",
        "SESSION_COOKIE_HTTPONLY": True,
        "X_FRAME_OPTIONS": "DENY",
    }


def test_forms_may_read_no_folder_unless_named(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "IMPORT_ROOTS") == {"IMPORT_ROOTS": []}
    named = settings_of(tmp_path, "IMPORT_ROOTS", PERCEPTION_IMPORT_ROOTS="/srv/images: :/srv/networks/")
    assert named == {"IMPORT_ROOTS": ["/srv/images", "/srv/networks"]}


def test_behind_a_proxy_with_tls(tmp_path: Path) -> None:
    values = settings_of(
        tmp_path,
        *("ALLOWED_HOSTS", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
        *("CSRF_TRUSTED_ORIGINS", "SECURE_PROXY_SSL_HEADER"),
        PERCEPTION_HTTPS="1",
        PERCEPTION_ALLOWED_HOSTS="study.example.org, www.study.example.org",
        PERCEPTION_BASE_URL="https://study.example.org/",
    )
    assert values == {
        "ALLOWED_HOSTS": ["study.example.org", "www.study.example.org"],
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "CSRF_TRUSTED_ORIGINS": ["https://study.example.org"],
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
    }


def test_another_database(tmp_path: Path) -> None:
    url = "postgres://someone:secret@db.example.org:5433/studies?sslmode=require&connect_timeout=9"
    database = settings_of(tmp_path, "DATABASES", DATABASE_URL=url)["DATABASES"]["default"]
    assert database["ENGINE"] == "perception.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example.org", 5433, "studies")
    assert "transaction_mode" not in database["OPTIONS"]
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["OPTIONS"]["connect_timeout"] == 9, "what the address says counts"


def test_a_process_holds_so_many_connections_to_the_database(tmp_path: Path) -> None:
    url = "postgres://someone@db.example.org/studies"

    def most(**environment: str) -> int:
        database = settings_of(tmp_path, "DATABASES", DATABASE_URL=url, **environment)["DATABASES"]["default"]
        number: int = database["OPTIONS"]["pool"]["max_size"]
        return number

    assert most() == 8
    assert most(PERCEPTION_DATABASE_CONNECTIONS="3") == 3


def test_the_secret_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    first = settings_of(tmp_path, "SECRET_KEY")
    assert len(first["SECRET_KEY"]) >= 50
    assert settings_of(tmp_path, "SECRET_KEY") == first
    assert settings_of(tmp_path / "other", "SECRET_KEY") != first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def prepare(folder: Path) -> None:
    """Prepare a data folder as `serve` does, with SQLite's file in it."""
    prepare = "import django; django.setup(); from perception.serving.preparation import prepare_data_folder as p; p()"
    subprocess.run(
        [sys.executable, "-c", prepare],
        env=environment_of(folder, DJANGO_SETTINGS_MODULE="perception.settings"),
        cwd=ROOT,
        check=True,
    )


@pytest.mark.process
def test_the_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    prepare(folder)

    modes = {name: stat.S_IMODE((folder / name).stat().st_mode) for name in (".", "db.sqlite3", "secret_key")}
    assert modes == {".": 0o700, "db.sqlite3": 0o600, "secret_key": 0o600}


@pytest.mark.process
def test_sqlite_takes_writers_from_several_processes_and_threads(tmp_path: Path) -> None:
    prepare(tmp_path)
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        database.execute("INSERT INTO django_session VALUES ('counter', '0', '2100-01-01')")
        database.commit()

    processes, threads, times = 2, 4, 25
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.core.count_up", str(threads), str(times)],
            env=environment_of(tmp_path, DJANGO_SETTINGS_MODULE="perception.settings"),
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    errors = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], "\n".join(errors)

    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
        (counted,) = database.execute("SELECT session_data FROM django_session").fetchone()
    assert int(counted) == processes * threads * times


@pytest.mark.parametrize("value", ["1", "true", "Yes", "on"])
def test_switches_are_read_as_people_write_them(tmp_path: Path, value: str) -> None:
    assert settings_of(tmp_path, "DEBUG", PERCEPTION_DEBUG=value) == {"DEBUG": True}
