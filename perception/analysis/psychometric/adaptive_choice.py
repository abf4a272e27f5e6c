"""QUEST+: which strength an observer is shown next, from what they answered so far.

Watson (2017), QUEST+: A general multidimensional Bayesian adaptive psychometric method, Journal of Vision 17(3):10.
NumPy alone: a web process chooses between two trials, and loads nothing for it that it has not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from perception.analysis.psychometric.function import Reals

BEYOND = 1.0
"""How far the grid of thresholds goes beyond the weakest and the strongest strength, in doublings."""
THRESHOLD_STEP = 0.2
"""In doublings, at most."""
SLOPES = tuple(2.0 ** (half / 2) for half in range(-3, 6))
"""0.35 to 5.7, each √2 times the one before."""
LAPSES = (0.0, 0.02, 0.04, 0.06)
GUESSES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6)
"""Shares of false alarms, where they are to be learnt."""
FORCED_CHOICE = 0.5
DECIMALS = 9
"""To which information is rounded before it is compared: so the last bits of a sum decide nothing."""


@dataclass(frozen=True, slots=True)
class ParameterGrid:
    """Points of equal prior probability: every combination of four parameters.

    Attributes
    ----------
    thresholds
        float array of shape (T,), log₂ of the strength at which F is ½, ascending.
    slopes
        float array of shape (B,), what F's argument gains with each doubling of strength, ascending.
    lapses
        float array of shape (L,), 0 to 0.06.
    guesses
        float array of shape (G,): γ, the share of false alarms, or ½ alone where one of two images is chosen.
    """

    thresholds: Reals
    slopes: Reals
    lapses: Reals
    guesses: Reals

    @classmethod
    def around(
        cls,
        strengths: Sequence[float],
        *,
        forced_choice: bool,
        step: float = THRESHOLD_STEP,
        slopes: Sequence[float] = SLOPES,
        guesses: Sequence[float] = GUESSES,
    ) -> "ParameterGrid":
        """Return the grid for strengths: thresholds from half the weakest to twice the strongest, evenly on log₂.

        Parameters
        ----------
        strengths
            In 8-bit levels, above 0, ascending.
        forced_choice
            Whether one of two images is chosen, so that γ is ½.
        step
            The largest distance of two thresholds, in doublings.
        slopes, guesses
            The other parameters' values.

        Raises
        ------
        ValueError
            No strengths, or not above 0 and ascending.
        """
        if not strengths or strengths[0] <= 0 or any(one >= next_ for one, next_ in pairwise(strengths)):
            raise ValueError(f"strengths are to be above 0 and ascending: {list(strengths)}")
        low, high = float(np.log2(strengths[0])) - BEYOND, float(np.log2(strengths[-1])) + BEYOND
        n = int(np.ceil((high - low) / step - 1e-9)) + 1
        return cls(
            np.linspace(low, high, n),
            np.array(slopes, dtype=np.float64),
            np.array(LAPSES),
            np.array([FORCED_CHOICE] if forced_choice else guesses, dtype=np.float64),
        )

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """How many values each parameter has: (T, B, L, G)."""
        return len(self.thresholds), len(self.slopes), len(self.lapses), len(self.guesses)

    def shares(self, strengths: Sequence[float]) -> Reals:
        """Return P = γ + (1 − γ − λ) Φ(b (log₂ s − m)) at each point, for each strength; γ at strength 0.

        Parameters
        ----------
        strengths
            In 8-bit levels, from 0 on, in any order.

        Returns
        -------
        ndarray
            float array of shape (K, T·B·L·G), 0 to 1.
        """
        shape = self.shape
        rise = np.empty((len(strengths), shape[0], shape[1]))
        for number, strength in enumerate(strengths):
            if strength > 0:
                argument = self.slopes[None, :] * (np.log2(strength) - self.thresholds[:, None])
                rise[number] = 0.5 * (1 + _erf(argument / sqrt(2)))
            else:
                rise[number] = 0
        guess, lapse = self.guesses[None, None, None, None, :], self.lapses[None, None, None, :, None]
        shares = guess + (1 - guess - lapse) * rise[:, :, :, None, None]
        return np.ascontiguousarray(shares.reshape(len(strengths), -1))


@dataclass(frozen=True, slots=True)
class TrialCounts:
    """Answers by strength of one observer.

    Attributes
    ----------
    n, k
        int arrays of shape (K,): answers at each strength, and those that noticed it (chose the right image of two).
    n_clean, k_clean
        Answers to clean images, and false alarms among them; 0 where every trial shows a perturbed image.
    """

    n: NDArray[np.intp]
    k: NDArray[np.intp]
    n_clean: int = 0
    k_clean: int = 0

    @classmethod
    def of(cls, answers: Sequence[tuple[float, bool]], strengths: Sequence[float]) -> "TrialCounts":
        """Count answers.

        Parameters
        ----------
        answers
            Of each the strength, 0 for a clean image, and whether it was noticed, or the right image chosen.
        strengths
            Those that can be shown, ascending. Answers to others are not counted.

        Returns
        -------
        TrialCounts
            One entry for each strength, whether it was shown or not.
        """
        place = {strength: number for number, strength in enumerate(strengths)}
        n, k = np.zeros(len(strengths), dtype=np.intp), np.zeros(len(strengths), dtype=np.intp)
        n_clean = k_clean = 0
        for strength, noticed in answers:
            if strength == 0:
                n_clean += 1
                k_clean += noticed
            elif (number := place.get(strength)) is not None:
                n[number] += 1
                k[number] += noticed
        return cls(n, k, n_clean, k_clean)


@dataclass(frozen=True, slots=True)
class StrengthChooser:
    """The posterior over a grid, and the choice by it.

    Attributes
    ----------
    strengths
        What can be shown, in 8-bit levels, ascending.
    grid
        Of the parameters; each point is equally probable before the first answer.
    share
        P at each point, float array of shape (1 + K, T·B·L·G), 0 to 1: of a clean image first, then of each strength.
    log_share, log_rest, entropy
        log P, log(1 − P) and −P log P − (1 − P) log(1 − P), in nats, of the same shape; P is taken to lie 1e-12 or more
        from 0 and from 1.

    References
    ----------
    - Watson, A. B. (2017). QUEST+: A general multidimensional Bayesian adaptive psychometric method. Journal of Vision
      17(3):10. doi:10.1167/17.3.10

    Examples
    --------
    Before any answer a strength above the middle tells most, since half of what is weaker is guessed right; after
    many right answers a weaker one does:

    >>> import numpy as np
    >>> from perception.analysis.psychometric.adaptive_choice import StrengthChooser, TrialCounts
    >>> strengths = (1.0, 2.0, 4.0, 8.0, 16.0)
    >>> chooser = StrengthChooser.of(strengths, forced_choice=True)
    >>> strengths[chooser.choose(TrialCounts.of([], strengths))]
    8.0
    >>> strengths[chooser.choose(TrialCounts.of([(4.0, True)] * 8, strengths))]
    2.0
    """

    strengths: tuple[float, ...]
    grid: ParameterGrid
    share: Reals = field(repr=False)
    log_share: Reals = field(repr=False)
    log_rest: Reals = field(repr=False)
    entropy: Reals = field(repr=False)

    @classmethod
    def of(cls, strengths: Sequence[float], *, forced_choice: bool) -> "StrengthChooser":
        """Return the chooser for strengths, kept for whoever asks for the same.

        Parameters
        ----------
        strengths
            In 8-bit levels, above 0, ascending.
        forced_choice
            Whether one of two images is chosen, so that γ is ½.

        Raises
        ------
        ValueError
            No strengths, or not above 0 and ascending.
        """
        return _kept(tuple(float(strength) for strength in strengths), forced_choice)

    @classmethod
    def on(cls, grid: ParameterGrid, strengths: tuple[float, ...]) -> "StrengthChooser":
        """Return the chooser on a grid.

        Parameters
        ----------
        grid
            Of the parameters.
        strengths
            In 8-bit levels, above 0, ascending.
        """
        share = grid.shares((0.0, *strengths))
        # λ is 0 and F is 1 at some points: an answer that cannot be there has the likelihood 1e-12, not 0.
        inside = np.clip(share, 1e-12, 1 - 1e-12)
        log, log_not = np.log(inside), np.log1p(-inside)
        entropy = -(inside * log + (1 - inside) * log_not)
        return cls(strengths, grid, share, log, log_not, entropy)

    def posterior(self, counts: TrialCounts) -> Reals:
        """Return the probability of each point of the grid after answers.

        Parameters
        ----------
        counts
            By the chooser's strengths.

        Returns
        -------
        ndarray
            float array of shape (T, B, L, G), summing to 1.
        """
        return self._posterior(counts).reshape(self.grid.shape)

    def choose(self, counts: TrialCounts) -> int:
        """Return the index of the strength whose answer is expected to tell most of the parameters.

        Parameters
        ----------
        counts
            The answers so far, by the chooser's strengths.

        Notes
        -----
        Watson's formula 5 takes the stimulus with the least expected entropy of the posterior. The expected entropy is
        the present one less the mutual information of answer and parameters, h(Σ p P) − Σ p h(P) with h(P) = −P log P −
        (1 − P) log(1 − P), which is what is computed here: in nats, rounded to nine decimals. Of several strengths with
        the most, the weakest is taken.
        """
        information = np.round(self.information(counts), DECIMALS)
        return int(np.argmax(information))

    def information(self, counts: TrialCounts) -> Reals:
        """Return the mutual information of parameters and the next answer.

        Parameters
        ----------
        counts
            The answers so far, by the chooser's strengths.

        Returns
        -------
        ndarray
            float array of shape (K,), in nats, from 0 on: at each strength.
        """
        posterior = self._posterior(counts)
        share = np.clip(self.share[1:] @ posterior, 1e-12, 1 - 1e-12)
        of_answer = -(share * np.log(share) + (1 - share) * np.log1p(-share))
        return np.asarray(of_answer - self.entropy[1:] @ posterior)

    def _posterior(self, counts: TrialCounts) -> Reals:
        n = np.concatenate([[counts.n_clean], counts.n]).astype(np.float64)
        k = np.concatenate([[counts.k_clean], counts.k]).astype(np.float64)
        log = k @ self.log_share + (n - k) @ self.log_rest
        posterior = np.exp(log - log.max())
        return np.asarray(posterior / posterior.sum())


@lru_cache(maxsize=32)
def _kept(strengths: tuple[float, ...], forced_choice: bool) -> StrengthChooser:  # noqa: FBT001 - a key of the cache
    return StrengthChooser.on(ParameterGrid.around(strengths, forced_choice=forced_choice), strengths)


def _erf(values: Reals) -> Reals:
    return np.array([erf(value) for value in values.ravel()]).reshape(values.shape)
