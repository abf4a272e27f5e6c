"""Sessions of observers whose psychometric function is known, at strengths chosen by QUEST+ or dealt out."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from scipy import special

from perception.analysis.observations import Observations, Task
from perception.analysis.psychometric.adaptive_choice import FORCED_CHOICE, StrengthChooser, TrialCounts
from perception.analysis.simulated_observers.model import Floats

AHEAD: Final = 2
"""Trials from an answer to the first strength that it has a part in, as in a session."""
MOST_TRIALS = 2_000


@dataclass(frozen=True, slots=True)
class ThresholdSessions:
    """Observers, and how their strengths are come by.

    At strength s > 0 an observer says that they see the change, or chooses the right image of two, with probability
    γ + (1 − γ − λ) Φ(b (log₂ s − m)), and of clean images with γ.

    Attributes
    ----------
    task
        "two_afc", where γ is ½, or "yes_no".
    strengths
        In 8-bit levels, above 0, ascending.
    threshold, slope
        2^m of the mean observer, in 8-bit levels; b, what Φ's argument gains with each doubling of strength.
    threshold_sd
        SD of m between observers, in doublings.
    lapse
        λ, 0 to below 0.5.
    false_alarms
        γ of "yes_no", 0 to below 0.5.
    clean_share
        Which share of the trials of "yes_no" shows clean images, 0 to below 1.
    adapts
        Whether QUEST+ chooses the strengths, two trials ahead; else they are dealt out evenly, in random order (the
        method of constant stimuli).

    Raises
    ------
    ValueError
        A number outside its range.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.simulated_observers.threshold_sessions import ThresholdSessions
    >>> sessions = ThresholdSessions("two_afc", (1.0, 2.0, 4.0, 8.0), threshold=3.0, slope=2.0)
    >>> strength, right = sessions.session(np.log2(3.0), trials=40, rng=np.random.default_rng(1))
    >>> len(strength), bool(right.mean() > 0.5), bool(np.median(strength) >= 4)
    (40, True, True)
    """

    task: Task
    strengths: tuple[float, ...]
    threshold: float
    slope: float
    threshold_sd: float = 0.4
    lapse: float = 0.02
    false_alarms: float = 0.15
    clean_share: float = 1 / 3
    adapts: bool = True

    def __post_init__(self) -> None:
        """Refuse what no observer can be."""
        if self.task not in {"two_afc", "yes_no"}:
            raise ValueError(f"the task is two_afc or yes_no, not {self.task}")
        ascending = all(one < following for one, following in pairwise(self.strengths))
        if len(self.strengths) < 2 or self.strengths[0] <= 0 or not ascending:
            raise ValueError("there are two strengths or more, above 0 and ascending")
        if self.threshold <= 0 or self.slope <= 0 or self.threshold_sd < 0:
            raise ValueError("threshold and slope are above 0, and the SD of thresholds is 0 or more")
        if not (0 <= self.lapse < 0.5 and 0 <= self.false_alarms < 0.5 and 0 <= self.clean_share < 1):
            raise ValueError("lapses and false alarms lie between 0 and below 0.5, the share of clean images below 1")

    @property
    def is_forced_choice(self) -> bool:
        """Whether one of two images is chosen, so that every trial holds a change."""
        return self.task == "two_afc"

    def log_thresholds(self, observers: int, rng: np.random.Generator) -> Floats:
        """Draw observers.

        Parameters
        ----------
        observers
            J, how many.
        rng
            Where chance comes from.

        Returns
        -------
        ndarray
            m of each, float array of shape (J,).
        """
        drawn: Floats = np.log2(self.threshold) + self.threshold_sd * rng.standard_normal(observers)
        return drawn

    def session(self, log_threshold: float, *, trials: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Let an observer answer.

        Parameters
        ----------
        log_threshold
            m.
        trials
            n, clean images among them.
        rng
            Where chance comes from.

        Returns
        -------
        tuple of ndarray
            The strengths, 0 of clean images, and what was noticed, 0 or 1, float arrays of shape (n,).

        Raises
        ------
        ValueError
            A number of trials below 0.
        """
        n_clean = 0 if self.is_forced_choice else round(trials * self.clean_share)
        perturbed = rng.permutation(np.arange(trials) >= n_clean)
        dealt = np.zeros(trials)
        dealt[perturbed] = rng.permutation(np.resize(rng.permutation(self.strengths), int(perturbed.sum())))
        guess = FORCED_CHOICE if self.is_forced_choice else self.false_alarms
        chooser = StrengthChooser.of(self.strengths, forced_choice=self.is_forced_choice)
        answers: list[tuple[float, bool]] = []
        for trial in range(trials):
            strength = float(dealt[trial])
            if self.adapts and perturbed[trial] and trial >= AHEAD:
                counts = TrialCounts.of(answers[: trial + 1 - AHEAD], self.strengths)
                strength = self.strengths[chooser.choose(counts)]
            rise = float(special.ndtr(self.slope * (np.log2(strength) - log_threshold))) if strength else 0.0
            share = guess + (1 - guess - self.lapse) * rise
            answers.append((strength, bool(rng.random() < share)))
        return np.array([one for one, _ in answers]), np.array([float(said) for _, said in answers])

    def study(self, log_thresholds: Floats, *, trials: int, rng: np.random.Generator) -> Observations:
        """Return the answers of a study, each observer's images their own.

        Parameters
        ----------
        log_thresholds
            m of each observer.
        trials
            Of each, clean images among them: 1 to 2,000.
        rng
            Where chance comes from.

        Returns
        -------
        Observations

        Raises
        ------
        ValueError
            Fewer trials, or more.
        """
        if not 1 <= trials <= MOST_TRIALS:
            raise ValueError(f"an observer has 1 to {MOST_TRIALS:,} trials, not {trials:,}")
        sessions = [self.session(float(one), trials=trials, rng=rng) for one in log_thresholds]
        strength, noticed = (np.concatenate(parts) for parts in zip(*sessions, strict=True))
        n = len(strength)
        return Observations(
            task=self.task,
            observers=tuple(f"observer {number}" for number in range(len(sessions))),
            items=tuple(f"image {number}" for number in range(n)),
            observer=np.repeat(np.arange(len(sessions)), trials),
            item=np.arange(n),
            truth=strength > 0,
            response=noticed.astype(np.int8),
            catch=np.zeros(n, dtype=bool),
            strength=strength,
        )
