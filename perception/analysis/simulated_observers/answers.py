"""Simulated answers as the analysis takes them."""

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import AnswerTable


def answer_table(truth: NDArray[np.bool_], responses: NDArray[np.int8]) -> AnswerTable:
    """Return the table of observers and images without names, which are numbered instead.

    Parameters
    ----------
    truth
        Whether each image is perturbed, shape (I,).
    responses
        1 for “perturbed”, 0 for “clean”, −1 where not asked, shape (J, I).

    Raises
    ------
    ValueError
        The shapes do not fit together, or a response is something else.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.simulated_observers.answers import answer_table
    >>> answer_table(np.array([True, False]), np.array([[1, 0]], dtype=np.int8)).items
    ('0', '1')
    """
    observers, images = responses.shape
    return AnswerTable(tuple(map(str, range(observers))), tuple(map(str, range(images))), truth, responses)
