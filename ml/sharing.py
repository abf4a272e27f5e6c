"""Sharing what one has made with all researchers, and keeping it to oneself again."""

from django.contrib.auth.models import User
from django.utils.translation import gettext

from ml.errors import MlError
from ml.models.owned import Owned


def set_shared(*, row: Owned, shared: bool, by: User | None) -> None:
    """Let every researcher use a row, or its owner alone; `by=None` is a command.

    Studies and images that others have made of it meanwhile stay as they are.

    Raises
    ------
    MlError
        It has no owner, and so is everybody's; or it is somebody else's.
    """
    kind = gettext(str(row._meta.verbose_name))
    if row.owner is None:
        raise MlError(
            gettext("The %(kind)s %(row)s has no owner: every researcher may use it.")
            % {"kind": kind, "row": repr(str(row))}
        )
    if by is not None and not row.may_be_changed_by(by):
        raise MlError(
            gettext("The %(kind)s %(row)s is %(owner)s’s: they alone share it.")
            % {"kind": kind, "row": repr(str(row)), "owner": row.owner}
        )
    row.is_shared = shared
    row.save(update_fields=["is_shared"])
