"""A CSV as it comes about outside a program: several put one behind the other, or written by R with its row names."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import chain

from perception.core.input_files.csv_rows import CsvRows

# Gorilla's last row.
END = "END OF FILE"

Record = tuple[int, list[str]]


def without_row_names(rows: CsvRows) -> CsvRows:
    """Return the table with a header for R's row names, where it has none.

    R's `write.table` writes the number of each row before it and nothing above. The first row tells: it has one cell
    more than the header, and a number in the first. Rows that have no such cell are then told as ragged.

    Parameters
    ----------
    rows
        As they were opened, none read yet.
    """
    first = next(rows.records, None)
    if first is None:
        return rows
    records = chain((first,), rows.records)
    cells = first[1]
    has_names = len(cells) == len(rows.header) + 1 and cells[0].strip().isdigit() and bool(cells[-1].strip())
    return replace(rows, header=["", *rows.header] if has_names else rows.header, records=records)


def as_one_table(rows: CsvRows, needed: Collection[str], *, text: str) -> CsvRows:
    """Return the table with the rows below a header that stands again, put in the columns of the first one.

    A last row that says that the file ends here is left out.

    Parameters
    ----------
    rows
        As they were opened, none read yet.
    needed
        Columns of the header; a row that has all of them as cells is a header.
    text
        The file's text: most hold neither, and their rows need not be looked at.
    """
    is_plain = END not in text and any(text.count(name) < 2 for name in needed)
    return rows if is_plain or len(needed) < 2 else replace(rows, records=_in_columns(rows, list(needed)), below="")


def _in_columns(rows: CsvRows, needed: list[str]) -> Iterator[Record]:
    places: list[int | None] | None = None
    width = len(rows.header)
    for line, cells in rows.records:
        if needed[0] in cells and {*needed} <= {*cells}:
            header = [cell.strip() for cell in cells]
            places = None
            width = len(header)
            if header != rows.header:
                places = [header.index(name) if name in header else None for name in rows.header]
        elif cells[0] == END and not any(cells[1:]):
            continue
        elif places is None or len(cells) != width:
            yield line, cells
        else:
            yield line, ["" if place is None else cells[place] for place in places]
