"""The difference of two independent shares: the distances to their limits, squared and added."""

from math import sqrt

from perception.analysis.estimates.estimate import Estimate

METHOD = "difference of independent shares, limits squared and added (Newcombe 1998, method 10)"


def independent_difference(first: Estimate, second: Estimate) -> Estimate:
    """Estimate the difference of two independent shares: the first less the second.

    Parameters
    ----------
    first, second
        Shares of different images, with intervals of one level; the method of the difference names theirs.

    Returns
    -------
    Estimate
        Within [−1, 1]; `n` is the sum of both. Undefined where one of the two is, with its reason; without an interval
        where one of the two has none.

    Notes
    -----
    With shares p₁, p₂ and their limits l₁, u₁, l₂, u₂:

        p₁ − p₂ − √((p₁ − l₁)² + (u₂ − p₂)²)  to  p₁ − p₂ + √((u₁ − p₁)² + (p₂ − l₂)²)

    With Wilson's limits this is method 10 of Newcombe (1998); with other limits it is as good as they are (Zou & Donner
    2008).

    References
    ----------
    - Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions: comparison of
      eleven methods. Statistics in Medicine 17:873–890.
      doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    - Zou, G. Y., & Donner, A. (2008). Construction of confidence limits about effect measures: a general approach.
      Statistics in Medicine 27:1693–1702. doi:10.1002/sim.3095

    Examples
    --------
    56 of 70 against 48 of 80, for which Newcombe's Table II has 0.0524 to 0.3339 by method 10:

    >>> from perception.analysis.estimates.difference import independent_difference
    >>> from perception.analysis.estimates.proportions import proportion
    >>> found = independent_difference(proportion(56, 70), proportion(48, 80))
    >>> print(f"{found.estimate:.4f} ({found.low:.4f} to {found.high:.4f})")
    0.2000 (0.0524 to 0.3339)
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
