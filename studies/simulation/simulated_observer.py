"""How a simulated observer answers a study's trials: the model of signal detection theory, with chance from seeds.

`perception.analysis.simulated_observers` says what is perceived and where “perturbed” begins. Here impressions are
standardised, so that d′ is what a report measures at the study's main strength, and each deviation is drawn from a seed
of its own: that of an observer from the label, of an image from its name. What is answered depends on the trial type:

- yes/no: “perturbed” where the impression exceeds the criterion; a confidence or a rating grows with its distance from
  there;
- mark the place: a rating as above, and the right place with the probability that `finds_place` says;
- degradation category rating: a grade, the lower the further the test image's impression lies above the reference's;
  the criterion raises all limits;
- two-alternative forced choice, and flicker, whose two places hold an image with and without its twin: the one with the
  larger impression; the criterion is a bias towards the second;
- same/different: “different” where two impressions lie further apart than a limit, which the criterion raises.
"""

import random
from dataclasses import dataclass
from math import erf

from perception.analysis.simulated_observers.decisions import confidences, difference_limit, grades, ratings
from perception.analysis.simulated_observers.model import (
    MOST_DPRIME,
    ImpressionNoise,
    ObserverPopulation,
    impression,
    look,
    mean_impression,
)
from studies.errors import StudyError
from studies.randomization import derived_seed
from studies.trial_types import TrialType


@dataclass(frozen=True, slots=True)
class SimulatedObserver:
    """What one simulated observer is like.

    Attributes
    ----------
    dprime
        Sensitivity at the main strength, in standard deviations of the impressions of images of one kind; 0 is
        guessing.
    criterion
        0 is unbiased; above 0 the observer says “clean”, “second” or “same”, or gives a higher grade, more often.
    lapse
        The share of trials, 0 to 1, in which any button is pressed.
    """

    dprime: float
    criterion: float
    lapse: float = 0.0

    def impression(
        self,
        *,
        strength: float,
        shift: float,
        image_sd: float,
        generator: random.Random,
        own: float = 0.0,
        look_share: float = 0.0,
    ) -> float:
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
        own
            The observer's own of the image, drawn from N(0, 1) for all of their looks at it.
        look_share
            q: how much of a look's variance that is.
        """
        return impression(
            mean_impression(self.dprime, strength),
            of_image=shift,
            of_look=look(own=own, new=generator.gauss(0, 1), share=look_share),
            noise=ImpressionNoise.standardised(image_sd),
        )

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
        if trial_type in {"two_afc", "flicker"}:
            return {"response": "first" if impressions[0] - impressions[1] > self.criterion else "second"}
        if trial_type == "same_different":
            limit = difference_limit(self.dprime, self.criterion)
            return {"response": "different" if abs(impressions[0] - impressions[1]) > limit else "same"}
        if trial_type == "degradation":
            reference, test = impressions
            return {"grade": str(int(grades(test - reference - self.criterion)))}
        evidence = impressions[0] - self.criterion
        response = {"response": "perturbed" if evidence > 0 else "clean"}
        if trial_type == "yes_no":
            return response
        if trial_type == "yes_no_confidence":
            return response | {"confidence": str(int(confidences(evidence)))}
        if trial_type in {"rating", "marked_place"}:
            return {"rating": str(int(ratings(evidence)))}
        raise StudyError(f"There is no model of an observer for trials of the type “{trial_type}”.")

    def finds_place(self, strength: float) -> float:
        """Return with which probability the place of a change is found; else any place is marked.

        Parameters
        ----------
        strength
            Of the perturbation, as a multiple of the main strength; 0 for a clean image, whose change is nowhere.

        Returns
        -------
        float
            2Φ(d/√2) − 1 with d the sensitivity at that strength, and not below 0: the share of trials of two
            alternatives in which, if one is guessed at in the others, the choice is known.
        """
        d = self.dprime * strength
        return max(0.0, erf(d / 2))

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
    look_share
        q: the share of the variance of an observer's impressions of one image that comes back where it is shown again.
    """

    dprime: float = 0.0
    criterion: float = 0.0
    observer_sd: float = 0.0
    image_sd: float = 0.0
    lapse: float = 0.0
    look_share: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no observers can be.

        Raises
        ------
        StudyError
            A number outside its range, or none.
        """
        for name, value, least, most in (
            ("d′", self.dprime, -MOST_DPRIME, MOST_DPRIME),
            ("criterion", self.criterion, -MOST_DPRIME, MOST_DPRIME),
            ("SD between observers", self.observer_sd, 0, MOST_DPRIME),
            ("SD between images", self.image_sd, 0, MOST_DPRIME),
            ("lapse rate", self.lapse, 0, 1),
            ("look share", self.look_share, 0, 1),
        ):
            if not least <= value <= most:
                raise StudyError(
                    f"The {name} of simulated observers lies between {least:g} and {most:g}, not at {value:g}."
                )

    def observer(self, *, seed: int, label: str) -> SimulatedObserver:
        """Return the observer of this label: the same one for the same seed."""
        population = ObserverPopulation(self.dprime, self.criterion, self.observer_sd, self.observer_sd)
        generator = random.Random(derived_seed(seed, "model observer", label))
        return SimulatedObserver(
            dprime=population.dprime_at(generator.gauss(0, 1)),
            criterion=population.criterion_at(generator.gauss(0, 1)),
            lapse=self.lapse,
        )


def image_shift(*, seed: int, image: str) -> float:
    """Return the shift b of an image, drawn from N(0, 1): the same one for the same seed."""
    return random.Random(derived_seed(seed, "image shift", image)).gauss(0, 1)


def own_of_image(*, seed: int, label: str, image: str) -> float:
    """Return what is an observer's own of an image, a, drawn from N(0, 1): the same one for the same seed."""
    return random.Random(derived_seed(seed, "own look", label, image)).gauss(0, 1)


def any_answer(trial_type: TrialType, generator: random.Random) -> dict[str, str]:
    """Return what is answered in a lapse: any button of each step, under the names of the form."""
    steps = (
        ("response", trial_type.responses),
        ("rating", trial_type.ratings),
        ("confidence", trial_type.confidences),
        ("grade", trial_type.grades),
    )
    return {name: generator.choice(choices).value for name, choices in steps if choices}


def any_place(size: int, generator: random.Random) -> dict[str, str]:
    """Return a mark anywhere in an image with this side, pixels, under the names of the form."""
    return {name: str(generator.randrange(size)) for name in ("place_x", "place_y")}
