"""`python -m tools.interval_coverage.forced_choice_bias`: bias and coverage of forced choices, flicker among them.

A trial of flicker is a forced choice: the observer names the place with the larger impression of change, and the
analysis is that of two alternatives. What differs is how well the change is seen. So studies are drawn from the model
of `tools.interval_coverage.simulated_study` up to d′ 3, where nearly all choices are right, as a flicker may make them.
"""

import sys
from itertools import product

import numpy as np

from tools.interval_coverage.report_statistics import STATISTICS
from tools.interval_coverage.simulated_study import Setting, draw_study

STUDIES = 1000
SEED = 1
DPRIMES = (0.0, 0.5, 1.0, 2.0, 3.0)
OBSERVERS = (3, 8)
PAIRS = 50
HETEROGENEITY = ((0.0, 0.0), (0.5, 0.3))
"""Standard deviations of images and of observers."""
NAMES = (
    "right choices of two, pooled, these observers",
    "right choices of two, observers random",
)


def main(studies: int = STUDIES) -> None:
    """Simulate, and print a line for each statistic and setting."""
    write = sys.stdout.write
    write("| statistic | observers | d′ | σ, τ | true value | bias | coverage |\n|---|---|---|---|---|---|---|\n")
    for name, observers, dprime, sds in product(NAMES, OBSERVERS, DPRIMES, HETEROGENEITY):
        truth, bias, share = bias_and_coverage(name, Setting(observers, PAIRS // 2, PAIRS // 2, dprime, *sds), studies)
        of = ", ".join(f"{sd:g}" for sd in sds)
        write(f"| {name} | {observers} | {dprime:g} | {of} | {truth:.3f} | {bias:+.4f} | {100 * share:.1f} |\n")


def bias_and_coverage(name: str, setting: Setting, studies: int) -> tuple[float, float, float]:
    """Return the mean true value, the mean of estimate less true value, and how often the interval held it.

    Parameters
    ----------
    name
        Of one of `STATISTICS`.
    setting
        Of the studies; the same one gives the same studies.
    studies
        How many are drawn.
    """
    statistic = next(one for one in STATISTICS if one.name == name)
    told = (setting.dprime, setting.image_sd, setting.observer_sd)
    rng = np.random.default_rng([SEED, setting.observers, *(round(1000 * value) for value in told)])
    truths, errors, held = [], [], []
    for _ in range(studies):
        study = draw_study(setting, rng)
        estimate, truth = statistic.estimate(study), statistic.true_value(study)
        if estimate.estimate is None or estimate.low is None or estimate.high is None:
            continue
        truths.append(truth)
        errors.append(estimate.estimate - truth)
        held.append(estimate.low <= truth <= estimate.high)
    return float(np.mean(truths)), float(np.mean(errors)), float(np.mean(held))


if __name__ == "__main__":
    main()
