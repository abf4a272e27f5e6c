"""Rows that a person pasted or uploaded, one a line: what is wrong with a line is told, and all others are kept.

For lists that are read once and shown before anything is made of them. Unlike a table (`csv_table`), such a list needs
no header, its lines may have fewer cells than others, and no cell goes on in the next line.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from perception.core.input_files.spreadsheet_cell import escape_formula, unescape_formula
from perception.core.input_files.text_file import LINE_END, EncodingError, decode_text

SEPARATORS = "\t;,"
"""In the order in which they are taken where as many lines have the one as the other."""
ASSUMED_ENCODING = "cp1252"
"""Of what is not UTF-8: how spreadsheets on Windows write where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a line, from 1."""

    line: int
    what: str

    def __str__(self) -> str:
        """Return both."""
        return gettext("line %(line)d: %(what)s") % {"line": self.line, "what": self.what}


@dataclass(frozen=True, slots=True)
class PastedRows:
    """The rows of a list.

    Attributes
    ----------
    rows
        The line of each, from 1, and one cell for each of the columns that were asked for; empty where it has none.
    problems
        Of lines that are left out.
    """

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    problems: tuple[RowProblem, ...]


def decode_list(data: bytes, *, source: str) -> tuple[str, bool]:
    """Return the text of a file with a list, and whether its encoding was assumed.

    Parameters
    ----------
    data
        The bytes of the file.
    source
        Its name, for messages.

    Raises
    ------
    InputError
        It is no text.
    """
    try:
        return decode_text(data, source=source), False
    except EncodingError:
        return data.decode(ASSUMED_ENCODING, errors="replace"), True


def read_pasted_rows(text: str, columns: Sequence[Sequence[str]]) -> PastedRows:
    """Read the cells of each line that is not empty.

    Cells stand between tabs, semicolons or commas, whichever stand in most lines; quotation marks may stand around
    them. If the first line has a name of the first column it is a header, and tells which column is which; else they
    are in the order in which they are asked for.

    Parameters
    ----------
    text
        The list.
    columns
        The names of each column, in lower case.
    """
    lines = [(number, line) for number, line in enumerate(LINE_END.split(text), start=1) if line.strip()]
    separator = max(SEPARATORS, key=lambda mark: sum(mark in line for _, line in lines))
    records, problems = [], []
    for number, line in lines:
        try:
            [cells] = csv.reader([line], delimiter=separator, strict=True)
        except csv.Error:
            problems.append(RowProblem(number, gettext("a quotation mark is not closed, or stands in the way")))
            continue
        records.append((number, [unescape_formula(_clean(cell)) for cell in cells]))
    places = _places(records[0][1], columns) if records else None
    has_header = places is not None
    wanted = places if places is not None else list(range(len(columns)))
    rows = []
    for number, cells in records[has_header:]:
        if not has_header and any(cells[len(columns) :]):
            what = gettext("%(n)d cells, where at most %(most)d are read") % {"n": len(cells), "most": len(columns)}
            problems.append(RowProblem(number, what))
        elif any(cells):
            rows.append((number, tuple(cells[at] if at is not None and at < len(cells) else "" for at in wanted)))
    return PastedRows(tuple(rows), tuple(sorted(problems, key=lambda problem: problem.line)))


def written_rows(rows: Iterable[Sequence[str]], head: Sequence[str]) -> str:
    """Return rows as a list that `read_pasted_rows` reads the same, below a header."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=SEPARATORS[0], lineterminator="\n")
    writer.writerow(head)
    writer.writerows([escape_formula(cell) for cell in row] for row in rows)
    return text.getvalue()


def _clean(cell: str) -> str:
    return " ".join(cell.replace("\0", "").split())


def _places(cells: Sequence[str], columns: Sequence[Sequence[str]]) -> list[int | None] | None:
    """Return where each column stands, if these cells are a header; None for one that is not there."""
    heads = [cell.casefold() for cell in cells]
    places = [next((heads.index(name) for name in names if name in heads), None) for names in columns]
    return None if places[0] is None else places
