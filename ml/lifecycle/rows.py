"""A row that is about to be renamed or deleted, held against everybody else."""

from typing import TypeVar

from django.contrib.auth.models import User
from django.utils.translation import gettext

from ml.errors import MlError
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
