"""How far observers agree with themselves: trials that were shown twice, and what changed from the first to the second.

Kottner et al. (2011), Guidelines for Reporting Reliability and Agreement Studies (GRRAS) were proposed, Journal of
Clinical Epidemiology 64:96–106, ask for agreement within raters beside that between them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.agreement.chance_within import kappa_within
from perception.analysis.agreement.cohen import Kappa, kappa_of_answers
from perception.analysis.estimates.crossed_influence import BOTH_RANDOM, crossed_variance
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.proportions import proportion, wilson
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import Codes, Task

AGREED = f"Wilson at the effective n; {BOTH_RANDOM}"
DIFFERENCE = f"difference of both showings; {BOTH_RANDOM}"
OF_POOLED_RATES = f"of pooled rates with the log-linear correction (Hautus 1995); {DIFFERENCE}"
MOST_LISTED = 100
"""Of more observers than these none is told alone."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RepeatedAnswers:
    """Trials that were answered twice by the same observer; N pairs of answers.

    Attributes
    ----------
    task
        What was asked.
    observers
        Names.
    observer, image
        int arrays of shape (N,): whose both answers are, as indices of `observers`; and a number of what was shown.
    truth
        bool array of shape (N,): whether the signal of the task was there.
    first, second
        int8 arrays of shape (N,): 1 where the signal was said to be there, 0 where not. An observer has each image
        once.
    n_asked
        How many trials came back to the observers who are analysed, answered or not, or left out; at least N.
    first_rating, second_rating
        float arrays of shape (N,), nan where there is none: ratings, or grades; None where neither was asked for.
    """

    task: Task
    observers: tuple[str, ...]
    observer: Codes
    image: Codes
    truth: NDArray[np.bool_]
    first: NDArray[np.int8]
    second: NDArray[np.int8]
    n_asked: int
    first_rating: Floats | None = None
    second_rating: Floats | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of the first answers, the same of the second ones, and the second less the first.

    Attributes
    ----------
    first, second
        Of the trials that were answered twice; None where it is not defined.
    difference
        With its interval, for observers and images like these.
    """

    first: float | None
    second: float | None
    difference: Estimate

    def as_dict(self) -> JsonObject:
        """Return the figures as JSON."""
        return {"first": self.first, "second": self.second, "difference": self.difference.as_dict()}


@dataclass(frozen=True, slots=True)
class ObserverWithin:
    """One observer's agreement with themselves.

    Attributes
    ----------
    agreed
        The share of repeated trials that were answered alike, with Wilson's interval.
    kappa
        Cohen's kappa of first and second answers.
    """

    agreed: Estimate
    kappa: Kappa

    def as_dict(self) -> JsonObject:
        """Return the figures as JSON."""
        return {"agreed": self.agreed.as_dict(), "cohen_kappa": self.kappa.kappa.as_dict()}


@dataclass(frozen=True, slots=True)
class WithinObservers:
    """How far observers agree with themselves.

    Attributes
    ----------
    task
        What was asked.
    n_observers, n_images
        Who answered anything twice, and how many different images (or pairs) were answered twice by anybody.
    n_pairs, n_asked
        How many trials were answered twice, of how many that came back.
    agreed, agreed_signal, agreed_noise
        The share of these that were answered alike, of all and of each truth.
    kappa
        Pooled over observers.
    weighted_kappa
        Of ratings, or grades, with quadratic weights; None where neither was asked for.
    said_signal, right, d_prime, criterion
        What changed from the first showing to the second: the share of answers that say that the signal is there, that
        of right ones, sensitivity and criterion.
    observers
        Each observer's own, of up to a hundred; empty of more.
    quartiles
        Lower quartile, median and upper quartile of the observers' kappas, of those that have one; None where none has.
    """

    task: Task
    n_observers: int
    n_images: int
    n_pairs: int
    n_asked: int
    agreed: Estimate
    agreed_signal: Estimate
    agreed_noise: Estimate
    kappa: Estimate
    weighted_kappa: Estimate | None
    said_signal: Change
    right: Change
    d_prime: Change
    criterion: Change
    observers: dict[str, ObserverWithin]
    quartiles: tuple[float, float, float] | None

    def as_dict(self) -> JsonObject:
        """Return the figures as JSON; what is undefined is null."""
        return {
            "n_observers": self.n_observers,
            "n_images": self.n_images,
            "n_pairs": self.n_pairs,
            "n_asked": self.n_asked,
            "agreed": self.agreed.as_dict(),
            "agreed_signal": self.agreed_signal.as_dict(),
            "agreed_noise": self.agreed_noise.as_dict(),
            "kappa": self.kappa.as_dict(),
            "weighted_kappa": self.weighted_kappa.as_dict() if self.weighted_kappa else None,
            "said_signal": self.said_signal.as_dict(),
            "right": self.right.as_dict(),
            "d_prime": self.d_prime.as_dict(),
            "criterion": self.criterion.as_dict(),
            "observers": {name: one.as_dict() for name, one in self.observers.items()},
            "quartiles_of_kappa": None if self.quartiles is None else [*self.quartiles],
        }


def agreement_within(repeated: RepeatedAnswers, *, level: float = 0.95, each_observer: bool = True) -> WithinObservers:
    """Estimate how far observers agree with themselves, and what changed from the first showing to the second.

    Parameters
    ----------
    repeated
        What was answered twice.
    level
        Level of the intervals, between 0 and 1.
    each_observer
        Whether each observer's own figures are wanted, which take longer than all else.

    Returns
    -------
    WithinObservers
        What is undefined says so. Intervals of pooled figures are for observers and images like these; there are none
        with fewer than three observers.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    Kappa is that of `kappa_within`, its interval and all others those of `crossed_variance`: of a share of agreement p
    Wilson's at n_eff = min(N, p(1 − p)/v) with the quantile of t, of a difference the difference ± t √v.

    Sensitivity and criterion of either showing are those of `signal_detection` by the hits and false alarms of all
    observers together: d′ = z(H) − z(F), of two images over √2, and c = −(z(H) + z(F))/2. Observers who differ make the
    d′ of pooled rates smaller than the mean of theirs, in both showings alike; it is the change that is estimated. Mind
    that second showings come later in the session: a change is that of a second look together with that of the time.

    Examples
    --------
    Three observers answered four images twice, two of them perturbed:

    >>> import numpy as np
    >>> from perception.analysis.agreement.within_observers import RepeatedAnswers, agreement_within
    >>> found = agreement_within(
    ...     RepeatedAnswers(
    ...         task="yes_no",
    ...         observers=("A", "B", "C"),
    ...         observer=np.repeat(np.arange(3), 4),
    ...         image=np.tile(np.arange(4), 3),
    ...         truth=np.tile([True, True, False, False], 3),
    ...         first=np.array([1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 0, 0], dtype=np.int8),
    ...         second=np.array([1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0], dtype=np.int8),
    ...         n_asked=12,
    ...     )
    ... )
    >>> print(f"{found.agreed.k} of {found.agreed.n}; kappa {found.kappa.estimate:.2f}")
    10 of 12; kappa 0.69
    >>> {name: one.agreed.k for name, one in found.observers.items()}
    {'A': 3, 'B': 3, 'C': 4}
    >>> found.right.difference.estimate
    0.0
    """
    require_level(level)
    observer, image, truth = repeated.observer, repeated.image, repeated.truth
    alike = repeated.first == repeated.second
    right_first, right_second = (answers == truth for answers in (repeated.first, repeated.second))
    answered = np.unique(observer)
    listed = answered if each_observer and len(answered) <= MOST_LISTED else ()
    own = {repeated.observers[index]: _own(repeated, observer == index, level) for index in listed}
    known = _kappas(repeated)
    low, median, high = np.quantile(known, (0.25, 0.5, 0.75)).tolist() if len(known) else (0.0, 0.0, 0.0)

    def agreed(which: NDArray[np.bool_]) -> Estimate:
        return _share(alike[which], observer[which], image[which], level)

    def changed(first: NDArray[np.generic], second: NDArray[np.generic]) -> Change:
        one, other = first.astype(np.float64), second.astype(np.float64)
        return _change_of_means(one, other, observer, image, level)

    d_prime, criterion = _detection(repeated, level)
    return WithinObservers(
        task=repeated.task,
        n_observers=len(answered),
        n_images=len(np.unique(image)),
        n_pairs=len(observer),
        n_asked=repeated.n_asked,
        agreed=agreed(np.ones(len(observer), dtype=bool)),
        agreed_signal=agreed(truth),
        agreed_noise=agreed(~truth),
        kappa=kappa_within(
            observer,
            image,
            truth.astype(np.intp),
            repeated.first.astype(np.float64),
            repeated.second.astype(np.float64),
            level=level,
        ),
        weighted_kappa=_weighted(repeated, level),
        said_signal=changed(repeated.first, repeated.second),
        right=changed(right_first, right_second),
        d_prime=d_prime,
        criterion=criterion,
        observers=own,
        quartiles=(low, median, high) if len(known) else None,
    )


def _kappas(repeated: RepeatedAnswers) -> Floats:
    """Return Cohen's kappa of each observer who has one: the one of `kappa_of_answers`, of thousands at once."""
    count = len(repeated.observers)

    def share(of: NDArray[np.bool_]) -> Floats:
        return np.bincount(repeated.observer, of, count) / np.maximum(np.bincount(repeated.observer, None, count), 1)

    first, second = share(repeated.first == 1), share(repeated.second == 1)
    by_chance = first * second + (1 - first) * (1 - second)
    n = np.bincount(repeated.observer, None, count)
    varied = ~(np.isin(first, (0.0, 1.0)) & np.isin(second, (0.0, 1.0))) & (n > 0)
    alike = share(repeated.first == repeated.second)
    kappas: Floats = (alike[varied] - by_chance[varied]) / (1 - by_chance[varied])
    return kappas


def _own(repeated: RepeatedAnswers, which: NDArray[np.bool_], level: float) -> ObserverWithin:
    first, second = repeated.first[which], repeated.second[which]
    return ObserverWithin(
        proportion(int((first == second).sum()), len(first), level=level),
        kappa_of_answers(first, second, level=level),
    )


def _weighted(repeated: RepeatedAnswers, level: float) -> Estimate | None:
    if repeated.first_rating is None or repeated.second_rating is None:
        return None
    rated = ~(np.isnan(repeated.first_rating) | np.isnan(repeated.second_rating))
    return kappa_within(
        repeated.observer[rated],
        repeated.image[rated],
        repeated.truth[rated].astype(np.intp),
        repeated.first_rating[rated],
        repeated.second_rating[rated],
        weighted=True,
        level=level,
    )


def _share(alike: NDArray[np.bool_], observer: Codes, image: Codes, level: float) -> Estimate:
    n, k = len(alike), int(alike.sum())
    if n == 0:
        return Estimate.undefined("nothing was answered twice", method=AGREED, level=level, n=0, k=0)
    p = k / n
    found = crossed_variance((alike - p) / n, observer, image)
    if isinstance(found, str):
        return Estimate(p, None, None, None, found, n=n, k=k)
    effective = min(float(n), p * (1 - p) / found.variance)
    critical = float(stats.t.ppf(0.5 + level / 2, found.freedom))
    low, high = wilson(p * effective, effective, level, critical=critical)
    return Estimate(p, low, high, level, AGREED, n=n, k=k)


def _change_of_means(first: Floats, second: Floats, observer: Codes, image: Codes, level: float) -> Change:
    n = len(first)
    if n == 0:
        nothing = Estimate.undefined("nothing was answered twice", method=DIFFERENCE, level=level, n=0)
        return Change(None, None, nothing)
    apart = second - first
    difference = float(apart.mean())
    estimate = _with_interval(difference, (apart - difference) / n, observer, image, level, DIFFERENCE)
    return Change(float(first.mean()), float(second.mean()), estimate)


def _detection(repeated: RepeatedAnswers, level: float) -> tuple[Change, Change]:
    """Return how d′ and the criterion changed."""
    truth, n = repeated.truth, len(repeated.truth)
    if n == 0 or truth.all() or not truth.any():
        reason = "nothing of one of both truths was answered twice" if n else "nothing was answered twice"
        nothing = Estimate.undefined(reason, method=OF_POOLED_RATES, level=level, n=n)
        return Change(None, None, nothing), Change(None, None, nothing)
    unit = 0.5**0.5 if repeated.task == "two_afc" else 1.0
    hits, of_hits = _z_of_rates(repeated, truth)
    alarms, of_alarms = _z_of_rates(repeated, ~truth)

    def change(combine: Callable[[Floats, Floats], Floats]) -> Change:
        first, second = combine(hits, alarms)
        of_first, of_second = combine(of_hits, of_alarms)
        difference = float(second - first)
        estimate = _with_interval(
            difference, of_second - of_first, repeated.observer, repeated.image, level, OF_POOLED_RATES
        )
        return Change(float(first), float(second), estimate)

    return change(lambda hit, alarm: unit * (hit - alarm)), change(lambda hit, alarm: -(hit + alarm) / 2)


def _z_of_rates(repeated: RepeatedAnswers, which: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return z of the share of “signal” at both showings, shape (2,), and its derivatives, shape (2, N)."""
    n = int(which.sum())
    answers = np.stack([repeated.first, repeated.second]).astype(np.float64)
    rates = (answers[:, which].sum(axis=1) + 0.5) / (n + 1)
    z = stats.norm.ppf(rates)
    means = answers[:, which].mean(axis=1)
    derivatives = np.where(which, answers - means[:, None], 0.0) / n / stats.norm.pdf(z)[:, None]
    return z, derivatives


def _with_interval(
    value: float, influence: Floats, observer: Codes, image: Codes, level: float, method: str
) -> Estimate:
    n = len(observer)
    found = crossed_variance(influence, observer, image)
    if isinstance(found, str):
        return Estimate(value, None, None, None, found, n=n)
    half = found.half_width(level)
    return Estimate(value, value - half, value + half, level, method, n=n)
