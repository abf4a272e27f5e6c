"""The downloads of a study: answers as CSV, figures as JSON."""

import csv
import io
import json
from typing import Any

from studies.answer_rows import COLUMNS, AnswerRow


def answers_csv(rows: list[AnswerRow]) -> str:
    """Return the answers as CSV (RFC 4180), one row an answer; `manage.py analyse` reads it back."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(column.name for column in COLUMNS)
    for row in rows:
        writer.writerow([column.value(row) for column in COLUMNS])
    return out.getvalue()


def figures_json(figures: dict[str, Any]) -> str:
    """Return the report's figures as JSON; what is not estimable is null."""
    return json.dumps(figures, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
