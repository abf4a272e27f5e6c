"""What rests on a dataset, a classifier, an attack or a pair set: rows that were made of it, and runs that need it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from ml.models import Attack, Classifier, Dataset, PairSet, Run
from ml.models.owned import Owned
from ml.runs.checkpoints import uids_with_checkpoint
from ml.runs.lifecycle import CUT_OFF
from ml.runs.status import ON_THE_WAY

REFERRED_AS: dict[type[Owned], frozenset[str]] = {
    Dataset: frozenset({"dataset"}),
    Classifier: frozenset({"classifier", "continue_from"}),
    Attack: frozenset({"attack", "start_from"}),
    PairSet: frozenset({"pair_set"}),
}
"""Under which options a run names what it uses, by the model of that."""

MAKING: dict[type[Owned], frozenset[str]] = {
    Dataset: frozenset({Run.Kind.IMPORT_DATASET, Run.Kind.IMPORT_PAIRS}),
    Classifier: frozenset({Run.Kind.TRAIN_CLASSIFIER, Run.Kind.ADD_CLASSIFIER}),
    Attack: frozenset({Run.Kind.TRAIN_ATTACK, Run.Kind.IMPORT_PAIRS}),
    PairSet: frozenset({Run.Kind.MAKE_PAIRS, Run.Kind.IMPORT_PAIRS}),
}
"""Which kinds of run make one, or add to one, and name it by their option `name`."""


@dataclass(frozen=True, slots=True)
class Dependent:
    """One row that rests on another, as it is shown to somebody who may see it."""

    name: str
    page: str
    """The name of its page's address."""
    pk: int


@dataclass(frozen=True, slots=True)
class Dependents:
    """Rows of one kind that rest on another row: named as far as somebody may see them, the others counted."""

    kind: str | Promise
    """What they are, in the plural."""
    seen: tuple[Dependent, ...]
    n_unseen: int

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.seen) + self.n_unseen

    @property
    def in_words(self) -> str:
        """Kind and names in one line."""
        others = [gettext("%(count)d that you do not see") % {"count": self.n_unseen}] if self.n_unseen else []
        names = [gettext("“%(name)s”") % {"name": dependent.name} for dependent in self.seen]
        return gettext("%(kind)s: %(names)s") % {"kind": self.kind, "names": ", ".join([*names, *others])}


FindDependents: TypeAlias = Callable[[Owned, User | None], Dependents]
"""Finds what of one kind rests on a row, for somebody to read; None is a command, whose user sees everything."""

_RESTING: list[FindDependents] = []
_NAMING: list[FindDependents] = []


def register(*, resting: FindDependents, naming: FindDependents) -> None:
    """Let another part of the program say what of it rests on rows of the image side, and what names them for good."""
    _RESTING.append(resting)
    _NAMING.append(naming)


def dependents_of(row: Owned, *, seen_by: User | None) -> list[Dependents]:
    """Return what rests on a row and keeps it from being deleted; kinds of which there are none are left out.

    Parameters
    ----------
    row
        A dataset, a classifier, an attack or a pair set.
    seen_by
        Who reads it; None is a command, whose user sees everything.
    """
    found = [
        *(_made_of(row, model, relation, seen_by) for model, relation in _RELATIONS[type(row)]),
        _as_dependents(_UNFINISHED, runs_that_need(row), seen_by),
        *(find(row, seen_by) for find in _RESTING),
    ]
    return [dependents for dependents in found if dependents.count]


def naming_dependents_of(row: Owned, *, seen_by: User | None) -> list[Dependents]:
    """Return what names a row and keeps it from being renamed; kinds of which there are none are left out."""
    found = [
        _as_dependents(_UNFINISHED, runs_that_need(row), seen_by),
        *(find(row, seen_by) for find in _NAMING),
    ]
    return [dependents for dependents in found if dependents.count]


def runs_that_need(row: Owned) -> list[Run]:
    """Return the runs that are queued or running, or can be resumed, and use a row or add to it."""
    return [run for run in _unfinished() if _uses(run, row) or _makes(run, type(row), str(row))]


def runs_that_will_make(model: type[Owned], name: str) -> list[Run]:
    """Return the runs that are queued or running, or can be resumed, and make one of that name."""
    return [run for run in _unfinished() if _makes(run, model, name)]


def _unfinished() -> Iterable[Run]:
    runs = Run.objects.filter(state__in=[*ON_THE_WAY, *CUT_OFF]).defer("curve")
    kept = uids_with_checkpoint()
    return (run for run in runs if run.state in ON_THE_WAY or str(run.options.get("uid")) in kept)


def _uses(run: Run, row: Owned) -> bool:
    return any(run.options.get(option) == str(row) for option in REFERRED_AS[type(row)])


def _makes(run: Run, model: type[Owned], name: str) -> bool:
    return run.kind in MAKING[model] and str(run.options.get("name", "")).strip() == name


_RELATIONS: dict[type[Owned], Sequence[tuple[type[Owned], str]]] = {
    Dataset: [(Classifier, "dataset"), (PairSet, "dataset")],
    Classifier: [(Attack, "classifier")],
    Attack: [(PairSet, "attack")],
    PairSet: [],
}
_UNFINISHED = gettext_lazy("Runs on their way, or cut off and still to be resumed")
_KINDS: dict[type[Owned], Promise] = {
    Classifier: gettext_lazy("Classifiers"),
    Attack: gettext_lazy("Attacks"),
    PairSet: gettext_lazy("Image pairs"),
}
_PAGES: dict[type[Owned], str] = {
    Classifier: "ml:classifier-detail",
    Attack: "ml:attack-detail",
    PairSet: "ml:pair-set-detail",
    Run: "ml:run-detail",
}


def _made_of(row: Owned, model: type[Owned], relation: str, seen_by: User | None) -> Dependents:
    return _as_dependents(_KINDS[model], list(model.objects.filter(**{relation: row})), seen_by)


def _as_dependents(kind: Promise, rows: Sequence[Owned], seen_by: User | None) -> Dependents:
    """Name the rows that somebody sees; all of them are of one model."""
    seen = list(rows)
    if rows and seen_by is not None:
        visible = set(type(rows[0]).objects.visible_to(seen_by).values_list("pk", flat=True))
        seen = [row for row in rows if row.pk in visible]
    named = tuple(Dependent(_name(row), _PAGES[type(row)], row.pk) for row in seen)
    return Dependents(kind, named, len(rows) - len(seen))


def _name(row: Owned) -> str:
    if not isinstance(row, Run):
        return str(row)
    subject = row.options.get("name") or row.options.get("pair_set")
    return f"{row.get_kind_display()}: {subject}"
