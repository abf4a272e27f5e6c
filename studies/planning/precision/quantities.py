"""What a plan asks: each quantity described once, for the command line and for the form."""

import re
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_SEVERAL: Final = 8
"""So many values a quantity has at most that may be given several times: each has a line of its own."""

Number = int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number, several numbers, or one of some words.

    Attributes
    ----------
    name
        As the form and the address have it; with dashes in the place of underscores, the command's flag.
    label, help
        On the page; the help is the command's, too.
    usual
        What it is where nothing is given; None where it may be left out.
    least, most
        What it lies between, both included.
    whole
        Whether it is a whole number.
    several
        Whether it may have several values: each makes a line of the plan.
    choices
        The words, with what they are called; empty of a number.
    metavar
        What its value is called on the command line.
    """

    name: str
    label: "StrOrPromise"
    help: "StrOrPromise" = ""
    usual: Number | tuple[Number, ...] | str | None
    least: Number = 0
    most: Number = 0
    whole: bool = False
    several: bool = False
    choices: tuple[tuple[str, "StrOrPromise"], ...] = ()
    metavar: str | None = None

    @property
    def flag(self) -> str:
        """The command's flag."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def usual_text(self) -> str:
        """What it usually is, as it is written into the form; empty where it may be left out."""
        if isinstance(self.usual, tuple):
            return ", ".join(f"{one:g}" for one in self.usual)
        return "" if self.usual is None else self.usual if isinstance(self.usual, str) else f"{self.usual:g}"

    def add_argument(self, parser: ArgumentParser) -> None:
        """Add its flag to a command."""
        told = f"{self.help or self.label}{'; may be given several times' if self.several else ''}"
        default = f" (default: {self.usual_text})" if self.usual is not None else ""
        if self.choices:
            parser.add_argument(
                self.flag, choices=[key for key, _ in self.choices], default=self.usual, help=f"{told}{default}"
            )
            return
        parser.add_argument(
            self.flag,
            type=int if self.whole else float,
            action="append" if self.several else "store",
            default=None if self.several else self.usual,
            metavar=self.metavar,
            help=f"{told}{default}",
        )

    def form_field(self) -> forms.Field:
        """Return its field of the form."""
        about: dict[str, Any] = {"label": self.label, "help_text": self.help, "initial": self.usual_text}
        if self.choices:
            return forms.ChoiceField(**about, choices=self.choices, widget=forms.RadioSelect)
        if self.several:
            return NumbersField(**about, quantity=self)
        about |= {"min_value": self.least, "max_value": self.most, "required": self.usual is not None}
        return forms.IntegerField(**about) if self.whole else forms.FloatField(**about)


class NumbersField(forms.CharField):
    """Several numbers in one line, with commas, semicolons or blanks between them."""

    def __init__(self, *, quantity: Quantity, **about: Any) -> None:
        """Take the quantity's limits."""
        super().__init__(**about, max_length=200)
        self.quantity = quantity

    def clean(self, value: object) -> Sequence[Number]:
        """Return the numbers, in their order, each once.

        Raises
        ------
        ValidationError
            Something is no number or lies outside its limits, or there are too many.
        """
        words = [word for word in re.split(r"[;,\s]+", str(super().clean(value))) if word]
        numbers = [*dict.fromkeys(self._number(word) for word in words)]
        if len(numbers) > MOST_SEVERAL:
            raise ValidationError(gettext("No more than %(n)s values at one time.") % {"n": MOST_SEVERAL})
        return numbers

    def _number(self, word: str) -> Number:
        asked = self.quantity
        try:
            number = int(word) if asked.whole else float(word)
        except ValueError as error:
            raise ValidationError(gettext("“%(word)s” is no number of this kind.") % {"word": word}) from error
        if not asked.least <= number <= asked.most:
            raise ValidationError(
                gettext("Each lies between %(least)g and %(most)g, and %(word)s does not.")
                % {"least": asked.least, "most": asked.most, "word": word}
            )
        return number
