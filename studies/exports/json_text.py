"""JSON as every export writes it."""

import json


def json_text(content: object) -> str:
    """Return content as JSON, indented, letters as they are, with a line end.

    Raises
    ------
    ValueError
        It holds a number that JSON has not (nan, infinite): what is undefined is None.
    """
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
