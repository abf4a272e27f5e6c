"""The area under each observer's ROC curve, and what each rating adds to the error of their mean."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.ratings.roc import placements

NOBODY_RATED_BOTH = "no observer rated images of both truths"

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ObserverAreas:
    """The areas of the observers who rated an image of either truth; of the others there is none.

    Attributes
    ----------
    truth
        bool array of shape (I,): whether the image was perturbed.
    ratings
        float array of shape (J, I), nan where not rated: those of these J observers.
    areas
        float array of shape (J,), within [0, 1].
    errors
        float array of shape (J, I): what each rating adds to the error of the mean area, (placement − area)/(images of
        that truth which the observer rated)/J; 0 where not rated. The placements are those of DeLong, DeLong &
        Clarke-Pearson (1988).
    """

    truth: NDArray[np.bool_]
    ratings: Reals
    areas: Reals
    errors: Reals

    @classmethod
    def of(cls, truth: NDArray[np.bool_], ratings: NDArray[np.floating]) -> "ObserverAreas":
        """Compute the areas and what their mean's error is the sum of.

        Parameters
        ----------
        truth
            bool array of shape (I,): whether the image was perturbed.
        ratings
            float array of all observers' ratings, observers × images: higher means more surely perturbed; nan where not
            rated.

        Returns
        -------
        ObserverAreas
            Of those observers who rated an image of either truth.
        """
        rated = ~np.isnan(ratings)
        both = rated[:, truth].any(axis=1) & rated[:, ~truth].any(axis=1)
        kept: Reals = ratings[both].astype(np.float64)
        areas, errors = np.zeros(len(kept)), np.zeros(kept.shape)
        for number, (row, known) in enumerate(zip(kept, rated[both], strict=True)):
            placed = placements(row[known & truth], row[known & ~truth])
            areas[number] = placed.perturbed.mean()
            errors[number, known & truth] = (placed.perturbed - areas[number]) / len(placed.perturbed)
            errors[number, known & ~truth] = (placed.clean - areas[number]) / len(placed.clean)
        return cls(truth, kept, areas, errors / max(len(kept), 1))

    @property
    def images(self) -> tuple[int, int]:
        """How many perturbed, and how many clean images any of these observers rated."""
        rated = ~np.isnan(self.ratings).all(axis=0)
        return int((rated & self.truth).sum()), int((rated & ~self.truth).sum())

    def variances_by_image(self) -> tuple[float, float]:
        """Return the parts of the mean's variance that perturbed and clean images bring; two of either are needed.

        Returns
        -------
        tuple of float
            With e the sum of `errors` of an image, and G images of one truth: G/(G − 1) Σ e².
        """
        sums = self.errors.sum(axis=0) ** 2
        parts = (float(sums[which].sum()) for which in (self.truth, ~self.truth))
        perturbed, clean = (count / (count - 1) * part for count, part in zip(self.images, parts, strict=True))
        return perturbed, clean

    def variance_by_observer(self) -> float:
        """Return the variance of the areas over J; two observers are needed."""
        return float(self.areas.var(ddof=1)) / len(self.areas)
