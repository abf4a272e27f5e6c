"""Arms judged by the same observers, two at a time: every figure of merit that the answers allow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.multiple_comparisons import holm
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import UNKNOWN, Codes, Observations
from perception.analysis.two_arms.covariance import CovarianceMethod, ErrorCovariances, error_covariances
from perception.analysis.two_arms.merit import Floats, Merit, mean_of, roc_area, share_right
from perception.analysis.two_arms.obuchowski_rockette import (
    Comparison,
    Components,
    Population,
    compare,
    components_of,
    method_name,
    one_arm,
    without_interval,
)

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ObserverInArms:
    """One observer's figure of merit.

    Attributes
    ----------
    arms
        In each arm.
    difference
        First less second, for images like these.
    """

    arms: tuple[float, float]
    difference: Estimate

    def as_dict(self) -> JsonObject:
        """Return the figures as JSON."""
        return {"arms": list(self.arms), "difference": self.difference.as_dict()}


@dataclass(frozen=True, slots=True)
class MeritComparison:
    """One figure of merit, compared between two arms.

    Attributes
    ----------
    arms
        The mean over the observers in each arm, with the interval of that arm alone: for observers and images like
        these from three observers on, for these observers else.
    observers_random
        The difference for observers and images like these; None with fewer than three observers.
    jackknife
        The same with covariances by the jackknife; None likewise.
    these_observers
        The difference for images like these.
    these_images
        The difference for observers like these; None with fewer than three observers.
    components
        Mean squares and components of variance; None where the figure is undefined.
    observers
        Each observer's own, by name; empty where the figure is undefined.
    p_adjusted
        Of the first of the comparisons above, after Holm over the pairs of arms; None where there is one pair.
    """

    arms: tuple[Estimate, Estimate]
    observers_random: Comparison | None
    jackknife: Comparison | None
    these_observers: Comparison
    these_images: Comparison | None
    components: Components | None
    observers: dict[str, ObserverInArms]
    p_adjusted: float | None = None

    @property
    def main(self) -> Comparison:
        """For observers and images like these where there are enough observers, for these observers else."""
        return self.observers_random or self.these_observers

    def as_dict(self) -> JsonObject:
        """Return the comparison as JSON."""
        others = (self.observers_random, self.jackknife, self.these_images)
        crossed, jackknife, images = (None if one is None else one.as_dict() for one in others)
        return {
            "arms": [arm.as_dict() for arm in self.arms],
            "observers_random": crossed,
            "jackknife": jackknife,
            "these_observers": self.these_observers.as_dict(),
            "these_images": images,
            "components": self.components.as_dict() if self.components else None,
            "observers": {name: one.as_dict() for name, one in self.observers.items()},
            "p_adjusted": self.p_adjusted,
        }


@dataclass(frozen=True, slots=True)
class ArmComparison:
    """Two arms.

    Attributes
    ----------
    arms
        Their names; differences are of the first less the second.
    observers
        Who judged in both.
    left_out
        Who judged in one of them alone, and is in no figure here.
    images
        How many images these observers judged in each arm.
    shared
        How many of them are the same.
    merits
        By the name of the figure, of `MERITS`; those of which the answers hold anything.
    """

    arms: tuple[str, str]
    observers: tuple[str, ...]
    left_out: tuple[str, ...]
    images: tuple[int, int]
    shared: int
    merits: dict[str, MeritComparison]

    def as_dict(self) -> JsonObject:
        """Return the comparison as JSON."""
        return {
            "arms": list(self.arms),
            "observers": list(self.observers),
            "left_out": list(self.left_out),
            "images": list(self.images),
            "images_in_both": self.shared,
            "figures": {name: one.as_dict() for name, one in self.merits.items()},
        }


@dataclass(frozen=True, slots=True)
class _Cell:
    """The answers of one observer in one arm."""

    truth: Mask
    response: NDArray[np.int8]
    rating: Floats | None
    second: NDArray[np.int8] | None
    image: Codes

    @classmethod
    def of(cls, series: Observations, rows: Codes, image: Codes) -> "_Cell":
        return cls(
            series.truth[rows],
            series.response[rows],
            None if series.rating is None else series.rating[rows],
            None if series.second is None else series.second[rows],
            image[rows],
        )


def _sensitivity(cell: _Cell) -> Merit | None:
    return _answered_rightly(cell, cell.truth, right=1)


def _specificity(cell: _Cell) -> Merit | None:
    return _answered_rightly(cell, ~cell.truth, right=0)


def _answered_rightly(cell: _Cell, shown: Mask, *, right: int) -> Merit | None:
    which = shown & (cell.response != MISSING)
    return share_right(cell.response[which] == right, cell.image[which])


def _balanced_accuracy(cell: _Cell) -> Merit | None:
    return mean_of(_sensitivity(cell), _specificity(cell))


def _right_choices(cell: _Cell) -> Merit | None:
    which = cell.response != MISSING
    return share_right((cell.response == cell.truth)[which], cell.image[which])


def _right_diagnoses(cell: _Cell) -> Merit | None:
    if cell.second is None:
        return None
    which = cell.second != MISSING
    return share_right(cell.second[which] == 1, cell.image[which])


def _roc_area(cell: _Cell) -> Merit | None:
    if cell.rating is None:
        return None
    rated = ~np.isnan(cell.rating)
    return roc_area(cell.truth[rated], cell.rating[rated], cell.image[rated])


MERITS: dict[str, Callable[[_Cell], Merit | None]] = {
    "sensitivity": _sensitivity,
    "specificity": _specificity,
    "balanced_accuracy": _balanced_accuracy,
    "roc_area": _roc_area,
    "right_choices": _right_choices,
    "right_diagnoses": _right_diagnoses,
}
"""The figures of merit, by their names."""


def compare_arms(series: Observations, *, level: float = 0.95) -> tuple[ArmComparison, ...]:
    """Compare each two arms that the same observers judged.

    Parameters
    ----------
    series
        The answers, without those of catch trials. An answer of arm −1 stands in every arm; a figure that rests on such
        answers alone is not compared, since it is the same in both.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    tuple of ArmComparison
        A comparison for each two arms, in the order of their names; empty without arms. Figures are undefined, with the
        reason, where an observer of both arms has no answer that they need. Where nobody judged both arms there are
        none.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    Sensitivity, specificity, balanced accuracy and the area under the ROC curve, of two images the share of right
    choices, and the share of right diagnoses, each by Obuchowski and Rockette's analysis of variance (`compare`). The
    images may be the same in both arms, others, or some of both: the covariances rest on those in both. p-values of
    several pairs of arms are adjusted after Holm, those of several figures are not.

    Examples
    --------
    Three observers judged four images, two of them perturbed, under two attacks:

    >>> import numpy as np
    >>> from perception.analysis.observations import Observations
    >>> from perception.analysis.two_arms.summary import compare_arms
    >>> responses = [[1, 1, 0, 0], [1, 0, 0, 1], [1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]]
    >>> series = Observations(
    ...     task="yes_no",
    ...     observers=("A", "B", "C"),
    ...     items=tuple("abcdefgh"),
    ...     observer=np.repeat([0, 1, 2, 0, 1, 2], 4),
    ...     item=np.concatenate([np.tile(np.arange(4), 3), np.tile(np.arange(4, 8), 3)]),
    ...     truth=np.tile([True, True, False, False], 6),
    ...     response=np.ravel(responses).astype(np.int8),
    ...     catch=np.zeros(24, dtype=bool),
    ...     arm=np.repeat([0, 1], 12),
    ...     arms=("FGSM", "PGD"),
    ...     image=np.tile(np.arange(4), 6),
    ... )
    >>> (found,) = compare_arms(series)
    >>> found.arms, found.images, found.shared
    (('FGSM', 'PGD'), (4, 4), 4)
    >>> round(found.merits["sensitivity"].main.difference.estimate, 3)
    0.333
    """
    require_level(level)
    if series.arm is None or series.image is None:
        return ()
    pairs = combinations(range(len(series.arms)), 2)
    return _with_adjusted([_compared(series, series.arm, series.image, pair, level) for pair in pairs])


def arms_apart(observations: Observations) -> dict[str, Observations]:
    """Return the answers of each arm alone, by its name.

    Parameters
    ----------
    observations
        The answers. One of arm −1 stands in every arm.

    Returns
    -------
    dict
        In the order of the arms' names; without arms, empty.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.observations import Observations
    >>> from perception.analysis.two_arms.summary import arms_apart
    >>> series = Observations(
    ...     task="yes_no",
    ...     observers=("A",),
    ...     items=("x · FGSM", "x · PGD", "y"),
    ...     observer=np.array([0, 0, 0]),
    ...     item=np.array([0, 1, 2]),
    ...     truth=np.array([True, True, False]),
    ...     response=np.array([1, 0, 0], dtype=np.int8),
    ...     catch=np.zeros(3, dtype=bool),
    ...     arm=np.array([0, 1, -1]),
    ...     arms=("FGSM", "PGD"),
    ...     image=np.array([0, 0, 1]),
    ... )
    >>> {name: of_arm.items for name, of_arm in arms_apart(series).items()}
    {'FGSM': ('x · FGSM', 'y'), 'PGD': ('x · PGD', 'y')}
    """
    if observations.arm is None:
        return {}
    return {
        name: replace(_of_arm(observations, observations.arm, number), arm=None, arms=(), control="")
        for number, name in enumerate(observations.arms)
    }


def without_control(observations: Observations) -> Observations:
    """Return the answers without those to the images of the positive control; all of them, where there is none.

    Whoever judged nothing else stays among the observers, without an answer.

    Parameters
    ----------
    observations
        The answers of all arms.
    """
    if observations.arm is None or not observations.control:
        return observations
    control = observations.arms.index(observations.control)
    kept = observations.arm != control
    arm = observations.arm[kept]
    return replace(
        observations.of(kept),
        arm=np.where(arm > control, arm - 1, arm),
        arms=tuple(name for name in observations.arms if name != observations.control),
        control="",
    )


def _of_arm(observations: Observations, arm: Codes, number: int) -> Observations:
    """Return one arm's answers, and the observers who judged in it."""
    kept = observations.of((arm == number) | (arm == UNKNOWN))
    judged, observer = np.unique(kept.observer, return_inverse=True)
    subsets, group = kept.subset_of_observer, kept.group
    return replace(
        kept,
        observers=tuple(kept.observers[who] for who in judged),
        observer=observer,
        subset_of_observer=None if subsets is None else subsets[judged],
        group=None if group is None else group[judged],
    )


def _compared(series: Observations, arm: Codes, image: Codes, pair: tuple[int, int], level: float) -> ArmComparison:
    judged, also = (np.unique(series.observer[arm == number]) for number in pair)
    both = np.intersect1d(judged, also)
    cells = tuple(
        [
            _Cell.of(series, np.flatnonzero((series.observer == who) & ((arm == number) | (arm == UNKNOWN))), image)
            for who in both
        ]
        for number in pair
    )
    seen, other = (np.unique(np.concatenate([image[:0], *(cell.image for cell in of_arm)])) for of_arm in cells)
    names = tuple(series.observers[who] for who in both)
    own = np.isin(arm, pair)
    merits = {
        name: _merit_compared(cells[0], cells[1], MERITS[name], names, level)
        for name in _names(series, own)
        if len(both)
    }
    return ArmComparison(
        arms=(series.arms[pair[0]], series.arms[pair[1]]),
        observers=names,
        left_out=tuple(series.observers[who] for who in np.setxor1d(judged, also)),
        images=(len(seen), len(other)),
        shared=len(np.intersect1d(seen, other)),
        merits=merits,
    )


def _names(series: Observations, own: Mask) -> Iterator[str]:
    """Yield the figures of which the answers that are the arms' own hold anything."""
    answered = own & (series.response != MISSING)
    if series.task == "two_afc":
        if answered.any():
            yield "right_choices"
    else:
        kinds = [bool((answered & (series.truth == kind)).any()) for kind in (True, False)]
        if kinds[0]:
            yield "sensitivity"
        if kinds[1]:
            yield "specificity"
        if any(kinds) and _has_both(series.truth[series.response != MISSING]):
            yield "balanced_accuracy"
        if series.rating is not None and series.task == "yes_no":
            rated = ~np.isnan(series.rating)
            if (own & rated).any() and _has_both(series.truth[rated]):
                yield "roc_area"
    if series.second is not None and (own & (series.second != MISSING)).any():
        yield "right_diagnoses"


def _has_both(truth: Mask) -> bool:
    return bool(truth.any() and not truth.all())


def _merit_compared(
    first: list[_Cell],
    second: list[_Cell],
    merit: Callable[[_Cell], Merit | None],
    names: tuple[str, ...],
    level: float,
) -> MeritComparison:
    found = [[merit(cell) for cell in of_arm] for of_arm in (first, second)]
    known = tuple([one for one in of_arm if one is not None] for of_arm in found)
    for number, of_arm in enumerate(found):
        if len(known[number]) < len(of_arm):
            name = names[of_arm.index(None)]
            which = ("first", "second")[number]
            return _undefined(f"{name} has no answer for it in the {which} of the two", level)
    one, other = known
    values = np.array([[cell.value for cell in of_arm] for of_arm in (one, other)])
    n = len(np.unique(np.concatenate([part.images for cell in (*one, *other) for part in cell.parts])))
    if min(cell.fewest for cell in (*one, *other)) < 2:
        return _without_errors(values, names, n)
    errors = error_covariances((one, other))
    several = len(names) >= FEWEST_OBSERVERS
    population = Population.OBSERVERS_AND_IMAGES if several else Population.IMAGES
    crossed = jackknife = images = None
    if several:
        crossed = compare(values, errors, level=level, n=n)
        images = compare(values, errors, population=Population.OBSERVERS, level=level, n=n)
        by_jackknife = error_covariances((one, other), method=CovarianceMethod.JACKKNIFE)
        jackknife = compare(values, by_jackknife, level=level, n=n, covariances=CovarianceMethod.JACKKNIFE)
    return MeritComparison(
        arms=(
            _one_arm(values[0], errors, 0, population, level, n),
            _one_arm(values[1], errors, 1, population, level, n),
        ),
        observers_random=crossed,
        jackknife=jackknife,
        these_observers=compare(values, errors, population=Population.IMAGES, level=level, n=n),
        these_images=images,
        components=components_of(values, errors),
        observers={
            name: ObserverInArms((one[place].value, other[place].value), _alone(one[place], other[place], level, n))
            for place, name in enumerate(names)
        },
    )


def _one_arm(
    values: Floats, errors: ErrorCovariances, number: int, population: Population, level: float, n: int
) -> Estimate:
    of_arm = errors.by_arm[number]
    return one_arm(
        values, variance=of_arm.variance, covariance=of_arm.covariance, population=population, level=level, n=n
    )


def _alone(one: Merit, other: Merit, level: float, n: int) -> Estimate:
    """Return the difference of one observer, for images like these."""
    values = np.array([[one.value], [other.value]])
    return compare(
        values, error_covariances(([one], [other])), population=Population.IMAGES, level=level, n=n
    ).difference


def _undefined(reason: str, level: float) -> MeritComparison:
    nothing = Estimate.undefined(reason, method=method_name(Population.OBSERVERS_AND_IMAGES), level=level)
    without = Comparison(nothing, None, None, None, None)
    return MeritComparison((nothing, nothing), None, None, without, None, None, {})


def _without_errors(values: Floats, names: tuple[str, ...], n: int) -> MeritComparison:
    """Return the figures without an interval, where somebody answered to one image of a truth alone."""
    reason = "no interval from a single image"

    def bare(value: float) -> Estimate:
        return Estimate(value, None, None, None, reason, n=n)

    one, other = (float(mean) for mean in values.mean(axis=1))
    without = without_interval(one - other, reason, n)
    observers = {
        name: ObserverInArms((float(pair[0]), float(pair[1])), bare(float(pair[0] - pair[1])))
        for name, pair in zip(names, values.T, strict=True)
    }
    return MeritComparison((bare(one), bare(other)), None, None, without, None, None, observers)


def _with_adjusted(comparisons: list[ArmComparison]) -> tuple[ArmComparison, ...]:
    """Return the comparisons with p-values adjusted over the pairs of arms, figure by figure."""
    if len(comparisons) < 2:
        return tuple(comparisons)
    adjusted: list[dict[str, MeritComparison]] = [dict(one.merits) for one in comparisons]
    for name in MERITS:
        places = [place for place, merits in enumerate(adjusted) if name in merits]
        p_values = holm([adjusted[place][name].main.p for place in places])
        for place, p in zip(places, p_values, strict=True):
            adjusted[place][name] = replace(adjusted[place][name], p_adjusted=p)
    return tuple(replace(one, merits=merits) for one, merits in zip(comparisons, adjusted, strict=True))
