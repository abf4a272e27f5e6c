"""What a form checks, it checks before it writes: nobody's answer waits for a slow disk."""

import threading
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ml.classifiers.training import ClassifierTraining
from ml.datasets.import_run import DatasetImporting
from ml.models import Classifier, Run
from ml.pages.forms.classifier import ClassifierForm
from tests.ml.factories import make_dataset
from tests.studies.factories import make_researcher


@pytest.fixture
def browser(transactional_db: None, client: Client) -> Client:
    client.force_login(make_researcher())
    return client


def test_others_write_while_a_form_is_checked(
    browser: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMPORT_ROOTS = (tmp_path,)
    failures: list[Exception] = []

    def write() -> None:
        try:
            if connection.vendor == "sqlite":
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA busy_timeout = 100")
            User.objects.create_user("observer")
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    def check(work: DatasetImporting) -> None:
        """Stand for a folder on a slow disk: it is read for as long as the other's write takes."""
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(30)

    monkeypatch.setattr(DatasetImporting, "check", check)
    browser.post(
        f"{reverse('ml:dataset-create')}?source=folder",
        {"folder": tmp_path, "name": "moles", "test_share": "0.2", "seed": "0"},
    )

    assert failures == []
    assert User.objects.filter(username="observer").exists()
    assert Run.objects.get().options["name"] == "moles"


def test_a_name_taken_during_the_check_is_not_given_twice(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, owner = make_dataset(), make_researcher()
    fields = {
        "dataset": dataset.pk,
        "architecture": "densenet-tiny",
        "epochs": "2",
        "batch_size": "4",
        "weights_low": "0",
        "weights_high": "1",
        "seed": "3",
    }
    asked: list[bool] = []

    def ask() -> Run:
        form = ClassifierForm(fields, by=owner)
        assert form.is_valid()
        return form.enqueue(by=owner)[0]

    def check(work: ClassifierTraining) -> None:
        assert not connection.in_atomic_block
        if not asked:
            asked.append(True)
            ask()

    monkeypatch.setattr(ClassifierTraining, "check", check)
    ask()

    names = [run.options["name"] for run in Run.objects.order_by("pk")]
    assert names == ["lesions densenet-tiny", "lesions densenet-tiny 2"]
    assert not Classifier.objects.exists()
