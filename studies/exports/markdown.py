"""Tables in Markdown, as GitHub, Pandoc and most others read them."""

import re
from collections.abc import Iterable, Sequence

from studies.exports.result_table import ResultTable

# Whatever could begin emphasis, a link, code, a tag, a formula or another cell.
SPECIAL = re.compile(r"([\\`*_\[\]|~$])")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str) -> str:
    """Return text as Markdown that is printed as it is, on one line."""
    plain = " ".join(text.split())
    for character, entity in ENTITIES.items():
        plain = plain.replace(character, entity)
    return SPECIAL.sub(r"\\\1", plain)


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; every cell is escaped."""
    lines = [header, *rows]
    text = ["| " + " | ".join(escaped(cell) for cell in line) + " |" for line in lines]
    rule = "|" + " --- |" * len(header)
    return "\n".join([text[0], rule, *text[1:]]) + "\n"


def markdown_tables(tables: Iterable[ResultTable]) -> str:
    """Return the tables, each below its caption and above its notes."""
    parts = [
        [f"**{escaped(table.caption)}**\n", markdown_table(table.header, table.rows), *map(escaped, table.notes)]
        for table in tables
    ]
    return "\n".join("\n".join(part) + "\n" for part in parts)
