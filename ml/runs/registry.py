"""Which work each kind of run is: what a worker reads a queued run by.

Each Django app registers its own kinds when it is ready, by the places of the classes: so the queue imports nothing of
what carries a run out until a worker does it, and parts of the program that this one does not know have runs as well.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from django.db import models
from django.utils.module_loading import import_string

from ml.models import Run
from ml.runs.work import Work


@dataclass(frozen=True, slots=True)
class RunKind:
    """One kind of run, by the dotted names of what it needs."""

    work: str
    """The subclass of `Work` that a worker makes of the run's options."""
    remove_unfinished: str | None = None
    """A function that removes the files of a run that made nothing, and returns how many; it is given the run."""
    made: str | None = None
    """A function that returns what a run has stored already, or None; it is given the run. It is asked where a worker
    died: may be after the rows were stored and before it could say so. Without it such a run is done again."""
    after_success: str | None = None
    """A function that is called once a worker has done such a run; it is given the run."""


_KINDS: dict[str, RunKind] = {}


def register(kind: Run.Kind, registered: RunKind) -> None:
    """Let runs of this kind be done as registered."""
    _KINDS[kind] = registered


def registered_kinds() -> Iterator[Run.Kind]:
    """Yield the kinds that a worker can do."""
    return map(Run.Kind, _KINDS)


def work_class(kind: str) -> type[Work[models.Model]]:
    """Return the class of the work of runs of a kind; it is imported now.

    Raises
    ------
    KeyError
        No app registered such a kind.
    """
    return cast("type[Work[models.Model]]", import_string(_KINDS[kind].work))


def remover_of_unfinished(kind: str) -> Callable[[Run], int] | None:
    """Return what removes the files of an unfinished run of a kind; None where the kind registered nothing for that."""
    registered = _KINDS.get(kind)
    if registered is None or registered.remove_unfinished is None:
        return None
    return cast("Callable[[Run], int]", import_string(registered.remove_unfinished))


def finder_of_made(kind: str) -> Callable[[Run], models.Model | None] | None:
    """Return what finds the row that a run of a kind has stored; None where the kind registered nothing for that."""
    registered = _KINDS.get(kind)
    if registered is None or registered.made is None:
        return None
    return cast("Callable[[Run], models.Model | None]", import_string(registered.made))


def after_success(run: Run) -> None:
    """Do what is to be done once a worker has done the run."""
    function = _KINDS[run.kind].after_success
    if function is not None:
        import_string(function)(run)
