"""Answers → table: every answer of a study beside the truth. The one place where the two meet."""

from dataclasses import dataclass
from datetime import datetime

from perception.analysis.ratings.rating_scale import six_categories
from studies.data_protection.tally import ErasedPeople
from studies.models.answer import Answer
from studies.models.observer import Observer
from studies.models.observer_state import usable
from studies.models.study import Study
from studies.models.trial import Trial
from studies.models.truth import Truth


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer of one observer, with what was shown. Of two images `item` names both, in a fixed order.

    Its fields are the columns of the exports: `studies.exports.answer_columns` says what each holds.
    """

    observer: str
    simulated: bool
    item: str
    second_item: str
    side: str
    role: str
    phase: str
    subset: int | None
    truth: str
    response: str
    rating: int | None
    confidence: int | None
    position: int
    image: str
    lesion: str
    diagnosis: str
    diagnosis_answered: str
    strength: float
    rt_ms: int | None
    served_at: datetime | None
    answered_at: datetime
    pixel_ratio: float | None
    shown_whole: bool | None
    focus_losses: int | None
    attack: str = ""
    """Which of the attacks that the study compares perturbed the image; empty of a clean one, and where it has one."""
    group: str = ""
    """Of those that the study compares; empty where it has none, or the observer is in none."""
    left_out: str = ""
    """Why the protocol leaves the answer out of the main figures; empty where it does not."""


def rows_of(study: Study, *, simulated: bool) -> list[AnswerRow]:
    """Return the answers of usable sessions, of people or of simulated observers, never of both (three queries,
    of several attacks four).

    In the order of observers' invitation and of trials. Catch trials are among them, practice is not.
    """
    truths = {
        truth.stimulus_id: truth
        for truth in Truth.objects.filter(stimulus__study=study).select_related("pair__image", "pair__pair_set")
    }
    answers = (
        Answer.objects.filter(
            usable(session="trial__session"),
            trial__phase=Trial.Phase.SERIES,
            trial__session__observer__study=study,
            trial__session__observer__is_simulated=simulated,
        )
        .select_related("trial__stimulus", "trial__second_stimulus", "trial__session__observer")
        .order_by("trial__session__observer_id", "trial__position")
    )
    attack_of = study.attack_of_pairs
    return [_row(answer, truths, study, attack_of) for answer in answers]


def has_people(study: Study) -> bool:
    """Whether any invited observer is a person, or was one, whose data are gone (one query or two)."""
    return Observer.objects.filter(study=study, is_simulated=False).exists() or ErasedPeople.of(study).n_gone > 0


def _row(answer: Answer, truths: dict[int, Truth], study: Study, attack_of: dict[int, str]) -> AnswerRow:
    trial = answer.trial
    shown = [truths[stimulus.pk] for stimulus in trial.stimuli]
    perturbed = tuple(truth.perturbed for truth in shown)
    image = shown[0].pair.image
    # The clean twin of a pool's image stands beside several perturbed ones, and is of the first image pairs.
    pair_set = next((truth.pair.pair_set for truth in shown if truth.perturbed), None)
    visible = answer.display.get("visible")
    in_series = shown[0].role == Truth.Role.SERIES
    return AnswerRow(
        observer=trial.session.observer.label,
        simulated=trial.session.observer.is_simulated,
        item="+".join(stimulus.name for stimulus in sorted(trial.stimuli, key=lambda stimulus: stimulus.number)),
        second_item=trial.second_stimulus.name if trial.second_stimulus else "",
        side=_side(perturbed),
        role=shown[0].role,
        phase=trial.phase,
        subset=shown[0].subset + 1 if in_series and study.n_subsets > 1 else None,
        truth=study.trials.expected(perturbed),
        response=answer.response,
        rating=_rating(answer),
        confidence=answer.confidence,
        position=trial.position,
        image=image.name,
        lesion=image.lesion,
        diagnosis=image.diagnosis,
        diagnosis_answered=answer.diagnosis,
        strength=0.0 if pair_set is None else pair_set.strength,
        rt_ms=answer.rt_ms,
        served_at=trial.served_at,
        answered_at=answer.answered_at,
        pixel_ratio=answer.display.get("pixel_ratio"),
        shown_whole=None if visible is None else bool(visible),
        focus_losses=answer.display.get("focus_losses"),
        group=trial.session.observer.group,
        attack=attack_of.get(pair_set.pk, "") if in_series and pair_set is not None else "",
    )


def _side(perturbed: tuple[bool, ...]) -> str:
    """Return where the perturbed one of two images stood; nothing where none did, or there was one image alone."""
    if len(perturbed) == 1 or not any(perturbed):
        return ""
    return "first" if perturbed[0] else "second"


def _rating(answer: Answer) -> int | None:
    if answer.rating is not None or answer.confidence is None:
        return answer.rating
    return six_categories(perturbed=answer.response == "perturbed", confidence=answer.confidence)
