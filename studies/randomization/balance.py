"""What is dealt out evenly: the sides of a pair, the subsets of a study."""

from collections.abc import Sequence

from studies.randomization.hashing import chance, shuffled


def draw_sides(n: int, *, seed: int, purpose: str) -> list[bool]:
    """Draw for each trial whether the perturbed image is the first: in half of them, in random order.

    Parameters
    ----------
    n
        Number of trials, at least 0. Of an odd number a coin decides which way the odd one falls.
    seed
        The observer's seed.
    purpose
        What the sides are for; another purpose gives another draw.

    Returns
    -------
    list of bool
        One for each trial.
    """
    more = n % 2 and chance(seed, f"{purpose} odd") & 1
    first = set(shuffled((str(trial) for trial in range(n)), seed=seed, purpose=purpose)[: n // 2 + more])
    return [str(trial) in first for trial in range(n)]


def assign_subset(used: Sequence[int] | Sequence[tuple[int, int]], *, seed: int, label: str) -> int:
    """Assign an observer to the subset that the fewest observers have, by chance where there are several.

    Parameters
    ----------
    used
        How many observers each subset has; or in the observer's group, and in all groups.
    seed
        The study's seed.
    label
        The observer's label.

    Returns
    -------
    int
        The subset's index in `used`.

    Raises
    ------
    ValueError
        There is no subset.
    """
    if not used:
        raise ValueError("there is no subset")
    return min(range(len(used)), key=lambda subset: (used[subset], chance(seed, "subset", label, str(subset))))
