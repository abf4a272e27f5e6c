"""One object of JSON → the answers that it holds: columns, rows by their number, or an array for each person."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from perception.core.input_files.csv_rows import listed

Row = dict[str, Any]
# How deep an array of answers may be held: `{"results": {"p1": {"data": […]}}}`.
DEEPEST = 4
# What tells an answer from an entry of another kind, such as an event of the browser: so many of its names.
LEAST_NAMES = 2
# Names that say which part of a session an array is, and not whose.
PARTS = re.compile(
    r"(practi[cs]e|training|warm_?up|main|test|trials?|blocks?|parts?|phase|session|run|experiment|task)[-_ ]?\d*",
    re.IGNORECASE,
)


class ShapeError(ValueError):
    """An object that holds answers in a shape that is not told for sure."""


@dataclass(frozen=True, slots=True)
class Held:
    """Rows that one object holds.

    Attributes
    ----------
    rows
        The answers, or the trials.
    person
        Whose they are, where the object says it.
    """

    rows: list[Row]
    person: str | None = None


def held_in(value: Row, keep: Callable[[str], bool]) -> tuple[list[Held], str]:
    """Return the groups of rows that an object holds, and what is to be said of how it was read; none where none.

    Parameters
    ----------
    value
        The object: a file's only value.
    keep
        Whether a name is one that answers have.

    Raises
    ------
    ShapeError
        Columns of several lengths; or several arrays of answers that are no person's each.
    """
    if (rows := _table(value, keep)) is not None:
        return [Held(rows)], ""
    arrays = list(_arrays(value, (), keep))
    if not arrays:
        return [], ""
    if len(arrays) == 1:
        path, rows = arrays[0]
        others = [name for name in value if name != path[0] and isinstance(value[name], list | dict)]
        said = f"the answers are those in “{'.'.join(path)}”; {listed(others)} holds none and is passed over"
        return [Held(rows)], said if others else ""
    persons = _persons([path for path, _ in arrays])
    return (
        [Held(rows, person) for person, (_, rows) in zip(persons, arrays, strict=True)],
        f"each of its {len(arrays)} arrays is one observer's, who is called as it is: {listed(persons)}",
    )


def _table(value: Row, keep: Callable[[str], bool]) -> list[Row] | None:
    """Return the rows of a table as pandas writes it (`split`, `columns`, `index`) or of lists; None where none."""
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        _refuse_lengths({f"row {number}": len(row) for number, row in enumerate(data, start=1)}, len(columns))
        return [dict(zip(map(str, columns), row, strict=True)) for row in data]
    if len(value) < LEAST_NAMES:
        return None
    if all(isinstance(held, list) and not any(isinstance(one, dict) for one in held) for held in value.values()):
        if sum(map(keep, value)) < LEAST_NAMES:
            return None
        lengths = {name: len(held) for name, held in value.items()}
        _refuse_lengths(lengths, next(iter(lengths.values())))
        return [dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True)]
    if all(_is_flat(held) for held in value.values()):
        inner: dict[str, None] = {name: None for held in value.values() for name in held}
        if sum(map(keep, value)) > sum(map(keep, inner)):
            return [{name: held[row] for name, held in value.items() if row in held} for row in inner]
        if sum(map(keep, inner)) >= LEAST_NAMES:
            return list(value.values())
    return None


def _is_flat(held: Any) -> bool:
    return isinstance(held, dict) and bool(held) and not any(_is_rows(one) for one in held.values())


def _is_rows(held: Any) -> bool:
    return isinstance(held, dict) or (isinstance(held, list) and any(isinstance(one, dict) for one in held))


def _refuse_lengths(lengths: dict[str, int], width: int) -> None:
    if other := next((name for name, length in lengths.items() if length != width), None):
        raise ShapeError(
            f"its columns are not of one length: {other} has {lengths[other]} cells where {width} are expected; which "
            "answer belongs to which image cannot be told; export it again, one object an answer"
        )


def _arrays(
    value: Row, path: tuple[str, ...], keep: Callable[[str], bool]
) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Yield the arrays of answers within an object, each with the names that lead to it."""
    for name, held in value.items():
        if isinstance(held, list) and held and all(isinstance(one, dict) for one in held):
            if any(sum(map(keep, one)) >= LEAST_NAMES for one in held):
                yield (*path, name), held
        elif isinstance(held, dict) and len(path) + 1 < DEEPEST:
            yield from _arrays(held, (*path, name), keep)


def _persons(paths: list[tuple[str, ...]]) -> list[str]:
    """Return the one name in which each path differs from the others: that of the person."""
    length = {len(path) for path in paths}
    places = [place for place, names in enumerate(zip(*paths, strict=False)) if len(set(names)) > 1]
    persons = [path[places[0]] for path in paths] if places else []
    if len(length) > 1 or len(places) != 1 or len(set(persons)) < len(paths) or any(map(PARTS.fullmatch, persons)):
        raise ShapeError(
            f"it holds answers in several arrays: {listed(['.'.join(path) for path in paths])}; whether each is a "
            "person's or a part of one session cannot be told; give one array of all, with a name in each entry that "
            "says whose it is"
        )
    return persons
