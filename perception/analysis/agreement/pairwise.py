"""Cohen's kappa of each two of many observers: where they lie, in five numbers. Of a few, each has its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.json_values import JsonObject

MOST_LISTED = 50
"""Of more observers than these the single kappas are in no file: there are more than a thousand."""


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
    kappas = _kappas(responses)
    known = kappas[~np.isnan(kappas)]
    listed = responses.shape[0] <= MOST_LISTED
    return KappaSpread(
        pairs=int(known.size),
        undefined=int(kappas.size - known.size),
        five_numbers=tuple(np.quantile(known, (0, 0.25, 0.5, 0.75, 1)).tolist()) if known.size else None,
        kappas=tuple(None if np.isnan(kappa) else float(kappa) for kappa in kappas) if listed else (),
        bins=tuple(np.histogram(known, bins=20, range=(-1, 1))[0].tolist()),
    )


def _kappas(responses: NDArray[np.int8]) -> NDArray[np.float64]:
    """Return them, shape (J (J − 1)/2,); nan where there is none."""
    yes, no = (responses == 1).astype(np.float64), (responses == 0).astype(np.float64)
    both, neither = yes @ yes.T, no @ no.T
    first, second = yes @ no.T, no @ yes.T
    n = both + neither + first + second
    with np.errstate(divide="ignore", invalid="ignore"):
        agreed = (both + neither) / n
        expected = ((both + first) * (both + second) + (neither + first) * (neither + second)) / n**2
        kappas = (agreed - expected) / (1 - expected)
        # Two who each gave one answer throughout have none, as `kappa_of_table` says; rounding must not make one.
        kappas[np.maximum.reduce([both, neither, first, second]) == n] = np.nan
    found: NDArray[np.float64] = kappas[np.triu_indices(responses.shape[0], k=1)]
    return found
