"""The answers as JSON: an array of objects, one an answer, with the names of the long format."""

from collections.abc import Sequence

from studies.answers.readers.answer_cells import AnswerCells, FilePart
from studies.answers.readers.entries import Entries, cells_at, value_at
from studies.answers.readers.options import ReadingOptions


def read_answer_objects(entries: Entries, options: ReadingOptions) -> AnswerCells:
    """Read entries of which each is an answer.

    A name that an entry lacks is an empty cell.

    Raises
    ------
    InputError
        No entry has one of the names that are needed.
    """
    named = found_in(entries, options)
    missing = [column for column in options.required if column not in named]
    if missing:
        line = min(entries.lines, default=1)
        raise options.missing_error(
            missing, list(entries.names), source=entries.source, line=line, of=entries.described
        )
    named |= options.others(list(entries.names))
    cells: dict[str, Sequence[str]] = {column: cells_at(entries.values, name) for column, name in named.items()}
    part = FilePart(entries.source, entries.lines, list(range(1, len(entries.lines) + 1)), dict(named))
    return AnswerCells((part,), cells)


def found_in(entries: Entries, options: ReadingOptions) -> dict[str, str]:
    """Return the columns that the entries have, by the analysis's name; a name that is given may be a path."""
    found = options.found(list(entries.names))
    for column, given in options.names.items():
        if column not in found and any(value_at(entry, given)[0] for entry in entries.values):
            found[column] = given
    return found
