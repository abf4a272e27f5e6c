"""How the report names the figures of each task, and how it names methods."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]
Estimate = dict[str, Any]
"""What `perception.analysis.estimates.estimate.Estimate.as_dict` gives."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How the report names the two shares of a task, what was shown for each, and what was said."""

    keys: tuple[str, str]
    """Of the figures."""
    shares: tuple[str, str]
    explained: tuple[str, str]
    shown: tuple[str, str]
    """What the signal was in, and what it was not in; the second empty where the signal was in every trial."""
    said: tuple[str, str]
    judged: str


WORDINGS = {
    "yes_no": Wording(
        keys=("sensitivity", "specificity"),
        shares=("Sensitivity", "Specificity"),
        explained=("perturbed images called perturbed", "clean images called clean"),
        shown=("Perturbed images", "Clean images"),
        said=("perturbed", "clean"),
        judged="images",
    ),
    "same_different": Wording(
        keys=("sensitivity", "specificity"),
        shares=("Differences seen", "Sameness seen"),
        explained=("different pairs called different (hits)", "same pairs called same (no false alarm)"),
        shown=("Different pairs", "Same pairs"),
        said=("different", "same"),
        judged="pairs",
    ),
    "two_afc": Wording(
        keys=("correct", "said_first"),
        shares=("Right choices", "Chose the first"),
        explained=("of the two images, the perturbed one was chosen", "of all choices; 50% is no leaning to a side"),
        shown=("All pairs", ""),
        said=("first", "second"),
        judged="pairs",
    ),
}


def is_choice(figures: Figures) -> bool:
    """Whether the observers chose between two images: there are shares of right choices, and no specificity."""
    return bool(figures["task"] == "two_afc")


def unanswered(figures: Figures) -> int:
    """Return how many answers are missing that nobody left out."""
    return int((figures["without_exclusions"] or figures)["n_missing"])


def methods_named(estimates: Iterable[Estimate]) -> str:
    """Return the names of the methods, each once, in the order in which they come.

    Why there is no interval is left to the place where there is none, unless nothing else is to be told.
    """
    methods = list(dict.fromkeys(str(estimate["method"]) for estimate in estimates))
    named = [method for method in methods if not method.startswith("no interval")]
    return "; or ".join(named or methods)


def capitalized(text: str) -> str:
    """Return the text with a capital at its beginning, and the rest as it is."""
    return text[:1].upper() + text[1:]
