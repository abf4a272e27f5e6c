"""What is left of an attack after one degradation of the images, as it is stored and read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from perception.analysis.estimates.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalRow:
    """The figures of all pairs after one degradation.

    Attributes
    ----------
    key, name
        Of the degradation, as in `ml.images.degradation`.
    n
        How many pairs were classified.
    fooling_ratio, fooling_ratio_of_others, accuracy_before, accuracy_after
        As in `perception.analysis.classification.AttackSummary`.
    clean_read_as_target
        What the degradation does without any attack: the share of the clean images not of the target class that is
        read as it. The fooling ratio is to be read beside it.
    """

    key: str
    name: str
    n: int
    fooling_ratio: Estimate
    fooling_ratio_of_others: Estimate
    accuracy_before: Estimate
    accuracy_after: Estimate
    clean_read_as_target: Estimate

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "SurvivalRow":
        """Return the row that `as_dict` made the mapping of.

        Raises
        ------
        KeyError
            A figure is missing.
        """
        return cls(
            key=stored["key"],
            name=stored["name"],
            n=stored["n"],
            fooling_ratio=Estimate.from_dict(stored["fooling_ratio"]),
            fooling_ratio_of_others=Estimate.from_dict(stored["fooling_ratio_of_others"]),
            accuracy_before=Estimate.from_dict(stored["accuracy_before"]),
            accuracy_after=Estimate.from_dict(stored["accuracy_after"]),
            clean_read_as_target=Estimate.from_dict(stored["clean_read_as_target"]),
        )

    def as_dict(self) -> dict[str, object]:
        """Return the row as JSON."""
        return {
            "key": self.key,
            "name": self.name,
            "n": self.n,
            "fooling_ratio": self.fooling_ratio.as_dict(),
            "fooling_ratio_of_others": self.fooling_ratio_of_others.as_dict(),
            "accuracy_before": self.accuracy_before.as_dict(),
            "accuracy_after": self.accuracy_after.as_dict(),
            "clean_read_as_target": self.clean_read_as_target.as_dict(),
        }
