"""Which strength a trial is shown at, where the study chooses it from answers: on the truth's side.

It listens for answers, and puts the chosen strength's stimulus into the trial after the next one: so what may be
fetched ahead is there when it may be, and no page waits for a choice. Trials of clean images go the same way at the
same cost; what they show stays as it is. The first two trials of a series have the strengths that were dealt out.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.dispatch import receiver

from studies.models.answer import Answer
from studies.models.session import Session
from studies.models.study import Study
from studies.models.trial import Trial
from studies.models.truth import Truth
from studies.sessions.signals import trial_over
from studies.trial_types import TrialType

AHEAD = 2
"""How many trials after an answer the first trial comes that the answer can have a part in."""

GivenAnswer = tuple[float, bool]
"""The strength of what was shown, 0 for a clean image, and whether it was noticed, or the right image was chosen."""


def given_answer(trial_type: TrialType, *, response: str, truth: str, strength: float) -> GivenAnswer:
    """Return an answer as the choice takes it.

    Parameters
    ----------
    response, truth
        In the words of the exports.
    strength
        Of the perturbed image, in 8-bit levels; not read where the trial shows none.
    """
    if trial_type.always_perturbed:
        return strength, response == truth
    signal = trial_type.expected((False, True)[-trial_type.images :])
    return strength if truth == signal else 0.0, response == signal


def strength_after(answers: Sequence[GivenAnswer], strengths: Sequence[float], *, trial_type: TrialType) -> float:
    """Return the strength that QUEST+ chooses after answers.

    Parameters
    ----------
    answers
        Of one session's series so far, catch trials not among them; in any order.
    strengths
        Of the study, in 8-bit levels, ascending.
    """
    # NumPy comes with the first choice, not with the web process.
    from perception.analysis.psychometric.adaptive_choice import StrengthChooser, TrialCounts

    chooser = StrengthChooser.of(strengths, forced_choice=trial_type.always_perturbed)
    return chooser.strengths[chooser.choose(TrialCounts.of(answers, chooser.strengths))]


@receiver(trial_over)
def choose_strength(sender: object, *, session: Session, position: int, **_: Any) -> None:
    """Choose the strength of the trial after the next one, and store what that trial shows.

    It is stored once: a trial is over once, and no answer is ever changed.
    """
    study = session.observer.study
    trial = (
        Trial.objects.filter(session=session, phase=Trial.Phase.SERIES, position=position + AHEAD)
        .values_list("pk", "stimulus_id", "second_stimulus_id")
        .first()
    )
    if trial is None:
        return
    pk, *shown = trial
    chosen = strength_after(_answers(session, study), study.adaptive_strengths, trial_type=study.trials)
    stimuli = _at_strength([one for one in shown if one is not None], chosen, study)
    first, second = stimuli if len(stimuli) > 1 else (stimuli[0], None)
    # Written even where nothing is another: a trial of a clean image costs as much.
    Trial.objects.filter(pk=pk).update(stimulus=first, second_stimulus=second)


def _answers(session: Session, study: Study) -> list[GivenAnswer]:
    """Return the answers to the session's series so far, without those to catch trials (two queries)."""
    answers = list(
        Answer.objects.filter(trial__session=session, trial__phase=Trial.Phase.SERIES)
        .order_by("trial__position")
        .values_list("response", "trial__stimulus_id", "trial__second_stimulus_id")
    )
    truths = _truths({one for _, *shown in answers for one in shown if one is not None})
    given = []
    for response, *shown in answers:
        of_shown = [truths[one] for one in shown if one is not None]
        if any(role != Truth.Role.SERIES for _, role, _ in of_shown):
            continue
        truth = study.trials.expected(tuple(perturbed for perturbed, _, _ in of_shown))
        strength = max((levels for perturbed, _, levels in of_shown if perturbed), default=0.0)
        given.append(given_answer(study.trials, response=response, truth=truth, strength=strength))
    return given


def _truths(stimuli: Iterable[int]) -> dict[int, tuple[bool, str, float]]:
    columns = ("stimulus_id", "perturbed", "role", "pair__pair_set__strength")
    return {
        stimulus: (perturbed, role, strength)
        for stimulus, perturbed, role, strength in Truth.objects.filter(stimulus__in=stimuli).values_list(*columns)
    }


def _at_strength(shown: Sequence[int], strength: float, study: Study) -> list[int]:
    """Return what a trial shows with its perturbed image at a strength (one query).

    Clean images, and those of catch trials, stay; the same is asked of them.
    """
    image_of = Truth.objects.filter(stimulus__in=shown).values("pair__image")
    of_image = Truth.objects.filter(stimulus__study=study, pair__image__in=image_of).values_list(
        "stimulus_id", "perturbed", "role", "pair__pair_set__strength"
    )
    there = {stimulus: (perturbed, role, levels) for stimulus, perturbed, role, levels in of_image}
    at = {role: stimulus for stimulus, (perturbed, role, levels) in there.items() if perturbed and levels == strength}
    return [at[there[one][1]] if there[one][0] and there[one][1] == Truth.Role.SERIES else one for one in shown]
