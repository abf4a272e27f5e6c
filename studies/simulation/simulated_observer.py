"""How a simulated observer judges: by signal detection theory, with differences between observers and between images.

The observer is that of equal-variance signal detection theory (Green & Swets 1966). What observer j perceives of an
image i at strength s is

    x_ij = −d_j/2 + [perturbed] · d_j · s/s₀ + (σ b_i + e_ij) / √(1 + σ²),    b_i, e_ij ~ N(0, 1)

with d_j ~ N(d′, τ²) and a criterion c_j ~ N(c, τ²) of each observer's own, and a shift b_i of each image's own that is
the same for all observers. s₀ is the study's main strength: d_j is what a report measures there as the observer's d′.
With probability λ an observer lapses, and presses any button. What is answered depends on the trial type:

- yes/no: “perturbed” where the impression exceeds the criterion; a confidence or a rating grows with its distance from
  there;
- two-alternative forced choice: the image with the larger impression; the criterion is a bias towards the second;
- same/different: “different” where two impressions lie further apart than a limit (the differencing rule; Macmillan &
  Creelman 2005, chapter 9), which the criterion raises.
"""

import bisect
import random
from dataclasses import dataclass
from math import sqrt

from studies.errors import StudyError
from studies.randomization import derived_seed
from studies.trial_types import TrialType

RATING_LIMITS = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""Between the six ratings, in standard deviations from the criterion."""
CONFIDENCE_LIMITS = (0.5, 1.0)
"""Between a guess, fairly sure, and sure: the distance from the criterion."""
GUESSING_DISTANCE = 0.954
"""The median distance of two impressions of one kind, √2 · Φ⁻¹(0.75): without sensitivity, half are above."""
MOST = 10.0
"""Beyond it, d′ and criterion make no difference any more."""


@dataclass(frozen=True, slots=True)
class SimulatedObserver:
    """What one simulated observer is like.

    Attributes
    ----------
    dprime
        Sensitivity at the main strength, in standard deviations of the impressions of images of one kind; 0 is
        guessing.
    criterion
        0 is unbiased; above 0 the observer says “clean”, “second” or “same” more often.
    lapse
        The share of trials, 0 to 1, in which any button is pressed.
    """

    dprime: float
    criterion: float
    lapse: float = 0.0

    def impression(self, *, strength: float, shift: float, image_sd: float, generator: random.Random) -> float:
        """Return what is perceived of one image in one trial.

        Parameters
        ----------
        strength
            Of the perturbation, as a multiple of the main strength; 0 for a clean image.
        shift
            The image's own, drawn from N(0, 1) for all observers.
        image_sd
            σ: the standard deviation of such shifts, in those of one observer's impressions of one image.
        generator
            Where the rest of chance comes from.
        """
        noise = (image_sd * shift + generator.gauss(0, 1)) / sqrt(1 + image_sd**2)
        return -self.dprime / 2 + self.dprime * strength + noise

    def answer(self, trial_type: str, impressions: list[float]) -> dict[str, str]:
        """Return what is answered to a trial without a lapse, under the names of its form.

        Parameters
        ----------
        trial_type
            The key of the trial type.
        impressions
            One for each image, from left to right.

        Raises
        ------
        StudyError
            There is no model of this trial type.
        """
        if trial_type == "two_afc":
            return {"response": "first" if impressions[0] - impressions[1] > self.criterion else "second"}
        if trial_type == "same_different":
            limit = max(self.dprime / 2, GUESSING_DISTANCE) + self.criterion
            return {"response": "different" if abs(impressions[0] - impressions[1]) > limit else "same"}
        evidence = impressions[0] - self.criterion
        response = {"response": "perturbed" if evidence > 0 else "clean"}
        if trial_type == "yes_no":
            return response
        if trial_type == "yes_no_confidence":
            return response | {"confidence": str(1 + bisect.bisect_left(CONFIDENCE_LIMITS, abs(evidence)))}
        if trial_type == "rating":
            return {"rating": str(1 + bisect.bisect_left(RATING_LIMITS, evidence))}
        raise StudyError(f"There is no model of an observer for trials of the type “{trial_type}”.")

    def lapses(self, generator: random.Random) -> bool:
        """Whether this trial is answered without looking."""
        return generator.random() < self.lapse


@dataclass(frozen=True, slots=True)
class SimulatedGroup:
    """What the simulated observers of one study have in common.

    Attributes
    ----------
    dprime, criterion
        Of the mean observer.
    observer_sd
        τ: the standard deviation between observers, of d′ and of the criterion.
    image_sd
        σ: the standard deviation between images, in standard deviations of one observer's impressions of one image.
    lapse
        λ, of every observer.
    """

    dprime: float = 0.0
    criterion: float = 0.0
    observer_sd: float = 0.0
    image_sd: float = 0.0
    lapse: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no observers can be.

        Raises
        ------
        StudyError
            A number outside its range, or none.
        """
        for name, value, least, most in (
            ("d′", self.dprime, -MOST, MOST),
            ("criterion", self.criterion, -MOST, MOST),
            ("SD between observers", self.observer_sd, 0, MOST),
            ("SD between images", self.image_sd, 0, MOST),
            ("lapse rate", self.lapse, 0, 1),
        ):
            if not least <= value <= most:
                raise StudyError(
                    f"The {name} of simulated observers lies between {least:g} and {most:g}, not at {value:g}."
                )

    def observer(self, *, seed: int, label: str) -> SimulatedObserver:
        """Return the observer of this label: the same one for the same seed."""
        generator = random.Random(derived_seed(seed, "model observer", label))
        return SimulatedObserver(
            self.dprime + self.observer_sd * generator.gauss(0, 1),
            self.criterion + self.observer_sd * generator.gauss(0, 1),
            self.lapse,
        )


def image_shift(*, seed: int, image: str) -> float:
    """Return the shift b of an image, drawn from N(0, 1): the same one for the same seed."""
    return random.Random(derived_seed(seed, "image shift", image)).gauss(0, 1)


def any_answer(trial_type: TrialType, generator: random.Random) -> dict[str, str]:
    """Return what is answered in a lapse: any button of each step, under the names of the form."""
    steps = (
        ("response", trial_type.responses),
        ("rating", trial_type.ratings),
        ("confidence", trial_type.confidences),
    )
    return {name: generator.choice(choices).value for name, choices in steps if choices}
