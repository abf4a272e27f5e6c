"""How well a model observer (CNN) tells clean from perturbed, as it is stored and read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from perception.analysis.estimates.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelObserverFigures:
    """What a model observer did on the pairs of lesions that it never saw.

    Attributes
    ----------
    auc
        Area under the ROC curve. DeLong's interval takes twins as independent images; they are alike, so that it is
        rather too wide.
    sensitivity, specificity
        At 0.5.
    pairs_told_apart
        Of how many pairs the perturbed twin was the one called perturbed more surely.
    training_accuracy
        Over the last twenty steps of the training, on the images learnt from.
    provenance
        What made it; `seconds` is the wall time.
    """

    auc: Estimate
    sensitivity: Estimate
    specificity: Estimate
    pairs_told_apart: Estimate
    pairs_learnt_from: int
    pairs_judged: int
    lesions_learnt_from: int
    lesions_judged: int
    training_accuracy: float
    seed: int
    provenance: Mapping[str, Any]

    @property
    def seconds(self) -> float:
        """Wall time of training and judging."""
        return float(self.provenance["seconds"])

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "ModelObserverFigures":
        """Return the figures that `as_dict` made the mapping of.

        Raises
        ------
        KeyError
            A figure is missing.
        """
        return cls(
            auc=Estimate.from_dict(stored["auc"]),
            sensitivity=Estimate.from_dict(stored["sensitivity"]),
            specificity=Estimate.from_dict(stored["specificity"]),
            pairs_told_apart=Estimate.from_dict(stored["pairs_told_apart"]),
            pairs_learnt_from=stored["pairs_learnt_from"],
            pairs_judged=stored["pairs_judged"],
            lesions_learnt_from=stored["lesions_learnt_from"],
            lesions_judged=stored["lesions_judged"],
            training_accuracy=stored["training_accuracy"],
            seed=stored["seed"],
            provenance=stored["provenance"],
        )

    def as_dict(self) -> dict[str, object]:
        """Return the figures as JSON."""
        return {
            "auc": self.auc.as_dict(),
            "sensitivity": self.sensitivity.as_dict(),
            "specificity": self.specificity.as_dict(),
            "pairs_told_apart": self.pairs_told_apart.as_dict(),
            "pairs_learnt_from": self.pairs_learnt_from,
            "pairs_judged": self.pairs_judged,
            "lesions_learnt_from": self.lesions_learnt_from,
            "lesions_judged": self.lesions_judged,
            "training_accuracy": self.training_accuracy,
            "seed": self.seed,
            "provenance": dict(self.provenance),
        }
