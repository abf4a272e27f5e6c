"""Table → estimates → report: one path for the page, the CSV, the JSON and the command line."""

from dataclasses import dataclass
from typing import Any

from ml.models.evaluation import Evaluation
from ml.models.pair_set import PairSet
from studies.answers.characteristics import characteristics_of
from studies.answers.figures import answer_figures
from studies.answers.rows import AnswerRow, has_people, rows_of
from studies.design.progress import progress_of
from studies.errors import StudyError
from studies.languages import ENGLISH
from studies.models.study import Study


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the report of one study says."""

    study: Study
    simulated: bool
    """Whether the answers are those of simulated observers."""
    rows: list[AnswerRow]
    """Every answer; in `left_out` why it is not analysed."""
    figures: dict[str, Any]
    """The JSON export: what the analysis of the answers gives, beside study, flow and attack."""


def build_report(study: Study, *, interval: str = "default") -> Report:
    """Compute the report of a study whose results may be seen.

    People and simulated observers are never mixed: where any person was invited, only people's answers count.

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
    exclusions, computed = answer_figures(study, rows_of(study, simulated=simulated), interval=interval)
    figures = {
        "study": _study(study),
        "simulated": simulated,
        "flow": _flow(study, simulated=simulated) | {"excluded": len(exclusions.observers)},
        **computed,
        "attack": _attack(study),
    }
    figures["characteristics"] = characteristics_of(study, figures["observers"]) if not simulated else []
    return Report(study, simulated, list(exclusions.rows), figures)


def _study(study: Study) -> dict[str, Any]:
    return {
        "title": study.title,
        "trial_type": study.trial_type,
        "question": study.text("question", ENGLISH),
        "asks_diagnosis": study.asks_diagnosis,
        "state": study.state,
        "opened_at": study.opened_at.isoformat() if study.opened_at else None,
        "closed_at": study.closed_at.isoformat() if study.closed_at else None,
        "unblinded_at": study.unblinded_at.isoformat() if study.unblinded_at else None,
        "protocol_sha256": study.protocol_sha256,
        "n_perturbed": study.n_perturbed,
        "n_clean": study.n_clean,
        "n_catch": study.n_catch,
        "n_practice": study.n_practice,
        "n_subsets": study.n_subsets,
        "prevalence": study.prevalence,
        "strengths": [pair_set.strength for pair_set in study.strengths],
        "margin": study.margin,
        "display_ms": study.display_ms,
        "synthetic_images": study.pair_set.dataset.is_synthetic,
    }


def _flow(study: Study, *, simulated: bool) -> dict[str, int]:
    states = [row.state for row in progress_of(study) if row.observer.is_simulated == simulated]
    return {
        "invited": len(states),
        "not_begun": states.count("invited"),
        "consented": sum(state != "invited" for state in states),
        "finished": states.count("finished"),
        "withdrew": states.count("withdrew"),
        "unfinished": states.count("in progress"),
    }


def _attack(study: Study) -> dict[str, Any]:
    pair_set = study.pair_set
    return {
        "name": pair_set.attack.name,
        "kind": pair_set.attack.kind,
        "target_class": pair_set.attack.target_class,
        "strength": pair_set.strength,
        "classifier": pair_set.attack.classifier.name,
        "pair_set": pair_set.name,
        "dataset": pair_set.dataset.name,
        **_evaluated(pair_set),
        "further": [
            {"strength": further.strength, "pair_set": further.name, **_evaluated(further)}
            for further in study.strengths
            if further.pk != pair_set.pk
        ],
    }


def _evaluated(pair_set: PairSet) -> dict[str, Any]:
    """Return the attack's own Table 1 and the sizes of its change; None where they were not measured."""
    evaluation = Evaluation.objects.filter(pair_set=pair_set).first()
    return {"evaluation": evaluation.table if evaluation else None, "sizes": evaluation.sizes if evaluation else None}
