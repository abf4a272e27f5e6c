"""The report's figures as JSON."""

from typing import Any

from studies.exports.json_text import json_text


def figures_json(figures: dict[str, Any]) -> str:
    """Return the report's figures as JSON; what is not estimable is null."""
    return json_text(figures)
