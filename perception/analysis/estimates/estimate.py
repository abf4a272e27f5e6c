"""A value with its interval, the interval's level and method, and the n behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from perception.analysis.json_values import JsonObject


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic with its interval, as a report prints it.

    Attributes
    ----------
    estimate
        The value; None where it is undefined, and `reason` then says why.
    low, high
        The interval's limits; None where there is no interval, and `method` then says why.
    level
        The interval's level, such as 0.95; None where there is no interval.
    method
        The name of the interval's method, as a report prints it.
    n, k
        For a proportion: `k` of `n`. For other statistics `n` is the number of units and `k` None.
    reason
        Why the value is undefined; None where it is defined.
    """

    estimate: float | None
    low: float | None
    high: float | None
    level: float | None
    method: str
    n: int | None = None
    k: int | None = None
    reason: str | None = None

    @classmethod
    def undefined(
        cls, reason: str, *, method: str, level: float | None = None, n: int | None = None, k: int | None = None
    ) -> "Estimate":
        """Return an estimate that has no value.

        Parameters
        ----------
        reason
            Why, as a report prints it after “not estimable”.
        method
            The name of the method that could not be used.
        level
            Level of the interval that was asked for, between 0 and 1.
        n, k
            The counts that there are.
        """
        return cls(None, None, None, level, method, n=n, k=k, reason=reason)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Estimate":
        """Return the estimate that `as_dict` made the mapping of; other keys in it are not read.

        Parameters
        ----------
        stored
            What JSON holds of an estimate.

        Raises
        ------
        KeyError
            The mapping is not that of an estimate.
        """
        return cls(
            stored["estimate"],
            stored["low"],
            stored["high"],
            stored["level"],
            stored["method"],
            n=stored.get("n"),
            k=stored.get("k"),
            reason=stored.get("reason"),
        )

    def as_dict(self) -> JsonObject:
        """Return the estimate as JSON: always the same keys, and `reason` where the value is undefined."""
        fields: JsonObject = {
            "estimate": self.estimate,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "method": self.method,
            "n": self.n,
            "k": self.k,
        }
        return fields if self.estimate is not None else {**fields, "reason": self.reason}


def require_level(level: float) -> None:
    """Refuse a level that is not between 0 and 1.

    Parameters
    ----------
    level
        Level of an interval: 0.95, not 95.

    Raises
    ------
    ValueError
        The level is not strictly between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, such as 0.95; {level} does not")
