"""Cohen's kappa of each two of many observers: where they lie, in five numbers. Of a few, each has its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perception.analysis.json_values import JsonObject

MOST_LISTED = 50
"""Of more observers than these the single kappas are in no file: there are more than a thousand."""
AT_ONCE = 128
"""The tables of so many observers with all others are in memory at a time."""
MOST_COUNTED_BY_INDEX = 2**24
"""So many tables are told apart by their index, an exact number in 32 bits; where there could be more, by sorting."""
Tables = NDArray[np.float64]
"""Two-by-two tables, shape (4, N): images that both called perturbed, that neither did, the first alone, the second."""


@dataclass(frozen=True, slots=True)
class KappaSpread:
    """Where the kappas of all pairs of observers lie.

    Attributes
    ----------
    pairs
        How many of them have a kappa.
    undefined
        How many have none: they judged no image in common, or both gave one answer throughout.
    five_numbers
        Minimum, lower quartile, median, upper quartile and maximum of the kappas (linear interpolation between them);
        None where no pair has one.
    kappas
        All of them, pairs in the order of the observers (the first with each other, then the second …), None where a
        pair has none; empty where there are more than `MOST_LISTED` observers.
    bins
        How many kappas lie in each of twenty equal parts from −1 to 1, the last closed above.
    """

    pairs: int
    undefined: int
    five_numbers: tuple[float, ...] | None
    kappas: tuple[float | None, ...]
    bins: tuple[int, ...]

    def as_dict(self) -> JsonObject:
        """Return the spread as JSON, with the single kappas where they are listed."""
        return {
            "pairs": self.pairs,
            "undefined": self.undefined,
            "five_numbers": None if self.five_numbers is None else [*self.five_numbers],
            "kappas": [*self.kappas],
        }


def kappa_spread(responses: NDArray[np.int8]) -> KappaSpread:
    """Compute Cohen's kappa of each two observers, and where they lie.

    Parameters
    ----------
    responses
        int8 array of shape (J, I): 1, 0, or −1 where there is no answer. Images that one of two did not judge do not
        count for them.

    Returns
    -------
    KappaSpread
        The kappas are those of `perception.analysis.agreement.cohen.kappa_of_answers` (Cohen 1960), without intervals:
        pairs that share an observer are not independent, and so are no sample.

    References
    ----------
    - Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement
      20:37–46. doi:10.1177/001316446002000104

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.agreement.pairwise import kappa_spread
    >>> responses = np.array([[1, 1, 0, 0, 0, 1], [1, 0, 0, 0, 0, 1], [1, 1, 0, 1, 0, 0]], dtype=np.int8)
    >>> found = kappa_spread(responses)
    >>> [round(kappa, 2) for kappa in found.kappas]
    [0.67, 0.33, 0.0]
    >>> round(found.five_numbers[2], 2)
    0.33
    """
    n_observers = len(responses)
    tables, times = _different_tables(responses)
    kappas = _kappas(tables)
    has_one = ~np.isnan(kappas)
    known, times = kappas[has_one], times[has_one]
    pairs = int(times.sum())
    listed = _kappas(_each_table(responses)).tolist() if n_observers <= MOST_LISTED else []
    return KappaSpread(
        pairs=pairs,
        undefined=n_observers * (n_observers - 1) // 2 - pairs,
        five_numbers=_quantiles(known, times, (0, 0.25, 0.5, 0.75, 1)) if pairs else None,
        kappas=tuple(None if isnan(kappa) else kappa for kappa in listed),
        bins=tuple(np.histogram(known, bins=20, range=(-1, 1), weights=times)[0].tolist()),
    )


def _different_tables(responses: NDArray[np.int8]) -> tuple[Tables, NDArray[np.int64]]:
    """Return which two-by-two tables of two observers there are, and of how many pairs each is.

    There are few different ones, and millions of pairs: nothing is as long as these, and no kappa is computed twice.
    """
    n_images = responses.shape[1]
    found, times = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for block in _blocks(responses):
        keys, counts = _counted(block, n_images + 1)
        found.append(keys)
        times.append(counts)
    keys, which = np.unique(np.concatenate(found), return_inverse=True)
    tables = np.stack(np.unravel_index(keys, (n_images + 1,) * 4)).astype(np.float64)
    return tables, np.bincount(which, weights=np.concatenate(times), minlength=len(keys)).astype(np.int64)


def _blocks(responses: NDArray[np.int8]) -> Iterator[tuple[NDArray[np.float32], ...]]:
    """Yield the cells of the tables of some observers with themselves and all that come after.

    Four arrays of shape (observers, the same and later ones): both, neither, first and second.
    """
    # Whole numbers below 2²⁴ are exact in 32 bits, and multiplied twice as fast.
    yes, no = (responses == 1).astype(np.float32), (responses == 0).astype(np.float32)
    for start in range(0, len(responses), AT_ONCE):
        here, later = slice(start, start + AT_ONCE), slice(start, None)
        yield tuple(one[here] @ other[later].T for one, other in ((yes, yes), (no, no), (yes, no), (no, yes)))


def _counted(cells: tuple[NDArray[np.float32], ...], base: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the different tables of a block as numbers, with the digits of their cells to the base, and their counts.

    Of two observers one table is counted, and none of an observer with themselves.
    """
    n = cells[0] + cells[1] + cells[2] + cells[3]
    fewest, most = int(n.min()), int(n.max())
    digits = (n - fewest, *cells[:3])
    bases = (most - fewest + 1, most + 1, most + 1, most + 1)
    if prod(bases) > MOST_COUNTED_BY_INDEX:
        later = np.arange(n.shape[1]) > np.arange(n.shape[0])[:, None]
        return np.unique(_number([cell[later].astype(np.int64) for cell in cells], base), return_counts=True)
    numbers = _number(digits, most + 1)
    # Each with themselves, and with those before.
    numbers[:, : len(n)][np.tri(len(n), dtype=np.bool_)] = prod(bases)
    counts = np.bincount(numbers.ravel().astype(np.intp), minlength=prod(bases) + 1)[:-1]
    there = np.flatnonzero(counts)
    over, both, neither, first = np.unravel_index(there, bases)
    return _number([both, neither, first, over + fewest - both - neither - first], base), counts[there]


def _number(digits: Sequence[NDArray[Any]], base: int) -> NDArray[Any]:
    number = digits[0].copy()
    for digit in digits[1:]:
        number *= base
        number += digit
    return number


def _each_table(responses: NDArray[np.int8]) -> Tables:
    """Return the table of each pair in the order of the observers, shape (4, J (J − 1)/2)."""
    (cells,) = _blocks(responses) if len(responses) else ([np.empty((0, 0))] * 4,)
    return np.array([cell[np.triu_indices(len(responses), k=1)] for cell in cells], dtype=np.float64)


def _kappas(tables: Tables) -> NDArray[np.float64]:
    """Return the kappa of each table, shape (number of tables,); nan where there is none."""
    both, neither, first, second = tables
    n = both + neither + first + second
    with np.errstate(divide="ignore", invalid="ignore"):
        agreed = (both + neither) / n
        expected = ((both + first) * (both + second) + (neither + first) * (neither + second)) / n**2
        kappas: NDArray[np.float64] = (agreed - expected) / (1 - expected)
    # Two who each gave one answer throughout have none, as `kappa_of_table` says; rounding must not make one.
    kappas[tables.max(axis=0, initial=0) == n] = np.nan
    return kappas


def _quantiles(values: NDArray[np.float64], times: NDArray[np.int64], shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return the quantiles of values that are there so many times each, as `numpy.quantile` interpolates them."""
    order = np.argsort(values)
    upto = np.cumsum(times[order])
    places = (int(upto[-1]) - 1) * np.array(shares)
    low, high = (values[order][np.searchsorted(upto, rank(places), side="right")] for rank in (np.floor, np.ceil))
    return tuple(float(np.quantile(ends, place % 1)) for *ends, place in zip(low, high, places, strict=True))
