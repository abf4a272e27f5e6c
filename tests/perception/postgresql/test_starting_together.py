"""Servers that start at the same moment on an empty database: one brings it up to date, the others wait for it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgresql import require_postgresql
from tests.processes import PATIENCE, ROOT, project_environment
from tools.postgresql import postgresql_server

PREPARE = """
import django
django.setup()
from perception.serving.preparation import prepare_data_folder
prepare_data_folder()
"""


@pytest.mark.process
@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_each_finds_the_tables_made(vendor: str, tmp_path: Path) -> None:
    if vendor == "sqlite":
        assert outcomes_of_three([tmp_path] * 3) == [0, 0, 0]
        return
    require_postgresql()
    with postgresql_server() as server:
        folders = [tmp_path / str(number) for number in range(3)]
        assert outcomes_of_three(folders, DATABASE_URL=server.url) == [0, 0, 0]


def outcomes_of_three(folders: list[Path], **changes: str) -> list[int]:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PREPARE],
            env=project_environment(folder, DJANGO_SETTINGS_MODULE="perception.settings", **changes),
            cwd=ROOT,
        )
        for folder in folders
    ]
    return [process.wait(PATIENCE) for process in started]
