"""The variance of figures that many answers add to, when answers to one image, or of one observer, are alike."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from perception.analysis.estimates.crossed import FEWEST_OBSERVERS

InferenceTarget = Literal["one observer", "these observers", "observers random"]
Reals = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class ClusteredCovariance:
    """Covariances of p fitted parameters, each of shape (p, p).

    The sandwich: what one answer adds to the error of the parameters is the inverse information times its score; summed
    within clusters, squared, times G/(G − 1). For images and observers both random the clusters overlap, and what is in
    both counts once (Cameron, Gelbach & Miller 2011, Journal of Business & Economic Statistics 29:238–249).

    Attributes
    ----------
    model
        The inverse information: answers independent, the model right.
    by_image, by_observer, by_answer
        The sandwich with these clusters; 0 where there are fewer than two.
    images, observers
        How many there are.
    """

    model: Reals
    by_image: Reals
    by_observer: Reals
    by_answer: Reals
    images: int
    observers: int

    @classmethod
    def of(cls, influence: Reals, model: Reals, *, image: Codes, observer: Codes) -> "ClusteredCovariance":
        """Sum what each answer adds, shape (N, p), by its image and by its observer, codes of shape (N,)."""
        images, observers = (np.unique(codes, return_inverse=True)[1] for codes in (image, observer))
        return cls(
            model,
            by_image=_clustered(influence, images),
            by_observer=_clustered(influence, observers),
            by_answer=_clustered(influence, np.arange(len(influence))),
            images=_count(images),
            observers=_count(observers),
        )

    def variance(self, direction: Reals, target: InferenceTarget) -> float:
        """Return the variance of direction · parameters.

        One observer: that of the model. These observers: clustered by image, and at least that of the model, as for
        all pooled figures. Observers random: v_image + v_observer − v_answer, at least each of the first two, and at
        least that of the model.
        """
        of_model, by_image, by_observer, by_answer = (
            float(direction @ part @ direction)
            for part in (self.model, self.by_image, self.by_observer, self.by_answer)
        )
        if target == "one observer":
            return of_model
        if target == "these observers":
            return max(by_image, of_model)
        return max(by_image + by_observer - by_answer, by_image, by_observer, of_model)

    def freedom(self, direction: Reals, target: InferenceTarget) -> float:
        """Return the degrees of freedom of t: infinite; images − 1; or Satterthwaite's, of images and observers."""
        if target == "one observer":
            return float("inf")
        if target == "these observers":
            return float(self.images - 1)
        by_image, by_observer = (float(direction @ part @ direction) for part in (self.by_image, self.by_observer))
        parts = by_image**2 / (self.images - 1) + by_observer**2 / (self.observers - 1)
        if parts == 0:
            return float(min(self.images, self.observers) - 1)
        return self.variance(direction, target) ** 2 / parts

    def why_no_interval(self, target: InferenceTarget) -> str:
        """Return why there are too few clusters for an interval; nothing where there are enough."""
        if target != "one observer" and self.images < 2:
            return "no interval from a single image"
        if target == "observers random" and self.observers < FEWEST_OBSERVERS:
            return f"no interval from fewer than {FEWEST_OBSERVERS} observers"
        return ""


def _clustered(influence: Reals, codes: Codes) -> Reals:
    clusters = _count(codes)
    if clusters < 2:
        return np.zeros((influence.shape[1], influence.shape[1]))
    sums = np.stack([np.bincount(codes, weights=column, minlength=clusters) for column in influence.T])
    return np.asarray(clusters / (clusters - 1) * (sums @ sums.T), dtype=float)


def _count(codes: Codes) -> int:
    return int(codes.max()) + 1 if len(codes) else 0
