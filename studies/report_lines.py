"""The report's figures as the lines of its tables: arranged for the page, not computed."""

from dataclasses import dataclass
from typing import Any

from ml.templatetags.figures import coefficient, percent
from studies.models.study import Study

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wording:
    """How the page names the two shares of a task, and what was shown for each."""

    shares: tuple[str, str]
    explained: tuple[str, str]
    shown: tuple[str, str]


WORDINGS = {
    "yes_no": Wording(
        shares=("Sensitivity", "Specificity"),
        explained=("perturbed images called perturbed", "clean images called clean"),
        shown=("Perturbed images", "Clean images"),
    ),
    "same_different": Wording(
        shares=("Differences seen", "Sameness seen"),
        explained=("different pairs called different (hits)", "same pairs called same (no false alarm)"),
        shown=("Different pairs", "Same pairs"),
    ),
    "two_afc": Wording(
        shares=("Right choices", "Chose the first"),
        explained=("of the two images, the perturbed one was chosen", "of all choices; 50% is no leaning to a side"),
        shown=("All pairs", ""),
    ),
}


def detection_lines(figures: Figures) -> list[dict[str, Any]]:
    """Return one row for each observer who judged single images, or whether two differ: counts and figures."""
    lines = []
    for name, observer in figures["observers"].items():
        counts = observer["counts"]
        lines.append(
            {"name": name, **observer, "signal": counts["tp"] + counts["fn"], "absence": counts["tn"] + counts["fp"]}
        )
    return lines


def choice_lines(figures: Figures) -> list[dict[str, Any]]:
    """Return one row for each observer who chose between two images: counts by side, and figures."""
    lines = []
    for name, observer in figures["observers"].items():
        counts = observer["counts"]
        first, second = counts["perturbed_first"], counts["perturbed_second"]
        lines.append(
            {
                "name": name,
                **observer,
                "right_first": first["chose_first"],
                "n_first": first["chose_first"] + first["chose_second"],
                "right_second": second["chose_second"],
                "n_second": second["chose_first"] + second["chose_second"],
            }
        )
    return lines


def shown_text(study: Study) -> str:
    """Return how many of what an observer was shown."""
    if study.trials.always_perturbed:
        return f"{study.n_images} pairs of a clean image and its perturbed twin"
    one, other = ("different pairs", "same ones") if study.trials.images == 2 else ("perturbed", "clean")
    if study.prevalence == Study.Prevalence.RANDOM:
        share = study.n_perturbed / study.n_images
        what = "pairs" if study.trials.images == 2 else "images"
        return f"{study.n_images} {what}, each {one.split()[0]} with a probability of {100 * share:.1f}%"
    return f"{study.n_perturbed} {one} and {study.n_clean} {other}"


def answers_text(study: Study) -> str:
    """Return the words on an observer's buttons, step after step."""
    steps = (study.trials.responses, study.trials.ratings, study.trials.confidences)
    words = [", ".join(f"“{choice.label}”" for choice in choices) for choices in steps if choices]
    if study.asks_diagnosis:
        words.append("the diagnosis, of those of the dataset")
    return ", then ".join(words)


def time_lines(figures: Figures) -> list[dict[str, Any]]:
    """Return one row for each observer: median times by what was shown."""
    return [{"name": name, **times} for name, times in figures["response_times"].items()]


def second_lines(figures: Figures) -> list[dict[str, Any]]:
    """Return one row for each observer, and a last one for all: right answers to the second question."""
    second = figures["second_question"]
    if second is None:
        return []
    lines = [{"name": name, **shares} for name, shares in second["observers"].items()]
    return [*lines, {"name": "Pooled", **second["pooled"]}]


def comparison_lines(figures: Figures) -> list[dict[str, str]]:
    """Return the figures that stand beside the main ones: name, text, method."""
    lines = []
    words = WORDINGS[figures["task"]].shares
    keys = ("correct",) if figures["task"] == "two_afc" else ("sensitivity", "specificity")
    for key, note in (
        ("pooled_observers_random", ", for other observers too"),
        (
            "pooled_as_independent",
            ", as the paper computes it" if figures["task"] == "yes_no" else ", answers taken as independent",
        ),
    ):
        pair = figures[key]
        if pair is None:
            continue
        lines += [
            {"name": f"{word}{note}", "text": percent(pair[share]), "method": pair[share]["method"]}
            for word, share in zip(words, keys, strict=False)
        ]
    accuracy = figures["against_chance" if figures["task"] == "two_afc" else "balanced_accuracy"]
    lines.append(_chance_line(accuracy, choices=figures["task"] == "two_afc"))
    agreement = figures["agreement"]
    named = [(f"Kappa, {' and '.join(pair['observers'])}", pair["cohen_kappa"]) for pair in agreement["pairs"]]
    named += [
        (name, agreement[key])
        for key, name in (
            ("fleiss_kappa", "Fleiss’ kappa"),
            ("gwet_ac1", "Gwet’s AC1"),
            ("krippendorff_alpha", "Krippendorff’s alpha"),
        )
    ]
    return lines + [
        {"name": name, "text": coefficient(estimate), "method": estimate["method"]} for name, estimate in named
    ]


def _chance_line(accuracy: dict[str, Any], *, choices: bool) -> dict[str, str]:
    text = percent(accuracy)
    if accuracy["smallest_margin"] is not None:
        text += f": more than {100 * accuracy['smallest_margin']:.1f} points from chance are excluded"
    level = "" if accuracy["level"] is None else f"{100 * accuracy['level']:g}% interval: "
    name = "Right choices against chance" if choices else "Balanced accuracy against chance"
    return {"name": name, "text": text, "method": f"{level}{accuracy['method']}"}
