"""Which strength each perturbed image has, where a study has several."""

from collections.abc import Sequence

from studies.randomization.hashing import shuffled


def allocate_strengths(keys: Sequence[str], n_strengths: int, *, seed: int, purpose: str) -> dict[str, int]:
    """Allocate a strength to each key, each strength as often as the others, or once more.

    Parameters
    ----------
    keys
        Each of them once, in any order.
    n_strengths
        Number of strengths, at least 1.
    seed
        The study's seed: which keys have which strength, and which strengths have one more, follows from it.
    purpose
        What the keys are for; another purpose gives another allocation.

    Returns
    -------
    dict
        For each key the index of its strength, 0 to `n_strengths` − 1.

    Raises
    ------
    ValueError
        There is no strength, or a key stands twice.
    """
    if n_strengths < 1:
        raise ValueError("there is no strength")
    indices = [
        int(index) for index in shuffled(map(str, range(n_strengths)), seed=seed, purpose=f"{purpose} strengths")
    ]
    order = shuffled(keys, seed=seed, purpose=purpose)
    return {key: indices[number % n_strengths] for number, key in enumerate(order)}
