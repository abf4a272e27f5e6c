"""Why figures are not estimable, told once below the tables where many of their cells would say the same."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from string import ascii_lowercase

from studies.report.sections.elements import Section, Table

UNTOLD = "not estimable"
BEGINS = f"{UNTOLD}: "
"""How a cell begins that says why (`perception.core.formatting`)."""
FEWEST = 3
"""So many cells at least, or two with one reason, for a reader to be sent below the tables."""


def with_reasons_below(section: Section) -> Section:
    """Return a section whose cells refer to their reasons by a letter, where there are several; else as it is."""
    cells = [cell for table in section.tables for row in _lines(table) for cell in row if cell.startswith(BEGINS)]
    reasons = list(dict.fromkeys(cell.removeprefix(BEGINS) for cell in cells))
    few = len(cells) < FEWEST and len(cells) == len(reasons)
    if few or len(reasons) > len(ascii_lowercase):
        return section
    letters = dict(zip(reasons, ascii_lowercase, strict=False))
    told = "; ".join(f"({letter}) {reason}" for reason, letter in letters.items())
    return replace(
        section,
        tables=tuple(_referring(table, letters) for table in section.tables),
        notes=(f"{UNTOLD[:1].upper()}{UNTOLD[1:]}: {told}.", *section.notes),
    )


def _lines(table: Table) -> Iterator[tuple[str, ...]]:
    yield from table.rows
    yield from table.foot


def _referring(table: Table, letters: dict[str, str]) -> Table:
    def line(cells: Iterable[str]) -> tuple[str, ...]:
        return tuple(
            f"{UNTOLD} ({letters[cell.removeprefix(BEGINS)]})" if cell.startswith(BEGINS) else cell for cell in cells
        )

    return replace(table, rows=tuple(map(line, table.rows)), foot=tuple(map(line, table.foot)))
