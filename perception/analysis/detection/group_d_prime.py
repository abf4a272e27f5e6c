"""d′ of a group of observers: the mean of each observer's own, so that nobody's readiness to say "perturbed" counts.

Rates pooled over observers draw d′ to 0 where observers differ in their criterion, and balanced accuracy is near ½
wherever hardly anybody says "perturbed" (or hardly anybody "clean"), whatever they see.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from perception.analysis.answer_table import MISSING
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.spread import Spread
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import SHOWN, WORDS, Task

THESE_OBSERVERS = "mean d′ of these observers, clustered by image, t"
BOTH_RANDOM = "mean d′, images and observers both random (two-way), t"

ADDED = 0.4
"""Answers added to either side of a rate: with them Φ⁻¹ of it is unbiased to the first order from 1% to 99%."""
FEWEST_EXPECTED = 2.5
"""Of hits and of false alarms (and of their opposites), where both had the observer's own share of the answers."""
FEWEST_IMAGES = 2
MOST_LEFT_OUT = 0.1
"""Share of the observers without a usable d′ from which on there is none of the group."""


@dataclass(frozen=True, slots=True)
class GroupDPrime:
    """d′ of a group.

    Attributes
    ----------
    estimate
        The mean of the observers' d′, with its interval; `n` is the number of answers.
    standard_error
        None where there is no interval.
    freedom
        Degrees of freedom of t; None where there is no interval.
    observers
        How many observers are in it.
    left_out
        Names of those who were asked and gave too few answers of one kind for a d′ of their own.
    reach
        How far from 0 the d′ of nine in ten of the observers could lie and still be estimated without bias; 0 where it
        is undefined. That d′ lies within a wider margin cannot be told.
    left_out_because
        Why those in `left_out` are, in the same order.
    """

    estimate: Estimate
    standard_error: float | None
    freedom: float | None
    observers: int
    left_out: tuple[str, ...]
    reach: float
    left_out_because: tuple[str, ...] = ()

    def at(self, level: float) -> "GroupDPrime":
        """Return the same with an interval of another level, without estimating it anew.

        Parameters
        ----------
        level
            Level of the interval, between 0 and 1.

        Raises
        ------
        ValueError
            A level outside (0, 1).
        """
        require_level(level)
        if self.estimate.estimate is None:
            return replace(self, estimate=replace(self.estimate, level=level))
        if self.estimate.low is None or self.standard_error is None or self.freedom is None:
            return self
        return replace(self, estimate=_with_interval(self.estimate, self.standard_error, self.freedom, level))

    def as_dict(self) -> JsonObject:
        """Return the estimate as JSON, with who is in it."""
        return {
            **self.estimate.as_dict(),
            "observers": self.observers,
            "left_out": [*self.left_out],
            "left_out_because": [*self.left_out_because],
            "reach": self.reach,
        }


def group_d_prime(
    signal: NDArray[np.bool_],
    said: NDArray[np.int8],
    observers: Sequence[str],
    *,
    observers_random: bool = False,
    level: float = 0.90,
    task: Task = "yes_no",
) -> GroupDPrime:
    """Estimate the mean d′ of a group of observers.

    Parameters
    ----------
    signal
        bool array of shape (J, I): whether the signal was there: the image perturbed, the two images different; of two
        images whether the perturbed one stood first.
    said
        int8 array of shape (J, I): 1 where the observer said that it was, 0 where not, −1 where there is no answer.
    observers
        J names.
    observers_random
        Whether the statistic speaks for observers like these rather than for these.
    level
        Level of the interval, between 0 and 1; 0.90 for two one-sided tests at 0.05.
    task
        What was asked: of a choice between two images 1 is the first, and d′ is over √2; reasons say what was shown.

    Returns
    -------
    GroupDPrime
        Undefined without a usable d′ of nine in ten of the observers who were asked, without images of both kinds, from
        a single image of either, and from fewer than three observers where they are random. Without an interval (`low`
        and `high` None, `method` says why) where all answers to images of one kind are alike: d′ has no finite limit.

    Raises
    ------
    ValueError
        Arrays or names that do not fit together; a level outside (0, 1).

    Notes
    -----
    Of observer j with k₁ "perturbed" of n₁ perturbed and k₀ of n₀ clean images, z = Φ⁻¹:

        d_j = z(H) − z(F),  H = (k₁ + 0.4)/(n₁ + 0.8),  F = (k₀ + 0.4)/(n₀ + 0.8)

    and the group's d′ is the mean of the d_j; of two alternatives over √2, which takes out a leaning to one side (Green
    & Swets 1966). By a Taylor expansion the bias of z((k + a)/(n + 2a)) vanishes to the first order at
    a = p(1 − p)|z(p)|/(2φ(z(p))|1 − 2p|), which is 0.39 at p = ½ and 0.44 at 1%. With Hautus' ½, which serves a single
    observer's d′, the mean of many observers would be drawn to 0 by more than its interval's width.

    An observer's d_j is used where the numbers of hits, misses, false alarms and correct rejections that an observer
    who sees nothing would have with the same number of answers "perturbed" are all at least `FEWEST_EXPECTED`: they do
    not depend on what was seen.

    Its *reach* is the largest d′ at which all four numbers would still be so large, with as many answers "perturbed":
    further out a rate is seldom told from 0 or 1, and d_j is drawn to 0.

    - These observers: v = v₁ + v₀ of perturbed and clean images, each the variance of the mean's linear residuals
      summed by image, with the factor G/(G − 1), at least that of independent answers; t with the degrees of freedom of
      Welch and Satterthwaite. Where images stand on both sides, as of two alternatives, all are one kind.
    - Observers random: v_image + v_observer − v_cell, at least max(v_image, v_observer); v_observer is the variance of
      the d_j over J, v_cell that of independent answers.

    References
    ----------
    - Green, D. M., & Swets, J. A. (1966). Signal Detection Theory and Psychophysics. New York: Wiley.
    - Hautus, M. J. (1995). Behavior Research Methods, Instruments, & Computers 27:46–51. doi:10.3758/BF03203619
    - Satterthwaite, F. E. (1946). Biometrics Bulletin 2:110–114. doi:10.2307/3002019

    Examples
    --------
    Two observers who tell perturbed from clean equally well; B says "perturbed" far more often:

    >>> import numpy as np
    >>> from perception.analysis.detection.group_d_prime import group_d_prime
    >>> signal = np.tile(np.arange(100) < 50, (2, 1))
    >>> said = np.zeros((2, 100), dtype=np.int8)
    >>> said[0, :15], said[0, 50:58], said[1, :42], said[1, 50:85] = 1, 1, 1, 1
    >>> found = group_d_prime(signal, said, ("A", "B"))
    >>> print(f"{found.estimate.estimate:.2f} ({found.estimate.low:.2f} to {found.estimate.high:.2f})")
    0.46 (0.08 to 0.83)
    >>> said[0] = 0
    >>> group_d_prime(signal, said, ("A", "B")).estimate.reason
    'too few answers “perturbed” for a d′: A gave 0 of 100'
    """
    require_level(level)
    if signal.shape != said.shape or len(observers) != said.shape[0]:
        raise ValueError(f"{len(observers)} observers, signals {signal.shape} and answers {said.shape} do not fit")
    method = BOTH_RANDOM if observers_random else THESE_OBSERVERS
    given = said != MISSING
    asked = given.any(axis=1)
    counts = _Counts.of(signal, said)
    usable = counts.usable
    out = np.flatnonzero(asked & ~usable).tolist()
    left_out, because = tuple(observers[j] for j in out), tuple(counts.why_left_out(j, task) for j in out)
    reason = _why_undefined(counts, observers, task, observers_random=observers_random)
    if reason:
        undefined = Estimate.undefined(reason, method=method, level=level, n=int(given.sum()))
        return GroupDPrime(undefined, None, None, int(usable.sum()), left_out, 0.0, because)
    scale = 1 / sqrt(2) if task == "two_afc" else 1.0
    d_prime, spread = _mean(signal[usable], said[usable], observers_random=observers_random, level=level)
    value, error, freedom = scale * d_prime, scale * sqrt(spread.variance), spread.freedom
    estimate = Estimate(value, None, None, None, method, n=int(given[usable].sum()))
    if alike := counts.all_alike(task):
        estimate = replace(estimate, method=f"no interval: {alike}, and d′ has no finite limit")
    else:
        estimate = _with_interval(estimate, error, freedom, level)
    many = int(usable.sum())
    return GroupDPrime(estimate, error, freedom, many, left_out, scale * counts.reach, because)


def _with_interval(estimate: Estimate, error: float, freedom: float, level: float) -> Estimate:
    half = float(stats.t.ppf(0.5 + level / 2, freedom)) * error
    value = estimate.estimate or 0.0
    return replace(estimate, low=value - half, high=value + half, level=level)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Each observer's answers, arrays of shape (2, J): of images with the signal, and without; and how many images."""

    total: NDArray[np.intp]
    said: NDArray[np.intp]
    images: tuple[int, int]

    @classmethod
    def of(cls, signal: NDArray[np.bool_], said: NDArray[np.int8]) -> "_Counts":
        sides = (signal & (said != MISSING), ~signal & (said != MISSING))
        return cls(
            np.stack([side.sum(axis=1) for side in sides]),
            np.stack([(side & (said == 1)).sum(axis=1) for side in sides]),
            (int(sides[0].any(axis=0).sum()), int(sides[1].any(axis=0).sum())),
        )

    @property
    def few_of(self) -> NDArray[np.bool_]:
        """Bool array of shape (2, J): whether there are too few answers of either word."""
        answers = np.maximum(self.total.sum(axis=0), 1)
        smaller = self.total.min(axis=0) / answers
        said = self.said.sum(axis=0)
        return np.stack([word * smaller < FEWEST_EXPECTED for word in (said, self.total.sum(axis=0) - said)])

    @property
    def reach(self) -> float:
        """The largest d′ that nine in ten of the usable observers could show without bias."""
        (perturbed, clean), said = self.total[:, self.usable], self.said.sum(axis=0)[self.usable]
        reaches = np.sort(reach_of_counts(perturbed, clean, said))
        return max(0.0, float(reaches[int(MOST_LEFT_OUT * reaches.size)]))

    def all_alike(self, task: Task) -> str:
        """Say of which kind of image all answers of the usable observers are alike; empty where of neither."""
        for total, said, (_, several) in zip(
            self.total[:, self.usable].sum(axis=1), self.said[:, self.usable].sum(axis=1), SHOWN[task], strict=True
        ):
            if said in (0, total):
                return f"all answers to {several} are alike"
        return ""

    def why_left_out(self, observer: int, task: Task) -> str:
        """Say what an observer without a usable d′ judged, or answered, too seldom."""
        judged, answers = self.total[:, observer], int(self.total[:, observer].sum())
        for total, (one, several) in zip(judged, SHOWN[task], strict=True):
            if total < 2 * FEWEST_EXPECTED:
                return f"judged {total} {one.partition(' ')[2] if total == 1 else several}"
        said = int(self.said[:, observer].sum())
        word = int(self.few_of[1, observer] and not (self.few_of[0, observer] and said <= answers - said))
        return f"gave {(said, answers - said)[word]} of {answers} answers “{WORDS[task][word]}”"

    @property
    def usable(self) -> NDArray[np.bool_]:
        perturbed, clean = self.few_of
        usable: NDArray[np.bool_] = np.logical_not(np.logical_or(perturbed, clean))
        return usable


def reach_of_counts(
    perturbed: NDArray[np.intp] | float, clean: NDArray[np.intp] | float, said: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the largest d′ that observers could show without bias; see `group_d_prime`.

    Parameters
    ----------
    perturbed, clean
        How many images of each kind each judged, arrays of shape (J,) or one number for all.
    said
        How many of both each called perturbed, shape (J,): so many that a d′ can be used.

    Returns
    -------
    Array of shape (J,); negative where none can be shown.
    """
    return np.minimum(_reach(perturbed, clean, said), _reach(clean, perturbed, said))


def _reach(
    one: NDArray[np.intp] | float, other: NDArray[np.intp] | float, said: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return how far z(rate of `one`) can lie above z(rate of `other`) with `said` answers and enough in every cell."""
    low = np.maximum(FEWEST_EXPECTED / other, (said - one + FEWEST_EXPECTED) / other)
    high = (said - low * other) / one
    found: NDArray[np.float64] = special.ndtri(high) - special.ndtri(low)
    return found


def _why_undefined(counts: _Counts, observers: Sequence[str], task: Task, *, observers_random: bool) -> str:
    for total, (one, _) in zip(counts.total, SHOWN[task], strict=True):
        if not total.any():
            return f"there is no answer to {one}"
    if min(counts.images) < FEWEST_IMAGES:
        return "no interval from a single image"
    asked = counts.total.any(axis=0)
    left_out = asked & ~counts.usable
    if left_out.sum() > MOST_LEFT_OUT * asked.sum():
        return _too_few_images(counts, observers, task) or _too_few(counts, observers, WORDS[task])
    if observers_random and counts.usable.sum() < FEWEST_OBSERVERS:
        return f"no interval from fewer than {FEWEST_OBSERVERS} observers"
    return ""


def _too_few_images(counts: _Counts, observers: Sequence[str], task: Task) -> str:
    """Say of which kind there are too few images for any number of answers; empty where there are enough."""
    for total, (_, several) in zip(counts.total, SHOWN[task], strict=True):
        short = np.flatnonzero((total < 2 * FEWEST_EXPECTED) & counts.total.any(axis=0))
        if short.size > MOST_LEFT_OUT * counts.total.any(axis=0).sum():
            return f"too few {several} for a d′: {observers[short[0]]} judged {total[short[0]]}"
    return ""


def _too_few(counts: _Counts, observers: Sequence[str], words: tuple[str, str]) -> str:
    """Say of which word there are too few answers, and of the first observers who gave them how many."""
    said = counts.said.sum(axis=0)
    answers = counts.total.sum(axis=0)
    asked = answers > 0
    few = counts.few_of & asked
    # The word that more observers were short of; where the images of one kind are few, both may be.
    word = int(few[1].sum() > few[0].sum())
    gave = said if word == 0 else answers - said
    short = np.flatnonzero(few[word])
    named = [f"{observers[j]} gave {gave[j]} of {answers[j]}" for j in short[:3]]
    others = short.size - 3
    more = f" and {others} more observer{'s' if others > 1 else ''} as few" if others > 0 else ""
    return f"too few answers “{words[word]}” for a d′: {', '.join(named)}{more}"


def _mean(
    signal: NDArray[np.bool_], said: NDArray[np.int8], *, observers_random: bool, level: float
) -> tuple[float, Spread]:
    """Return the mean of the observers' d′, and how far it spreads."""
    observers = said.shape[0]
    values = np.zeros(observers)
    residuals = np.zeros(said.shape)
    independent = []
    sides = (signal & (said != MISSING), ~signal & (said != MISSING))
    for sign, side in zip((1, -1), sides, strict=True):
        total, yes = side.sum(axis=1), (side & (said == 1)).sum(axis=1)
        rate = (yes + ADDED) / (total + 2 * ADDED)
        z = special.ndtri(rate)
        density = np.exp(-(z**2) / 2) / sqrt(2 * np.pi)
        values += sign * z
        slope = 1 / (total * density * observers)
        residuals += np.where(side, sign * (said - (yes / total)[:, None]) * slope[:, None], 0)
        independent.append(float((rate * (1 - rate) / (total * density**2)).sum()) / observers**2)
    by_image, freedom = _by_image(sides, residuals, independent)
    variance = sum(by_image)
    parts = sum(part**2 / free for part, free in zip(by_image, freedom, strict=True))
    these = Spread(variance, variance**2 / parts)
    if not observers_random:
        return float(values.mean()), these
    by_observer = float(values.var(ddof=1)) / observers
    parts += by_observer**2 / (observers - 1)
    variance = max(variance + by_observer - sum(independent), variance, by_observer)
    return float(values.mean()), Spread(variance, variance**2 / parts).at_least(these, level)


def _by_image(
    sides: tuple[NDArray[np.bool_], NDArray[np.bool_]], residuals: NDArray[np.float64], independent: list[float]
) -> tuple[list[float], list[int]]:
    """Return the variance between images, at least that of independent answers, and its degrees of freedom, by kind."""
    with_signal, without = (side.any(axis=0) for side in sides)
    if (with_signal & without).any():
        kinds, least = [with_signal | without], [sum(independent)]
    else:
        kinds, least = [with_signal, without], independent
    variances, freedom = [], []
    for kind, floor in zip(kinds, least, strict=True):
        images = int(kind.sum())
        of_image = residuals[:, kind].sum(axis=0)
        variances.append(max(images / (images - 1) * float((of_image**2).sum()), floor))
        freedom.append(images - 1)
    return variances, freedom
