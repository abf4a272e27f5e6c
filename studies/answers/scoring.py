"""How many of its answers a session has right. On the truth's side: it listens for finished sessions."""

from typing import Any

from django.dispatch import receiver

from studies.models.answer import Answer
from studies.models.session import Session
from studies.models.trial import Trial
from studies.models.truth import Truth
from studies.sessions.signals import session_finished
from studies.trial_types import TRIAL_TYPES


@receiver(session_finished)
def keep_score(sender: object, *, session: Session, **_: Any) -> None:
    """Write the score down where the study tells it: of the whole series, catch trials with it, practice not.

    Observers were told how many images they judge: a score of fewer would tell how many of them were catch trials.
    """
    study = session.observer.study
    if not study.shows_score:
        return
    truths = {truth.stimulus_id: truth for truth in Truth.objects.filter(stimulus__study_id=study.pk)}
    expected = TRIAL_TYPES[study.trial_type].expected
    right = total = 0
    for answer in Answer.objects.filter(trial__session=session, trial__phase=Trial.Phase.SERIES).select_related(
        "trial__stimulus", "trial__second_stimulus"
    ):
        total += 1
        right += answer.response == expected(tuple(truths[stimulus.pk].perturbed for stimulus in answer.trial.stimuli))
    session.score = {"right": right, "total": total}
    session.save(update_fields=["score"])
