"""Ordered categories: six, in which every rating is counted, and three, where a middle answer was the only grade."""

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING

CONFIDENCES = 3


def six_categories(*, perturbed: bool, confidence: int) -> int:
    """Return an answer with its confidence as one of six ordered categories.

    Parameters
    ----------
    perturbed
        Whether the answer was "perturbed".
    confidence
        1 (a guess) to 3 (sure).

    Returns
    -------
    int
        1 (surely clean) to 6 (surely perturbed): 3 + confidence for "perturbed", 4 − confidence for "clean".

    Raises
    ------
    ValueError
        No such confidence.

    Examples
    --------
    >>> from perception.analysis.ratings.rating_scale import six_categories
    >>> six_categories(perturbed=True, confidence=3), six_categories(perturbed=False, confidence=1)
    (6, 3)
    """
    if not 1 <= confidence <= CONFIDENCES:
        raise ValueError(f"a confidence is 1 to {CONFIDENCES}, not {confidence}")
    return CONFIDENCES + confidence if perturbed else CONFIDENCES + 1 - confidence


def three_categories(responses: NDArray[np.int8], neither: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return answers with a middle one as three ordered categories.

    Parameters
    ----------
    responses
        int8 array of any shape: 1 for "perturbed", 0 for "clean", −1 where there is no answer of these.
    neither
        bool array of the same shape: where the middle answer was given.

    Returns
    -------
    ndarray
        float array of that shape: 1 for "clean", 2 for the middle answer, 3 for "perturbed", nan where missing.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.ratings.rating_scale import three_categories
    >>> three_categories(np.array([1, 0, -1, -1], dtype=np.int8), np.array([False, False, True, False])).tolist()
    [3.0, 1.0, 2.0, nan]
    """
    categories = np.where(responses == MISSING, np.nan, 1.0 + 2.0 * responses)
    return np.where(neither, 2.0, categories)
