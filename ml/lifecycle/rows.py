"""A row that is about to be renamed or deleted, held against everybody else; and the names of pairs that are used."""

from collections.abc import Iterable
from typing import TypeVar

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from ml.errors import MlError
from ml.models import Attack, Classifier, Dataset, PairSet
from ml.models.owned import Owned

Row = TypeVar("Row", bound=Owned)


def locked(row: Row, *, by: User | None) -> Row:
    """Return the row as it is now, locked until the transaction's end. `by=None` is a command.

    Raises
    ------
    MlError
        It was deleted meanwhile, or only its owner or an administrator may do this.
    """
    now = type(row).objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if now is None:
        raise MlError(gettext("“%(name)s” was deleted meanwhile.") % {"name": row})
    if by is not None and not now.is_managed_by(by):
        raise MlError(
            gettext("Only the owner of “%(name)s”, or an administrator, renames or deletes it.") % {"name": now}
        )
    return now


def pair_sets_of(row: Owned) -> QuerySet[PairSet]:
    """Return the pair sets that were made of a row, or the one that it is."""
    match row:
        case PairSet():
            return PairSet.objects.filter(pk=row.pk)
        case Attack():
            return PairSet.objects.filter(attack=row)
        case Classifier():
            return PairSet.objects.filter(attack__classifier=row)
        case Dataset():
            return PairSet.objects.filter(Q(dataset=row) | Q(attack__classifier__dataset=row))
    return PairSet.objects.none()


def hold_names(pair_sets: Iterable[int | None]) -> None:
    """Let nobody rename pair sets, or what they were made from, until the transaction's end.

    For whoever writes down their names: who renames holds the same pair sets first, and then sees what was written.
    What was read of them before may be out of date.

    Parameters
    ----------
    pair_sets
        Their primary keys; None is passed over.
    """
    held = PairSet.objects.select_for_update(of=("self",)).filter(pk__in=[pk for pk in pair_sets if pk is not None])
    list(held.order_by("pk").values_list("pk"))
