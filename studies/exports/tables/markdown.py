"""Tables in Markdown, as GitHub, Pandoc and most others read them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from studies.exports.tables.result_table import ResultTable

if TYPE_CHECKING:
    from tabulate import TableFormat

# Whatever could begin emphasis, a link, code, a tag, a formula or another cell.
SPECIAL = re.compile(r"([\\`*_\[\]|~$])")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str) -> str:
    """Return text as Markdown that is printed as it is, on one line; control characters are left out."""
    kept = "".join(character for character in " ".join(text.split()) if unicodedata.category(character) != "Cc")
    plain = " ".join(kept.split())
    for character, entity in ENTITIES.items():
        plain = plain.replace(character, entity)
    return SPECIAL.sub(r"\\\1", plain)


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; every cell is escaped."""
    import pandas as pd

    frame = pd.DataFrame([list(map(escaped, row)) for row in rows], columns=list(map(escaped, header)), dtype=object)
    # Texts stay texts, and are not aligned: the name of one method would make every line as long.
    text = frame.to_markdown(index=False, tablefmt=_unaligned(), stralign=None, disable_numparse=True)
    return f"{text}\n"


def markdown_tables(tables: Iterable[ResultTable]) -> str:
    """Return the tables, each below its caption and above its notes."""
    parts = [
        [f"**{escaped(table.caption)}**\n", markdown_table(table.header, table.rows), *map(escaped, table.notes)]
        for table in tables
    ]
    return "\n".join("\n".join(part) + "\n" for part in parts)


def _unaligned() -> "TableFormat":
    """Return tabulate's format “pipe” without alignment, which costs a column's width in each line."""
    from tabulate import DataRow, TableFormat

    cells = DataRow("| ", " | ", " |")
    return TableFormat(
        lineabove=None,
        linebelowheader=lambda widths, _: "|" + " --- |" * len(widths),
        linebetweenrows=None,
        linebelow=None,
        headerrow=cells,
        datarow=cells,
        padding=0,
        with_header_hide=None,
    )
