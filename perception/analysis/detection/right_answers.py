"""Shares of right answers beside the main statistics: of catch trials, and of the second question."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import AnswerTable
from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.estimates.difference import independent_difference
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.proportions import proportion
from perception.analysis.json_values import JsonObject


@dataclass(frozen=True, slots=True)
class RightAnswers:
    """The share of right answers.

    Attributes
    ----------
    pooled
        Of all observers, clustered by image.
    observers
        Each observer's own, with Wilson's interval.
    """

    pooled: Estimate
    observers: dict[str, Estimate]

    def as_dict(self) -> JsonObject:
        """Return the shares as JSON."""
        return {
            "pooled": self.pooled.as_dict(),
            "observers": {name: share.as_dict() for name, share in self.observers.items()},
        }


@dataclass(frozen=True, slots=True)
class RightByTruth:
    """Shares of right answers by what was shown.

    Attributes
    ----------
    perturbed, clean
        Of what was perturbed, and of what was clean.
    difference
        The first less the second. No image is shown both ways, so that the two shares are independent, of different
        images.
    """

    perturbed: Estimate
    clean: Estimate
    difference: Estimate

    def as_dict(self) -> JsonObject:
        """Return the shares as JSON."""
        return {
            "perturbed": self.perturbed.as_dict(),
            "clean": self.clean.as_dict(),
            "difference": self.difference.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class SecondQuestion:
    """How often a second question was answered rightly, by what was shown.

    Attributes
    ----------
    pooled
        Of all observers, clustered by image.
    observers
        Each observer's own, with Wilson's interval.
    """

    pooled: RightByTruth
    observers: dict[str, RightByTruth]

    def as_dict(self) -> JsonObject:
        """Return the shares as JSON."""
        return {
            "pooled": self.pooled.as_dict(),
            "observers": {name: shares.as_dict() for name, shares in self.observers.items()},
        }


def right_answers(table: AnswerTable, *, level: float = 0.95) -> RightAnswers:
    """Estimate the share of right answers, whatever was shown.

    Parameters
    ----------
    table
        The answers; a response is right where it is the truth.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    RightAnswers
        Undefined where there is no answer.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Examples
    --------
    Catch trials, which an attentive observer answers rightly:

    >>> import numpy as np
    >>> from perception.analysis.answer_table import AnswerTable
    >>> from perception.analysis.detection.right_answers import right_answers
    >>> responses = np.array([[1, 1, 1, -1], [1, 0, 1, 1]], dtype=np.int8)
    >>> found = right_answers(AnswerTable(("A", "B"), tuple("abcd"), np.ones(4, dtype=bool), responses))
    >>> {name: f"{share.k} of {share.n}" for name, share in found.observers.items()}
    {'A': '3 of 3', 'B': '3 of 4'}
    """
    right, given = table.responses == table.truth, table.responses >= 0
    observers = {
        name: _alone(one, answered, level) for name, one, answered in zip(table.observers, right, given, strict=True)
    }
    return RightAnswers(clustered_proportion(right, given, level=level), observers)


def second_question(
    truth: NDArray[np.bool_], right: NDArray[np.int8], observers: tuple[str, ...], *, level: float = 0.95
) -> SecondQuestion:
    """Estimate the shares of right answers to a second question, such as the diagnosis.

    Parameters
    ----------
    truth
        bool array of shape (I,): whether what was shown was perturbed.
    right
        int8 array of shape (J, I), observers × images: 1 for a right answer, 0 for a wrong one, −1 where there is none.
    observers
        J names.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    SecondQuestion
        A share is undefined where there is no answer, and a difference where one of its shares is.

    Raises
    ------
    ValueError
        The names do not fit the array; a level outside (0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.detection.right_answers import second_question
    >>> truth = np.array([True] * 4 + [False] * 4)
    >>> right = np.array([[1, 0, 0, 1, 1, 1, 1, 0], [0, 0, 1, 1, 1, 1, 0, 1]], dtype=np.int8)
    >>> found = second_question(truth, right, ("A", "B")).pooled.difference
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    -0.25 (-0.70 to 0.38)
    """
    return SecondQuestion(
        _by_truth(
            *(
                clustered_proportion(right[:, truth == kind] == 1, right[:, truth == kind] >= 0, level=level)
                for kind in (True, False)
            )
        ),
        {
            name: _by_truth(
                *(_alone(row[truth == kind] == 1, row[truth == kind] >= 0, level) for kind in (True, False))
            )
            for name, row in zip(observers, right, strict=True)
        },
    )


def _by_truth(perturbed: Estimate, clean: Estimate) -> RightByTruth:
    return RightByTruth(perturbed, clean, independent_difference(perturbed, clean))


def _alone(right: NDArray[np.bool_], given: NDArray[np.bool_], level: float) -> Estimate:
    return proportion(int((right & given).sum()), int(given.sum()), level=level)
