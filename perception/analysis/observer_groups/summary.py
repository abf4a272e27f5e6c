"""Groups of observers, two at a time: every figure that the answers allow, of each group and as a difference."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import inf

import numpy as np

from perception.analysis.agreement.many_raters import counts_of_answers, fleiss_kappa, gwet_ac1, krippendorff_alpha
from perception.analysis.agreement.summary import agreed_share
from perception.analysis.answer_table import MISSING, AnswerTable
from perception.analysis.detection.group_d_prime import GroupDPrime, group_d_prime
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.multiple_comparisons import holm
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import UNKNOWN, Observations
from perception.analysis.observer_groups.figures import (
    ObserverAnswers,
    area,
    criterion,
    d_prime,
    d_prime_of_choices,
    right_choices,
    sensitivity,
    specificity,
)
from perception.analysis.observer_groups.nested import RANDOM, GroupValues, difference_of_groups, mean_of_group
from perception.analysis.two_arms.covariance import covariance_matrix
from perception.analysis.two_arms.merit import Merit
from perception.analysis.two_arms.obuchowski_rockette import Comparison, without_interval

UNBOUNDED = (-inf, inf)
SHARE = (0.0, 1.0)
D_PRIMES = frozenset({"dprime", "criterion"})
"""The figures that need enough answers of either word of each observer."""
SINGLE = "no interval from a single image"


@dataclass(frozen=True, slots=True)
class AgreementWithin:
    """How far the observers of a group agree with one another; undefined, with the reason, of one alone.

    Attributes
    ----------
    agreed
        The share of pairs of answers to one image that say the same.
    fleiss_kappa, gwet_ac1, krippendorff_alpha
        Of all of them together.
    """

    agreed: Estimate
    fleiss_kappa: Estimate
    gwet_ac1: Estimate
    krippendorff_alpha: Estimate

    @classmethod
    def of(cls, table: AnswerTable, *, level: float) -> "AgreementWithin":
        """Compute it.

        Parameters
        ----------
        table
            The answers of the group.
        level
            Level of the intervals, between 0 and 1.

        Returns
        -------
        AgreementWithin
            The coefficients; of one observer alone each is undefined.

        Raises
        ------
        ValueError
            A level outside (0, 1).
        """
        counts = counts_of_answers(table.responses)
        return cls(
            agreed=agreed_share(table, level=level),
            fleiss_kappa=fleiss_kappa(counts, level=level),
            gwet_ac1=gwet_ac1(counts, level=level),
            krippendorff_alpha=krippendorff_alpha(counts, level=level),
        )

    def as_dict(self) -> JsonObject:
        """Return the coefficients as JSON."""
        return {
            "agreed": self.agreed.as_dict(),
            "fleiss_kappa": self.fleiss_kappa.as_dict(),
            "gwet_ac1": self.gwet_ac1.as_dict(),
            "krippendorff_alpha": self.krippendorff_alpha.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class ObserverGroup:
    """A group.

    Attributes
    ----------
    name
        Of the study's.
    observers
        Who is in it and answered.
    images
        How many images they judged.
    agreement
        Of its observers with one another.
    """

    name: str
    observers: tuple[str, ...]
    images: int
    agreement: AgreementWithin

    def as_dict(self) -> JsonObject:
        """Return the group as JSON."""
        return {
            "observers": list(self.observers),
            "images": self.images,
            "agreement": self.agreement.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """Two groups compared by one figure.

    Attributes
    ----------
    groups
        Their names; the difference is the first less the second.
    comparison
        The difference and the test that there is none.
    p_adjusted
        After Holm over the pairs of groups; None where there is one pair, or no test.
    """

    groups: tuple[str, str]
    comparison: Comparison
    p_adjusted: float | None = None

    def as_dict(self) -> JsonObject:
        """Return the difference as JSON."""
        return {"groups": list(self.groups), **self.comparison.as_dict(), "p_adjusted": self.p_adjusted}


@dataclass(frozen=True, slots=True)
class FigureOfGroups:
    """One figure in every group.

    Attributes
    ----------
    groups
        The mean over each group's observers, by the group's name.
    left_out
        Observers of a group who have no such figure of their own.
    differences
        Of each two groups.
    """

    groups: dict[str, Estimate]
    left_out: tuple[str, ...]
    differences: tuple[GroupDifference, ...]

    def as_dict(self) -> JsonObject:
        """Return the figure as JSON."""
        return {
            "groups": {name: estimate.as_dict() for name, estimate in self.groups.items()},
            "left_out": list(self.left_out),
            "differences": [one.as_dict() for one in self.differences],
        }


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """The groups of observers of a study.

    Attributes
    ----------
    groups
        In the study's order, those without observers among them.
    in_none
        Who answered and is in no group.
    shared
        How many images two groups have both judged, by the names of both.
    figures
        By their names: `sensitivity`, `specificity`, `dprime`, `criterion`, `roc_area`; of choices between two images
        `right_choices` and `dprime`. Those of which the answers hold anything.
    """

    groups: tuple[ObserverGroup, ...]
    in_none: tuple[str, ...]
    shared: dict[tuple[str, str], int]
    figures: dict[str, FigureOfGroups]

    def as_dict(self) -> JsonObject:
        """Return the comparison as JSON."""
        return {
            "groups": {group.name: group.as_dict() for group in self.groups},
            "in_none": list(self.in_none),
            "images_in_both": [{"groups": list(pair), "images": images} for pair, images in self.shared.items()],
            "figures": {name: figure.as_dict() for name, figure in self.figures.items()},
        }


@dataclass(frozen=True, slots=True)
class _Figure:
    """How a figure is computed of one observer, and between which bounds it lies."""

    of: Callable[[ObserverAnswers], Merit | None]
    bounds: tuple[float, float]


_FIGURES = {
    "sensitivity": _Figure(sensitivity, SHARE),
    "specificity": _Figure(specificity, SHARE),
    "dprime": _Figure(d_prime, UNBOUNDED),
    "criterion": _Figure(criterion, UNBOUNDED),
    "roc_area": _Figure(area, SHARE),
}
_FIGURES_OF_CHOICES = {
    "right_choices": _Figure(right_choices, SHARE),
    "dprime": _Figure(d_prime_of_choices, UNBOUNDED),
}


def compare_groups(series: Observations, table: AnswerTable, *, level: float = 0.95) -> GroupComparison | None:
    """Compare the groups of a study's observers.

    Parameters
    ----------
    series
        The answers, without those of catch trials.
    table
        The same as observers × images.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    GroupComparison or None
        None without groups. A figure of a group is undefined, with the reason, where no observer of it has one, or too
        few have a d′; a difference where either group's is.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    The figure of a group is the mean of its observers' own; means and differences are those of
    `perception.analysis.observer_groups.nested`. Observers whose answers are too few of one word for a d′ are left out
    of d′ and criterion as in `group_d_prime`. p-values of several pairs of groups are adjusted after Holm, figure by
    figure; those of several figures are not.

    Examples
    --------
    Three dermatologists and three general practitioners judged the same eight images, the first four perturbed:

    >>> import numpy as np
    >>> from perception.analysis.observations import Observations
    >>> from perception.analysis.observer_groups.summary import compare_groups
    >>> said = [[1, 1, 0, 1, 0, 0, 1, 0], [1, 1, 1, 1, 0, 0, 0, 1], [1, 1, 0, 1, 0, 1, 0, 0],
    ...         [0, 1, 0, 0, 0, 0, 1, 0], [1, 0, 0, 0, 1, 0, 0, 1], [0, 1, 0, 1, 0, 1, 0, 0]]
    >>> series = Observations(
    ...     task="yes_no",
    ...     observers=tuple("ABCDEF"),
    ...     items=tuple("abcdefgh"),
    ...     observer=np.repeat(np.arange(6), 8),
    ...     item=np.tile(np.arange(8), 6),
    ...     truth=np.tile(np.arange(8) < 4, 6),
    ...     response=np.ravel(said).astype(np.int8),
    ...     catch=np.zeros(48, dtype=bool),
    ...     group=np.repeat([0, 1], 3),
    ...     groups=("dermatologists", "general practitioners"),
    ... )
    >>> found = compare_groups(series, series.table()).figures["sensitivity"]
    >>> [round(estimate.estimate, 2) for estimate in found.groups.values()]
    [0.83, 0.33]
    >>> (one,) = found.differences
    >>> print(f"{one.comparison.difference.estimate:.2f}, p = {one.comparison.p:.3f}")
    0.50, p = 0.013
    """
    require_level(level)
    if series.group is None:
        return None
    answers = [ObserverAnswers.of(series, observer) for observer in range(len(series.observers))]
    answered = np.array([bool(len(own.image)) for own in answers], dtype=bool)
    members = {name: np.flatnonzero((series.group == number) & answered) for number, name in enumerate(series.groups)}
    images = {
        name: np.unique(np.concatenate([answers[who].image for who in those] or [np.zeros(0, np.intp)]))
        for name, those in members.items()
    }
    names = series.observers
    figures = _FIGURES_OF_CHOICES if series.task == "two_afc" else _FIGURES
    d_primes = {name: _group_d_prime(series, table, those, level) for name, those in members.items()}
    compared = {
        key: _compared(figure, members, answers, names, d_primes if key in D_PRIMES else {}, level)
        for key, figure in figures.items()
    }
    return GroupComparison(
        groups=tuple(
            ObserverGroup(
                name,
                tuple(names[who] for who in those),
                len(images[name]),
                AgreementWithin.of(_only(table, those), level=level),
            )
            for name, those in members.items()
        ),
        in_none=tuple(names[who] for who in np.flatnonzero((series.group == UNKNOWN) & answered)),
        shared={
            (one, other): len(np.intersect1d(images[one], images[other])) for one, other in combinations(members, 2)
        },
        figures={key: found for key, found in compared.items() if found is not None},
    )


def _only(table: AnswerTable, those: Sequence[int] | np.ndarray) -> AnswerTable:
    """Return the answers of some observers; all images stay."""
    kept = {table.observers[who] for who in those}
    return table.without([name for name in table.observers if name not in kept])


def _group_d_prime(series: Observations, table: AnswerTable, those: np.ndarray, level: float) -> GroupDPrime:
    of_group = _only(table, those)
    signal = np.broadcast_to(of_group.truth, of_group.responses.shape)
    said = of_group.responses
    if series.task == "two_afc":
        signal = series.spread(series.truth, nothing=False)[those]
        said = np.where(said == MISSING, MISSING, (said == 1) == signal).astype(np.int8)
    return group_d_prime(signal, said, of_group.observers, level=level, task=series.task)


def _compared(
    figure: _Figure,
    members: dict[str, np.ndarray],
    answers: Sequence[ObserverAnswers],
    names: Sequence[str],
    d_primes: dict[str, GroupDPrime],
    level: float,
) -> FigureOfGroups | None:
    """Return a figure in every group; None where nobody has one, and none could be asked for."""
    merits: list[Merit] = []
    places: dict[str, list[int]] = {}
    left_out: list[str] = []
    for name, those in members.items():
        unusable = d_primes[name].left_out if name in d_primes else ()
        places[name] = []
        for who in those:
            merit = None if names[who] in unusable else figure.of(answers[who])
            if merit is None:
                left_out.append(names[who])
            else:
                places[name].append(len(merits))
                merits.append(merit)
    if not merits and not d_primes:
        return None
    single = bool(merits) and min(merit.fewest for merit in merits) < 2
    covariances = np.zeros((0, 0)) if single or not merits else covariance_matrix(merits)
    own = {
        name: GroupValues(np.array([merits[row].value for row in rows]), np.array(rows, dtype=np.intp))
        for name, rows in places.items()
    }
    means: dict[str, Estimate] = {}
    for name, group in own.items():
        reason = _why_undefined(members[name], group, d_primes.get(name))
        n, freedom = _images(merits, places[name])
        if reason:
            means[name] = Estimate.undefined(reason, method=f"each group alone: {RANDOM}", level=level, n=n)
        elif without := (SINGLE if single else _why_no_interval(d_primes.get(name))):
            means[name] = Estimate(float(group.values.mean()), None, None, None, without, n=n)
        else:
            means[name] = mean_of_group(group, covariances, level=level, n=n, freedom=freedom, bounds=figure.bounds)
    differences = [
        GroupDifference((one, other), _difference(one, other, own, means, covariances, merits, places, level))
        for one, other in combinations(own, 2)
    ]
    return FigureOfGroups(means, tuple(left_out), _with_adjusted(differences))


def _difference(
    one: str,
    other: str,
    own: dict[str, GroupValues],
    means: dict[str, Estimate],
    covariances: np.ndarray,
    merits: Sequence[Merit],
    places: dict[str, list[int]],
    level: float,
) -> Comparison:
    n, freedom = _images(merits, [*places[one], *places[other]])
    for name in (one, other):
        if means[name].estimate is None:
            reason = f"{name}: {means[name].reason}"
            nothing = Estimate.undefined(reason, method=f"difference of groups: {RANDOM}", level=level, n=n)
            return Comparison(nothing, None, None, None, None)
    value = float(own[one].values.mean() - own[other].values.mean())
    for name in (one, other):
        if means[name].low is None and not means[name].method.startswith("no interval: a variance"):
            return without_interval(value, means[name].method, n)
    return difference_of_groups(own[one], own[other], covariances, level=level, n=n, freedom=freedom)


def _images(merits: Sequence[Merit], rows: Sequence[int]) -> tuple[int, int]:
    """Return how many images some figures are of, and the degrees of freedom of the truth that has the fewest."""
    parts = [merits[row].parts for row in rows]
    if not parts:
        return 0, 0
    every = np.unique(np.concatenate([part.images for of_one in parts for part in of_one]))
    by_truth = [
        len(np.unique(np.concatenate([part.images for part in of_truth]))) for of_truth in zip(*parts, strict=True)
    ]
    return len(every), max(1, min(by_truth) - 1)


def _why_undefined(those: np.ndarray, group: GroupValues, found: GroupDPrime | None) -> str:
    if not len(those):
        return "nobody in the group has answered"
    if found is not None and found.estimate.estimate is None:
        return found.estimate.reason or ""
    return "" if len(group.values) else "nobody in the group has answered what it needs"


def _why_no_interval(found: GroupDPrime | None) -> str:
    return found.estimate.method if found is not None and found.estimate.low is None else ""


def _with_adjusted(differences: Sequence[GroupDifference]) -> tuple[GroupDifference, ...]:
    if len(differences) < 2:
        return tuple(differences)
    adjusted = holm([one.comparison.p for one in differences])
    return tuple(replace(one, p_adjusted=p) for one, p in zip(differences, adjusted, strict=True))
