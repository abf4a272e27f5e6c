"""What observers saw, diagnosis by diagnosis."""

from dataclasses import dataclass

import numpy as np

from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.json_values import JsonObject
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

    def as_dict(self) -> JsonObject:
        """Return the shares and the numbers of images as JSON."""
        return {
            "sensitivity": self.sensitivity.as_dict(),
            "specificity": self.specificity.as_dict(),
            "n_perturbed": self.n_perturbed,
            "n_clean": self.n_clean,
        }


def by_diagnosis(series: Observations, *, level: float = 0.95) -> dict[str, DiagnosisShares]:
    """Estimate sensitivity and specificity for each diagnosis.

    Parameters
    ----------
    series
        The answers, without those of catch trials.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    dict
        By the diagnosis's name, in alphabetical order; empty where none is known. A share without an answer is
        undefined.

    Raises
    ------
    ValueError
        A level outside (0, 1), where a diagnosis is known.

    Notes
    -----
    Each share, with its interval, is that of `clustered_proportion`. The intervals are each for itself: of seven
    diagnoses one may well lie apart by chance alone. From one image there is no interval, and from two or three a very
    wide one.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.breakdowns.by_diagnosis import by_diagnosis
    >>> from perception.analysis.observations import Observations
    >>> series = Observations(
    ...     task="yes_no",
    ...     observers=("A", "B"),
    ...     items=tuple("abcd"),
    ...     observer=np.repeat([0, 1], 4),
    ...     item=np.tile(np.arange(4), 2),
    ...     truth=np.ones(8, dtype=bool),
    ...     response=np.array([1, 0, 1, 1, 0, 0, 1, 1], dtype=np.int8),
    ...     catch=np.zeros(8, dtype=bool),
    ...     diagnosis=np.tile([0, 0, 1, 1], 2),
    ...     diagnoses=("nv", "mel"),
    ... )
    >>> for name, shares in by_diagnosis(series).items():
    ...     print(f"{name}: {shares.sensitivity.k} of {shares.sensitivity.n}, {shares.n_perturbed} images")
    mel: 4 of 4, 2 images
    nv: 1 of 4, 2 images
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
