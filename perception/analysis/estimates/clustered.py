"""A proportion whose answers are clustered: several observers judged the same images.

Obuchowski (1998), On the comparison of correlated proportions for clustered data, Statistics in Medicine
17:1495–1507; the same variance as Rao & Scott (1992). The interval is Wilson's at the effective sample size.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.proportions import clopper_pearson, wilson

THESE_OBSERVERS = "clustered by image (Obuchowski 1998), Wilson at the effective n, t; these observers"
AT_THE_END = "Clopper–Pearson on images; these observers"


def ratio_variance(correct: NDArray[np.bool_], answered: NDArray[np.bool_], *, axis: int) -> float:
    """Return the variance of a share of correct answers, clustered along one axis.

    Parameters
    ----------
    correct, answered
        bool arrays of shape (J, I): observers × images; `correct` only counts where `answered`.
    axis
        0 for clusters of one image each (summing over observers), 1 for clusters of one observer each.

    Returns
    -------
    float
        The variance of Σ correct / Σ answered; nan with fewer than two clusters that hold an answer.

    Notes
    -----
    The ratio estimator of Obuchowski (1998), with the factor G/(G − 1); the same variance as that of Rao & Scott
    (1992). With a_g the correct and n_g the given answers of cluster g, N = Σ n_g, p = Σ a_g / N, and G clusters that
    hold an answer:

        v = G/(G − 1) · Σ_g (a_g − p n_g)² / N²

    References
    ----------
    - Obuchowski, N. A. (1998). On the comparison of correlated proportions for clustered data. Statistics in Medicine
      17:1495–1507. doi:10.1002/(SICI)1097-0258(19980715)17:13<1495::AID-SIM863>3.0.CO;2-I
    - Rao, J. N. K., & Scott, A. J. (1992). A simple method for the analysis of clustered binary data. Biometrics
      48:577–585. doi:10.2307/2532311

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.estimates.clustered import ratio_variance
    >>> correct = np.array([[1, 1, 0, 0, 1], [1, 0, 0, 0, 1]], dtype=bool)
    >>> answered = np.ones_like(correct)
    >>> print(f"{ratio_variance(correct, answered, axis=0):.3f}")
    0.050
    """
    sizes = answered.sum(axis=axis)
    right = (correct & answered).sum(axis=axis)[sizes > 0]
    sizes = sizes[sizes > 0]
    clusters, total = len(sizes), sizes.sum()
    if clusters < 2:
        return float("nan")
    p = right.sum() / total
    return float(clusters / (clusters - 1) * ((right - p * sizes) ** 2).sum() / total**2)


def clustered_proportion(correct: NDArray[np.bool_], answered: NDArray[np.bool_], *, level: float = 0.95) -> Estimate:
    """Estimate a share of correct answers, for these observers and images like these.

    Parameters
    ----------
    correct, answered
        bool arrays of shape (J, I): observers × images of one truth; `correct` only counts where `answered`.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        The share of correct among the given answers; `n` counts answers. Undefined without any answer. Without an
        interval (`low` and `high` None, `method` says why) where a single image was judged both correctly and wrongly.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    Answers to one image are correlated. With v of `ratio_variance` over images (Obuchowski 1998), N answers and G
    images, deff = v / (p(1 − p)/N) is the design effect, and the interval is Wilson's at the effective sample size

        n_eff = min(N, N/deff) = min(N, p(1 − p)/v)

    with the quantile of t with G − 1 degrees of freedom for z. Where all answers are correct, or all wrong, v is 0 and
    proves nothing: the interval is then Clopper & Pearson's with n = G.

    References
    ----------
    - Obuchowski, N. A. (1998). On the comparison of correlated proportions for clustered data. Statistics in Medicine
      17:1495–1507. doi:10.1002/(SICI)1097-0258(19980715)17:13<1495::AID-SIM863>3.0.CO;2-I
    - Rao, J. N. K., & Scott, A. J. (1992). A simple method for the analysis of clustered binary data. Biometrics
      48:577–585. doi:10.2307/2532311

    Examples
    --------
    Two observers judged five images; the first and the last they both judged correctly:

    >>> import numpy as np
    >>> from perception.analysis.estimates.clustered import clustered_proportion
    >>> correct = np.array([[1, 1, 0, 0, 1], [1, 0, 0, 0, 1]], dtype=bool)
    >>> share = clustered_proportion(correct, np.ones_like(correct))
    >>> print(f"{share.k} of {share.n}: {share.estimate:.2f} ({share.low:.2f} to {share.high:.2f})")
    5 of 10: 0.50 (0.11 to 0.89)
    """
    require_level(level)
    sizes = answered.sum(axis=0)
    total, right = int(sizes.sum()), int((correct & answered).sum())
    images = int((sizes > 0).sum())
    if total == 0:
        return Estimate.undefined("there is no answer", method=THESE_OBSERVERS, level=level, n=0, k=0)
    p = right / total
    if right in (0, total):
        low, high = clopper_pearson(images if right else 0, images, level)
        return Estimate(p, low, high, level, AT_THE_END, n=total, k=right)
    if images < 2:
        return Estimate(p, None, None, None, "no interval from a single image", n=total, k=right)
    variance = ratio_variance(correct, answered, axis=0)
    effective = min(total, p * (1 - p) / variance) if variance > 0 else total
    critical = float(stats.t.ppf(0.5 + level / 2, images - 1))
    low, high = wilson(p * effective, effective, level, critical=critical)
    return Estimate(p, low, high, level, THESE_OBSERVERS, n=total, k=right)
