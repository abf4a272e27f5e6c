"""How often an interval holds the true value, over many simulated studies."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from tools.interval_coverage.report_statistics import STATISTICS, Statistic
from tools.interval_coverage.simulated_study import Setting, draw_study

DESIGNS = (
    (1, 30, 20),
    (1, 100, 100),
    (2, 30, 20),
    (2, 100, 100),
    (4, 30, 20),
    (4, 100, 100),
    (5, 50, 50),
    (8, 30, 20),
    (8, 100, 100),
)
"""Observers, perturbed and clean images."""
OWN_IMAGES = ((50, 1250, 1250, 53),)
"""Observers, perturbed and clean images of a pool, and how many of either each observer draws from it."""
POOLS = ((40, 200, 25),)
"""Observers, images of a pool that is dealt out as in a study, and how many of either truth each observer judges."""
TWO_ARM_DESIGNS = ((5, 50, 50),)
"""Those in which the same observers judge the same images in two arms; the second has `SECOND` times the d′."""
SECOND = 1.5
TWO_GROUP_DESIGNS = ((6, 50, 50, 0), (16, 50, 50, 0), (16, 100, 100, 50))
"""Observers, perturbed and clean images, and how many of either each judges (0: all). The latter half of the observers
are a second group, whose d′ is larger by `APART`."""
APART = 0.5
REPEAT_DESIGNS = ((3, 30, 20, 15), (5, 30, 20, 10), (8, 30, 20, 20), (20, 100, 100, 20))
"""Observers, perturbed and clean images, and how many trials each observer is shown twice."""
HETEROGENEITY = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.3), (0.5, 0.3))
"""Standard deviations of images and of observers."""
DPRIMES = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What became of one statistic's intervals in one setting.

    Attributes
    ----------
    statistic, nominal, setting
        Which, and how often its interval should hold the true value.
    studies
        For how many it was computed.
    intervals
        How many of them gave an interval: some statistics are undefined for some answers.
    covered
        How many intervals held the true value.
    width
        Their mean width.
    """

    statistic: str
    nominal: float
    setting: Setting
    studies: int
    intervals: int
    covered: int
    width: float

    @property
    def share(self) -> float | None:
        """Covered of intervals; None without any."""
        return self.covered / self.intervals if self.intervals else None

    @property
    def monte_carlo_error(self) -> float:
        """The standard error of the share, if the interval were right."""
        return math.sqrt(self.nominal * (1 - self.nominal) / max(self.intervals, 1))


def settings() -> Iterator[Setting]:
    """Yield every kind of study that is tried."""
    designs = (*((*design, 0) for design in DESIGNS), *OWN_IMAGES)
    for (observers, perturbed, clean, asked), sds, dprime in product(designs, HETEROGENEITY, DPRIMES):
        yield Setting(observers, perturbed, clean, dprime, *sds, asked=asked)
    for (observers, images, asked), sds, dprime in product(POOLS, HETEROGENEITY, DPRIMES):
        yield Setting(observers, images, images, dprime, *sds, asked=asked, of_pool=True)
    for (observers, perturbed, clean), (image_sd, observer_sd), dprime in product(
        TWO_ARM_DESIGNS, HETEROGENEITY, DPRIMES
    ):
        yield Setting(observers, perturbed, clean, dprime, image_sd, observer_sd, SECOND * dprime)
    for (observers, perturbed, clean, asked), sds, dprime in product(TWO_GROUP_DESIGNS, HETEROGENEITY, DPRIMES):
        yield Setting(observers, perturbed, clean, dprime, *sds, asked=asked, group_dprime=dprime + APART)
    for (observers, perturbed, clean, repeated), sds, dprime in product(REPEAT_DESIGNS, HETEROGENEITY, DPRIMES):
        yield Setting(observers, perturbed, clean, dprime, *sds, repeated=repeated)


def coverage(
    setting: Setting, *, studies: int, seed: int, statistics: Sequence[Statistic] = STATISTICS
) -> list[Coverage]:
    """Draw studies and count how often each statistic's interval holds the true value.

    Parameters
    ----------
    seed
        The same seed and setting give the same studies.
    """
    numbers = (setting.observers, setting.perturbed, setting.clean)
    sizes = (round(1000 * setting.dprime), round(1000 * setting.image_sd), round(1000 * setting.observer_sd))
    rng = np.random.default_rng([seed, *numbers, *sizes, *([setting.asked] if setting.asked else [])])
    if setting.repeated:
        rng = np.random.default_rng([seed, *numbers, *sizes, setting.asked, setting.repeated])
    tried = [statistic for statistic in statistics if statistic.is_of(setting)]
    if not tried:
        return []
    widths: dict[str, list[float]] = {statistic.name: [] for statistic in tried}
    covered = dict.fromkeys(widths, 0)
    for number in range(studies):
        study = draw_study(setting, rng)
        for statistic in tried:
            if number % statistic.every:
                continue
            estimate = statistic.estimate(study)
            if estimate.low is None or estimate.high is None:
                continue
            widths[statistic.name].append(estimate.high - estimate.low)
            covered[statistic.name] += estimate.low <= statistic.true_value(study) <= estimate.high
    return [
        Coverage(
            statistic.name,
            statistic.nominal,
            setting,
            math.ceil(studies / statistic.every),
            len(widths[statistic.name]),
            covered[statistic.name],
            float(np.mean(widths[statistic.name])) if widths[statistic.name] else math.nan,
        )
        for statistic in tried
    ]
