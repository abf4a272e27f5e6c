"""What a method's plan is: what it asks, and what it tells of a study's figures."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import ngettext

from perception.analysis.json_values import JsonValue
from perception.core.formatting import localized
from studies.planning.precision.quantities import Quantity

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Given = Mapping[str, Any]
"""The quantities' values by their names; of one that may have several, all of them."""


@dataclass(frozen=True, slots=True)
class PrecisionRow:
    """What is to be expected of a study of one size.

    Attributes
    ----------
    size
        Such as “5 observers”.
    figures
        As the columns of the table want them.
    sentence
        The same in words.
    """

    size: str
    figures: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class PrecisionPlan:
    """What is to be expected of studies.

    Attributes
    ----------
    assumed
        What was assumed, and what the figures are, in a sentence.
    columns
        What the rows' figures are.
    rows
        A line for each size.
    found
        The same for programs.
    """

    assumed: str
    columns: tuple[str, ...]
    rows: tuple[PrecisionRow, ...]
    found: JsonValue


class PrecisionMethod(ABC):
    """A method whose figures' precision is planned.

    Attributes
    ----------
    key
        In the page's address; `plan_` and it is the command.
    title, lead
        Of the page.
    purpose
        What the command does.
    quantities
        What is asked.
    studies
        How many studies the command simulates if nothing is said; 0 where a formula tells.
    """

    key: ClassVar[str]
    title: ClassVar["StrOrPromise"]
    lead: ClassVar["StrOrPromise"]
    purpose: ClassVar[str]
    quantities: ClassVar[tuple[Quantity, ...]]
    studies: ClassVar[int] = 0

    def complete(self, given: Given) -> dict[str, Any]:
        """Return what is given, with what is usual where nothing is."""
        return {
            asked.name: asked.usual if (value := given.get(asked.name)) is None else value for asked in self.quantities
        }

    def wrong(self, given: Given) -> dict[str, str]:
        """Return what does not go together, by quantity; what is wrong by itself is not among what is given."""
        return {}

    @abstractmethod
    def seconds(self, given: Given) -> float:
        """Return about how long it takes to simulate one study of each size, in seconds of one slow processor core."""

    @abstractmethod
    def plan(self, given: Given, *, studies: int, seed: int) -> PrecisionPlan:
        """Return the plan; what is given is complete.

        Raises
        ------
        ValueError
            A number outside its range, or numbers that do not go together.
        """


def figure_text(figure: float | None) -> str:
    """Write a figure with two digits; a dash where there is none."""
    return "–" if figure is None else localized(f"{figure:.2f}")


def number_text(value: float) -> str:
    """Write a number that was given."""
    return localized(f"{value:g}")


def share_text(share: float) -> str:
    """Write a share as a whole percentage."""
    return localized(f"{100 * share:.0f}%")


def observers_text(n: int) -> str:
    """Write how many observers."""
    return ngettext("%(n)s observer", "%(n)s observers", n) % {"n": localized(f"{n:,}")}
