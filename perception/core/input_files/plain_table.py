"""The rows of a large and plain CSV, read at once: no quotation marks, as many cells in each row, no empty row.

Nearly all large files are written by programs and are like this. They are read in a fraction of the time that reading
row by row takes; whatever else a person's file may hold is left to `perception.core.input_files.csv_rows`.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from perception.core.input_files.coded_column import CodedColumn
from perception.core.input_files.spreadsheet_cell import unescape_formula

if TYPE_CHECKING:
    import pandas as pd

SMALLEST = 200_000
"""Characters: what is shorter is read row by row in less time than loading pandas takes."""
NEW_LINE, CARRIAGE_RETURN = 10, 13
WORD = "word"
# A row that begins so may be empty to its end: a cell of blanks, or nothing. Those above 127 begin a blank in UTF-8.
BLANK_BEGINNINGS = (*range(33), 0xC2, 0xE1, 0xE2, 0xE3)


def plain_columns(text: str, *, delimiter: str, width: int, indices: Sequence[int]) -> list[CodedColumn] | None:
    """Read columns of the rows below a header.

    Parameters
    ----------
    text
        The rows.
    delimiter
        What stands between cells, one character.
    width
        How many cells the header has.
    indices
        Which columns are kept, by their index in the header.

    Returns
    -------
    The cells of each column that was asked for, as `CsvRows.columns` gives them; None where the rows are not plain, or
    so few that nothing is gained.
    """
    if len(text) < SMALLEST or width < 2 or '"' in text or not delimiter.isascii() or delimiter.isalnum():
        return None
    data = text.rstrip("\r\n").encode()
    if not data or not _is_plain(data, delimiter, width):
        return None
    import pandas as pd

    # pandas 3.1 takes categories for numbers where all of them are, and 01 for 1: a row of words keeps it from that.
    words = delimiter.join([WORD] * width).encode()
    table = pd.read_csv(
        io.BytesIO(words + b"\n" + data),
        sep=delimiter,
        header=None,
        usecols=sorted(set(indices)),
        dtype="category",
        na_filter=False,
        quoting=3,  # csv.QUOTE_NONE
        skip_blank_lines=False,
        low_memory=False,  # in parts, each part would be taken for numbers or for words by itself
        encoding="utf-8",
    )
    return [_column(table[index]) for index in indices]


def _is_plain(data: bytes, delimiter: str, width: int) -> bool:
    """Whether every line is a row with as many cells as the header, none of them empty to its end."""
    letters = np.frombuffer(data, dtype=np.uint8)
    line_ends = np.flatnonzero(letters == NEW_LINE)
    returns = np.flatnonzero(letters == CARRIAGE_RETURN)
    # Either every line ends as Windows ends it, or none does: a return elsewhere is an end of line to some programs.
    if len(returns) and not np.array_equal(returns + 1, line_ends):
        return False
    starts = np.concatenate([[0], line_ends + 1])
    beginnings = letters[starts]
    if (letters == 0).any() or np.isin(beginnings, (ord(delimiter), *BLANK_BEGINNINGS)).any():
        return False
    between = np.flatnonzero(letters == ord(delimiter))
    if len(between) != (width - 1) * len(starts):
        return False
    rows = between.reshape(len(starts), width - 1)
    ends = np.concatenate([line_ends, [len(letters)]])
    return bool((rows[:, 0] > starts).all() and (rows[:, -1] < ends).all())


def _column(cells: "pd.Series") -> CodedColumn:
    different = [unescape_formula(cell.strip()) for cell in cells.cat.categories]
    return CodedColumn.of(cells.cat.codes.to_numpy()[1:], different)
