"""What each worker looks after beside its own work: lost runs and tasks, regular duties, who lives."""

import datetime as dt
import threading
import time
from pathlib import Path

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from ml.classifiers.training import ClassifierTraining
from ml.models import Duty, Run, Worker
from ml.runs.checkpoints import Checkpoint, has_checkpoint
from ml.runs.leases.lease import from_now
from ml.runs.leases.process import this_process
from ml.tasks import enqueue
from ml.workers import duties
from ml.workers.database_queue import fail_lost_tasks, forget_done_tasks
from ml.workers.duties import RegularTask, do_due_duties
from ml.workers.keeper import Keeper, look_after_runs, queue_what_was_lost, remove_finished_checkpoints
from ml.workers.presence import forget_the_silent, note_death, say_goodbye, say_that_it_lives
from tests.ml.factories import make_dataset

pytestmark = pytest.mark.django_db

LONG_AGO = -dt.timedelta(hours=5)


@pytest.fixture
def run() -> Run:
    return enqueue(ClassifierTraining(dataset=make_dataset(), name="net", architecture="densenet-tiny"))


def tasks() -> list[str]:
    return sorted(DBTaskResult.objects.values_list("status", flat=True))


def test_a_worker_says_that_it_lives_and_what_it_does(run: Run) -> None:
    Run.objects.update(state=Run.State.RUNNING, worker=this_process())

    say_that_it_lives()
    say_that_it_lives()

    worker = Worker.objects.get()
    assert (worker.name, worker.doing) == (this_process(), run)
    say_goodbye()
    assert not Worker.objects.exists()


def test_it_is_known_to_live_before_it_can_begin_with_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", lambda thread: None)

    Keeper().start()

    assert Worker.objects.get().name == this_process()


@pytest.mark.parametrize("ago", [LONG_AGO, -LONG_AGO], ids=["silent", "clock set back"])
def test_who_is_silent_is_forgotten(ago: dt.timedelta) -> None:
    say_that_it_lives()
    forget_the_silent()
    assert Worker.objects.exists()

    Worker.objects.update(heard_at=from_now(ago))
    forget_the_silent()

    assert not Worker.objects.exists()


def test_the_run_of_a_worker_that_is_known_to_have_died_goes_on_at_once(run: Run) -> None:
    say_that_it_lives()
    Run.objects.update(state=Run.State.RUNNING, worker=this_process(), lease_until=from_now(dt.timedelta(seconds=30)))
    look_after_runs()
    run.refresh_from_db()
    assert run.state == Run.State.RUNNING

    note_death(Worker.objects.get().pid)
    look_after_runs()

    run.refresh_from_db()
    assert (run.state, run.takeovers) == (Run.State.QUEUED, 1)
    assert not Worker.objects.exists()


def test_a_run_that_no_queue_holds_is_queued_again_once(run: Run) -> None:
    assert queue_what_was_lost(among=Run.objects.all()) == 0
    Run.objects.update(queued_at=from_now(LONG_AGO))
    assert queue_what_was_lost(among=Run.objects.all()) == 0, "the queue holds it, however long"

    DBTaskResult.objects.all().delete()
    assert queue_what_was_lost(among=Run.objects.all()) == 1
    assert queue_what_was_lost(among=Run.objects.all()) == 0
    assert tasks() == ["READY"]


def test_a_run_that_never_reached_its_queue_is_queued_as_soon_as_it_can_be(run: Run, settings: Settings) -> None:
    """Its times are as the database writes them, to the millisecond."""
    settings.RUN_LEASE_SECONDS = 0.0
    DBTaskResult.objects.all().delete()
    Run.objects.update(task_id="", queued_at=Now())
    time.sleep(0.01)

    assert queue_what_was_lost(among=Run.objects.filter(task_id="")) == 1

    assert tasks() == ["READY"]


def test_a_run_whose_worker_died_before_it_began_is_queued_again(run: Run) -> None:
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, worker_ids=["dead"])
    Run.objects.update(queued_at=from_now(LONG_AGO))

    assert queue_what_was_lost(among=Run.objects.all()) == 1
    assert fail_lost_tasks() == 1

    assert tasks() == ["FAILED", "READY"]
    run.refresh_from_db()
    assert run.state == Run.State.QUEUED


def test_a_task_of_a_living_worker_is_left_alone(run: Run) -> None:
    say_that_it_lives()
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, worker_ids=["dead", this_process()])

    assert fail_lost_tasks() == 0


def test_tasks_that_were_done_long_ago_are_forgotten(run: Run) -> None:
    DBTaskResult.objects.update(status=TaskResultStatus.SUCCESSFUL, finished_at=from_now(LONG_AGO))
    forget_done_tasks()
    assert tasks() == ["SUCCESSFUL"]

    DBTaskResult.objects.update(finished_at=from_now(-dt.timedelta(days=2)))
    forget_done_tasks()
    assert tasks() == []


def test_the_checkpoint_of_a_run_that_succeeded_goes(run: Run, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    uid = run.options["uid"]
    Checkpoint(uid).write("part", b"state")
    remove_finished_checkpoints()
    assert has_checkpoint(uid)

    Run.objects.update(state=Run.State.SUCCEEDED)
    remove_finished_checkpoints()

    assert not has_checkpoint(uid)


def test_what_is_regular_is_queued_when_it_is_due_by_one_of_all_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[str] = []
    monkeypatch.setattr(
        duties, "_REGULAR", {"daily": RegularTask(dt.timedelta(days=1), lambda: queued.append("daily"))}
    )

    do_due_duties()
    do_due_duties()
    assert queued == ["daily"], "at the first start, and then tomorrow"

    Duty.objects.update(due_at=F("due_at") - dt.timedelta(days=1, seconds=1))
    do_due_duties()
    do_due_duties()
    assert queued == ["daily", "daily"]

    Duty.objects.update(due_at=from_now(dt.timedelta(days=30)))  # the clock was set back by a month
    do_due_duties()
    assert queued == ["daily"] * 3
