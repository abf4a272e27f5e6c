"""Which images of a pool each simulated observer judges: each image as often as another, or once more."""

import numpy as np
from numpy.typing import NDArray


def deal(size: int, each: int, observers: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Deal the images of a pool out to observers, round after round, in each in a new order.

    Parameters
    ----------
    size
        How many images there are, at least `each`.
    each
        How many of them one observer judges.
    observers
        J.
    rng
        Where the random numbers come from.

    Returns
    -------
    ndarray
        int array of shape (J, each): indices of images, in no row one twice.

    Raises
    ------
    ValueError
        There are fewer images than one observer judges.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.simulated_observers.dealing import deal
    >>> dealt = deal(5, 2, 4, np.random.default_rng(1))
    >>> sorted(np.bincount(dealt.ravel()).tolist())
    [1, 1, 2, 2, 2]
    """
    if size < each:
        raise ValueError(f"{each} images for each observer, of {size}")
    waiting = rng.permutation(size)
    rows = []
    for _ in range(observers):
        row, waiting = waiting[:each], waiting[each:]
        if (lacking := each - len(row)) > 0:
            fresh = rng.permutation(size)
            # Whom the row has already comes last in the next round.
            there = np.isin(fresh, row)
            fresh = np.concatenate([fresh[~there], fresh[there]])
            row, waiting = np.concatenate([row, fresh[:lacking]]), fresh[lacking:]
        rows.append(row)
    return np.array(rows, dtype=np.intp).reshape(observers, each)
