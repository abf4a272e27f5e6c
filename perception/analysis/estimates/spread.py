"""How far an estimate spreads: a variance and the degrees of freedom of t. Of two, the wider."""

from dataclasses import dataclass
from math import sqrt

from scipy import stats


@dataclass(frozen=True, slots=True)
class Spread:
    """The variance of an estimate, and how well it is known.

    Attributes
    ----------
    variance
        At least 0.
    freedom
        Degrees of freedom of t; infinite for the normal distribution.
    """

    variance: float
    freedom: float

    def critical(self, level: float) -> float:
        """Return the quantile of t of a two-sided interval.

        Parameters
        ----------
        level
            Of the interval, between 0 and 1.
        """
        return float(stats.t.ppf(0.5 + level / 2, self.freedom))

    def half_width(self, level: float) -> float:
        """Return how far an interval reaches to either side.

        Parameters
        ----------
        level
            Of the interval, between 0 and 1.
        """
        return self.critical(level) * sqrt(self.variance)

    def at_least(self, other: "Spread", level: float) -> "Spread":
        """Return this spread, or the other one where its interval is wider.

        An interval for observers like these takes in all that one for these observers does, and their own spread. Its
        estimate of the variance may fall below theirs all the same, and with few images so may its quantile of t.

        Parameters
        ----------
        other
            The one that the interval is not to be narrower than.
        level
            Of the interval, between 0 and 1.
        """
        return self if self.half_width(level) >= other.half_width(level) else other
