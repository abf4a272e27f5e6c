"""`manage.py` where the database is not the one that this version knows: what a newcomer and an update meet."""

from pathlib import Path

import pytest
from django.db import OperationalError, ProgrammingError

from perception.core.monitoring.tables import missing_migrations
from tests.processes import manage, refused


def test_a_command_before_the_tables_are_there_says_how_they_are_made(tmp_path: Path) -> None:
    said = refused(tmp_path, "train_classifier")

    assert "no such table" in said
    assert "`python manage.py migrate`" in said


def test_so_does_one_whose_tables_are_of_an_earlier_version(tmp_path: Path) -> None:
    manage(tmp_path, "migrate", "ml", "0002", "--verbosity", "0")

    said = refused(tmp_path, "make_pairs")

    assert "changes of them are still to be made" in said
    assert "`python manage.py migrate`" in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        OperationalError("no such column: ml_image.of_no_version"),
        ProgrammingError('relation "of_no_version" does not exist'),
        OperationalError("database or disk is full"),
        OSError("No space left on device"),
    ],
)
def test_where_the_tables_are_this_versions_nothing_is_missing(error: Exception) -> None:
    assert missing_migrations(error) == 0
