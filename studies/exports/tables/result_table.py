"""A table of a paper, as texts: what the writers of LaTeX and Markdown set."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A table of texts.

    Attributes
    ----------
    name
        A word for files and references.
    caption
        What the table shows.
    header, rows
        Its cells; every row is as long as the header.
    notes
        What stands below it: how the intervals were computed.
    """

    name: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
