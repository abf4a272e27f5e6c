"""Run by the tests in processes of their own, with a user's settings: fill an installation, or print all that it has.

`python -m tests.perception.backup.installation fill`, `… show`, `… write-in-twos SECONDS`
"""

import hashlib
import json
import sys
import time

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from django.db import transaction  # noqa: E402

from perception.core.storage.named_files import named_files  # noqa: E402
from studies.design.lifecycle import close_study  # noqa: E402
from studies.models import AuditEvent  # noqa: E402
from tests.ml.network_rows import make_classifier  # noqa: E402
from tests.studies.factories import (  # noqa: E402
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
)


def fill() -> None:
    """Make a study that was answered, one that is open with places taken, and a classifier."""
    study = make_open_study(observers=2, n_practice=1)
    for observer in study.observers.all():
        answer_trials(begin_trials(observer), "perturbed")
    study.refresh_from_db()
    if study.state == study.State.OPEN:
        close_study(study=study, by=study.owner)
    going_on = make_open_study()
    arrive_by(make_open_link(going_on, places=2), "somebody elsewhere")
    make_classifier()
    # What JSON and the databases write in ways of their own.
    User.objects.create_user("Zoë “the first” 🩺", password="a password")
    AuditEvent.objects.create(
        study_uid=study.uid,
        study_title="ä\n\t\\",
        action="changed",
        by="x",
        details={"b": [1, 2.5, 1e-17, None, True], "a": "\u2028", "none": None},
    )


def show() -> None:
    """Print every row of every table, and the hash of every file that a row names, as JSON."""
    rows = {
        model._meta.label: [
            json.dumps(row, default=str, sort_keys=True) for row in model._base_manager.order_by("pk").values()
        ]
        for model in apps.get_models(include_auto_created=True)
    }
    files = {}
    for one in named_files():
        with default_storage.open(one.name) as file:
            files[one.name] = hashlib.sha256(file.read()).hexdigest()
    json.dump({"rows": rows, "files": files}, sys.stdout)


def write_in_twos(seconds: float) -> None:
    """Write rows into two tables by one transaction each time, until the time is over."""
    end, number = time.monotonic() + seconds, 0
    sys.stdout.write("writing\n")
    sys.stdout.flush()
    while time.monotonic() < end:
        number += 1
        with transaction.atomic():
            user = User.objects.create(username=f"user {number}")
            AuditEvent.objects.create(study_uid=django_uid(), study_title="x", action="changed", by=user.username)


def django_uid() -> str:
    """Return the same uid each time."""
    return "00000000-0000-0000-0000-000000000001"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill"]:
            fill()
        case ["show"]:
            show()
        case ["write-in-twos", seconds]:
            write_in_twos(float(seconds))
