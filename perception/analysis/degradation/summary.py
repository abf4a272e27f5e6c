"""Degradation category rating: mean grades (DMOS), by image, strength and observer, and the screening."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from perception.analysis.degradation.grade_scale import GRADES, IMPERCEPTIBLE_FROM
from perception.analysis.degradation.grade_spread import SpreadOfGrades, spread_of_grades
from perception.analysis.degradation.mean_grade import difference_of_means, image_mean, mean_grade
from perception.analysis.degradation.screening import RULE, ScreenedObserver, screen_observers
from perception.analysis.estimates.clustered_covariance import InferenceTarget
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.json_values import JsonObject

CLAIM_LEVEL = 0.90
"""Of the interval by which a mean lies above or below the boundary: one-sided tests at 5%."""

Grades = NDArray[np.float64]
Claim = Literal["imperceptible", "perceptible", "open"]
"""What a mean grade's 90% interval shows: all of it above the boundary, all below, or neither."""


@dataclass(frozen=True, slots=True)
class MeanGrade:
    """The mean grade of some test images.

    Attributes
    ----------
    counts
        How often each grade was given, from 1 to 5.
    these_observers
        The mean, with its interval for these observers and images like these.
    observers_random
        With that for observers like these; None with fewer than three observers.
    claims
        What the 90% intervals of both show of `IMPERCEPTIBLE_FROM`; None where there is none.
    """

    counts: tuple[int, ...]
    these_observers: Estimate
    observers_random: Estimate | None
    claims: tuple[Claim | None, Claim | None]

    @classmethod
    def of(cls, grades: Grades, *, level: float) -> "MeanGrade":
        """Compute it.

        Parameters
        ----------
        grades
            float array of shape (J, I), observers × images; nan where not graded.
        level
            Of the intervals, between 0 and 1.

        Returns
        -------
        MeanGrade
            Undefined where nothing was graded; without a claim where there is no interval.

        Raises
        ------
        ValueError
            A level outside (0, 1).
        """
        given = grades[~np.isnan(grades)]
        return cls(
            counts=tuple(int((given == grade).sum()) for grade in GRADES),
            these_observers=mean_grade(grades, level=level),
            observers_random=_for_others(grades, level),
            claims=(_claim(mean_grade(grades, level=CLAIM_LEVEL)), _claim(_for_others(grades, CLAIM_LEVEL))),
        )

    @property
    def n(self) -> int:
        """How many grades there are."""
        return sum(self.counts)

    def as_dict(self) -> JsonObject:
        """Return the figures as JSON; what is undefined is null."""
        return {
            "counts": {str(grade): count for grade, count in zip(GRADES, self.counts, strict=True)},
            "these_observers": self.these_observers.as_dict(),
            "observers_random": self.observers_random.as_dict() if self.observers_random else None,
            "claim_these_observers": self.claims[0],
            "claim_observers_random": self.claims[1],
        }


@dataclass(frozen=True, slots=True)
class GradeDifference:
    """By how much test images were graded higher than hidden references: below 0 where a change was seen.

    Attributes
    ----------
    these_observers, observers_random
        As of `MeanGrade`.
    """

    these_observers: Estimate
    observers_random: Estimate | None

    def as_dict(self) -> JsonObject:
        """Return the figures as JSON; what is undefined is null."""
        return {
            "these_observers": self.these_observers.as_dict(),
            "observers_random": self.observers_random.as_dict() if self.observers_random else None,
        }


@dataclass(frozen=True, slots=True)
class GradedImage:
    """What observers made of one test image.

    Attributes
    ----------
    name
        Of the image.
    dmos
        Its mean grade, with an interval for observers like these.
    """

    name: str
    dmos: Estimate

    def as_dict(self) -> JsonObject:
        """Return the figures as JSON."""
        return {"item": self.name, "dmos": self.dmos.as_dict()}


@dataclass(frozen=True, slots=True)
class GradingObserver:
    """How one observer graded.

    Attributes
    ----------
    test, hidden
        Mean grades of test images that were perturbed, and of hidden references; None without any.
    screened
        What the rule of BT.500 counted.
    """

    test: float | None
    hidden: float | None
    screened: ScreenedObserver

    def as_dict(self) -> JsonObject:
        """Return the figures as JSON; what is undefined is null."""
        return {"test": self.test, "hidden": self.hidden, "screening": self.screened.as_dict()}


@dataclass(frozen=True, slots=True)
class DegradationSummary:
    """The grades of a study.

    Attributes
    ----------
    test
        Of all perturbed test images: the DMOS.
    hidden
        Of the hidden references.
    difference
        Perturbed test images less hidden references.
    strengths
        DMOS and difference of each strength; empty where there is one.
    images
        The perturbed test images, the lowest mean first.
    observers
        By name.
    without_rejected
        DMOS and difference without those whom the rule of BT.500 rejects; None where nobody is rejected.
    spread
        By what the grades of perturbed images vary, for planning; None where too few observers graded all of them.
    """

    test: MeanGrade
    hidden: MeanGrade
    difference: GradeDifference
    strengths: dict[float, tuple[MeanGrade, GradeDifference]]
    images: tuple[GradedImage, ...]
    observers: dict[str, GradingObserver]
    without_rejected: tuple[MeanGrade, GradeDifference] | None
    spread: SpreadOfGrades | None

    @property
    def rejected(self) -> tuple[str, ...]:
        """Whom the rule of BT.500 rejects."""
        return tuple(name for name, observer in self.observers.items() if observer.screened.rejected)

    def as_dict(self) -> JsonObject:
        """Return the figures as JSON; what is undefined is null."""
        return {
            "dmos": self.test.as_dict(),
            "hidden_reference": self.hidden.as_dict(),
            "difference": self.difference.as_dict(),
            "imperceptible_from": IMPERCEPTIBLE_FROM,
            "strengths": [
                {"strength": strength, "dmos": mean.as_dict(), "difference": difference.as_dict()}
                for strength, (mean, difference) in self.strengths.items()
            ],
            "spread": self.spread.as_dict() if self.spread else None,
            "images": [image.as_dict() for image in self.images],
            "observers": {name: observer.as_dict() for name, observer in self.observers.items()},
            "screening": {
                "rule": RULE,
                "rejected": list(self.rejected),
                "dmos_without_rejected": self.without_rejected[0].as_dict() if self.without_rejected else None,
                "difference_without_rejected": self.without_rejected[1].as_dict() if self.without_rejected else None,
            },
        }


def summarise_degradation(
    grades: Grades,
    perturbed: NDArray[np.bool_],
    *,
    observers: tuple[str, ...],
    items: tuple[str, ...],
    strength: NDArray[np.float64] | None = None,
    level: float = 0.95,
) -> DegradationSummary:
    """Compute every statistic of grades.

    Parameters
    ----------
    grades
        float array of shape (J, I), observers × images: 1 (very annoying) to 5 (imperceptible), nan where not graded.
    perturbed
        bool array of shape (I,): whether the test image was perturbed; else it was the hidden reference.
    observers, items
        J and I names.
    strength
        float array of shape (I,): of the perturbation; nan where unknown, or where nothing was perturbed. None where
        none is known.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    DegradationSummary
        What is undefined says so, with the reason.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.degradation.summary import summarise_degradation
    >>> grades = np.array([[5.0, 4, 5, 3, 5, 5], [5, 5, 4, 4, 5, 5], [4, 5, 5, 2, 5, 4]])
    >>> perturbed = np.arange(6) < 4
    >>> found = summarise_degradation(grades, perturbed, observers=("A", "B", "C"), items=tuple("uvwxyz"))
    >>> found.test.counts, found.hidden.counts
    ((0, 1, 1, 4, 6), (0, 0, 0, 1, 5))
    >>> found.images[0].name, found.images[0].dmos.estimate, found.rejected
    ('x', 3.0, ())
    """
    test, hidden = grades[:, perturbed], grades[:, ~perturbed]
    screened = screen_observers(grades)
    kept = np.array([not one.rejected for one in screened], dtype=bool)
    names = [name for name, is_test in zip(items, perturbed, strict=True) if is_test]
    images = [GradedImage(name, image_mean(column, level=level)) for name, column in zip(names, test.T, strict=True)]
    return DegradationSummary(
        test=MeanGrade.of(test, level=level),
        hidden=MeanGrade.of(hidden, level=level),
        difference=_difference(test, hidden, level),
        strengths=_by_strength(test, hidden, None if strength is None else strength[perturbed], level),
        images=tuple(sorted(images, key=_lowest_first)),
        observers={
            name: GradingObserver(_mean(test[who]), _mean(hidden[who]), screened[who])
            for who, name in enumerate(observers)
        },
        without_rejected=None
        if kept.all()
        else (MeanGrade.of(test[kept], level=level), _difference(test[kept], hidden[kept], level)),
        spread=spread_of_grades(test),
    )


def _by_strength(
    test: Grades, hidden: Grades, strength: NDArray[np.float64] | None, level: float
) -> dict[float, tuple[MeanGrade, GradeDifference]]:
    known = [] if strength is None else [float(one) for one in np.unique(strength[~np.isnan(strength)])]
    if strength is None or len(known) < 2:
        return {}
    parts = {one: test[:, strength == one] for one in known}
    return {one: (MeanGrade.of(part, level=level), _difference(part, hidden, level)) for one, part in parts.items()}


def _difference(test: Grades, hidden: Grades, level: float) -> GradeDifference:
    random: InferenceTarget = "observers random"
    return GradeDifference(
        difference_of_means(test, hidden, level=level),
        difference_of_means(test, hidden, target=random, level=level) if _are_enough(test, hidden) else None,
    )


def _for_others(grades: Grades, level: float) -> Estimate | None:
    return mean_grade(grades, target="observers random", level=level) if _are_enough(grades) else None


def _are_enough(*grades: Grades) -> bool:
    """Whether so many observers graded that an interval can speak of others like them."""
    return int((~np.isnan(np.hstack(grades))).any(axis=1).sum()) >= FEWEST_OBSERVERS


def _claim(estimate: Estimate | None) -> Claim | None:
    if estimate is None or estimate.low is None or estimate.high is None:
        return None
    if estimate.low > IMPERCEPTIBLE_FROM:
        return "imperceptible"
    return "perceptible" if estimate.high < IMPERCEPTIBLE_FROM else "open"


def _mean(grades: Grades) -> float | None:
    there = grades[~np.isnan(grades)]
    return float(there.mean()) if len(there) else None


def _lowest_first(image: GradedImage) -> tuple[float, str]:
    return (np.inf if image.dmos.estimate is None else image.dmos.estimate), image.name
