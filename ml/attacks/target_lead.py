"""By how much the target class leads: what the attacks that ask the classifier try to raise."""

import numpy as np
from numpy.typing import NDArray


def target_lead(logs: NDArray[np.float32], target: int) -> NDArray[np.float32]:
    """Return by how much, in log-probability, the target leads the best other class; above 0 it is what is read.

    Parameters
    ----------
    logs
        Array of shape (n, classes): logarithms of probabilities.
    target
        Place of the target class.

    Returns
    -------
    Array of shape (n,).
    """
    lead: NDArray[np.float32] = logs[:, target] - np.delete(logs, target, axis=1).max(axis=1)
    return lead
