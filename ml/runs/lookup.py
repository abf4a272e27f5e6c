"""Which dataset, classifier, attack or pair set is meant: the one named, or the newest."""

from typing import TypeVar

from django.db import models
from django.utils.translation import gettext

from ml.errors import MlError

Row = TypeVar("Row", bound=models.Model)

# What makes one, when there is none.
MADE_BY = {
    "dataset": "import_ham10000, import_folder or make_synthetic_dataset",
    "classifier": "train_classifier or add_classifier",
    "attack": "train_attack",
    "pair set": "make_pairs",
}


def find_named(model: type[Row], name: str | None) -> Row | None:
    """Return the row of that name; None if there is none."""
    return model._default_manager.filter(name=name).first()


def named_or_newest(model: type[Row], name: str | None) -> Row:
    """Return the row of that name, or the newest if no name is given.

    Raises
    ------
    MlError
        There is none; the message lists those that there are.
    """
    kind = str(model._meta.verbose_name)
    rows = model._default_manager.order_by("-pk")
    found = find_named(model, name) if name else rows.first()
    if found is not None:
        return found
    names = [str(row) for row in rows[:20]]
    if not names:
        raise MlError(
            gettext("There is no %(kind)s yet; `manage.py %(made_by)s` makes one.")
            % {"kind": gettext(kind), "made_by": MADE_BY[kind]}
        )
    raise MlError(
        gettext("There is no %(kind)s named %(name)s. There are: %(listed)s.")
        % {"kind": gettext(kind), "name": repr(name), "listed": ", ".join(names)}
    )
