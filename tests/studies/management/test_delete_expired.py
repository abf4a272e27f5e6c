"""`manage.py delete_expired`: what has had its time goes, once; a dry run says it and changes nothing."""

import datetime as dt
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.sessions.models import Session as SignIn
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ml.models import Duty, Upload, UploadPiece
from ml.uploads.receiving import sweep_uploads
from ml.workers.duties import do_due_duties
from perception.core.storage.folders import files_in
from studies.data_protection.expiry import delete_expired_people
from studies.design.lifecycle import close_study
from studies.management.housekeeping import DELETION_EVERY, delete_expired_daily
from studies.models import Observer, Study
from tests.studies.data_protection.people import FINISHED, make_study_with_people
from tests.studies.factories import make_researcher

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - dt.timedelta(days=40)


def make_everything() -> Study:
    """Make one of each thing whose time is over, beside one whose time is not."""
    sweep_uploads()  # other tests' rows were rolled back, and their files were not
    study = make_study_with_people(kept_days=30)
    study = close_study(study=study, by=study.owner)
    Study.objects.filter(pk=study.pk).update(closed_at=LONG_AGO)
    make_study_with_people(kept_days=30)
    for key, expires in (("old", LONG_AGO), ("new", timezone.now() + dt.timedelta(days=1))):
        SignIn.objects.create(session_key=key, session_data="", expire_date=expires)
    for name in ("old", "new"):
        failure = AccessAttempt.objects.create(username=name, failures_since_start=1)
        if name == "old":
            AccessAttempt.objects.filter(pk=failure.pk).update(attempt_time=LONG_AGO)
        upload = Upload.objects.create(owner=make_researcher(), name=name, files=[])
        piece = default_storage.save(f"uploads/{upload.uid}/piece", ContentFile(b"x"))
        UploadPiece.objects.create(upload=upload, place=0, offset=0, size=1, file=piece, sha256="0" * 64)
        if name == "old":
            Upload.objects.filter(pk=upload.pk).update(touched_at=LONG_AGO)
    return study


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("delete_expired", *arguments, stdout=out)
    return out.getvalue().splitlines()


def rows() -> dict[str, list[dict[str, object]]]:
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()}


def test_it_works(django_capture_on_commit_callbacks: object) -> None:
    study = make_everything()
    uid = Upload.objects.get(name="old").uid

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        told = run()

    assert [line.partition(", kept until")[0] for line in told] == [
        f"Deleted: 4 people of “{study.title}”",
        "Deleted: 1 sign-ins that have ended",
        "Deleted: 1 failed sign-ins whose pause is over",
        "Deleted: 1 uploads that nobody took up",
    ]
    assert Observer.objects.filter(label=FINISHED).count() == 1
    assert list(SignIn.objects.values_list("session_key", flat=True)) == ["new"]
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["new"]
    assert list(Upload.objects.values_list("name", flat=True)) == ["new"]
    assert not files_in(f"uploads/{uid}")
    assert run() == ["Nothing has had its time."]


def test_one_study_that_fails_keeps_nobody_elses_data(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    failing, other = make_everything(), make_study_with_people(kept_days=30)
    other = close_study(study=other, by=other.owner)
    Study.objects.filter(pk=other.pk).update(closed_at=LONG_AGO)

    def delete(*, study: Study, now: dt.datetime) -> int:
        if study == failing:
            raise DatabaseError("disk I/O error")
        return delete_expired_people(study=study, now=now)

    monkeypatch.setattr("studies.management.housekeeping.delete_expired_people", delete)
    with (
        django_capture_on_commit_callbacks(execute=True),  # type: ignore[operator]
        pytest.raises(CommandError, match=f"The people of “{failing.title}” could not be deleted"),
    ):
        run()

    assert failing.observers.filter(label=FINISHED).exists()
    assert not other.observers.filter(label=FINISHED).exists()
    assert list(SignIn.objects.values_list("session_key", flat=True)) == ["new"]
    assert list(Upload.objects.values_list("name", flat=True)) == ["new"]


def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    make_everything()
    before = rows()
    told = run("--dry-run")
    assert rows() == before
    assert [line.replace("To delete:", "Deleted:") for line in told] == run()


def test_a_worker_does_it_every_day() -> None:
    make_everything()
    own = DBTaskResult.objects.filter(task_path=delete_expired_daily.module_path)
    do_due_duties()
    do_due_duties()
    assert own.count() == 1

    delete_expired_daily.call()

    assert not Observer.objects.filter(study__kept_days=30, study__state="closed", detached_at=None).exists()
    Duty.objects.update(due_at=F("due_at") - DELETION_EVERY)
    do_due_duties()
    assert own.count() == 2
