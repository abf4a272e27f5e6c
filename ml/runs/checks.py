"""Checks that every kind of work shares, and names for what it makes."""

import math
from collections.abc import Collection, Iterable

from django.contrib.auth.models import User
from django.db import models

from ml.errors import MlError
from ml.models import Dataset, Image
from ml.models.owned import Owned
from perception.core.seeds import LARGEST_TRAINING_SEED, is_seed


def check_name(model: type[models.Model], name: str) -> None:
    """Refuse an empty, overlong or taken name."""
    kind = model._meta.verbose_name
    longest = longest_name(model)
    if not name.strip():
        raise MlError(f"The {kind} needs a name.")
    if len(name) > longest:
        raise MlError(f"The name of a {kind} has at most {longest} characters; this one has {len(name)}.")
    if model._default_manager.filter(name=name).exists():
        raise MlError(f"There is a {kind} named {name!r} already; give another name (--name).")


def unique_name(model: type[models.Model], base: str) -> str:
    """Return `base`, or `base 2`, `base 3` …: the first that no row of the model has."""
    longest = longest_name(model)
    taken = set(model._default_manager.values_list("name", flat=True))
    candidate, number = base[:longest], 1
    while candidate in taken:
        number += 1
        ending = f" {number}"
        candidate = base[: longest - len(ending)] + ending
    return candidate


def check_positive(**numbers: float) -> None:
    """Refuse numbers that are not above 0; the keywords are the options' names."""
    for name, number in numbers.items():
        if not (math.isfinite(number) and number > 0):
            raise MlError(f"{_option(name)} is to be above 0, not {number:g}.")


def check_seed(seed: int) -> None:
    """Refuse a seed that a generator of random numbers does not take."""
    if not is_seed(seed, largest=LARGEST_TRAINING_SEED):
        raise MlError(f"--seed is a whole number from 0 to {LARGEST_TRAINING_SEED}, not {seed}.")


def check_one_of(name: str, value: str, known: Collection[str]) -> None:
    """Refuse a value that is not known, naming those that are."""
    if value not in known:
        raise MlError(f"{_option(name)} is one of {', '.join(known)}; not {value!r}.")


def check_has_images(dataset: Dataset, split: str) -> None:
    """Refuse a side of the split without images."""
    check_one_of("split", split, Image.Split.values)
    if not dataset.images.filter(split=split).exists():
        raise MlError(f"The dataset {dataset.name} has no {split} images.")


def longest_name(model: type[models.Model]) -> int:
    """Return how many characters a name of the model has at most."""
    field = model._meta.get_field("name")
    return int(getattr(field, "max_length", None) or 100)


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def check_may_use(rows: Iterable[object], by: User | None) -> None:
    """Refuse to use what somebody keeps to themselves; `by=None` is a command, whose user may do everything.

    Raises
    ------
    MlError
        One of the rows is private. It is not said whose: who asks need not know that it is there.
    """
    for row in rows:
        if by is not None and isinstance(row, Owned) and not row.may_be_used_by(by):
            raise MlError(f"There is no {row._meta.verbose_name} {str(row)!r} that {by.get_username()} may use.")


def check_still_there(rows: Iterable[object]) -> None:
    """Refuse to use what was renamed or deleted meanwhile, and hold the rest as it is until the transaction's end.

    Raises
    ------
    MlError
        One of the rows is not there any more, or not under the name that it was read with.
    """
    for row in rows:
        if not isinstance(row, Owned):
            continue
        now = type(row).objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
        if now is None or str(now) != str(row):
            raise MlError(f"The {row._meta.verbose_name} {str(row)!r} was renamed or deleted meanwhile: look again.")


def check_may_change(row: Owned | None, by: User | None) -> None:
    """Refuse to add to what is somebody else's; `by=None` is a command, whose user may do everything.

    Raises
    ------
    MlError
        It is somebody else's, and says whose.
    """
    if row is not None and by is not None and not row.may_be_changed_by(by):
        raise MlError(
            f"There is a {row._meta.verbose_name} {str(row)!r} already, of {row.owner}: only they may add to it. Give "
            "another name (--name)."
        )
