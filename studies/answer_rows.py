"""Answers → table: every answer of a study beside the truth. The one place where the two meet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from studies.models.answer import Answer
from studies.models.observer import Observer
from studies.models.study import Study
from studies.models.truth import Truth


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer of one observer, with what was shown."""

    observer: str
    simulated: bool
    item: str
    truth: str
    response: str
    position: int
    image: str
    lesion: str
    diagnosis: str
    strength: float
    rt_ms: int | None
    answered_at: datetime
    pixel_ratio: float | None
    shown_whole: bool | None
    focus_losses: int | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the exports."""

    name: str
    description: str
    value: Callable[[AnswerRow], str]


def _text(value: object) -> str:
    return "" if value is None else str(value)


COLUMNS: tuple[Column, ...] = (
    Column("observer", "the observer's label", lambda row: _harmless(row.observer)),
    Column("item", "the stimulus", lambda row: row.item),
    Column("truth", "what was shown: perturbed or clean", lambda row: row.truth),
    Column("response", "what the observer said: perturbed or clean", lambda row: row.response),
    Column("diagnosis", "the image's diagnosis", lambda row: _harmless(row.diagnosis)),
    Column("strength", "of the attack, in 8-bit levels; 0 for a clean image", lambda row: f"{row.strength:g}"),
    Column("rt_ms", "from the image's paint to the answer, ms; empty without JavaScript", lambda row: _text(row.rt_ms)),
    Column("position", "of the trial in the observer's series, from 1", lambda row: str(row.position)),
    Column("image", "the image's name in its dataset", lambda row: _harmless(row.image)),
    Column("lesion", "the lesion shown", lambda row: _harmless(row.lesion)),
    Column("answered_at", "by the server's clock, UTC, ISO 8601", lambda row: row.answered_at.isoformat()),
    Column("pixel_ratio", "screen pixels per CSS pixel, as the browser said", lambda row: _text(row.pixel_ratio)),
    Column("shown_whole", "whether the image was in full view: 1, 0, or empty if unknown", lambda row: _flag(row)),
    Column("focus_losses", "how often the window lost the focus in the trial", lambda row: _text(row.focus_losses)),
    Column("simulated", "1 for a model observer, 0 for a person", lambda row: str(int(row.simulated))),
)


def rows_of(study: Study, *, simulated: bool) -> list[AnswerRow]:
    """Return the answers of finished sessions, of people or of model observers, never of both (three queries).

    In the order of observers' invitation and of trials.
    """
    truths = {
        truth.stimulus_id: truth for truth in Truth.objects.filter(stimulus__study=study).select_related("pair__image")
    }
    strength = study.pair_set.strength
    answers = (
        Answer.objects.filter(
            trial__session__observer__study=study,
            trial__session__observer__is_simulated=simulated,
            trial__session__finished_at__isnull=False,
        )
        .select_related("trial__stimulus", "trial__session__observer")
        .order_by("trial__session__observer_id", "trial__position")
    )
    return [_row(answer, truths[answer.trial.stimulus_id], strength) for answer in answers]


def has_people(study: Study) -> bool:
    """Whether any invited observer is a person."""
    return Observer.objects.filter(study=study, is_simulated=False).exists()


def _row(answer: Answer, truth: Truth, strength: float) -> AnswerRow:
    trial = answer.trial
    image = truth.pair.image
    visible = answer.display.get("visible")
    return AnswerRow(
        observer=trial.session.observer.label,
        simulated=trial.session.observer.is_simulated,
        item=trial.stimulus.name,
        truth=str(truth),
        response=answer.response,
        position=trial.position,
        image=image.name,
        lesion=image.lesion,
        diagnosis=image.diagnosis,
        strength=strength if truth.perturbed else 0.0,
        rt_ms=answer.rt_ms,
        answered_at=answer.answered_at,
        pixel_ratio=answer.display.get("pixel_ratio"),
        shown_whole=None if visible is None else bool(visible),
        focus_losses=answer.display.get("focus_losses"),
    )


def _flag(row: AnswerRow) -> str:
    return "" if row.shown_whole is None else str(int(row.shown_whole))


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running a cell as a formula: an apostrophe before what would start one (OWASP)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
