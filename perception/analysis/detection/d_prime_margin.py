"""Where does d′ lie: within a margin of 0, above 0, above the margin? One-sided tests, of a family of strengths.

Each question is a family of its own: its p-values are adjusted after Holm over the strengths, and every word of a
verdict rests on them. Intervals are not adjusted, and decide nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from perception.analysis.detection.group_d_prime import GroupDPrime
from perception.analysis.estimates.multiple_comparisons import holm
from perception.analysis.json_values import JsonObject

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class AdjustedTest:
    """One question at one strength.

    Attributes
    ----------
    p
        Of this strength alone.
    adjusted
        The same after Holm, over the strengths of the study.
    """

    p: float
    adjusted: float

    @property
    def shown(self) -> bool:
        """Whether it was shown, at 5% over all strengths."""
        return self.adjusted < ALPHA


@dataclass(frozen=True, slots=True)
class DPrimeTest:
    """What the tests of one d′ say. A test is None where d′ has no standard error.

    Attributes
    ----------
    d_prime
        With its interval of level 90%, which is not adjusted.
    margin
        Δ, in d′.
    p_below, p_above
        Of the tests of "d′ ≤ −Δ" and "d′ ≥ Δ"; None also where d′ has no interval, and where the margin lies beyond its
        reach.
    inside
        "−Δ < d′ < Δ": its p is the larger of both. None where they are.
    above_zero, below_zero
        "d′ > 0": perturbed images are told from clean ones; "d′ < 0": they are, and called the wrong way round.
    above_margin, below_margin
        "d′ > Δ" and "d′ < −Δ".
    """

    d_prime: GroupDPrime
    margin: float
    p_below: float | None
    p_above: float | None
    inside: AdjustedTest | None
    above_zero: AdjustedTest | None
    below_zero: AdjustedTest | None
    above_margin: AdjustedTest | None
    below_margin: AdjustedTest | None

    @property
    def within(self) -> bool | None:
        """Whether d′ was shown to lie within the margin; None where it cannot be told."""
        return None if self.inside is None else self.inside.shown

    @property
    def noticed(self) -> bool | None:
        """Whether perturbed images were shown to be told from clean ones; None where it cannot be told."""
        return None if self.above_zero is None else self.above_zero.shown

    @property
    def detected(self) -> bool | None:
        """Whether d′ was shown to lie above the margin; None where it cannot be told."""
        return None if self.above_margin is None else self.above_margin.shown

    def as_dict(self) -> JsonObject:
        """Return the tests as JSON."""
        return {
            "d_prime": self.d_prime.as_dict(),
            "p_below": self.p_below,
            "p_above": self.p_above,
            **_as_dict("p", self.inside),
            **_as_dict("p_noticed", self.above_zero),
            **_as_dict("p_below_chance", self.below_zero),
            **_as_dict("p_detected", self.above_margin),
            **_as_dict("p_reversed", self.below_margin),
            "within_margin": self.within,
            "noticed": self.noticed,
            "detected": self.detected,
        }


def _as_dict(name: str, test: AdjustedTest | None) -> JsonObject:
    return {name: None, f"{name}_adjusted": None} if test is None else {name: test.p, f"{name}_adjusted": test.adjusted}


def within_d_prime(found: Sequence[GroupDPrime], *, margin: float) -> list[DPrimeTest]:
    """Test for each strength whether d′ lies within a margin of 0, and whether it lies above 0, and above the margin.

    Parameters
    ----------
    found
        d′ of the same observers at each strength.
    margin
        In d′, above 0.

    Returns
    -------
    list of DPrimeTest
        In the order given. A strength without a d′ does not count in a family.

    Raises
    ------
    ValueError
        A margin that is not above 0.

    Notes
    -----
    With d the estimate, SE its standard error, Δ the margin and T the distribution of t (Schuirmann 1987):

        p_below = P(T ≥ (d + Δ)/SE),  p_above = P(T ≤ (d − Δ)/SE),  p = max(p_below, p_above)

    "d′ > x" has p = P(T ≥ (d − x)/SE), "d′ < x" P(T ≤ (d − x)/SE). At a single strength a p is below .05 where the 90%
    interval lies inside ±Δ, above x, below x. The p-values of each question are adjusted after Holm (1979) over the
    strengths, so that the chance of any false finding of one kind is at most 5% in a study.

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
    >>> test.within, test.noticed, test.inside.p < 0.01
    (True, False, True)
    """
    if margin <= 0:
        raise ValueError(f"a margin of d′ lies above 0, such as 0.25; {margin} does not")
    sides = [_of_margin(one, margin) for one in found]
    return [
        DPrimeTest(one, margin, side and side[0], side and side[1], *tests)
        for one, side, *tests in zip(
            found,
            sides,
            _family([None if side is None else max(side) for side in sides]),
            _family([_above(one, 0) for one in found]),
            _family([_below(one, 0) for one in found]),
            _family([_above(one, margin) for one in found]),
            _family([_below(one, -margin) for one in found]),
            strict=True,
        )
    ]


def _family(p_values: list[float | None]) -> list[AdjustedTest | None]:
    return [
        None if p is None or adjusted is None else AdjustedTest(p, adjusted)
        for p, adjusted in zip(p_values, holm(p_values), strict=True)
    ]


def _of_margin(found: GroupDPrime, margin: float) -> tuple[float, float] | None:
    below, above = _above(found, -margin), _below(found, margin)
    if below is None or above is None or found.estimate.low is None or margin > found.reach:
        return None
    return below, above


def _above(found: GroupDPrime, limit: float) -> float | None:
    """Return the p of "d′ lies above the limit"."""
    distance = _distance(found, limit)
    return None if distance is None else float(stats.t.sf(*distance))


def _below(found: GroupDPrime, limit: float) -> float | None:
    """Return the p of "d′ lies below the limit"."""
    distance = _distance(found, limit)
    return None if distance is None else float(stats.t.cdf(*distance))


def _distance(found: GroupDPrime, limit: float) -> tuple[float, float] | None:
    """Return how many standard errors d′ lies above a limit, and the degrees of freedom."""
    value, error, freedom = found.estimate.estimate, found.standard_error, found.freedom
    return None if value is None or error is None or freedom is None else ((value - limit) / error, freedom)
