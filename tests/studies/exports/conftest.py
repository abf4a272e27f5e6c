"""One archive for the tests that read it: made once, with the database; checked without it."""

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.studies.exports.archives import archive_bytes, study_with_everything


@pytest.fixture(scope="session")
def archive_data(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> bytes:
    """Return the archive of a study with everything that a study can have; the database is left as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        data = archive_bytes(study_with_everything())
        transaction.set_rollback(True)
    return data
