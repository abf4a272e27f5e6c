"""Shares of right answers beside the main figures: of catch trials, and of the second question."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import AnswerTable
from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.estimates.difference import independent_difference
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.proportions import proportion


@dataclass(frozen=True, slots=True)
class RightAnswers:
    """The share of right answers of each observer (Wilson), and of all (clustered by image)."""

    pooled: Estimate
    observers: dict[str, Estimate]

    def as_dict(self) -> dict[str, Any]:
        """Return the shares as JSON."""
        return {
            "pooled": self.pooled.as_dict(),
            "observers": {name: share.as_dict() for name, share in self.observers.items()},
        }


@dataclass(frozen=True, slots=True)
class RightByTruth:
    """Shares of right answers to what was perturbed and to what was clean, and the first less the second.

    No image is shown in both ways, so that the two shares are independent, of different images.
    """

    perturbed: Estimate
    clean: Estimate
    difference: Estimate

    def as_dict(self) -> dict[str, Any]:
        """Return the shares as JSON."""
        return {
            "perturbed": self.perturbed.as_dict(),
            "clean": self.clean.as_dict(),
            "difference": self.difference.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class SecondQuestion:
    """How often a second question was answered rightly, by what was shown."""

    pooled: RightByTruth
    observers: dict[str, RightByTruth]

    def as_dict(self) -> dict[str, Any]:
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
        Between 0 and 1.
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
        int8 array of shape (J, I): 1 for a right answer, 0 for a wrong one, −1 where there is none.
    observers
        J names.
    level
        Between 0 and 1.
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
