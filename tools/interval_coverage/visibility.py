"""How often the intervals of “which number predicts seeing” hold the true value.

`python -m tools.interval_coverage.visibility` draws studies in which the model's truth is known: perturbed image i is
called perturbed by observer j with probability Φ(0.3 + u_i − c_j + (b + b_j) m_i + b′ m′_i), where m and m′ are two
measures (standard normal over images), u_i ~ N(0, σ²) is what no measure tells, c_j ~ N(0, 0.5²) the observer's
criterion and b_j ~ N(0, τ²) by how much their eyes follow the first measure more, or less, than others'. Images that
are shown at several strengths, each observer seeing each at one of them, have their u_i at all of them, and half of
the variance of m and m′ is theirs.
"""

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.visibility.noticed_answers import NoticedAnswers
from perception.analysis.visibility.rank_correlation import Correlations, spearman

Reals = NDArray[np.float64]

DESIGNS = ((5, 30), (10, 30), (10, 100), (30, 30), (30, 100))
"""Observers and perturbed images."""
SLOPES = ((0.0, 0.0), (0.7, 0.3))
"""b and b′."""
HETEROGENEITY = ((0.5, 0.0), (0.5, 0.3))
"""σ and τ."""
CRITERION_SD, EASE = 0.5, 0.3
AT_STRENGTHS, STRENGTHS = (24, 30), 4
"""Observers and images of a pool at several strengths, and how many."""
TRUE_STUDIES = 4_000
"""From so many studies of a setting comes its true value: the mean of ρ."""


@dataclass(frozen=True, slots=True)
class VisibilitySetting:
    """One kind of study: `observers` and `images`, the slopes of both measures, σ and τ, and how many strengths."""

    observers: int
    images: int
    slope: float
    second_slope: float
    image_sd: float
    observer_sd: float
    strengths: int = 1


@dataclass(frozen=True, slots=True)
class VisibilityCoverage:
    """What became of one statistic's 95% intervals in one setting.

    Attributes
    ----------
    statistic, setting
        Which.
    true_value
        The mean of the estimates of many studies.
    bias
        The mean of the estimates of the studies tried, less the true value.
    intervals, covered
        How many of the studies gave an interval, and how many of these held the true value.
    """

    statistic: str
    setting: VisibilitySetting
    true_value: float
    bias: float
    intervals: int
    covered: int

    @property
    def share(self) -> float:
        """Covered of intervals; nan without any."""
        return self.covered / self.intervals if self.intervals else float("nan")


def settings() -> Iterator[VisibilitySetting]:
    """Yield every kind of study that is tried."""
    for design, slopes, sds in product(DESIGNS, SLOPES, HETEROGENEITY):
        yield VisibilitySetting(*design, *slopes, *sds)
    for sds in ((0.5, 0.0), (1.0, 0.0)):
        yield VisibilitySetting(*AT_STRENGTHS, 0.7, 0.3, *sds, STRENGTHS)


def coverage(setting: VisibilitySetting, *, studies: int, seed: int) -> list[VisibilityCoverage]:
    """Draw studies and count how often the interval of ρ, and of the difference of two, hold the true value.

    Parameters
    ----------
    setting
        The kind of study.
    studies
        How many.
    seed
        The same seed and setting give the same studies.
    """
    rng = np.random.default_rng([seed, setting.observers, setting.images])
    many = np.array([_correlations(*_draw(setting, rng)) for _ in range(TRUE_STUDIES)])
    true_values = (float(np.nanmean(many[:, 0])), float(np.nanmean(many[:, 0] - many[:, 1])))
    found: tuple[list[Estimate], list[Estimate]] = ([], [])
    for _ in range(studies):
        measures, noticed = _draw(setting, rng)
        correlations = Correlations.of(_answers(noticed), measures, np.arange(measures.shape[1]) // setting.strengths)
        found[0].append(correlations.correlation(0))
        found[1].append(correlations.difference(0, 1))
    names = ("rank correlation of a measure with what is noticed", "difference of two rank correlations")
    return [
        _counted(name, setting, true_value, estimates)
        for name, true_value, estimates in zip(names, true_values, found, strict=True)
    ]


def markdown(rows: Sequence[VisibilityCoverage]) -> str:
    """Return the table: a line for each setting, in percent.

    Parameters
    ----------
    rows
        Of any statistics and settings.
    """
    lines = [
        "| statistic | observers, images | b, b′ | σ, τ | true value | bias | coverage |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        setting = row.setting
        lines.append(
            f"| {row.statistic} | {setting.observers}, {setting.images}{_at(setting.strengths)} | {setting.slope:g}, "
            f"{setting.second_slope:g} | {setting.image_sd:g}, {setting.observer_sd:g} | {row.true_value:+.3f} | "
            f"{row.bias:+.3f} | {100 * row.share:.1f}% |"
        )
    return "\n".join(lines) + "\n"


def _at(strengths: int) -> str:
    return "" if strengths == 1 else f" at {strengths} strengths"


def _draw(setting: VisibilitySetting, rng: np.random.Generator) -> tuple[Reals, Reals]:
    """Return two measures, shape (2, items), and who noticed what, shape (J, items): 1 or 0, nan where not asked.

    Items are the images, each at every strength in a row.
    """
    items = setting.images * setting.strengths
    measures = rng.standard_normal((2, items))
    if setting.strengths > 1:
        of_image = np.repeat(rng.standard_normal((2, setting.images)), setting.strengths, axis=1)
        measures = (measures + of_image) / math.sqrt(2)
    untold = np.repeat(setting.image_sd * rng.standard_normal(setting.images), setting.strengths)
    criterion = CRITERION_SD * rng.standard_normal((setting.observers, 1))
    slope = setting.slope + setting.observer_sd * rng.standard_normal((setting.observers, 1))
    evidence = EASE + untold - criterion + slope * measures[0] + setting.second_slope * measures[1]
    noticed = (rng.random(evidence.shape) < stats.norm.cdf(evidence)).astype(float)
    if setting.strengths > 1:
        image, strength = np.divmod(np.arange(items), setting.strengths)
        asked = (np.arange(setting.observers)[:, None] + image) % setting.strengths == strength
        noticed[~asked] = np.nan
    return measures, noticed


def _correlations(measures: Reals, noticed: Reals) -> Reals:
    return spearman(measures, np.nanmean(noticed, axis=0))


def _answers(noticed: Reals) -> NoticedAnswers:
    observer, item = np.nonzero(~np.isnan(noticed))
    return NoticedAnswers(observer, item, noticed[observer, item] == 1, *noticed.shape)


def _counted(
    name: str, setting: VisibilitySetting, true_value: float, estimates: Sequence[Estimate]
) -> VisibilityCoverage:
    intervals = [(one.low, one.high) for one in estimates if one.low is not None and one.high is not None]
    covered = sum(low <= true_value <= high for low, high in intervals)
    values = [one.estimate for one in estimates if one.estimate is not None]
    return VisibilityCoverage(
        name, setting, true_value, float(np.mean(values)) - true_value, len(intervals), int(covered)
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table.

    Parameters
    ----------
    arguments
        Those of the command line; None takes them from there.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=1_000, help="of each setting")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    rows = [row for one in settings() for row in coverage(one, studies=options.studies, seed=options.seed)]
    sys.stdout.write(markdown(sorted(rows, key=lambda row: row.statistic, reverse=True)))


if __name__ == "__main__":
    main()
