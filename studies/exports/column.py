"""A column of the exports: what it holds, in words and in types, and how its cells are written and read back."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING, Any

from perception.core.input_files.spreadsheet_cell import escape_formula

if TYPE_CHECKING:
    import pandas as pd

Value = str | int | float | bool | datetime | None


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    WORD = "word"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the exports.

    Attributes
    ----------
    name
        Of the column, and of the field of the row that it shows.
    description
        What it holds.
    kind
        What its cells are: free text, one of `levels`, a whole number, a number, a flag (1 or 0), a moment (ISO 8601).
    unit
        Of a number; empty where it has none.
    levels
        The words, or numbers, that it may hold, with their meanings; empty where there is no such list.
    least
        The smallest number that makes sense; None where there is no such limit.
    empty
        What an empty cell (null in JSON) means; empty where no cell is.
    identifies_person
        Whether it could lead to a person: a label that someone chose, or a time at which somebody sat at a screen.
    tells_truth
        Whether it tells, or lets one work out, what was perturbed: not to be shown to whoever is still to judge.
    since
        The first version of this program whose files have it; empty: all of them.
    """

    name: str
    description: str
    kind: Kind
    unit: str = ""
    levels: dict[str, str] = field(default_factory=dict)
    least: float | None = None
    empty: str = ""
    identifies_person: bool = False
    tells_truth: bool = False
    since: str = ""

    def value(self, row: object) -> Value:
        """Return what a row has in this column; an empty text is no value."""
        value: Value = getattr(row, self.name)
        return None if value == "" else value

    def cells(self, values: "pd.Series") -> "pd.Series":
        """Return the cells of a CSV file, missing where a value is: a spreadsheet will not run one as a formula.

        Parameters
        ----------
        values
            The column of `studies.answers.frame.answers_frame`.
        """
        match self.kind:
            case Kind.TEXT | Kind.WORD:
                return values.map(escape_formula, na_action="ignore")
            case Kind.FLAG:
                return values.astype("Int8")
            case Kind.NUMBER:
                return values.map(_number_text, na_action="ignore")
            case Kind.MOMENT:
                return values.map(datetime.isoformat, na_action="ignore")
            case Kind.INTEGER:
                return values

    def json_value(self, row: object) -> str | int | float | bool | None:
        """Return a row's value as JSON has it."""
        value = self.value(row)
        return value.isoformat() if isinstance(value, datetime) else value

    def read(self, cell: str) -> Value:
        """Return the value of a cell that `cell` wrote, as `perception.core.input_files.csv_table` has read it.

        Raises
        ------
        ValueError
            The cell cannot be of this column; the message says why.
        """
        if not cell:
            if self.empty:
                return None
            raise ValueError("the cell is empty")
        if self.levels and cell not in self.levels:
            raise ValueError(f"{cell!r} is none of {', '.join(self.levels)}")
        return self._typed(cell)

    def _typed(self, cell: str) -> Value:
        if self.kind in {Kind.TEXT, Kind.WORD}:
            return cell
        if self.kind is Kind.FLAG:
            return _flag(cell)
        if self.kind is Kind.MOMENT:
            return _moment(cell)
        number = _number(cell, whole=self.kind is Kind.INTEGER)
        if self.least is not None and number < self.least:
            raise ValueError(f"{cell!r} is less than {self.least:g}")
        return number


def row_fields(columns: tuple[Column, ...], cells: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Read the cells of one row.

    Returns
    -------
    The values by column, an empty text where a text has none; and what is wrong, by column.
    """
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for column in columns:
        try:
            value = column.read(cells.get(column.name, "") if column.since else cells[column.name])
        except ValueError as error:
            wrong[column.name] = str(error)
            continue
        values[column.name] = "" if value is None and column.kind in {Kind.TEXT, Kind.WORD} else value
    return values, wrong


def _number_text(value: float) -> str:
    """Write the shortest text that is the same number: 4, not 4.0."""
    return str(int(value)) if float(value).is_integer() else repr(value)


def _flag(cell: str) -> bool:
    if cell not in {"0", "1"}:
        raise ValueError(f"{cell!r} is neither 1 nor 0")
    return cell == "1"


def _moment(cell: str) -> datetime:
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError(f"{cell!r} is not a time such as 2026-11-24T09:30:00+00:00") from None


def _number(cell: str, *, whole: bool) -> int | float:
    try:
        number = int(cell) if whole else float(cell)
    except ValueError:
        raise ValueError(f"{cell!r} is not a {'whole ' if whole else ''}number") from None
    if not isfinite(number):
        raise ValueError(f"{cell!r} is not a number")
    return number
