"""A backup is all there is, of one moment, and comes back into either database; a bad one touches nothing."""

import itertools
import json
import shutil
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.postgresql import copy_database, require_postgresql
from tests.processes import PATIENCE, ROOT, make_data_folder, manage, project_environment, refused
from tests.s3 import keys_in, s3_environment
from tools.postgresql import PostgresqlServer, postgresql_server

pytestmark = pytest.mark.process

INSTALLATION = "tests.perception.backup.installation"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    require_postgresql()
    with postgresql_server() as running:
        yield running


_numbers = itertools.count(1)


@pytest.fixture
def postgresql(server: PostgresqlServer) -> str:
    """Return the `DATABASE_URL` of an empty database, which no other test writes into."""
    name = f"installation_{next(_numbers)}"
    with psycopg.connect(server.url, autocommit=True) as connected:
        connected.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return server.url.rpartition("/")[0] + f"/{name}"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with studies; it is only read."""
    folder = tmp_path_factory.mktemp("filled")
    make_data_folder(folder)
    run(folder, "fill")
    return folder


@pytest.fixture(scope="module")
def backup(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "all.zip"
    told = manage(filled, "backup", str(path))
    assert "The secret key is not in it" in told
    return path


def run(folder: Path, *arguments: str, **changes: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", INSTALLATION, *arguments],
        env=project_environment(folder, DJANGO_SETTINGS_MODULE="perception.settings", **changes),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shown(folder: Path, **changes: str) -> dict[str, Any]:
    everything: dict[str, Any] = json.loads(run(folder, "show", **changes))
    return everything


def rewritten(backup: Path, to: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Return a copy of a backup whose members were changed."""
    with zipfile.ZipFile(backup) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    change(members)
    with zipfile.ZipFile(to, "w") as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return to


def test_it_goes_into_the_other_kind_of_database_and_back(
    filled: Path, backup: Path, postgresql: str, tmp_path: Path
) -> None:
    before = shown(filled)
    assert len(before["rows"]["studies.Answer"]) > 4
    assert len(before["files"]) > 10

    manage(tmp_path / "there", "restore", str(backup), DATABASE_URL=postgresql)
    assert shown(tmp_path / "there", DATABASE_URL=postgresql) == before
    manage(tmp_path / "there", "backup", str(tmp_path / "back.zip"), DATABASE_URL=postgresql)
    manage(tmp_path / "back", "restore", str(tmp_path / "back.zip"))
    assert shown(tmp_path / "back") == before
    with closing(sqlite3.connect(tmp_path / "back" / "db.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    # Keys go on after those that came.
    manage(tmp_path / "there", "account", "invite", "newcomer", DATABASE_URL=postgresql)
    assert "There are accounts or files here already" in refused(
        tmp_path / "there", "restore", str(backup), DATABASE_URL=postgresql
    )


def test_files_go_into_the_other_kind_of_storage(filled: Path, backup: Path, tmp_path: Path) -> None:
    before = shown(filled)
    with s3_environment() as environment:
        manage(tmp_path / "there", "restore", str(backup), **environment)
        assert keys_in(environment) == {f"perception/{name}" for name in before["files"]}
        assert not any(path.is_file() for path in (tmp_path / "there" / "media").rglob("*"))
        assert shown(tmp_path / "there", **environment) == before
        manage(tmp_path / "there", "backup", str(tmp_path / "back.zip"), **environment)
    manage(tmp_path / "back", "restore", str(tmp_path / "back.zip"))
    assert shown(tmp_path / "back") == before


def test_it_is_its_owners_alone_and_overwrites_nothing(filled: Path, backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    before = backup.read_bytes()
    assert "is there already" in refused(filled, "backup", str(backup))
    assert backup.read_bytes() == before
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]
    with zipfile.ZipFile(backup) as packed:
        key = (filled / "secret_key").read_bytes().strip()
        assert not any(key in packed.read(name) for name in packed.namelist())


def contents_of(folder: Path) -> tuple[list[str], dict[str, bytes]]:
    """Return the database of a folder as SQL, and its files."""
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        lines = list(database.iterdump())
    media = folder / "media"
    return lines, {str(path.relative_to(media)): path.read_bytes() for path in media.rglob("*") if path.is_file()}


def flip_a_byte_of_a_file(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.startswith("files/"))
    members[name] = members[name][:-1] + bytes([members[name][-1] ^ 1])


def leave_out_a_file(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.startswith("files/"))]


def add_a_file(members: dict[str, bytes]) -> None:
    members["files/more.png"] = b"x"


def change_a_row(members: dict[str, bytes]) -> None:
    members["rows/studies_answer.jsonl"] = members["rows/studies_answer.jsonl"].replace(b"perturbed", b"clean", 1)


def come_from_the_future(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    manifest["migrations"].append(["ml", "9999_what_comes_later"])
    members["manifest.json"] = json.dumps(manifest).encode()


def be_of_another_format(members: dict[str, bytes]) -> None:
    members["manifest.json"] = b'{"format": "another"}'


def break_a_reference(members: dict[str, bytes]) -> None:
    """Give a row that names none, with a hash that is right."""
    import hashlib

    name = "rows/studies_truth.jsonl"
    members[name] = members[name].split(b"\n", 1)[1]
    name = "rows/studies_stimulus.jsonl"
    members[name] = members[name].split(b"\n", 1)[1]
    manifest = json.loads(members["manifest.json"])
    for table in ("studies_truth", "studies_stimulus"):
        name = f"rows/{table}.jsonl"
        manifest["members"][name] = {
            "sha256": hashlib.sha256(members[name]).hexdigest(),
            "size": len(members[name]),
        }
        next(one for one in manifest["tables"] if one["name"] == table)["rows"] -= 1
    members["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (flip_a_byte_of_a_file, "is not as it was written"),
        (leave_out_a_file, "it is damaged"),
        (add_a_file, "it is damaged"),
        (change_a_row, "is not as it was written"),
        (come_from_the_future, "newer than this program's"),
        (be_of_another_format, "no backup of this program"),
        (break_a_reference, "Nothing was restored"),
    ],
)
def test_a_bad_backup_touches_nothing(
    backup: Path, filled: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], told: str
) -> None:
    before = contents_of(filled)
    bad = rewritten(backup, tmp_path / "bad.zip", change)
    assert told in refused(filled, "restore", "--replace", str(bad))
    assert contents_of(filled) == before


def test_what_is_no_backup_is_told(backup: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(backup.read_bytes()[:-2000])
    assert "was cut short" in refused(tmp_path / "here", "restore", "--check", str(cut))
    assert "is whole" in manage(tmp_path / "here", "restore", "--check", str(backup))


def test_one_of_an_earlier_version_replaces_what_is_there_and_gets_the_tables_of_this_one(
    backup: Path, filled: Path, tmp_path: Path, postgresql: str
) -> None:
    def before_names_were_so_long_and_without_sign_ins(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        later = (["auth", "0012_alter_user_first_name_max_length"], ["sessions", "0001_initial"])
        manifest["migrations"] = [one for one in manifest["migrations"] if one not in later]
        manifest["tables"] = [table for table in manifest["tables"] if table["name"] != "django_session"]
        del members["rows/django_session.jsonl"], manifest["members"]["rows/django_session.jsonl"]
        members["manifest.json"] = json.dumps(manifest).encode()

    old = rewritten(backup, tmp_path / "old.zip", before_names_were_so_long_and_without_sign_ins)
    here = tmp_path / "here"
    manage(here, "restore", "--replace", str(old), DATABASE_URL=postgresql)
    assert shown(here, DATABASE_URL=postgresql) == shown(filled)
    manage(here, "migrate", "--check", DATABASE_URL=postgresql)


def test_files_that_are_missing_or_altered_are_told_and_the_rest_is_kept(filled: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    shutil.copytree(filled, here)
    copy_database(filled, here)
    missing, altered, *_ = sorted((here / "media" / "pairs").rglob("*.png"))
    missing.unlink()
    altered.write_bytes(b"another")
    told = refused(here, "backup", str(tmp_path / "some.zip"))
    assert "2 files are missing or altered" in told
    with zipfile.ZipFile(tmp_path / "some.zip") as packed:
        named = json.loads(packed.read("manifest.json"))["missing"]
    assert named == {
        "not in the storage of files": [str(missing.relative_to(here / "media"))],
        "not as it was stored": [str(altered.relative_to(here / "media"))],
    }


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_rows_are_of_one_moment_while_others_write(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    here = tmp_path / "here"
    changes = {"DATABASE_URL": request.getfixturevalue("postgresql")} if database == "postgresql" else {}
    make_data_folder(here)
    manage(here, "migrate", **changes)
    writing = subprocess.Popen(
        [sys.executable, "-m", INSTALLATION, "write-in-twos", str(PATIENCE)],
        env=project_environment(here, DJANGO_SETTINGS_MODULE="perception.settings", **changes),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert writing.stdout is not None
        writing.stdout.readline()
        manage(here, "backup", str(tmp_path / "meanwhile.zip"), **changes)
        assert writing.poll() is None, "it was made while others wrote"
    finally:
        writing.kill()
        writing.communicate()
    with zipfile.ZipFile(tmp_path / "meanwhile.zip") as packed:
        users, events = (
            [json.loads(line) for line in packed.read(f"rows/{table}.jsonl").splitlines()]
            for table in ("auth_user", "studies_auditevent")
        )
    written = [user for user in users if any(str(value).startswith("user ") for value in user)]
    made = [event for event in events if any(str(value).startswith("user ") for value in event)]
    assert len(written) == len(made) > 0
