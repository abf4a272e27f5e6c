"""Accuracy before and after an attack, where several images show one lesion: what was found.

Whoever reads it loads no SciPy: `perception.analysis.estimates.by_lesion` computes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.json_values import JsonObject


@dataclass(frozen=True, slots=True)
class AccuracyByLesion:
    """Both accuracies and their difference, the images of one lesion taken as a cluster.

    Attributes
    ----------
    lesions
        How many there are.
    before, after
        The shares of images that are classified rightly.
    difference
        After less before.
    p
        Two-sided, of "there is no difference"; None where it has no interval.
    """

    lesions: int
    before: Estimate
    after: Estimate
    difference: Estimate
    p: float | None

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "AccuracyByLesion":
        """Return what `as_dict` made the mapping of.

        Parameters
        ----------
        stored
            What JSON holds of it.

        Raises
        ------
        KeyError
            The mapping is another one.
        """
        before, after, difference = (Estimate.from_dict(stored[name]) for name in ("before", "after", "difference"))
        return cls(stored["lesions"], before, after, difference, stored["p"])

    def as_dict(self) -> JsonObject:
        """Return the comparison as JSON."""
        return {
            "lesions": self.lesions,
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "difference": self.difference.as_dict(),
            "p": self.p,
        }
