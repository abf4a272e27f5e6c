"""Shares of images that few observers judged, drawn towards the share of all: empirical Bayes, beta-binomial.

Kleinman (1973), Proportions with extraneous variance: single and independent samples, Journal of the American
Statistical Association 68:46–54; Casella (1985), An introduction to empirical Bayes data analysis, The American
Statistician 39:83–87.
"""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

LEAST_WEIGHT = 2.0


@dataclass(frozen=True, slots=True)
class BetaPrior:
    """How the true shares of the images are spread.

    Attributes
    ----------
    mean
        The share of all answers, within [0, 1].
    weight
        How many answers the mean is worth: the sum of both parameters of the beta distribution. At least 2, infinite
        where images differ by no more than chance.
    """

    mean: float
    weight: float

    def shrunken(self, k: int, n: int) -> float:
        """Return the expected share of an image of which k of n answers are known, within [0, 1].

        Parameters
        ----------
        k, n
            Count and total, 0 ≤ k ≤ n, n ≥ 1.

        Returns
        -------
        float
            (k + weight · mean)/(n + weight): between k/n and the mean, the nearer to the mean the smaller n.
        """
        return self.mean if self.weight == inf else (k + self.weight * self.mean) / (n + self.weight)


def beta_prior(k: NDArray[np.integer], n: NDArray[np.integer]) -> BetaPrior | None:
    """Estimate how the true shares of images are spread, from the answers to them.

    Parameters
    ----------
    k, n
        int arrays of shape (I,): of each image the count and the total, 0 ≤ k ≤ n.

    Returns
    -------
    BetaPrior
        None where there is no answer.

    Notes
    -----
    The estimator of moments of Kleinman (1973) with the numbers of answers as weights. With N = Σ n, p = Σ k/N,
    S = Σ n (k/n − p)² over I images with an answer, and the correlation γ = 1/(weight + 1) of two answers to one image:

        γ = (S − p(1 − p)(I − 1)) / (p(1 − p)(N − Σn²/N − (I − 1)))

    The weight is at least 2, that of a uniform distribution: a few images can seem to differ as much as can be, and
    single answers would rank first. It is infinite where γ is 0 or below, since images differ by no more than chance,
    and where no image has two answers or all answers are alike: nothing is then known of a difference.

    References
    ----------
    - Kleinman, J. C. (1973). Proportions with extraneous variance: single and independent samples. Journal of the
      American Statistical Association 68:46–54. doi:10.1080/01621459.1973.10481332
    - Casella, G. (1985). An introduction to empirical Bayes data analysis. The American Statistician 39:83–87.
      doi:10.1080/00031305.1985.10479400

    Examples
    --------
    Two of two says less than nine of ten:

    >>> import numpy as np
    >>> from perception.analysis.breakdowns.shrinkage import beta_prior
    >>> k, n = np.array([2, 9, 1, 3, 5, 0]), np.array([2, 10, 10, 10, 10, 2])
    >>> prior = beta_prior(k, n)
    >>> print(f"{prior.mean:.2f}, worth {prior.weight:.1f} answers")
    0.45, worth 2.0 answers
    >>> print(f"{prior.shrunken(2, 2):.2f}, {prior.shrunken(9, 10):.2f}")
    0.73, 0.83
    """
    k, n = k[n > 0], n[n > 0]
    images, total = len(n), int(n.sum())
    if not images:
        return None
    p = float(k.sum() / total)
    binomial = p * (1 - p)
    # What is left of the answers beyond one an image: without it nothing tells images from chance.
    beyond = total - float((n**2).sum()) / total - (images - 1)
    if binomial == 0 or beyond <= 0:
        return BetaPrior(p, inf)
    spread = float((n * (k / n - p) ** 2).sum())
    correlation = (spread - binomial * (images - 1)) / (binomial * beyond)
    return BetaPrior(p, max(LEAST_WEIGHT, 1 / correlation - 1) if correlation > 0 else inf)
