"""What a record of the analysis is once it was written as JSON and read again."""

import json
from typing import Any, Protocol

from perception.analysis.json_values import JsonObject


class Record(Protocol):
    """What is written as JSON."""

    def as_dict(self) -> JsonObject: ...


def written_json(record: Record) -> Any:
    """Return the JSON of a record; nothing in it may be infinite or not a number."""
    return json.loads(json.dumps(record.as_dict(), allow_nan=False))
