"""The difference of two shares of which no unit is in both: square and add the distances to their limits."""

from math import sqrt

from perception.analysis.estimates.estimate import Estimate

METHOD = "difference of independent shares, limits squared and added (Newcombe 1998, method 10)"


def independent_difference(first: Estimate, second: Estimate) -> Estimate:
    """Estimate the first share less the second.

    With shares p₁, p₂ and their limits l, u: p₁ − p₂ − √((p₁ − l₁)² + (u₂ − p₂)²) and p₁ − p₂ + √((u₁ − p₁)² +
    (p₂ − l₂)²). With Wilson's limits this is method 10 of Newcombe (1998), Statistics in Medicine 17:873–890; with
    other limits it is as good as they are (Zou & Donner 2008, Statistics in Medicine 27:1693–1702).

    Parameters
    ----------
    first, second
        Of different images, with intervals of one level; the method names theirs.

    Returns
    -------
    Undefined where one of the two is; without an interval where one of the two has none.
    """
    n = (first.n or 0) + (second.n or 0)
    if first.estimate is None or second.estimate is None:
        reason = (second if first.estimate is not None else first).reason or ""
        return Estimate.undefined(reason, method=METHOD, level=first.level, n=n)
    value = first.estimate - second.estimate
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return Estimate(value, None, None, None, (first if first.low is None else second).method, n=n)
    below = sqrt((first.estimate - first.low) ** 2 + (second.high - second.estimate) ** 2)
    above = sqrt((first.high - first.estimate) ** 2 + (second.estimate - second.low) ** 2)
    of = first.method if first.method == second.method else f"{first.method}; {second.method}"
    return Estimate(value, value - below, value + above, first.level, f"{METHOD}; of: {of}", n=n)
