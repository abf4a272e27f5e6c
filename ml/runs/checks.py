"""Checks that every kind of work shares, and names for what it makes."""

import math
from collections.abc import Collection, Iterable

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext

from ml.errors import MlError
from ml.models import Dataset, Image
from ml.models.owned import Owned
from perception.core.formatting import localized
from perception.core.seeds import LARGEST_TRAINING_SEED, is_seed


def check_name(model: type[models.Model], name: str) -> None:
    """Refuse an empty, overlong or taken name."""
    kind = gettext(str(model._meta.verbose_name))
    longest = longest_name(model)
    if not name.strip():
        raise MlError(gettext("The %(kind)s needs a name.") % {"kind": kind})
    if len(name) > longest:
        raise MlError(
            gettext("The name of a %(kind)s has at most %(longest)s characters; this one has %(n)s.")
            % {"kind": kind, "longest": longest, "n": len(name)}
        )
    if model._default_manager.filter(name=name).exists():
        raise MlError(
            gettext("There is a %(kind)s named %(name)s already; give another name (--name).")
            % {"kind": kind, "name": repr(name)}
        )


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
            raise MlError(
                gettext("%(name)s is to be above 0, not %(number)s.")
                % {"name": _option(name), "number": localized(f"{number:g}")}
            )


def check_seed(seed: int) -> None:
    """Refuse a seed that a generator of random numbers does not take."""
    if not is_seed(seed, largest=LARGEST_TRAINING_SEED):
        raise MlError(
            gettext("--seed is a whole number from 0 to %(largest)s, not %(seed)s.")
            % {"largest": LARGEST_TRAINING_SEED, "seed": seed}
        )


def check_one_of(name: str, value: str, known: Collection[str]) -> None:
    """Refuse a value that is not known, naming those that are."""
    if value not in known:
        raise MlError(
            gettext("%(name)s is one of %(listed)s; not %(value)s.")
            % {"name": _option(name), "listed": ", ".join(known), "value": repr(value)}
        )


def check_has_images(dataset: Dataset, split: str) -> None:
    """Refuse a side of the split without images."""
    check_one_of("split", split, Image.Split.values)
    if not dataset.images.filter(split=split).exists():
        raise MlError(
            gettext("The dataset %(name)s has no %(split)s images.") % {"name": dataset.name, "split": gettext(split)}
        )


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
            raise MlError(
                gettext("There is no %(verbose_name)s %(row)s that %(user)s may use.")
                % {
                    "verbose_name": gettext(str(row._meta.verbose_name)),
                    "row": repr(str(row)),
                    "user": by.get_username(),
                }
            )


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
            raise MlError(
                gettext("The %(kind)s %(row)s was renamed or deleted meanwhile: look again.")
                % {"kind": gettext(str(row._meta.verbose_name)), "row": repr(str(row))}
            )


def check_may_change(row: Owned | None, by: User | None) -> None:
    """Refuse to add to what is somebody else's; `by=None` is a command, whose user may do everything.

    Raises
    ------
    MlError
        It is somebody else's, and says whose.
    """
    if row is not None and by is not None and not row.may_be_changed_by(by):
        raise MlError(
            gettext(
                "There is a %(verbose_name)s %(row)s already, of %(owner)s: only they may add to it. Give "
                "another name (--name)."
            )
            % {"verbose_name": gettext(str(row._meta.verbose_name)), "row": repr(str(row)), "owner": row.owner}
        )
