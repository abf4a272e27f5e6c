"""Trials shown twice in a simulated study: agreement within observers as a report gives it, and its true values."""

from functools import cache, lru_cache

import numpy as np

from perception.analysis.agreement.within_observers import RepeatedAnswers, WithinObservers, agreement_within
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.observations import Codes
from perception.analysis.simulated_observers.decisions import ratings
from perception.analysis.simulated_observers.model import Floats, look
from perception.analysis.simulated_observers.repeated_looks import RepeatedLooks
from studies.randomization import draw_repeated
from tools.interval_coverage.simulated_study import Setting, Study

LOOK_SHARE = 0.5
"""q: how much of a look comes back with the image."""
IN_WORDS = {
    "kappa": "kappa within observers",
    "weighted_kappa": "weighted kappa within observers, of ratings",
    "agreed": "share answered alike within observers",
    "right": "change of right answers from first to second showing",
    "d_prime": "change of d′ from first to second showing",
}
"""The figures that are tried."""


def estimate(study: Study, *, figure: str) -> Estimate:
    """Return a figure as a report computes it."""
    within = _within(study)
    found = getattr(within, figure)
    if figure in {"right", "d_prime"}:
        found = found.difference
    if not isinstance(found, Estimate):
        raise TypeError(f"{figure} is no estimate")
    return found


def true_value(study: Study, *, figure: str) -> float:
    """Return the figure of all observers that could be drawn, over all images; nothing changes with a second look."""
    return 0.0 if figure in {"right", "d_prime"} else _of_all(study.setting, figure)


@cache
def _numbers(setting: Setting) -> tuple[int, int]:
    """Return how many perturbed and clean trials come back: as a study draws them, of each truth in its proportion."""
    truths = {str(image): "perturbed" if there else "clean" for image, there in enumerate(setting.truth)}
    repeated = draw_repeated(truths, n=setting.repeated, seed=0)
    perturbed = sum(truths[key] == "perturbed" for key in repeated)
    return perturbed, setting.repeated - perturbed


def _looks(setting: Setting) -> RepeatedLooks:
    perturbed, _ = _numbers(setting)
    return RepeatedLooks(setting.population, setting.noise, LOOK_SHARE, perturbed / setting.repeated)


def _drawn(setting: Setting, rng: np.random.Generator) -> Codes:
    """Draw which images come back to each observer, shape (J · repeated,)."""
    counts, firsts = (setting.perturbed, setting.clean), (0, setting.perturbed)
    parts = [
        first + rng.permuted(np.tile(np.arange(count), (setting.observers, 1)), axis=1)[:, :number]
        for count, first, number in zip(counts, firsts, _numbers(setting), strict=True)
    ]
    return np.concatenate(parts, axis=1).ravel()


@cache
def _of_all(setting: Setting, figure: str) -> float:
    looks = _looks(setting)
    if figure == "agreed":
        return looks.agreed()
    return looks.kappa(weighted=figure == "weighted_kappa")


@lru_cache(maxsize=1)
def _within(study: Study) -> WithinObservers:
    """Draw which trials come back and what is answered then, and estimate once for all figures of a study."""
    setting, rng = study.setting, study.again
    if study.evidence is None or study.looks is None or rng is None:
        raise ValueError("the study shows nothing twice")
    observers = setting.observers
    observer = np.repeat(np.arange(observers), setting.repeated)
    image = _drawn(setting, rng)
    first = study.evidence[observer, image]
    before = study.looks[observer, image]
    # Two looks of which each has the same part √q a correlate by q.
    again: Floats = look(own=before, new=rng.standard_normal(len(image)), share=LOOK_SHARE**2)
    second = first + setting.noise.of_look * (again - before)
    return agreement_within(
        RepeatedAnswers(
            task="yes_no",
            observers=tuple(map(str, range(observers))),
            observer=observer,
            image=image,
            truth=setting.truth[image],
            first=(first > 0).astype(np.int8),
            second=(second > 0).astype(np.int8),
            n_asked=len(image),
            first_rating=ratings(first).astype(np.float64),
            second_rating=ratings(second).astype(np.float64),
        ),
        each_observer=False,
    )
