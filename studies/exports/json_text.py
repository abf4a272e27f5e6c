"""JSON as every export writes it."""

import json
from typing import Any


def json_text(content: object) -> str:
    """Return content as JSON, indented, letters as they are, with a line end.

    Raises
    ------
    ValueError
        It holds a number that JSON has not (nan, infinite): what is undefined is None.
    """
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def figures_json(figures: dict[str, Any]) -> str:
    """Return the report's figures as JSON; what is not estimable is null."""
    return json_text(figures)
