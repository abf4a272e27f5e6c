"""What observers saw, diagnosis by diagnosis."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.observations import Observations


@dataclass(frozen=True, slots=True)
class DiagnosisShares:
    """The images of one diagnosis.

    Attributes
    ----------
    sensitivity, specificity
        Clustered by image, for these observers. Of choices between two images the first is the share of right ones,
        and the second is undefined.
    n_perturbed, n_clean
        How many images (or pairs) there were an answer to.
    """

    sensitivity: Estimate
    specificity: Estimate
    n_perturbed: int
    n_clean: int

    def as_dict(self) -> dict[str, Any]:
        """Return the shares and the numbers of images as JSON."""
        return {
            "sensitivity": self.sensitivity.as_dict(),
            "specificity": self.specificity.as_dict(),
            "n_perturbed": self.n_perturbed,
            "n_clean": self.n_clean,
        }


def by_diagnosis(series: Observations, *, level: float = 0.95) -> dict[str, DiagnosisShares]:
    """Estimate sensitivity and specificity for each diagnosis.

    The intervals are each for itself: of seven diagnoses one may well lie apart by chance alone. From one image there
    is no interval, and from two or three a very wide one.

    Parameters
    ----------
    series
        The answers, without those of catch trials.
    level
        Between 0 and 1.

    Returns
    -------
    By the diagnosis's name, in alphabetical order; empty where none is known.
    """
    if series.diagnosis is None:
        return {}
    known = np.unique(series.diagnosis[series.diagnosis >= 0]).tolist()
    codes = sorted(known, key=lambda code: series.diagnoses[code])
    return {series.diagnoses[code]: _shares(series.of(series.diagnosis == code), level) for code in codes}


def _shares(series: Observations, level: float) -> DiagnosisShares:
    table = series.table()
    perturbed, clean = (table.correct(perturbed=kind) for kind in (True, False))
    return DiagnosisShares(
        clustered_proportion(*perturbed, level=level),
        clustered_proportion(*clean, level=level),
        int(perturbed[1].any(axis=0).sum()),
        int(clean[1].any(axis=0).sum()),
    )
