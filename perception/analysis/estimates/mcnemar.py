"""McNemar's test of two paired proportions (1947), Psychometrika 12:153–157."""

from dataclasses import dataclass
from typing import Any

from scipy import stats

METHODS = ("exact", "mid-p", "chi-squared", "chi-squared with continuity correction")


@dataclass(frozen=True, slots=True)
class McNemar:
    """The test's result.

    Attributes
    ----------
    b, c
        The discordant pairs: right before and wrong after; wrong before and right after.
    statistic
        χ², or min(b, c) for the exact test and its mid-p variant.
    p
        Two-sided; 1 where there is no discordant pair.
    method
        One of `METHODS`.
    """

    b: int
    c: int
    statistic: float
    p: float
    method: str

    def as_dict(self) -> dict[str, Any]:
        """Return the result as JSON."""
        return {"b": self.b, "c": self.c, "statistic": self.statistic, "p": self.p, "method": self.method}


def mcnemar(b: int, c: int, *, method: str = "exact") -> McNemar:
    """Test whether the discordant pairs fall to both sides alike.

    exact: two-sided binomial test of min(b, c) of b + c at ½. mid-p: half of the outcome's own probability is left out
    of each tail (Fagerland, Lydersen & Laake 2013, BMC Medical Research Methodology 13:91). χ² = (b − c)²/(b + c) with
    one degree of freedom; with continuity correction max(0, |b − c| − 1)²/(b + c).

    Raises
    ------
    ValueError
        A negative count, or no such method.
    """
    if b < 0 or c < 0:
        raise ValueError(f"counts are not negative: {b}, {c}")
    if method not in METHODS:
        raise ValueError(f"no such test: {method!r}; there are {', '.join(METHODS)}")
    n, least = b + c, min(b, c)
    if method in {"exact", "mid-p"}:
        if n == 0:
            return McNemar(b, c, 0.0, 1.0, method)
        tail = float(stats.binom.cdf(least, n, 0.5))
        if method == "mid-p":
            tail -= float(stats.binom.pmf(least, n, 0.5)) / 2
        p = min(1.0, 2 * tail)
        return McNemar(b, c, float(least), p, method)
    if n == 0:
        return McNemar(b, c, 0.0, 1.0, method)
    difference = abs(b - c) if method == "chi-squared" else max(0, abs(b - c) - 1)
    statistic = difference**2 / n
    return McNemar(b, c, statistic, float(stats.chi2.sf(statistic, 1)), method)
