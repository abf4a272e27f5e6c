"""The variance of fitted parameters when answers to one image, or of one observer, are correlated."""

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
    """Covariances of p fitted parameters, when answers to one image, or of one observer, are correlated.

    Each is a float array of shape (p, p).

    Attributes
    ----------
    model
        The inverse information: answers independent, the model right.
    by_image, by_observer, by_answer
        The sandwich with these clusters; 0 where there are fewer than two.
    images, observers
        How many there are.

    Notes
    -----
    The sandwich: the influence of an answer on the parameters is the inverse information times its score. With S_g the
    sum of the influences, of shape (p,), in cluster g of G, the covariance is G/(G − 1) Σ_g S_g S_gᵀ. For images and
    observers both random the clusters overlap, and what is in both counts once (Cameron, Gelbach & Miller 2011).

    References
    ----------
    - Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2011). Robust inference with multiway clustering. Journal of
      Business & Economic Statistics 29:238–249. doi:10.1198/jbes.2010.07136
    """

    model: Reals
    by_image: Reals
    by_observer: Reals
    by_answer: Reals
    images: int
    observers: int

    @classmethod
    def of(cls, influence: Reals, model: Reals, *, image: Codes, observer: Codes) -> "ClusteredCovariance":
        """Sum the influence of the answers by image and by observer.

        Parameters
        ----------
        influence
            float array of shape (N, p): how far each answer moves the parameters, inverse information · score.
        model
            float array of shape (p, p): the inverse information.
        image, observer
            int arrays of shape (N,): codes of the image and of the observer of each answer.

        Returns
        -------
        ClusteredCovariance
            With 0 for clusters of which there are fewer than two.
        """
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

        Parameters
        ----------
        direction
            float array of shape (p,).
        target
            For whom the interval speaks. "one observer": the model's variance. "these observers": clustered by image,
            and at least the model's, as for all pooled statistics. "observers random": v_image + v_observer − v_answer,
            at least each of the first two, and at least the model's.
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
        """Return the degrees of freedom of t for the variance of direction · parameters.

        Parameters
        ----------
        direction
            float array of shape (p,).
        target
            "one observer": infinite. "these observers": images − 1. "observers random": Satterthwaite's,
            v² / (v_image²/(images − 1) + v_observer²/(observers − 1)).
        """
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
        """Return why there are too few clusters for an interval; an empty text where there are enough.

        Parameters
        ----------
        target
            For whom the interval speaks: at least two images for all but "one observer", and at least three observers
            for "observers random".
        """
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
