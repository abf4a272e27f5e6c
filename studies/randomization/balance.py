"""What is dealt out evenly: the sides of a pair, the subsets of a study."""

from collections.abc import Sequence

from studies.randomization.hashing import chance, shuffled


def draw_sides(n: int, *, seed: int, purpose: str) -> list[bool]:
    """Return for each of `n` trials whether the perturbed image is the first: in half of them, in drawn order.

    Of an odd number a coin decides which way the odd one falls.
    """
    more = n % 2 and chance(seed, f"{purpose} odd") & 1
    first = set(shuffled((str(place) for place in range(n)), seed=seed, purpose=purpose)[: n // 2 + more])
    return [str(place) in first for place in range(n)]


def assign_subset(used: Sequence[int], *, seed: int, label: str) -> int:
    """Return which subset the observer of this label judges: the one least used, one of them by chance if several.

    Parameters
    ----------
    used
        How many observers each subset has.

    Raises
    ------
    ValueError
        There is no subset.
    """
    if not used:
        raise ValueError("there is no subset")
    return min(range(len(used)), key=lambda place: (used[place], chance(seed, "subset", label, str(place))))
