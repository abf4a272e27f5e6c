"""What came of one check, before it is stored."""

from dataclasses import dataclass
from typing import Any

from studies.models.screening.check import Check


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one check.

    Attributes
    ----------
    check
        Which.
    passed
        None where it could not be measured.
    measured
        What it was judged by, as JSON.
    """

    check: Check
    passed: bool | None
    measured: dict[str, Any]
