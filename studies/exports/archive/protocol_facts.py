"""What a study asked and which rules it fixed, from the protocol in its archive: as much as its figures need."""

from dataclasses import dataclass
from typing import Any

from studies.trial_types import TRIAL_TYPES, TrialType


@dataclass(frozen=True, slots=True)
class ArchivedStudy:
    """The facts of a study that its figures depend on, as `studies.answers.figures` asks for them."""

    trials: TrialType
    asks_diagnosis: bool
    n_subsets: int
    margin: float
    catch_at_least: int
    rt_at_least_ms: int
    leaves_out_partly_shown: bool


def study_of_protocol(protocol: dict[str, Any]) -> ArchivedStudy:
    """Return the facts from a protocol.

    Raises
    ------
    KeyError, TypeError, ValueError
        The protocol is not one of this program.
    """
    analysis = protocol["analysis"]
    # Protocols of version 2 had neither rules of exclusion nor a margin.
    exclusions = analysis.get("exclusions", {})
    return ArchivedStudy(
        trials=TRIAL_TYPES[protocol["trial_type"]],
        asks_diagnosis=bool(protocol["asks_diagnosis"]),
        n_subsets=int(protocol["images"]["n_subsets"]),
        margin=float(analysis.get("margin_of_equivalence", 0.05)),
        catch_at_least=int(exclusions.get("catch_trials_seen_at_least_percent", 0)),
        rt_at_least_ms=int(exclusions.get("response_time_at_least_ms", 0)),
        leaves_out_partly_shown=bool(exclusions.get("answers_to_partly_shown_images", False)),
    )


def study_figures(protocol: dict[str, Any]) -> dict[str, Any]:
    """Return those entries of the figures' `study` that the protocol fixes."""
    images, attack, analysis = protocol["images"], protocol["attack"], protocol["analysis"]
    facts = {
        "title": protocol["title"],
        "trial_type": protocol["trial_type"],
        "asks_diagnosis": protocol["asks_diagnosis"],
        "n_perturbed": images["n_perturbed"],
        "n_clean": images["n_clean"],
        "n_catch": protocol["catch"]["n"],
        "n_practice": protocol["practice"]["n"],
        "n_subsets": images["n_subsets"],
        "prevalence": images["prevalence"],
        "display_ms": protocol["display"]["image_ms"],
        "synthetic_images": images["synthetic"],
    }
    if "margin_of_equivalence" in analysis:
        facts["margin"] = analysis["margin_of_equivalence"]
    if "further_strengths" in attack:
        further = [entry["strength_levels"] for entry in attack["further_strengths"]]
        facts["strengths"] = sorted([attack["strength_levels"], *further])
    return facts
