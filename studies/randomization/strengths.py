"""Which strength each perturbed image has, where a study has several."""

from collections.abc import Sequence

from studies.randomization.hashing import shuffled


def allocate_strengths(keys: Sequence[str], n_strengths: int, *, seed: int, purpose: str) -> dict[str, int]:
    """Return a strength (a place from 0 to `n_strengths` − 1) for each key, each as often as the others, or once more.

    Which keys have which strength, and which strengths have one more, follows from the seed.

    Raises
    ------
    ValueError
        There is no strength, or a key is there twice.
    """
    if n_strengths < 1:
        raise ValueError("there is no strength")
    places = [int(place) for place in shuffled(map(str, range(n_strengths)), seed=seed, purpose=f"{purpose} strengths")]
    order = shuffled(keys, seed=seed, purpose=purpose)
    return {key: places[number % n_strengths] for number, key in enumerate(order)}
