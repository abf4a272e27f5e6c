"""Kinds of runs that another app brings: one task does them all."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.contrib.auth.models import User
from django.utils.module_loading import import_string

from ml import tasks
from ml.models import Run
from ml.runs import registry
from ml.runs.lifecycle import discard
from ml.runs.registry import RunKind, register, registered_kinds, work_class
from ml.runs.work import Work
from ml.tasks import enqueue, perform_queued_run
from perception.core.progress import Progress

pytestmark = pytest.mark.django_db

OWN = frozenset(Run.Kind) - {Run.Kind.OPEN_STUDY, Run.Kind.MAKE_REPORT}


@dataclass(frozen=True, kw_only=True)
class AccountMaking(Work[User]):
    """Makes an account."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.OPEN_STUDY
    name: str

    def check(self) -> None:
        """Refuse nothing."""

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> User:
        """Make it."""
        progress(1, 1)
        return User.objects.create(username=self.name)


removed: list[Run] = []
done: list[Run] = []


def remove(run: Run) -> int:
    """Note that it was asked."""
    removed.append(run)
    return 0


def note(run: Run) -> None:
    """Note that it was done."""
    done.append(run)


@pytest.fixture
def _account_making(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    here = f"{__name__}."
    monkeypatch.setattr(registry, "_KINDS", dict(registry._KINDS))
    register(
        Run.Kind.OPEN_STUDY,
        RunKind(here + "AccountMaking", remove_unfinished=here + "remove", after_success=here + "note"),
    )
    yield
    removed.clear()
    done.clear()


def test_every_kind_of_this_app_is_registered_as_itself() -> None:
    assert set(registered_kinds()) >= OWN
    assert {kind: work_class(kind).run_kind for kind in OWN} == {kind: kind for kind in OWN}


@pytest.mark.usefixtures("_account_making")
def test_a_kind_of_another_app_is_done_by_the_same_task() -> None:
    run = enqueue(AccountMaking(name="somebody"))

    perform_queued_run.call(run.pk)

    run.refresh_from_db()
    assert (run.state, run.result) == (Run.State.SUCCEEDED, {"kind": "user", "name": "somebody"})
    assert done == [run]


@pytest.mark.usefixtures("_account_making")
def test_what_it_left_is_removed_as_it_says() -> None:
    run = enqueue(AccountMaking(name="somebody"))
    Run.objects.update(state=Run.State.INTERRUPTED)

    discard(run)

    assert removed == [run]


@pytest.mark.parametrize(
    "name",
    [
        "import_dataset",
        "train_classifier",
        "add_classifier",
        "train_attack",
        "make_pairs",
        "import_pairs",
        "evaluate_attack",
        "measure_survival",
        "train_model_observer",
        "train_machine_observer",
    ],
)
def test_a_task_that_was_queued_under_the_name_of_its_kind_is_found(name: str) -> None:
    assert import_string(f"ml.tasks.{name}") is tasks.perform_queued_run
