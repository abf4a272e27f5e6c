"""Model observers: they answer through the same services as people do, and are marked as simulated everywhere.

The observer is that of equal-variance signal detection theory (Green & Swets 1966): a perturbed image gives an
impression drawn from N(d′/2, 1), a clean one from N(−d′/2, 1), and the answer is “perturbed” where the impression
exceeds the criterion.
"""

import random

from perception.progress import Progress, silent
from studies.errors import StudyError
from studies.models.observer import Observer
from studies.models.truth import Truth
from studies.sessions import place_of, record_answer, start_session


def simulate_observer(
    *, observer: Observer, dprime: float, criterion: float, seed: int, progress: Progress = silent
) -> None:
    """Answer every trial of a simulated observer's session.

    Parameters
    ----------
    observer
        An invited observer who is marked as simulated.
    dprime
        Sensitivity, in standard deviations of the impression; 0 is guessing.
    criterion
        0 is unbiased; above 0 the observer says “clean” more often.
    seed
        The same seed gives the same answers to the same trials.

    Raises
    ------
    StudyError
        The observer is a person, or the study takes no answers.
    """
    if not observer.is_simulated:
        raise StudyError(f"{observer.label} is not marked as simulated; a person's answers are never made up.")
    session = start_session(observer=observer)
    perturbed = dict(Truth.objects.filter(stimulus__study_id=observer.study_id).values_list("stimulus_id", "perturbed"))
    generator = random.Random(seed)
    while True:
        place = place_of(session)
        trial = place.trial
        if trial is None:
            return
        mean = dprime / 2 if perturbed[trial.stimulus_id] else -dprime / 2
        impression = generator.gauss(mean, 1)
        stored = record_answer(
            session=session,
            trial_token=trial.token,
            response="perturbed" if impression > criterion else "clean",
            rt_ms=round(1000 * generator.lognormvariate(0.9, 0.4)),
        )
        if not stored:
            raise StudyError(f"{observer.label}'s session was answered from elsewhere at the same time.")
        progress(trial.position, place.total)
