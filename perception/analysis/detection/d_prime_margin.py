"""Is d′ within a margin of 0? Two one-sided tests (Schuirmann 1987), of one group or of a family of strengths."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from perception.analysis.detection.group_d_prime import GroupDPrime
from perception.analysis.estimates.multiple_comparisons import holm
from perception.analysis.json_values import JsonObject

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class DPrimeTest:
    """What the tests of one d′ say. Every field but the first two is None where d′ is undefined.

    Those of the margin are None also where d′ has no interval, and where the margin lies beyond its reach.

    Attributes
    ----------
    d_prime
        With its interval of level 90%, which is not adjusted.
    margin
        In d′.
    p_below, p_above
        Of the tests of "≤ −margin" and "≥ margin".
    p
        The larger of both: small where d′ lies within the margin.
    p_adjusted
        The same after Holm, over the strengths of the study.
    p_noticed
        One-sided, of "d′ ≤ 0": small where perturbed images are told from clean ones.
    p_noticed_adjusted
        The same after Holm.
    """

    d_prime: GroupDPrime
    margin: float
    p_below: float | None
    p_above: float | None
    p: float | None
    p_adjusted: float | None
    p_noticed: float | None
    p_noticed_adjusted: float | None

    @property
    def within(self) -> bool | None:
        """Whether d′ was shown to lie within the margin, at 5% over all strengths."""
        return None if self.p_adjusted is None else self.p_adjusted < ALPHA

    @property
    def noticed(self) -> bool | None:
        """Whether perturbed images were shown to be told from clean ones, at 5% over all strengths."""
        return None if self.p_noticed_adjusted is None else self.p_noticed_adjusted < ALPHA

    def as_dict(self) -> JsonObject:
        """Return the tests as JSON."""
        return {
            "d_prime": self.d_prime.as_dict(),
            "p_below": self.p_below,
            "p_above": self.p_above,
            "p": self.p,
            "p_adjusted": self.p_adjusted,
            "p_noticed": self.p_noticed,
            "p_noticed_adjusted": self.p_noticed_adjusted,
            "within_margin": self.within,
            "noticed": self.noticed,
        }


def within_d_prime(found: Sequence[GroupDPrime], *, margin: float) -> list[DPrimeTest]:
    """Test for each strength whether d′ lies within a margin of 0, and whether it lies above 0.

    Parameters
    ----------
    found
        d′ of the same observers at each strength.
    margin
        In d′, above 0.

    Returns
    -------
    list of DPrimeTest
        In the order given. A strength without a d′ does not count in the family.

    Raises
    ------
    ValueError
        A margin that is not above 0.

    Notes
    -----
    With d the estimate, SE its standard error and T the distribution of t (Schuirmann 1987):

        p_below = P(T ≥ (d + Δ)/SE),  p_above = P(T ≤ (d − Δ)/SE),  p = max(p_below, p_above)

    At a single strength p < .05 where the 90% interval lies inside ±Δ. The p-values of either question are adjusted
    after Holm (1979) over the strengths.

    References
    ----------
    - Schuirmann, D. J. (1987). Journal of Pharmacokinetics and Biopharmaceutics 15:657–680. doi:10.1007/BF01068419
    - Holm, S. (1979). Scandinavian Journal of Statistics 6:65–70.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.detection.d_prime_margin import within_d_prime
    >>> from perception.analysis.detection.group_d_prime import group_d_prime
    >>> signal = np.tile(np.arange(400) < 200, (2, 1))
    >>> said = np.tile(np.array([0, 1], dtype=np.int8), (2, 200))
    >>> (test,) = within_d_prime([group_d_prime(signal, said, ("A", "B"))], margin=0.5)
    >>> test.within, test.noticed, test.p < 0.01
    (True, False, True)
    """
    if margin <= 0:
        raise ValueError(f"a margin of d′ lies above 0, such as 0.25; {margin} does not")
    sides = [_of_margin(one, margin) for one in found]
    larger = [None if side is None else max(side) for side in sides]
    noticed = [_of_chance(one) for one in found]
    return [
        DPrimeTest(one, margin, side and side[0], side and side[1], both, both_adjusted, seen, seen_adjusted)
        for one, side, both, both_adjusted, seen, seen_adjusted in zip(
            found, sides, larger, holm(larger), noticed, holm(noticed), strict=True
        )
    ]


def _of_margin(found: GroupDPrime, margin: float) -> tuple[float, float] | None:
    value, error, freedom = found.estimate.estimate, found.standard_error, found.freedom
    if value is None or error is None or freedom is None or found.estimate.low is None or margin > found.reach:
        return None
    return float(stats.t.sf((value + margin) / error, freedom)), float(stats.t.cdf((value - margin) / error, freedom))


def _of_chance(found: GroupDPrime) -> float | None:
    value, error, freedom = found.estimate.estimate, found.standard_error, found.freedom
    return None if value is None or error is None or freedom is None else float(stats.t.sf(value / error, freedom))
