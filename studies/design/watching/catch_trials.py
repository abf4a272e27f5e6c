"""How many catch trials observers missed, while the study runs: whether they look, and nothing of what it asks.

A catch trial's change is plain to see, and no figure counts it. Whoever knows how many were missed knows nothing of the
images that are analysed.
"""

from collections.abc import Collection
from dataclasses import dataclass

from studies.models.answer import Answer
from studies.models.study import Study
from studies.models.truth import Truth


@dataclass(frozen=True, slots=True)
class CatchTrials:
    """Of one observer: how many catch trials were answered, and how many of them wrongly."""

    answered: int
    missed: int


def catch_trials_of(study: Study, sessions: Collection[int]) -> dict[int, CatchTrials]:
    """Return what became of the catch trials of sessions, by the sessions' numbers (two queries).

    Sessions that have answered none are left out, and so is everybody where the study has no catch trials.
    """
    if not study.n_catch:
        return {}
    perturbed = dict(
        Truth.objects.filter(stimulus__study=study, role=Truth.Role.CATCH).values_list("stimulus", "perturbed")
    )
    answers = Answer.objects.filter(trial__session__in=sessions, trial__stimulus__in=list(perturbed)).values_list(
        "trial__session", "trial__stimulus", "trial__second_stimulus", "response"
    )
    counted: dict[int, CatchTrials] = {}
    for session, first, second, response in answers:
        shown = (first,) if second is None else (first, second)
        missed = response != study.trials.expected(tuple(perturbed[stimulus] for stimulus in shown))
        before = counted.get(session, CatchTrials(0, 0))
        counted[session] = CatchTrials(before.answered + 1, before.missed + missed)
    return counted
