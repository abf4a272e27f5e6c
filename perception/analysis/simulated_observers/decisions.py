"""What a simulated observer answers to impressions, without a lapse.

The rules of signal detection theory (Macmillan & Creelman 2005). `model` says what an impression is; limits and
distances are in its unit.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

RATING_LIMITS = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""Between the six ratings: the evidence, which is the impression's height above the criterion."""
CONFIDENCE_LIMITS = (0.5, 1.0)
"""Between a guess, fairly sure, and sure: the distance from the criterion."""
GUESSING_DISTANCE = 0.954
"""The median distance of two impressions of one kind, √2 · Φ⁻¹(0.75): without sensitivity, half are above."""
GRADE_LIMITS = (1.5, 2.5, 3.5, 4.5)
"""Between the five grades, from 5 down to 1: how far the test image lies above the reference. Without sensitivity,
Φ(−1.5/√2), one of seven, are above the first."""


def ratings(evidence: ArrayLike) -> NDArray[np.int_]:
    """Return how surely images are rated as perturbed.

    Parameters
    ----------
    evidence
        x − c: how far impressions lie above the criterion; a number or an array of any shape.

    Returns
    -------
    1 (surely clean) to 6 (surely perturbed), in the shape of `evidence`; above 3 where “perturbed” is said.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.decisions import ratings
    >>> ratings([-2.0, -0.75, 0.0, 0.25, 3.0])
    array([1, 2, 3, 4, 6])
    """
    return np.asarray(1 + np.searchsorted(RATING_LIMITS, np.asarray(evidence)), dtype=np.int_)


def confidences(evidence: ArrayLike) -> NDArray[np.int_]:
    """Return how sure observers are of “perturbed” or “clean”.

    Parameters
    ----------
    evidence
        x − c: how far impressions lie above the criterion; a number or an array of any shape.

    Returns
    -------
    1 (a guess) to 3 (sure), in the shape of `evidence`.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.decisions import confidences
    >>> confidences([-2.0, 0.25, 0.75])
    array([3, 1, 2])
    """
    return np.asarray(1 + np.searchsorted(CONFIDENCE_LIMITS, np.abs(evidence)), dtype=np.int_)


def grades(evidence: ArrayLike) -> NDArray[np.int_]:
    """Return which grades of impairment test images get beside their references.

    Parameters
    ----------
    evidence
        x_test − x_reference − c: by how much the impression of the test image lies above that of the reference, less
        the criterion; a number or an array of any shape.

    Returns
    -------
    5 (imperceptible) to 1 (very annoying), in the shape of `evidence`.

    Notes
    -----
    Ordered categories of one continuum (Torgerson 1958): the observer knows which image is the reference, so that only
    an impression above its own counts.

    References
    ----------
    Torgerson (1958), Theory and Methods of Scaling, chapter 10.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.decisions import grades
    >>> grades([-2.0, 1.5, 1.6, 3.0, 9.0])
    array([5, 5, 4, 3, 1])
    """
    return np.asarray(5 - np.searchsorted(GRADE_LIMITS, np.asarray(evidence)), dtype=np.int_)


def difference_limit(dprime: float, criterion: float) -> float:
    """Return the distance of two impressions above which “different” is said of a pair.

    Parameters
    ----------
    dprime
        The observer's sensitivity.
    criterion
        Added to the limit: above 0 “same” is said more often.

    Notes
    -----
    The differencing rule: max(d/2, √2 Φ⁻¹(¾)) + c. Half of the pairs of one kind lie further apart than the second,
    so that an observer who sees nothing says “different” of half of all pairs.

    References
    ----------
    Macmillan & Creelman (2005), Detection Theory: A User's Guide, 2nd edition, chapter 9.

    Examples
    --------
    >>> from perception.analysis.simulated_observers.decisions import difference_limit
    >>> difference_limit(0.5, 0.0), difference_limit(3.0, 0.25)
    (0.954, 1.75)
    """
    return max(dprime / 2, GUESSING_DISTANCE) + criterion
