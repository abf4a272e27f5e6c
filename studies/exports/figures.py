"""The report's figures as JSON."""

import json
from typing import Any


def figures_json(figures: dict[str, Any]) -> str:
    """Return the report's figures as JSON; what is not estimable is null."""
    return json.dumps(figures, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
