"""Model observers: they answer through the same services as people do, and are marked as simulated everywhere.

The observer is that of equal-variance signal detection theory (Green & Swets 1966): a perturbed image gives an
impression drawn from N(d′/2, 1), a clean one from N(−d′/2, 1). What is answered depends on the trial type:

- yes/no: “perturbed” where the impression exceeds the criterion; a confidence or a rating grows with its distance from
  there;
- two-alternative forced choice: the image with the larger impression; the criterion is a bias towards the second;
- same/different: “different” where two impressions lie further apart than a limit (the differencing rule; Macmillan &
  Creelman 2005, chapter 9), which the criterion raises.
"""

import bisect
import random
from dataclasses import dataclass
from typing import Any

from perception.progress import Progress, silent
from studies.errors import StudyError
from studies.models.observer import Observer
from studies.models.study import Study
from studies.models.truth import Truth
from studies.session_steps import answer_questionnaire, leave_instructions
from studies.sessions import place_of, record_answer, start_session

RATING_LIMITS = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""Between the six ratings, in standard deviations from the criterion."""
CONFIDENCE_LIMITS = (0.5, 1.0)
"""Between a guess, fairly sure, and sure: the distance from the criterion."""
GUESSING_DISTANCE = 0.954
"""The median distance of two impressions of one kind, √2 · Φ⁻¹(0.75): without sensitivity, half are above."""


@dataclass(frozen=True, slots=True)
class ModelObserver:
    """The two numbers that say how a model observer judges."""

    dprime: float
    criterion: float

    def answer(self, trial_type: str, impressions: list[float]) -> dict[str, str]:
        """Return what is answered to a trial, under the names of its form.

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


def simulate_observer(
    *, observer: Observer, dprime: float, criterion: float, seed: int, progress: Progress = silent
) -> None:
    """Answer every trial of a simulated observer's session, practice included.

    Parameters
    ----------
    observer
        An invited observer who is marked as simulated.
    dprime
        Sensitivity, in standard deviations of the impression; 0 is guessing.
    criterion
        0 is unbiased; above 0 the observer says “clean”, “second” or “same” more often.
    seed
        The same seed gives the same answers to the same trials.

    Raises
    ------
    StudyError
        The observer is a person, or the study takes no answers.
    """
    if not observer.is_simulated:
        raise StudyError(f"{observer.label} is not marked as simulated; a person's answers are never made up.")
    study = Study.objects.select_related("pair_set__dataset").get(pk=observer.study_id)
    session = start_session(observer=observer)
    answer_questionnaire(session=session, given={})
    leave_instructions(session=session)
    perturbed = dict(Truth.objects.filter(stimulus__study=study).values_list("stimulus_id", "perturbed"))
    generator = random.Random(seed)
    model = ModelObserver(dprime, criterion)
    place = place_of(session)
    while (trial := place.trial) is not None:
        impressions = [
            generator.gauss(dprime / 2 if perturbed[stimulus.pk] else -dprime / 2, 1) for stimulus in trial.stimuli
        ]
        said: dict[str, Any] = {**model.answer(study.trial_type, impressions)}
        if study.asks_diagnosis:
            said["diagnosis"] = generator.choice(study.pair_set.dataset.classes)
        then = record_answer(
            session=session,
            trial_token=trial.token,
            rt_ms=round(1000 * generator.lognormvariate(0.9, 0.4)),
            **said,
        )
        if then is None:
            raise StudyError(f"{observer.label}'s session was answered from elsewhere at the same time.")
        progress(trial.position, place.total)
        place = then
