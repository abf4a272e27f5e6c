"""JSON as every export writes it."""

import json
from collections.abc import Iterator

_ENCODER = json.JSONEncoder(indent=2, ensure_ascii=False, allow_nan=False)


def json_text(content: object) -> str:
    """Return content as JSON, indented, letters as they are, with a line end.

    Raises
    ------
    ValueError
        It holds a number that JSON has not (nan, infinite): what is undefined is None.
    """
    return "".join(json_pieces(content))


def json_pieces(content: object) -> Iterator[str]:
    """Yield the same piece by piece: the figures of a large study are never one text in memory.

    Raises
    ------
    ValueError
        As `json_text` does.
    """
    yield from _ENCODER.iterencode(content)
    yield "\n"
