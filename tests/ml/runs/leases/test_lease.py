"""Leases: who does a run is settled by its row and the database's clock; whoever lost it writes nothing any more."""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F
from pytest_django import Settings

from ml.errors import MlError
from ml.models import CheckpointPart, Run
from ml.runs import registry
from ml.runs.checkpoints import Checkpoint
from ml.runs.leases.lease import LeaseLostError, fenced_transaction, from_now, lease_is_over
from ml.runs.leases.stopping import StoppingError, ask_for_stop, forget_stop
from ml.runs.lifecycle import perform
from ml.runs.registry import RunKind
from ml.runs.storage import checkpoint_folder
from ml.runs.work import Work
from ml.tasks import enqueue, perform_queued_run
from ml.workers.keeper import look_after_runs
from perception.core.progress import Progress
from perception.versions import versions

pytestmark = pytest.mark.django_db

LENGTH = dt.timedelta(seconds=40)


@dataclass(frozen=True, kw_only=True)
class AccountMaking(Work[User]):
    """Makes an account in three steps; `at_step` happens to it meanwhile."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.OPEN_STUDY
    at_step: ClassVar[Any] = None
    name: str

    def check(self) -> None:
        """Refuse nothing."""

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> User:
        """Keep each step in the checkpoint, and go on from it."""
        checkpoint = Checkpoint(uid, every=0)
        for step in range(len(checkpoint.read("steps") or b""), 3):
            checkpoint.write_if_due("steps", lambda step=step: b"x" * (step + 1))  # type: ignore[misc]
            if type(self).at_step:
                type(self).at_step(run, step)
            progress(step, 3)
        with fenced_transaction():
            return User.objects.create(username=self.name)


@pytest.fixture(autouse=True)
def _account_making(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    monkeypatch.setattr(registry, "_KINDS", {Run.Kind.OPEN_STUDY: RunKind(f"{__name__}.AccountMaking")})
    settings.RUN_LEASE_SECONDS = LENGTH.total_seconds()
    yield
    AccountMaking.at_step = None
    forget_stop()


@contextmanager
def happening(what: Any) -> Iterator[None]:
    AccountMaking.at_step = staticmethod(what)
    yield
    AccountMaking.at_step = None


def queued() -> Run:
    return enqueue(AccountMaking(name="somebody"))


def do(run: Run) -> Run:
    perform_queued_run.call(run.pk)
    run.refresh_from_db()
    return run


def die(run: Run, step: int) -> None:
    """As a process that is killed: nothing is said any more."""
    Run.objects.filter(pk=run.pk).update(lease_until=from_now(-dt.timedelta(seconds=1)))


def lose(run: Run, step: int) -> None:
    """Stand still until another worker has taken the run over and begun it."""
    if step == 1:
        die(run, step)
        look_after_runs()
        Run.objects.filter(pk=run.pk).update(
            state=Run.State.RUNNING, fence=F("fence") + 1, lease_until=from_now(LENGTH), worker="another"
        )


@pytest.mark.parametrize(
    ("ahead", "is_over"),
    [(0.5, False), (40.0, False), (-0.5, True), (100.0, True), (None, True)],
    ids=["held", "just begun", "run out", "clock set back", "never given"],
)
def test_a_lease_is_over_by_the_databases_clock(ahead: float | None, *, is_over: bool) -> None:
    run = queued()
    Run.objects.update(
        state=Run.State.RUNNING, lease_until=None if ahead is None else from_now(dt.timedelta(seconds=ahead))
    )

    assert Run.objects.filter(lease_is_over(), pk=run.pk).exists() is is_over


def test_a_run_is_held_while_it_is_done_and_let_go_after() -> None:
    seen = []
    with happening(lambda run, step: seen.append(Run.objects.exclude(lease_is_over()).filter(pk=run.pk).exists())):
        run = do(queued())

    assert seen == [True, True, True]
    assert (run.state, run.lease_until, run.fence, run.takeovers) == (Run.State.SUCCEEDED, None, 1, 0)
    assert not CheckpointPart.objects.exists()


@pytest.mark.parametrize("is_ended", [True, False])
def test_whoever_lost_a_run_writes_nothing(*, is_ended: bool) -> None:
    """Rows, checkpoint, progress and state stay as the other worker has them."""
    run = queued()

    def lose_it(run: Run, step: int) -> None:
        lose(run, step)
        if step == 1 and is_ended:
            Run.objects.update(state=Run.State.SUCCEEDED)

    with happening(lose_it):
        do(run)

    state = Run.State.SUCCEEDED if is_ended else Run.State.RUNNING
    assert (run.state, run.worker, run.error) == (state, "another", "")
    assert not User.objects.exists()
    assert Checkpoint(run.options["uid"]).read("steps") == b"xx"


def test_a_checkpoint_of_whoever_lost_the_run_leaves_no_file() -> None:
    run = queued()

    def lose_it(run: Run, step: int) -> None:
        lose(run, step)
        if step == 1:
            with pytest.raises(LeaseLostError):
                Checkpoint(run.options["uid"]).write("steps", b"stale")

    with happening(lose_it):
        do(run)

    assert Checkpoint(run.options["uid"]).read("steps") == b"xx"
    assert len(default_storage.listdir(checkpoint_folder(run.options["uid"]))[1]) == 1


def test_rows_are_not_stored_by_whoever_lost_the_run_at_the_last_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that stands still between its last step and its transaction."""
    run = queued()
    from ml.runs.leases import lease

    monkeypatch.setattr(lease.Lease, "step", lambda self: None)
    monkeypatch.setattr(lease.Lease, "check", lambda self: None)

    with happening(lose):
        do(run)

    assert run.worker == "another"

    assert not User.objects.exists()


def test_a_run_whose_worker_died_goes_on_from_its_checkpoint() -> None:
    run = queued()

    def die_at_two(run: Run, step: int) -> None:
        if step == 1:
            die(run, step)
            raise SystemError("the process is killed here")

    with happening(die_at_two), pytest.MonkeyPatch.context() as patch:
        patch.setattr("ml.runs.lifecycle._give_up", lambda *_: None)
        with pytest.raises(SystemError):
            do(run)
    run.refresh_from_db()
    assert run.state == Run.State.RUNNING

    look_after_runs()
    run.refresh_from_db()
    assert (run.state, run.takeovers, run.fence) == (Run.State.QUEUED, 1, 2)

    steps: list[int] = []
    with happening(lambda run, step: steps.append(step)):
        do(run)
    assert steps == [2]
    assert (run.state, run.takeovers) == (Run.State.SUCCEEDED, 1)
    assert User.objects.count() == 1


def test_after_three_takeovers_it_fails_and_says_why() -> None:
    run = queued()
    for taken in range(4):
        assert Run.objects.filter(pk=run.pk, state=Run.State.QUEUED).update(
            state=Run.State.RUNNING, lease_until=None, worker=f"machine-{taken}"
        )
        look_after_runs()

    run.refresh_from_db()
    assert (run.state, run.takeovers) == (Run.State.FAILED, 3)
    assert "Its worker (machine-3) was last heard of at" in run.error
    assert "4 workers ended while they did this run" in run.error


def test_a_cancelled_run_is_not_taken_over() -> None:
    run = queued()
    Run.objects.update(state=Run.State.RUNNING, cancel_asked_at=from_now(dt.timedelta()))

    look_after_runs()

    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED


def test_a_living_run_is_left_alone() -> None:
    run = queued()
    Run.objects.update(state=Run.State.RUNNING, lease_until=from_now(LENGTH))

    look_after_runs()

    run.refresh_from_db()
    assert (run.state, run.fence) == (Run.State.RUNNING, 0)


def test_a_worker_that_is_to_end_hands_its_run_back() -> None:
    run = queued()
    with happening(lambda run, step: ask_for_stop()):
        do(run)

    assert (run.state, run.takeovers) == (Run.State.QUEUED, 0)
    assert len(Checkpoint(run.options["uid"]).read("steps") or b"") > 0
    forget_stop()
    assert do(run).state == Run.State.SUCCEEDED


def test_a_command_that_is_stopped_is_not_taken_over() -> None:
    def stop(run: Run, step: int) -> None:
        raise StoppingError

    with happening(stop), pytest.raises(StoppingError):
        perform(AccountMaking(name="somebody"))
    look_after_runs()

    assert Run.objects.get().state == Run.State.INTERRUPTED


def test_a_command_goes_on_with_the_run_of_a_killed_one() -> None:
    run = queued()
    Checkpoint(run.options["uid"]).write("steps", b"xx")
    Run.objects.update(state=Run.State.RUNNING, is_for_worker=False, versions=versions())

    assert perform(AccountMaking(name="somebody")) == User.objects.get()

    run.refresh_from_db()
    assert run.state == Run.State.SUCCEEDED


@pytest.mark.parametrize("state", [Run.State.QUEUED, Run.State.RUNNING])
def test_a_command_does_not_do_what_is_being_done(state: str) -> None:
    run = queued()
    Run.objects.update(state=state, lease_until=from_now(LENGTH))

    with pytest.raises(MlError, match=f"Run {run.pk} .* does the very same"):
        perform(AccountMaking(name="somebody"))


def test_what_a_worker_stored_before_it_died_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = User.objects.create(username="somebody")
    monkeypatch.setitem(
        registry._KINDS, Run.Kind.OPEN_STUDY, RunKind(f"{__name__}.AccountMaking", made=f"{__name__}.account_of")
    )

    run = do(queued())

    assert (run.state, run.result) == (Run.State.SUCCEEDED, {"kind": "user", "name": str(somebody)})


def account_of(run: Run) -> User | None:
    """Return the account that a run made."""
    return User.objects.filter(username=run.options["name"]).first()


def test_half_done_work_of_another_version_is_begun_anew() -> None:
    run = queued()
    Checkpoint(run.options["uid"]).write("steps", b"xx")
    Run.objects.update(versions={"perception": "0.1"})
    steps: list[int] = []

    with happening(lambda run, step: steps.append(step)):
        do(run)

    assert steps == [0, 1, 2]


def test_files_of_an_earlier_worker_that_no_row_speaks_of_go_at_the_end() -> None:
    from ml.runs.cleanup import remove_unfinished_files

    run = Run.objects.create(kind=Run.Kind.TRAIN_CLASSIFIER, options={"uid": str(uuid.uuid4())})
    mine = default_storage.save(f"networks/{run.options['uid']}-1.keras", ContentFile(b"stale"))
    other = default_storage.save(f"networks/{uuid.uuid4()}-1.keras", ContentFile(b"another's"))

    assert remove_unfinished_files(run) == 1

    assert not default_storage.exists(mine)
    assert default_storage.exists(other)
    default_storage.delete(other)
