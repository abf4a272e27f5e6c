"""`python -m tools.interval_coverage.adaptive_strength`: QUEST+ against the method of constant stimuli.

Simulated observers whose psychometric functions are known answer as many trials either way; both are analysed by the
posterior that a report prints. Bias and error are in doublings of strength.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from perception.analysis.observations import Task
from perception.analysis.psychometric.adaptive_summary import summarise_adaptive
from perception.analysis.simulated_observers.threshold_sessions import ThresholdSessions

STRENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0)
THRESHOLD_SD = 0.4
"""Between observers, in doublings."""
Method = Literal["QUEST+", "constant stimuli"]
METHODS: tuple[Method, ...] = ("QUEST+", "constant stimuli")


@dataclass(frozen=True, slots=True)
class AdaptiveSetting:
    """What is simulated.

    Attributes
    ----------
    task
        "two_afc" or "yes_no", of which a third of the trials show clean images.
    threshold, slope
        Of the mean observer: the strength in 8-bit levels, and what F's argument gains with each doubling.
    observers, trials
        Of each study; of each observer, clean images among them.
    """

    task: Task
    threshold: float
    slope: float
    observers: int = 6
    trials: int = 60

    def __str__(self) -> str:
        """Return the task, the threshold and the slope."""
        task = "two images" if self.task == "two_afc" else "yes/no"
        return f"{task}, threshold {self.threshold:g}, slope {self.slope:g}"


def settings() -> list[AdaptiveSetting]:
    """Return what is tried."""
    tasks: tuple[Task, ...] = ("two_afc", "yes_no")
    return [
        AdaptiveSetting(task, threshold, slope) for task in tasks for threshold in (3.0, 6.0) for slope in (1.0, 2.0)
    ]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of the studies of one setting, by one method.

    Attributes
    ----------
    bias, error
        Mean and root mean square of the observers' errors of the threshold, in doublings; of those that have one.
    held, held_slope
        How often the credible interval held the observer's threshold, and slope.
    undefined
        The share of observers without a threshold.
    pooled_bias, pooled_held
        Of the pooled threshold, for observers like these.
    """

    setting: AdaptiveSetting
    method: Method
    bias: float
    error: float
    held: float
    held_slope: float
    undefined: float
    pooled_bias: float
    pooled_held: float


def run(setting: AdaptiveSetting, method: Method, *, studies: int, seed: int) -> Result:
    """Simulate studies and analyse each as a report does."""
    rng = np.random.default_rng([seed, METHODS.index(method)])
    sessions = ThresholdSessions(
        setting.task, STRENGTHS, setting.threshold, setting.slope, THRESHOLD_SD, adapts=method == "QUEST+"
    )
    errors, held, held_slope, pooled, pooled_held = [], [], [], [], []
    n = 0
    for _ in range(studies):
        log_thresholds = sessions.log_thresholds(setting.observers, rng)
        summary = summarise_adaptive(sessions.study(log_thresholds, trials=setting.trials, rng=rng), STRENGTHS)
        if summary is None:
            raise ValueError("a study without answers")
        n += setting.observers
        for one, true in zip(summary.observers.values(), log_thresholds, strict=True):
            threshold, slope = one.threshold, one.slope
            if threshold.low is not None and threshold.high is not None:
                errors.append(one.log_threshold - true)
                held.append(threshold.low <= 2**true <= threshold.high)
            if slope.low is not None and slope.high is not None:
                held_slope.append(slope.low <= setting.slope <= slope.high)
        of_all = summary.threshold
        if of_all.estimate is not None and of_all.low is not None and of_all.high is not None:
            pooled.append(np.log2(of_all.estimate / setting.threshold))
            pooled_held.append(of_all.low <= setting.threshold <= of_all.high)
    return Result(
        setting,
        method,
        bias=float(np.mean(errors)),
        error=float(np.sqrt(np.mean(np.square(errors)))),
        held=float(np.mean(held)),
        held_slope=float(np.mean(held_slope)),
        undefined=1 - len(errors) / n,
        pooled_bias=float(np.mean(pooled)),
        pooled_held=float(np.mean(pooled_held)),
    )


def markdown(results: Sequence[Result]) -> str:
    """Return the table."""
    lines = [
        "| simulated | strengths | bias | error | threshold held | slope held | no threshold | bias, all | held, all |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.setting} | {one.method} | {one.bias:+.2f} | {one.error:.2f} | {100 * one.held:.1f}% | "
        f"{100 * one.held_slope:.1f}% | {100 * one.undefined:.1f}% | {one.pooled_bias:+.2f} | "
        f"{100 * one.pooled_held:.1f}% |"
        for one in results
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate and print; a line for each setting on the way goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m tools.interval_coverage.adaptive_strength", description=__doc__)
    parser.add_argument("--studies", type=int, default=200, help="of each setting (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.studies < 1:
        parser.error("--studies is 1 or more")
    results = []
    for setting in settings():
        for method in METHODS:
            results.append(run(setting, method, studies=options.studies, seed=options.seed))
            sys.stderr.write(f"{setting}, {method}\n")
    sys.stdout.write(f"{options.studies} studies of each setting, seed {options.seed}.\n\n{markdown(results)}")


if __name__ == "__main__":
    main()
