"""Dealing images to train and test: stratified by diagnosis, plain or grouped by lesion. Pure and seeded.

The plain split puts each image where chance puts it, as the paper does. Several images may show one lesion; the
grouped split keeps all of a lesion's images on one side, so that no test image shows a lesion seen in training.

Both deal a class's images by its share of the whole (largest remainder, Hamilton's method), so that the test side's
total is exact. Where it can be had, a class of two or more (images, or lesions in the grouped split) has at least
one on either side, and a class of one is trained on.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

IsTest = NDArray[np.bool_]


def test_count(total: int, test_share: float) -> int:
    """Return how many of `total` images a share of `test_share` is: rounded, at least one, at most all but one.

    Raises
    ------
    ValueError
        Fewer than two images, or a share that is not between 0 and 1 (both excluded).
    """
    if not 0.0 < test_share < 1.0:
        raise ValueError(f"the test share must lie between 0 and 1, not {test_share}")
    if total < 2:
        raise ValueError(f"a split needs at least two images; there are {total}")
    return min(max(round(total * test_share), 1), total - 1)


def apportion(
    counts: Mapping[str, int], total: int, *, bounds: Mapping[str, tuple[int, int]] | None = None
) -> dict[str, int]:
    """Share out `total` in proportion to `counts`, in whole numbers that sum to it (largest remainder).

    Parameters
    ----------
    counts
        How many there are of each class.
    total
        How many to share out, 0 to the sum of `counts`.
    bounds
        The fewest and the most that each class may get. If no shares within the bounds sum to `total`, the total
        holds and the bounds do not.

    Returns
    -------
    The share of each class. Equal remainders go to the class whose name sorts first.
    """
    everything = sum(counts.values())
    if not 0 <= total <= everything:
        raise ValueError(f"cannot share out {total} of {everything}")
    open_bounds = {name: (0, count) for name, count in counts.items()}
    limits = open_bounds if bounds is None else dict(bounds)
    if not sum(low for low, _ in limits.values()) <= total <= sum(high for _, high in limits.values()):
        limits = open_bounds
    names = sorted(counts)
    shares = {
        name: min(max(counts[name] * total // max(everything, 1), limits[name][0]), limits[name][1]) for name in names
    }

    def lack(name: str) -> int:  # how far the share lies below the exact quota, times `everything`: no rounding
        return counts[name] * total - shares[name] * everything

    while sum(shares.values()) < total:
        shares[max((name for name in names if shares[name] < limits[name][1]), key=lack)] += 1
    while sum(shares.values()) > total:
        shares[min((name for name in names if shares[name] > limits[name][0]), key=lack)] -= 1
    return shares


def split_plain(diagnoses: Sequence[str], *, test: int, seed: int) -> IsTest:
    """Deal single images, stratified by diagnosis.

    Parameters
    ----------
    diagnoses
        The diagnosis of each image. The split depends on their order: sort the images by name first.
    test
        How many images the test side has, exactly.
    seed
        The same images and seed give the same split.

    Returns
    -------
    bool array of shape (n,): True for the test side.
    """
    rng = np.random.default_rng(seed)
    members = _members(diagnoses)
    bounds = {name: _bounds(len(places), parts=len(places)) for name, places in members.items()}
    shares = apportion({name: len(places) for name, places in members.items()}, test, bounds=bounds)
    is_test = np.zeros(len(diagnoses), dtype=np.bool_)
    for name in sorted(members):
        is_test[rng.permutation(members[name])[: shares[name]]] = True
    return is_test


def split_by_lesion(diagnoses: Sequence[str], lesions: Sequence[str], *, test: int, seed: int) -> IsTest:
    """Deal whole lesions, stratified by diagnosis: no lesion is on both sides.

    A lesion whose images differ in diagnosis counts as its most frequent one (of equally frequent ones, the first
    by name). The totals are as near to the plain split's as whole lesions allow: within a class the nearest
    reachable total is found exactly (subset sums over the lesions' sizes), and what one class cannot meet, the next
    takes over, classes of few lesions first.

    Parameters
    ----------
    diagnoses, lesions
        The diagnosis and the lesion of each image, of one length. The split depends on their order.
    test
        How many images the test side should have.
    seed
        The same images and seed give the same split.

    Returns
    -------
    bool array of shape (n,): True for the test side. Neither side is empty.

    Raises
    ------
    ValueError
        Fewer than two lesions.
    """
    images = _members(lesions)
    if len(images) < 2:
        raise ValueError(f"a split by lesion needs at least two lesions; there are {len(images)}")
    rng = np.random.default_rng(seed)
    strata: defaultdict[str, list[str]] = defaultdict(list)
    for lesion, places in images.items():
        strata[_most_frequent([diagnoses[place] for place in places])].append(lesion)
    sizes = {name: sum(len(images[lesion]) for lesion in members) for name, members in strata.items()}
    bounds = {name: _bounds(sizes[name], parts=len(members)) for name, members in strata.items()}
    shares = apportion(sizes, test, bounds=bounds)

    chosen: set[str] = set()
    owed = 0
    for name in sorted(strata, key=lambda name: (len(strata[name]), name)):
        shuffled = [strata[name][place] for place in rng.permutation(len(strata[name]))]
        low, high = bounds[name] if bounds[name][0] <= shares[name] <= bounds[name][1] else (0, sizes[name])
        picked = _nearest_subset([len(images[lesion]) for lesion in shuffled], shares[name] + owed, low=low, high=high)
        owed += shares[name] - sum(len(images[shuffled[place]]) for place in picked)
        chosen.update(shuffled[place] for place in picked)
    _keep_both_sides(chosen, images)
    is_test = np.zeros(len(diagnoses), dtype=np.bool_)
    for lesion in chosen:
        is_test[images[lesion]] = True
    return is_test


def _members(labels: Sequence[str]) -> dict[str, list[int]]:
    members: defaultdict[str, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        members[label].append(place)
    return dict(members)


def _bounds(images: int, *, parts: int) -> tuple[int, int]:
    """Return the fewest and most test images of a class that is made of `parts` indivisible parts."""
    return (1, images - 1) if parts > 1 else (0, 0)


def _most_frequent(labels: Sequence[str]) -> str:
    counts = Counter(labels)
    return min(counts, key=lambda label: (-counts[label], label))


def _nearest_subset(sizes: Sequence[int], wanted: int, *, low: int, high: int) -> list[int]:
    """Choose places whose sizes sum to `wanted`, or as near to it as any subset's sum from `low` to `high` can be.

    Bit k of `reach[i]` says whether some of the first i sizes sum to k. Going back from the end, a size is taken
    wherever the sizes before it can make up the rest.
    """
    reach = [1]
    for size in sizes:
        reach.append(reach[-1] | reach[-1] << size)
    reachable = [total for total in range(low, high + 1) if reach[-1] >> total & 1]
    rest = min(reachable, key=lambda total: (abs(total - wanted), total))
    chosen = []
    for place in range(len(sizes) - 1, -1, -1):
        if rest >= sizes[place] and reach[place] >> (rest - sizes[place]) & 1:
            chosen.append(place)
            rest -= sizes[place]
    return chosen


def _keep_both_sides(chosen: set[str], images: Mapping[str, Sequence[int]]) -> None:
    """Move the smallest lesion over where one side would be empty (so few lesions that no total is near)."""
    smallest = min(images, key=lambda lesion: (len(images[lesion]), lesion))
    if not chosen:
        chosen.add(smallest)
    elif len(chosen) == len(images):
        chosen.remove(smallest)
