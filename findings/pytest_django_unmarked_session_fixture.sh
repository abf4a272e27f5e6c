#!/usr/bin/env bash
# Surprise: a session fixture that asks for pytest-django's `django_db_setup` and unblocks the database, to fill the test
# database once, writes into the developer's own database where no collected test carries the mark `django_db`.
#
# Expected: who asks for `django_db_setup` gets the test database, whichever tests are run with it.
# Seen, pytest-django 4.14.0 with Django 5.2.19 and pytest 9.1.1: only the databases named by the marks of the collected
# tests are set up. A file whose only use of the database is the fixture runs against the one of the settings: with a
# marked test beside it the row is in the test database, without one it stays in the real file, and the test passes.
#
# What follows: a test that uses such a fixture carries the mark itself, even if it only reads what the fixture returns.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check \
    django==5.2.19 pytest==9.1.1 pytest-django==4.14.0

cat > project_settings.py <<'PY'
SECRET_KEY = "of this try alone"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "own.sqlite3"}}
PY

cat > test_fixture.py <<'PY'
import pytest


@pytest.fixture(scope="session")
def group_name(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        from django.contrib.auth.models import Group

        return Group.objects.create(name="readers").name


def test_it_is_made(group_name):
    assert group_name == "readers"
PY

cat > test_marked.py <<'PY'
import pytest


@pytest.mark.django_db
def test_asks_for_the_database():
    pass
PY

export DJANGO_SETTINGS_MODULE=project_settings PYTHONPATH=$folder
env/bin/python -m django migrate --verbosity 0

rows() {
    env/bin/python -c 'import sqlite3; print(sqlite3.connect("own.sqlite3").execute("select count(*) from auth_group").fetchone()[0])'
}

env/bin/python -m pytest -q test_fixture.py test_marked.py
beside_a_marked_test=$(rows)
env/bin/python -m pytest -q test_fixture.py
alone=$(rows)

echo "rows in the developer's own database: $beside_a_marked_test after both files, $alone after the fixture's file alone"
[ "$beside_a_marked_test" = 0 ] && [ "$alone" = 1 ]
