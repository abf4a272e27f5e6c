"""The wide format: CSV, one row an image, one column an observer, and a column for the truth."""

from collections.abc import Sequence
from itertools import chain

import numpy as np

from perception.core.input_files.csv_rows import CsvRows
from perception.core.input_files.errors import InputError, InputRowsError
from studies.answers.readers.answer_cells import OPTIONAL, AnswerCells, FilePart
from studies.answers.readers.long_table import joined_columns, positions_of
from studies.answers.readers.options import OWN_IMAGES, USUAL_ARMS, USUAL_NAMES, ReadingOptions
from studies.answers.readers.words import NOTHING

PREFIX = "observer_"
# A column of this name says by itself what its ones and zeros mean.
TRUTH_OF_ONES = "truth_perturbed"
ONES = {"1": "perturbed", "0": "clean"}
# What a row may tell of its image; none of it is an observer.
OF_IMAGES = ("diagnosis", "strength", "role", "phase", "subset", "only", "arm")
NO_OBSERVERS = frozenset(
    (*OPTIONAL, "lesion", "lesion_id", "second_item", TRUTH_OF_ONES, *USUAL_ARMS, *chain(*USUAL_NAMES.values()))
)
# What people add up beside the answers.
SUMS = frozenset(("agreement", "accuracy", "correct", "count", "index", "mean", "median", "sum", "total"))


def is_wide(header: list[str], options: ReadingOptions) -> bool:
    """Whether a header has images and truths, and neither a column of observers nor one of responses."""
    found = _found(header, options)
    return "observer" not in found and "response" not in found and {"item", "truth"} <= {*found, *_told(options)}


def read_wide(rows: CsvRows, options: ReadingOptions) -> AnswerCells:
    """Read a table with one row an image.

    Observers are the columns that the options name; or those that begin with `observer_`, without that; or, where none
    does, all that are no column of images. An empty cell is a missing answer; where most are empty, observers were not
    asked. Where the truth is in a column `truth_perturbed`, 1 is perturbed and 0 clean there and in the answers.

    Raises
    ------
    InputError
        No column of images, of truths, or of observers.
    """
    found = _found(rows.header, options)
    missing = [column for column in ("item", "truth") if column not in {*found, *_told(options)}]
    if missing:
        raise options.missing_error(missing, rows.header, source=rows.source, line=rows.line)
    others = options.others(rows.header)
    observers = _observers(rows, options, {*found.values(), *(others.get(column, "") for column in ("only", "arm"))})
    of_images: dict[str, str] = {column: found[column] for column in ("item", "truth") if column in found}
    of_images |= {column: name for column, name in others.items() if column in OF_IMAGES}
    places = [positions_of(rows, name) for name in (*of_images.values(), *observers.values())]
    lines, read, ragged = rows.columns([place for those in places for place in those])
    next_column = iter(read)
    columns = [joined_columns([next(next_column) for _ in those]) for those in places]
    cells: dict[str, Sequence[str]] = {
        column: [cell for cell in cells for _ in observers] for column, cells in zip(of_images, columns, strict=False)
    }
    cells["observer"] = list(observers) * len(lines)
    cells["response"] = list(chain.from_iterable(zip(*columns[len(of_images) :], strict=True)))
    if found.get("truth", "").casefold() == TRUTH_OF_ONES:
        for column in ("truth", "response"):
            cells[column] = [ONES.get(cell, cell) for cell in cells[column]]
    part = FilePart(
        rows.source,
        [line for line in lines for _ in observers],
        None,
        {**of_images, "response": list(observers.values()) * len(lines)},
    )
    problems = tuple(rows.ragged_error(line, count) for line, count in ragged[: InputRowsError.SHOWN])
    hint = "" if options.observers else "If a column is no observer, name those that are: --observers A,B"
    table = AnswerCells((part,), cells, problems, len(ragged), hint)
    return _without_empty_cells(table, options.design)


def _without_empty_cells(table: AnswerCells, design: str | None) -> AnswerCells:
    """Leave out the empty cells where observers were asked about images of their own: most cells are empty then."""
    given = np.array([cell.casefold() not in NOTHING for cell in table.cells["response"]], dtype=bool)
    own = design == OWN_IMAGES or (design is None and 2 * given.sum() <= len(given))
    return table.where(given) if own and given.any() else table


def _found(header: list[str], options: ReadingOptions) -> dict[str, str]:
    found = options.found(header)
    ones = next((name for name in header if name.casefold() == TRUTH_OF_ONES), None)
    if ones is not None and "truth" in options.required and "truth" not in options.names:
        found.setdefault("truth", ones)
    return found


def _told(options: ReadingOptions) -> set[str]:
    return set() if options.truths is None else {"truth"}


def _observers(rows: CsvRows, options: ReadingOptions, taken: set[str]) -> dict[str, str]:
    """Return the column of each observer, by name."""
    if options.observers:
        by_key = {name.casefold(): name for name in rows.header}
        missing = [name for name in options.observers if name.casefold() not in by_key]
        if missing:
            raise InputError(
                f"no column {', '.join(missing)} of an observer; the header has {', '.join(rows.header)}",
                source=rows.source,
                line=rows.line,
            )
        return {name: by_key[name.casefold()] for name in options.observers}
    prefixed = [name for name in rows.header if name.casefold().startswith(PREFIX) and len(name) > len(PREFIX)]
    if prefixed:
        return {name[len(PREFIX) :]: name for name in prefixed}
    others = [name for name in rows.header if name and name not in taken and not _is_no_observer(name.casefold())]
    if not others:
        raise InputError(
            "no column of an observer beside item and truth; name them with --observers A,B",
            source=rows.source,
            line=rows.line,
        )
    return {name: name for name in others}


def _is_no_observer(key: str) -> bool:
    return key in NO_OBSERVERS or key in SUMS or key.startswith(("n_", "mean_", "sum_", "notes", "comment"))
