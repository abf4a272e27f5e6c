"""A piece of long work as it is asked for: one description that a command, the queue and a worker share."""

import typing
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import ClassVar, Generic, Self, TypeVar

from django.db import models
from django.utils.translation import gettext

from ml.errors import MlError
from ml.models import Run
from ml.models.owned import Owned
from ml.runs.lookup import find_named
from perception.core.progress import Progress

Made_co = TypeVar("Made_co", bound=models.Model, covariant=True)


@dataclass(frozen=True, kw_only=True)
class Work(ABC, Generic[Made_co]):
    """What is asked of one run, and how it is done. `ml.runs.lifecycle.perform` and `ml.tasks.enqueue` take it.

    Subclasses are frozen, keyword-only dataclasses; their fields are the options: plain JSON values, and models that
    have a unique `name`, which is also how they print.
    """

    run_kind: ClassVar[Run.Kind]
    ways: ClassVar[frozenset[str]] = frozenset()
    """Options that say how the work is done and change nothing of what it makes."""

    @abstractmethod
    def check(self) -> None:
        """Refuse at once what could only fail after long work.

        Raises
        ------
        MlError
            With what is wrong and what to do about it.
        """

    def changes(self) -> Owned | None:
        """Return what is there already and would be changed; None where something new is made."""
        return None

    @abstractmethod
    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> Made_co:
        """Do the work and return the saved model. Files are named after `uid`, so that what is left can be found."""

    def as_options(self) -> dict[str, object]:
        """Return the options as JSON; models by name."""
        return {
            field.name: str(value) if isinstance(value := getattr(self, field.name), models.Model) else value
            for field in fields(self)
        }

    def differences_from(self, run: Run) -> dict[str, tuple[object, object]]:
        """Return what a run was asked otherwise: option → its value there and its value here.

        An option that an earlier version of this program did not have is taken at its default, as `from_options` does;
        how the work is done (`ways`) makes no difference.
        """
        there = {name: value for name, value in run.options.items() if name != "uid" and name not in self.ways}
        before = {field.name: field.default for field in fields(self) if field.default is not MISSING} | there
        here = {name: value for name, value in self.as_options().items() if name not in self.ways}
        return {
            name: (before.get(name), here.get(name))
            for name in here | there
            if before.get(name, MISSING) != here.get(name, MISSING)
        }

    @classmethod
    def from_options(cls, options: Mapping[str, object]) -> Self:
        """Return the work that the options describe.

        Raises
        ------
        MlError
            A model that the options name is no longer there.
        """
        hints = typing.get_type_hints(cls)
        # What was asked of an earlier version may lack an option of this one; the default is what it meant.
        known = [field.name for field in fields(cls) if field.name in options]
        return cls(**{name: _value(options[name], hints[name]) for name in known})


def _value(value: object, hint: object) -> object:
    candidates = typing.get_args(hint) or (hint,)
    for model in candidates:
        if value is not None and isinstance(model, type) and issubclass(model, models.Model):
            found = find_named(model, str(value))
            if found is None:
                raise MlError(
                    gettext("There is no %(verbose_name)s %(value)s any more; it was there when this was asked.")
                    % {"verbose_name": gettext(str(model._meta.verbose_name)), "value": repr(value)}
                )
            return found
    return value
