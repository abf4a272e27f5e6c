"""The model observer was called machine observer in earlier versions: what they stored and queued is still good."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string
from pytest_django import Settings

from ml import tasks
from ml.models import Dataset, ModelObserver, Run
from tests.ml.network_rows import make_classifier
from tests.ml.pair_rows import make_pair_set

BEFORE = ("ml", "0002_runs_on_the_way")
TABLE = {"auc": {"value": 0.75}, "seed": 3}


@pytest.mark.django_db(transaction=True)
def test_rows_are_kept_by_the_migration(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.MIGRATION_MODULES = {}  # the tests' tables are made from the models, as if by all migrations
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes(), fake=True)
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()  # of the studies, too: some of theirs rest on migrations of ml
    pair_set = make_pair_set(make_classifier())
    run = Run.objects.create(kind="train_machine_observer")
    executor.migrate([BEFORE])
    try:
        earlier = executor.loader.project_state([BEFORE]).apps.get_model("ml", "MachineObserver")
        earlier._default_manager.create(pair_set_id=pair_set.pk, run_id=run.pk, table=TABLE)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(newest)

    kept = ModelObserver.objects.get()

    assert kept.table == TABLE
    # What held for images of that version, and holds for those that are brought in now only where it is asked for.
    dataset = Dataset.objects.get()
    assert (dataset.fit, dataset.colours) == (Dataset.Fit.SQUEEZE, Dataset.Colours.AS_STORED)
    assert (Dataset().fit, Dataset().colours) == (Dataset.Fit.CROP, Dataset.Colours.SRGB)
    assert (pair_set.model_observer, run.model_observers.get()) == (kept, kept)
    assert Run(kind="train_machine_observer").get_kind_display() == "train a model observer"


def test_a_task_that_was_queued_by_an_earlier_version_is_found() -> None:
    assert import_string("ml.tasks.train_machine_observer") is tasks.train_model_observer
    assert Run.Kind("train_machine_observer") is Run.Kind.TRAIN_MODEL_OBSERVER


@pytest.mark.django_db
def test_the_command_of_earlier_versions_names_the_new_one() -> None:
    told = io.StringIO()

    with pytest.raises(CommandError, match="There is no pair set"):
        call_command("train_machine_observer", stderr=told)

    assert "is called train_model_observer now" in told.getvalue()
