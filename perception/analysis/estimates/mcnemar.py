"""McNemar's test of two paired proportions (1947), Psychometrika 12:153–157."""

from dataclasses import dataclass

from scipy import stats

from perception.analysis.json_values import JsonObject

METHODS = ("exact", "mid-p", "chi-squared", "chi-squared with continuity correction")


@dataclass(frozen=True, slots=True)
class McNemar:
    """The result of McNemar's test.

    Attributes
    ----------
    b, c
        The discordant pairs: right before and wrong after; wrong before and right after.
    statistic
        χ²; for the exact test and its mid-p variant min(b, c). None where it is undefined.
    p
        Two-sided; 1 where there is no discordant pair, of which χ² is undefined: its p is then None.
    method
        One of `METHODS`.
    """

    b: int
    c: int
    statistic: float | None
    p: float | None
    method: str

    def as_dict(self) -> JsonObject:
        """Return the result as JSON."""
        return {"b": self.b, "c": self.c, "statistic": self.statistic, "p": self.p, "method": self.method}


def mcnemar(b: int, c: int, *, method: str = "exact") -> McNemar:
    """Test whether the discordant pairs fall to both sides alike: McNemar's test of two paired proportions.

    Parameters
    ----------
    b, c
        Numbers of discordant pairs, at least 0: right before and wrong after; wrong before and right after.
    method
        One of `METHODS`: "exact", "mid-p", "chi-squared", "chi-squared with continuity correction".

    Returns
    -------
    McNemar
        The statistic and the two-sided p-value. Without a discordant pair p is 1 by the exact test and its mid-p
        variant, and χ², which divides by their number, is undefined with its p.

    Raises
    ------
    ValueError
        A negative count; no method of that name.

    Notes
    -----
    - exact: the two-sided binomial test of min(b, c) of b + c at ½, p = min(1, 2 P(B ≤ min(b, c)));
    - mid-p (Fagerland, Lydersen & Laake 2013): the same with half of the probability of min(b, c) itself left out of
      the tail;
    - chi-squared (McNemar 1947): χ² = (b − c)²/(b + c) with one degree of freedom;
    - with continuity correction: χ² = max(0, |b − c| − 1)²/(b + c).

    References
    ----------
    - McNemar, Q. (1947). Note on the sampling error of the difference between correlated proportions or percentages.
      Psychometrika 12:153–157. doi:10.1007/BF02295996
    - Fagerland, M. W., Lydersen, S., & Laake, P. (2013). The McNemar test for binary matched-pairs data: mid-p and
      asymptotic are better than exact conditional. BMC Medical Research Methodology 13:91. doi:10.1186/1471-2288-13-91

    Examples
    --------
    An attack after which 15 images are classified wrongly that were right before, and 5 the other way round:

    >>> from perception.analysis.estimates.mcnemar import mcnemar
    >>> print(f"{mcnemar(15, 5).p:.4f}")
    0.0414
    >>> print(f"{mcnemar(15, 5, method='mid-p').p:.4f}")
    0.0266
    >>> test = mcnemar(15, 5, method="chi-squared with continuity correction")
    >>> print(f"χ² = {test.statistic:.2f}, p = {test.p:.4f}")
    χ² = 4.05, p = 0.0442
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
        return McNemar(b, c, None, None, method)
    difference = abs(b - c) if method == "chi-squared" else max(0, abs(b - c) - 1)
    statistic = difference**2 / n
    return McNemar(b, c, statistic, float(stats.chi2.sf(statistic, 1)), method)
