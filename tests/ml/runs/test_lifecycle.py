"""Runs that are cancelled, that go on where they were, and whose remains are removed."""

import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError

from ml.classifiers.training import ClassifierTraining
from ml.classifiers.weights import store_weights
from ml.errors import MlError
from ml.models import Classifier, Dataset, Run
from ml.runs.checkpoints import Checkpoint, has_checkpoint
from ml.runs.leases.lease import from_now
from ml.runs.lifecycle import (
    RunCancelledError,
    can_resume,
    cancel,
    discard,
    interrupt_abandoned_commands,
    perform,
    perform_as_asked,
    take_over,
)
from ml.tasks import enqueue, put_in_queue, resume
from tests.ml.factories import make_dataset

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("tensorflow"),
    pytest.mark.usefixtures("eager_networks"),
]

TRAINING: dict[str, Any] = {"architecture": "densenet-tiny", "image_size": 24, "steps": 5, "batch_size": 4}


@pytest.fixture(autouse=True)
def every_step(settings: Any, tmp_path: Path) -> None:
    settings.CHECKPOINT_SECONDS = 0
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def work() -> ClassifierTraining:
    return ClassifierTraining(dataset=make_dataset(), name="c", **TRAINING)


def at_step(step: int, do: Callable[[], None]) -> Callable[..., None]:
    def progress(done: int, total: int, note: str = "", figures: object = None) -> None:
        if figures and done == step:
            do()

    return progress


def stop() -> None:
    raise KeyboardInterrupt


def ask_for_the_end() -> None:
    cancel(Run.objects.get())


def cut_off_run(work: ClassifierTraining) -> Run:
    with pytest.raises(KeyboardInterrupt):
        perform(work, progress=at_step(3, stop))
    return Run.objects.get()


def queued_run(dataset: Dataset, state: str = Run.State.QUEUED) -> Run:
    asked = ClassifierTraining(dataset=dataset, name="c", **TRAINING).as_options()
    return Run.objects.create(kind=Run.Kind.TRAIN_CLASSIFIER, state=state, options={**asked, "uid": str(uuid.uuid4())})


@pytest.mark.training
def test_the_same_work_goes_on_in_the_same_run(work: ClassifierTraining) -> None:
    run = cut_off_run(work)
    assert run.state == Run.State.INTERRUPTED
    assert "goes on from there" in run.error
    assert can_resume(run)

    classifier = perform(work)

    run = Run.objects.get()
    assert (run.state, run.error) == (Run.State.SUCCEEDED, "")
    assert classifier.run == run
    places = [step for step, _ in run.curve]
    assert places[-1] == 5
    assert places == sorted(set(places)), "steps that were done again are drawn once"
    assert set(run.curve[0][1]) == {"loss", "accuracy"}
    assert not has_checkpoint(run.options["uid"])
    with pytest.raises(MlError, match=r"succeeded. was not cut off"):
        resume(run)


@pytest.mark.training
def test_other_work_does_not_take_up_the_run(work: ClassifierTraining) -> None:
    first = cut_off_run(work)

    perform(ClassifierTraining(dataset=work.dataset, name="c", **TRAINING | {"steps": 2}))

    first.refresh_from_db()
    assert first.state == Run.State.INTERRUPTED
    assert Run.objects.count() == 2


@pytest.mark.training
def test_what_another_version_of_the_program_began_is_begun_anew(work: ClassifierTraining) -> None:
    first = cut_off_run(work)
    Run.objects.update(versions={"perception": "0.0"})

    steps: list[int] = []
    perform(work, progress=lambda done, total, note="", figures=None: steps.append(done))

    assert Run.objects.get() == first
    assert min(step for step in steps if step) == 1, "from the first step, not from the checkpoint"
    assert not has_checkpoint(first.options["uid"])


@pytest.mark.training
@pytest.mark.django_db(transaction=True)
def test_an_interrupted_run_is_resumed_by_the_worker(work: ClassifierTraining) -> None:
    run = cut_off_run(work)

    resume(run)
    with pytest.raises(MlError, match=r"queued. was not cut off"):
        resume(run)
    call_command("db_worker", "--batch", "--no-startup-delay", "--no-reload", verbosity=0)

    run.refresh_from_db()
    assert run.state == Run.State.SUCCEEDED
    assert Classifier.objects.get().run == run


@pytest.mark.training
def test_a_running_run_is_cancelled_and_can_be_resumed(work: ClassifierTraining, monkeypatch: Any) -> None:
    monkeypatch.setattr("ml.runs.lifecycle.NOTE_EVERY", 0.0)

    with pytest.raises(RunCancelledError):
        perform(work, progress=at_step(2, ask_for_the_end))

    run = Run.objects.get()
    assert run.state == Run.State.CANCELLED
    assert run.error.startswith("Somebody cancelled it.")
    assert not Classifier.objects.exists()
    assert perform(work).run == run


@pytest.mark.django_db(transaction=True)
def test_a_queued_run_is_cancelled_at_once_and_the_worker_leaves_it_alone(work: ClassifierTraining) -> None:
    run = enqueue(work)

    cancel(run)
    call_command("db_worker", "--batch", "--no-startup-delay", "--no-reload", verbosity=0)

    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    assert not Classifier.objects.exists()


@pytest.mark.parametrize("state", [Run.State.SUCCEEDED, Run.State.FAILED, Run.State.CANCELLED])
def test_what_has_ended_cannot_be_cancelled(state: str) -> None:
    run = queued_run(make_dataset(), state)

    with pytest.raises(MlError, match="has ended already"):
        cancel(run)


def test_the_remains_of_a_run_are_removed_when_somebody_asks() -> None:
    run = queued_run(make_dataset(), Run.State.RUNNING)
    with pytest.raises(MlError, match="cancel it first"):
        discard(run)
    run.state = Run.State.INTERRUPTED
    run.save()
    Checkpoint(run.options["uid"]).write("training.npz", b"state")
    left, _ = store_weights(b"half-made", uid=run.options["uid"])

    discard(run)

    assert not can_resume(run)
    assert not default_storage.exists(left)


def test_a_killed_command_that_left_a_state_keeps_its_files() -> None:
    run = queued_run(make_dataset(), Run.State.RUNNING)
    Checkpoint(run.options["uid"]).write("training.npz", b"state")
    left, _ = store_weights(b"half-made", uid=run.options["uid"])

    assert interrupt_abandoned_commands() == 1

    run.refresh_from_db()
    assert can_resume(run)
    assert default_storage.exists(left)


def test_a_database_that_was_away_is_not_the_runs_fault(
    work: ClassifierTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its worker leaves it; when the lease is over, another goes on with it."""
    run = enqueue(work)
    fails_with(OperationalError("server closed the connection unexpectedly"), monkeypatch)

    with pytest.raises(OperationalError):
        perform_as_asked(run, when_stopped=cancel)

    run.refresh_from_db()
    assert (run.state, run.error) == (Run.State.RUNNING, "")
    Run.objects.update(lease_until=from_now(-dt.timedelta(hours=1)))
    run.refresh_from_db()
    assert take_over(run, queue=put_in_queue)
    run.refresh_from_db()
    assert (run.state, run.takeovers) == (Run.State.QUEUED, 1)


def test_a_statement_that_is_wrong_is_the_programs_fault(
    work: ClassifierTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = enqueue(work)
    fails_with(ProgrammingError("no such column"), monkeypatch)

    with pytest.raises(ProgrammingError):
        perform_as_asked(run, when_stopped=cancel)

    run.refresh_from_db()
    assert run.state == Run.State.FAILED


def fails_with(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every training fail."""

    def fail(self: ClassifierTraining, **_: object) -> None:
        raise error

    monkeypatch.setattr(ClassifierTraining, "carry_out", fail)
