"""What a study of given size can show: by simulating studies, and analysing each as a report does."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from perception.analysis.detection.group_d_prime import GroupDPrime, group_d_prime
from perception.analysis.detection.margin import d_prime_of_margin
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.proportions import wilson
from perception.analysis.planning.assumed_observers import AssumedObservers
from perception.analysis.planning.power import Claim, Design

MONTE_CARLO = "share of simulated studies, Wilson"
LEVEL = 0.95
MOST_ANSWERS = 10_000_000
"""Of one study: some hundred megabytes."""


@dataclass(frozen=True, slots=True)
class SimulatedPower:
    """What came of many studies of one design.

    Attributes
    ----------
    power
        The share of the studies that showed what is claimed: `k` of `n`, with its Monte Carlo error as an interval.
    mean
        Of the estimates of d′; None where no study had one.
    standard_deviation
        Of these estimates; None where fewer than two studies had one.
    standard_error
        The mean of the standard errors that the studies estimated; None where no study had an interval.
    without_interval
        How many studies had none, such as those in which all answers were alike. They show nothing.
    """

    power: Estimate
    mean: float | None
    standard_deviation: float | None
    standard_error: float | None
    without_interval: int

    def agrees_with(self, formula: float) -> bool:
        """Tell whether a power lies within the Monte Carlo error.

        Parameters
        ----------
        formula
            The power by formula, 0 to 1.

        Returns
        -------
        bool
            Whether it lies inside the interval of `power`, limits included.
        """
        low, high = self.power.low, self.power.high
        return low is not None and high is not None and low <= formula <= high

    def as_dict(self) -> dict[str, object]:
        """Return the figures as JSON."""
        return {
            "power": self.power.as_dict(),
            "mean": self.mean,
            "standard_deviation": self.standard_deviation,
            "standard_error": self.standard_error,
            "without_interval": self.without_interval,
        }


def simulate_power(
    claim: Claim, assumed: AssumedObservers, design: Design, *, studies: int, seed: int
) -> SimulatedPower:
    """Simulate studies with new observers and new images, and count those that show what is claimed.

    Parameters
    ----------
    claim, assumed, design
        What is to be shown, who answers, and how many observers and images.
    studies
        How many, at least 1.
    seed
        At least 0. Designs of different sizes draw different numbers from one seed.

    Returns
    -------
    SimulatedPower
        The share of the studies that showed it, and how their estimates varied.

    Raises
    ------
    ValueError
        No study to simulate, a negative seed, or a study of more than `MOST_ANSWERS`.

    Notes
    -----
    Each study is analysed by `group_d_prime`, as in a report: it shows the claim where the interval of d′ lies inside
    ±2 Φ⁻¹(½ + δ), a margin that is within the reach of d′, or, without a margin, excludes 0. The Monte Carlo error is
    the 95% Wilson interval of the share.

    Examples
    --------
    >>> from perception.analysis.planning.assumed_observers import AssumedObservers
    >>> from perception.analysis.planning.power import Claim, Design
    >>> from perception.analysis.planning.simulated_power import simulate_power
    >>> found = simulate_power(Claim(0.1, 0.90), AssumedObservers(), Design(4, 40, 40), studies=50, seed=1)
    >>> print(f"{found.power.k} of {found.power.n}: {found.power.low:.2f} to {found.power.high:.2f}")
    48 of 50: 0.87 to 0.99
    """
    if studies < 1:
        raise ValueError(f"at least one study is simulated, not {studies}")
    if seed < 0:
        raise ValueError(f"a seed is not negative; {seed} is")
    if design.answers > MOST_ANSWERS:
        raise ValueError(f"a simulated study has at most {MOST_ANSWERS:,} answers; leave the simulation out")
    of_pool = [] if design.pool is None else [design.pool]
    rng = np.random.default_rng([seed, design.observers, design.perturbed, design.clean, *of_pool])
    estimates, errors, shown = [], [], 0
    for _ in range(studies):
        table = assumed.draw(
            observers=design.observers,
            perturbed=design.perturbed,
            clean=design.clean,
            rng=rng,
            pool=design.pool,
        )
        found = group_d_prime(
            np.broadcast_to(table.truth, table.responses.shape),
            table.responses,
            table.observers,
            observers_random=claim.observers_random,
            level=claim.level,
        )
        if found.estimate.estimate is not None and found.standard_error is not None:
            estimates.append(found.estimate.estimate)
            errors.append(found.standard_error)
        shown += _shows(claim, found)
    low, high = wilson(shown, studies, LEVEL)
    return SimulatedPower(
        power=Estimate(shown / studies, low, high, LEVEL, MONTE_CARLO, n=studies, k=shown),
        mean=float(np.mean(estimates)) if estimates else None,
        standard_deviation=float(np.std(estimates, ddof=1)) if len(estimates) > 1 else None,
        standard_error=sqrt(float(np.mean(np.square(errors)))) if errors else None,
        without_interval=studies - len(errors),
    )


def _shows(claim: Claim, found: GroupDPrime) -> bool:
    """Tell whether the interval of d′ lies inside a margin within its reach, or, without one, excludes 0."""
    low, high = found.estimate.low, found.estimate.high
    if low is None or high is None:
        return False
    if claim.margin is None:
        return low > 0 or high < 0
    margin = d_prime_of_margin(claim.margin)
    return margin <= found.reach and -margin < low and high < margin
