"""The settings of the tests: the project's own, on a data folder of its own, and quicker where safety costs time.

With `TESTS_DATABASE=postgresql` in the environment the tests keep their rows in PostgreSQL instead of SQLite, on a
server of the run's own (`tests/postgresql.py`).

A module rather than a fixture: settings are read once, at import, before any fixture or conftest. Each process of a
parallel run imports it, and so has its own folder; `tests/conftest.py` removes it.
"""

import os
import tempfile

from django.core.exceptions import ImproperlyConfigured

from tests.postgresql import url_of_the_run

# The tests' processes share the cores: several threads in each would spend them on waiting for one another.
for _library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(_library, "1")

os.environ["PERCEPTION_DATA_DIR"] = tempfile.mkdtemp(prefix="perception-tests-")
# Whatever the person who runs the tests has set for a server of theirs is not meant for the tests.
for _name in (
    "PERCEPTION_SECRET_KEY",
    "PERCEPTION_DEBUG",
    "PERCEPTION_IMPORT_ROOTS",
    "PERCEPTION_ALLOWED_HOSTS",
    "PERCEPTION_HTTPS",
    "PERCEPTION_BASE_URL",
    "PERCEPTION_WORK_DIR",
    "PERCEPTION_SMTP_HOST",
    "PERCEPTION_SMTP_PORT",
    "PERCEPTION_SMTP_USER",
    "PERCEPTION_SMTP_PASSWORD",
    "PERCEPTION_SMTP_SECURITY",
    "PERCEPTION_ENGINE",
    "PERCEPTION_COLORVIDEOVDP_PYTHON",
    "PERCEPTION_SHARDS",
    "PERCEPTION_SLURM_PARTITION",
    "PERCEPTION_SLURM_MINUTES",
    "PERCEPTION_SLURM_MEMORY_GB",
    "PERCEPTION_SLURM_CPUS",
    "PERCEPTION_SLURM_OPTIONS",
    "PERCEPTION_MAIL_FROM",
    "PERCEPTION_DATABASE_CONNECTIONS",
    "DATABASE_URL",
    "FILES",
    *("S3_BUCKET", "S3_ENDPOINT_URL", "S3_REGION", "S3_PREFIX", "S3_ADDRESSING", "S3_CHECKSUMS"),
    "TASKS",
    "REDIS_URL",
):
    os.environ.pop(_name, None)
if (_database := os.environ.get("TESTS_DATABASE") or "sqlite") == "postgresql":
    os.environ["DATABASE_URL"] = url_of_the_run()
elif _database != "sqlite":
    raise ImproperlyConfigured(f"TESTS_DATABASE is “{_database}”; it can be sqlite or postgresql")

from perception.settings import *  # noqa: E402, F403

# One quick round: the tests check who may sign in, not how costly guessing is.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Images are read when they are asked for: no thread goes on after a test.
STIMULUS_MEMORY_BYTES = 0
# Nothing is renewed while a test runs: it would be by another connection, and see nothing of the test's transaction.
RUN_LEASE_SECONDS = 3600.0
# Names without a hash: nothing has to be collected first.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
