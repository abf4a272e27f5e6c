"""Table → estimates → report: one path for the page, the CSV, the JSON and the command line."""

import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from ml.models.evaluation import Evaluation
from perception.analysis.answers import AnswerTable
from perception.analysis.detection import summarise_answers
from studies.answer_rows import AnswerRow, has_people, rows_of
from studies.errors import StudyError
from studies.models.study import Study
from studies.study_progress import progress_of


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the report of one study says."""

    study: Study
    simulated: bool
    """Whether the answers are those of model observers."""
    rows: list[AnswerRow]
    figures: dict[str, Any]
    """The JSON export: what the analysis of the answers gives, beside study, flow and attack."""


def build_report(study: Study, *, interval: str = "default") -> Report:
    """Compute the report of a study whose results may be seen.

    People and model observers are never mixed: where any person was invited, only people's answers count.

    Raises
    ------
    StudyError
        The study is a draft, or it is open and was not unblinded.
    """
    if not study.results_visible:
        raise StudyError(
            f"“{study.title}” is {study.get_state_display()}: its results can be seen once it is closed, or unblinded."
        )
    simulated = not has_people(study)
    rows = rows_of(study, simulated=simulated)
    table = AnswerTable.from_rows(
        observers=[row.observer for row in rows],
        items=[row.item for row in rows],
        truths=[row.truth == "perturbed" for row in rows],
        responses=[row.response == "perturbed" for row in rows],
    )
    figures = {
        "study": _study(study),
        "simulated": simulated,
        "flow": _flow(study, simulated=simulated),
        **summarise_answers(table, interval=interval).as_dict(),
        "response_times": _response_times(rows),
        "display": _display(rows),
        "attack": _attack(study),
    }
    return Report(study, simulated, rows, figures)


def _study(study: Study) -> dict[str, Any]:
    return {
        "title": study.title,
        "question": study.question,
        "state": study.state,
        "opened_at": study.opened_at.isoformat() if study.opened_at else None,
        "closed_at": study.closed_at.isoformat() if study.closed_at else None,
        "unblinded_at": study.unblinded_at.isoformat() if study.unblinded_at else None,
        "protocol_sha256": study.protocol_sha256,
        "n_perturbed": study.n_perturbed,
        "n_clean": study.n_clean,
        "synthetic_images": study.pair_set.dataset.is_synthetic,
    }


def _flow(study: Study, *, simulated: bool) -> dict[str, int]:
    states = [row.state for row in progress_of(study) if row.observer.is_simulated == simulated]
    return {
        "invited": len(states),
        "consented": sum(state != "invited" for state in states),
        "finished": states.count("finished"),
        "withdrew": states.count("withdrew"),
        "unfinished": states.count("in progress"),
    }


def _response_times(rows: list[AnswerRow]) -> dict[str, float | None]:
    """Median response time in milliseconds of each observer; None where the browser measured none."""
    times: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        times[row.observer].extend([row.rt_ms] if row.rt_ms is not None else [])
    return {observer: statistics.median(values) if values else None for observer, values in times.items()}


def _display(rows: list[AnswerRow]) -> dict[str, int]:
    """How many answers were given to an image that was not in full view, or without a measure of the display."""
    return {
        "answers": len(rows),
        "unmeasured": sum(row.shown_whole is None for row in rows),
        "not_whole": sum(row.shown_whole is False for row in rows),
    }


def _attack(study: Study) -> dict[str, Any]:
    evaluation = Evaluation.objects.filter(pair_set=study.pair_set).first()
    pair_set = study.pair_set
    facts = {
        "name": pair_set.attack.name,
        "kind": pair_set.attack.kind,
        "target_class": pair_set.attack.target_class,
        "strength": pair_set.strength,
        "classifier": pair_set.attack.classifier.name,
        "pair_set": pair_set.name,
        "dataset": pair_set.dataset.name,
    }
    if evaluation is None:
        return {**facts, "evaluation": None, "sizes": None}
    return {**facts, "evaluation": evaluation.table, "sizes": evaluation.sizes}
