"""Make the data folder of a release for the test of updates: images of noise, simulated and half-done sessions.

In a checkout of the release, with this file beside it: `python make_data_folder.py FILE.tar.xz`. It is made once for
each release, by its own code, and committed: a later version cannot make it.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path


def main(target: Path) -> None:
    """Make the folder and write it to the archive."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        os.environ |= {"PERCEPTION_DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "perception.settings"}
        sys.path.insert(0, str(Path.cwd()))
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True)
        _fill(data_dir)
        with tarfile.open(target, "w:xz") as archive:
            for name in ("db.sqlite3", "media", "archive.zip"):
                archive.add(data_dir / name, arcname=name)


def _fill(data_dir: Path) -> None:
    import django

    django.setup()
    from django.db import connection

    from tests.studies.answered import with_everything
    from tests.studies.exports.archives import archive_bytes
    from tests.studies.factories import (
        answer_trials,
        arrive_by,
        begin_trials,
        make_adaptive_study,
        make_open_link,
        make_open_study,
        make_study,
    )

    _make_administrator()
    closed = with_everything("yes_no_confidence")
    (data_dir / "archive.zip").write_bytes(archive_bytes(closed))
    half_done = make_open_study(observers=2, title="Half done")
    answer_trials(begin_trials(half_done.observers.order_by("pk")[0]), count=2)
    by_link = make_open_study(observers=0, title="By a link")
    answer_trials(begin_trials(arrive_by(make_open_link(by_link))), count=1)
    chosen = make_adaptive_study(observers=1, title="Strengths chosen from answers", n=12, n_perturbed=6, n_clean=4)
    answer_trials(begin_trials(chosen.observers.get()), count=4)
    twice = make_open_study(observers=1, title="Shown twice", n_repeated=2)
    answer_trials(begin_trials(twice.observers.get()), count=3)
    make_study(title="A draft")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _make_administrator() -> None:
    from django.contrib.auth.models import User

    User.objects.create_superuser("administrator", password="a long password")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
