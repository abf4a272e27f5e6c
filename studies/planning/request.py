"""What is asked of a plan of a study."""

from dataclasses import dataclass

from perception.analysis.planning.assumed_observers import AssumedObservers
from perception.analysis.planning.power import Claim, Design
from perception.analysis.simulated_observers.model import correlation_of_image_sd

EQUIVALENCE_LEVEL, DETECTION_LEVEL = 0.90, 0.95
DEFAULT_CORRELATION = 0.1
FEWEST_STUDIES = 20
ANALYSIS = 9_000
"""What analysing a study costs besides its answers, in answers."""


def correlation_asked_for(*, icc: float | None, image_sd: float | None) -> float:
    """Return ρ: as given, or as it follows from the images' SD, or the usual one where neither is given.

    Raises
    ------
    ValueError
        The standard deviation is outside its range.
    """
    if image_sd is not None:
        return correlation_of_image_sd(image_sd)
    return DEFAULT_CORRELATION if icc is None else icc


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What is asked of a plan.

    Attributes
    ----------
    margin
        δ of equivalence; None where it is detection that is planned.
    dprime
        d′ of the mean observer: the one to be detected, or the one that observers are thought to have.
    observers
        How many.
    images
        How many one observer judges; None: as many as are needed.
    pool
        From how many images each observer's own are drawn; None: all judge the same.
    prevalence
        The share of perturbed images.
    correlation
        ρ of two observers' answers to one image.
    observer_sd
        Standard deviation of d′ between observers.
    observers_random
        Whether the claim is for other observers too.
    level
        Of the interval; None: 90% for equivalence, 95% for detection.
    power
        Wanted.
    studies
        How many are simulated; 0: none.
    most_answers
        A limit to the work: fewer studies are simulated where these would have more answers; None: no limit.
    seed
        Of the simulation.
    """

    margin: float | None = None
    dprime: float = 0.0
    observers: int = 4
    images: int | None = None
    pool: int | None = None
    prevalence: float = 0.5
    correlation: float = DEFAULT_CORRELATION
    observer_sd: float = 0.0
    observers_random: bool = False
    level: float | None = None
    power: float = 0.80
    studies: int = 0
    most_answers: int | None = None
    seed: int = 1

    @property
    def claim(self) -> Claim:
        """What is to be shown."""
        usual = DETECTION_LEVEL if self.margin is None else EQUIVALENCE_LEVEL
        return Claim(self.margin, usual if self.level is None else self.level, self.observers_random)

    @property
    def assumed(self) -> AssumedObservers:
        """Who answers."""
        return AssumedObservers(self.dprime, self.correlation, self.observer_sd)

    def studies_of(self, design: Design) -> int:
        """Return how many studies of a design are simulated; 0 where the limit allows too few to tell anything."""
        if self.most_answers is None:
            return self.studies
        within = self.most_answers // (design.answers + ANALYSIS)
        return min(self.studies, within) if within >= FEWEST_STUDIES else 0
