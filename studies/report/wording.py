"""How the report names the figures of each task, and how it names methods."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.formats import date_format

from ml.images.visibility.measures import MEASURE_OF
from perception.analysis.asked import Spread
from perception.analysis.detection.forced_choice import Choices, ChoiceSummary
from perception.analysis.detection.yes_no import AnswerSummary, Pair
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.observations import Task
from perception.analysis.study_summary import StudySummary
from perception.core.json_checks import json_object, json_scalar
from studies.answers.figures import FlickerCounts
from studies.design.protocol import FROM_MASKS, REGIONS
from studies.languages import ENGLISH, FRENCH
from studies.models.pair_sets.attack_arms import UNBOUNDED
from studies.models.study import Study
from studies.randomization import least_distance
from studies.trial_types import Buttons

NO_INTERVAL = "no interval: "
"""How a figure's `method` begins that says why it has none."""
ATTACK, ARM = "attack", "arm"
"""What the arms of a study are to its readers, and those of a file of answers, where `--arm` names their column."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How the report names the two shares of a task (`shares_of`), what was shown for each, and what was said."""

    shares: tuple[str, str]
    explained: tuple[str, str]
    shown: tuple[str, str]
    """What the signal was in, and what it was not in; the second empty where the signal was in every trial."""
    said: tuple[str, str]
    judged: str


WORDINGS: dict[Task, Wording] = {
    "yes_no": Wording(
        shares=("Sensitivity", "Specificity"),
        explained=("perturbed images called perturbed", "clean images called clean"),
        shown=("Perturbed images", "Clean images"),
        said=("perturbed", "clean"),
        judged="images",
    ),
    "same_different": Wording(
        shares=("Differences seen", "Sameness seen"),
        explained=("different pairs called different (hits)", "same pairs called same (no false alarm)"),
        shown=("Different pairs", "Same pairs"),
        said=("different", "same"),
        judged="pairs",
    ),
    "two_afc": Wording(
        shares=("Right choices", "Chose the first"),
        explained=("of the two images, the perturbed one was chosen", "of all choices; 50% is no leaning to a side"),
        shown=("All pairs", ""),
        said=("first", "second"),
        judged="pairs",
    ),
}


def shares_of(figures: Pair | Choices) -> tuple[Estimate, Estimate]:
    """Return the two shares of a task, in the order of their names."""
    if isinstance(figures, Choices):
        return figures.correct, figures.said_first
    return figures.sensitivity, figures.specificity


def methods_named(estimates: Iterable[Estimate]) -> str:
    """Return the names of the methods, each once, in the order in which they come.

    Why there is no interval, or no figure, is left to the place where there is none, unless nothing else is to be told.
    """
    found = list(estimates)
    methods = list(dict.fromkeys(estimate.method for estimate in found if estimate.estimate is not None))
    named = [method for method in methods if not method.startswith("no interval")]
    return "; or ".join(named or methods or dict.fromkeys(estimate.method for estimate in found))


def without_interval_text(named: Iterable[tuple[str, Estimate]]) -> str:
    """Return which figures have no interval, and why, for figures beside others that have one; else nothing.

    Parameters
    ----------
    named
        Figures with their names.
    """
    of_reason: dict[str, list[str]] = {}
    for name, estimate in named:
        if estimate.estimate is not None and estimate.method.startswith(NO_INTERVAL):
            of_reason.setdefault(estimate.method.removeprefix(NO_INTERVAL), []).append(name)
    return " ".join(f"No interval of {listed(names)}: {reason}." for reason, names in of_reason.items())


def answered_text(summary: StudySummary) -> str:
    """Return how many judged what, and how many answers are missing."""
    answers = summary.answers
    judged = ("image", "images") if summary.task == "yes_no" else ("pair of images", "pairs of images")
    observers, images = counted(answers.n_observers, "observer", "observers"), counted(answers.n_images, *judged)
    return f"{observers}, {images}, {counted(answers.n_missing, 'missing answer', 'missing answers')}."


def counted(number: int, one: str, several: str) -> str:
    """Return `1 image`, `2 images`: a number and what it counts."""
    return f"{number:,} {one if number == 1 else several}"


def silent_text(silent: Sequence[str]) -> str:
    """Return who is in the table, or finished, without an answer that counts; nothing where nobody is."""
    if not silent:
        return ""
    return f"{listed(silent)} gave no answer that counts, and {'is' if len(silent) == 1 else 'are'} in no figure."


def listed(items: Sequence[str | float]) -> str:
    """Write texts or numbers as `2`, `2 and 4`, `2, 4 and 8`; nothing where there are none."""
    *first, last = [item if isinstance(item, str) else f"{item:g}" for item in items] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def asked_text(summary: StudySummary) -> str:
    """Return who was asked about what; nothing where every observer was asked about every image."""
    asked = summary.asked
    if asked.is_all:
        return ""
    judged = "images" if summary.task == "yes_no" else "pairs"
    whose = f"{judged} of their own" if asked.own_images else f"the {judged} of one set"
    each, by = _spread(asked.images_per_observer), judges_text(summary)
    return (
        f"Each observer was asked about {whose}, {each} of them, and each of the {judged} was shown to {by}: "
        f"{asked.n_asked:,} of the {asked.n_cells:,} pairs of an observer and an image. What was not asked is not "
        "missing, and is in no figure."
    )


def neither_text(summary: StudySummary) -> str:
    """Return how middle answers are counted; nothing where there is none."""
    count = summary.asked.n_neither
    if not count:
        return ""
    first, second = WORDINGS[summary.task].said
    text = (
        f"{count:,} answers are middle ones, neither “{first}” nor “{second}”. They are answers, and not missing; they "
        "count neither as right nor as wrong, so that shares are of the other answers"
    )
    if summary.ratings is None:
        return f"{text}."
    return f"{text}, and in ROC curves they are a category between the two."


def judges_text(summary: StudySummary) -> str:
    """Return how many observers judged an image, as `4 observers`, or as `1 to 18 (median 2) observers`."""
    spread = summary.asked.observers_per_image
    return f"{_spread(spread)} {'observer' if spread.fewest == spread.most == 1 else 'observers'}"


def _spread(spread: Spread) -> str:
    """Write counts as `100`, or as `1 to 18 (median 2)`."""
    if spread.fewest == spread.most:
        return f"{spread.most:,}"
    return f"{spread.fewest:,} to {spread.most:,} (median {spread.median:g})"


def intervals_text(answers: AnswerSummary | ChoiceSummary) -> str:
    """Return the level of the intervals."""
    return f"Intervals are {100 * answers.level:g}% intervals where no other level is named."


def capitalized(text: str) -> str:
    """Return the text with a capital at its beginning, and the rest as it is."""
    return text[:1].upper() + text[1:]


def uncapitalized(text: str) -> str:
    """Return the text with a small letter at its beginning, and the rest as it is."""
    return text[:1].lower() + text[1:]


def stimuli_text(study: Study) -> str:
    """Return how many of what an observer was shown."""
    if study.trials.always_perturbed:
        return f"{study.n_images} pairs of a clean image and its perturbed twin"
    if study.trials.reference_first and study.prevalence != Study.Prevalence.RANDOM:
        kinds = f"{study.n_perturbed} perturbed test images and {study.n_clean} hidden references"
        return f"{kinds}, each beside its reference"
    one, other = ("different pairs", "same ones") if study.trials.images == 2 else ("perturbed", "clean images")
    if study.prevalence == Study.Prevalence.RANDOM:
        share = study.n_perturbed / study.n_images
        what = "pairs" if study.trials.images == 2 else "images"
        return f"{study.n_images} {what}, each {one.split()[0]} with a probability of {100 * share:.1f}%"
    return f"{study.n_perturbed} {one} and {study.n_clean} {other}"


def flicker_text(study: Study) -> str:
    """Return how images alternate, in words that go on from “shown”; nothing where they stand still."""
    if not study.flickers:
        return ""
    return (
        "in two places at once, the clean image and its perturbed twin in alternation in one of them and the clean "
        f"image alone in the other, at no more than {study.flicker_hz:g} cycles a second,"
    )


def flicker_counts_text(flicker: FlickerCounts) -> str:
    """Return how fast images alternated, how many frames came late, and how often it was stopped."""
    if not flicker.counted:
        return "How images alternated was counted of no answer."
    rates = sorted({f"{hz:.2f}" for hz in (flicker.slowest_hz, flicker.fastest_hz) if hz is not None}, key=float)
    unknown = "" if not flicker.uncounted else f" Of the other {flicker.uncounted:,} answers nothing was counted."
    share = f"{100 * flicker.late_frames / flicker.frames:.2f}%" if flicker.frames else "none"
    return (
        f"Images alternated at {' to '.join(rates)} cycles a second, counted frame by frame of {flicker.counted:,} of "
        f"{flicker.answers:,} answers. {flicker.late_frames:,} of {flicker.frames:,} frames ({share}) came late, after "
        f"more than one and a half of their time, in {flicker.late:,} answers. Observers had stopped the flicker "
        f"before {flicker.stopped:,} answers.{unknown}"
    )


def flashes_text(study: Study) -> str:
    """Return by which rule the alternation is no hazard, as a sentence; nothing where images stand still."""
    if not study.flickers:
        return ""
    if not study.needs_flash_check:
        return "Nothing flashed more than three times a second (WCAG 2.2, success criterion 2.3.1)."
    counted = ""
    if study.protocol is not None:
        told = json_object(study.protocol["flicker"])
        over, measured = (json_scalar(told[name], int) for name in ("pairs_not_used", "pairs_measured"))
        counted = f"; {over:,} of {measured:,} pairs exceeded them and were not used"
    return (
        "Each image pair was measured against the thresholds of general and red flashes of WCAG 2.2, success criterion "
        f"2.3.1{counted}."
    )


def right_place_text(study: Study) -> str:
    """Return by which rule a mark is right, as sentences; nothing where no place was asked for."""
    if not study.trials.marks_place or study.protocol is None:
        return ""
    told = json_object(study.protocol["marked_place"])
    energy, radius, largest = (
        f"{100 * json_scalar(told[name], float):g}%"
        for name in ("energy_share", "acceptance_radius_of_side", "largest_share_of_image")
    )
    unused, measured = (json_scalar(told[name], int) for name in ("pairs_not_used", "pairs_measured"))
    return (
        f"A mark is right in the smallest region that holds {energy} of the squared change, or within {radius} of the "
        f"image’s side of it; {unused:,} of {measured:,} image pairs, changed nowhere or in more than {largest} of the "
        "image, were not used."
    )


def allocation_text(study: Study) -> str:
    """Return who judged which images; nothing where all judged the same."""
    if study.draws_from_pool:
        size = study.n_in_pool
        return f"images of each observer’s own, drawn from a pool of {'all of them' if size is None else f'{size:,}'}"
    return f"{study.n_subsets} sets of images, each observer judged one" if study.n_subsets > 1 else ""


def squares_text(study: Study) -> str:
    """Return how images that are not square were made so, as their dataset has it; nothing where all are square.

    Of pairs that were perturbed elsewhere their own notes tell what was done to them.
    """
    dataset = study.pair_set.dataset
    if study.pair_set.attack.is_elsewhere:
        return ""
    if not dataset.images.exclude(width=F("height")).exists():
        return ""
    return f"images that were not square were {dataset.get_fit_display()}"


def visibility_text(study: Study) -> str:
    """Return how images were chosen by how visible their change is; nothing where they were not."""
    if not study.visibility_measure:
        return ""
    low, high, within = study.visibility_low, study.visibility_high, study.visibility_tolerance
    limits = [
        *([f"at least {low:g}"] if low is not None else []),
        *([f"at most {high:g}"] if high is not None else []),
        *([f"differing by at most {within:g} between the image pairs of one image"] if within is not None else []),
    ]
    name = MEASURE_OF[study.visibility_measure].name
    control = f"; that of “{study.control_name}” is not asked" if study.control_pair_set else ""
    return f"only images whose measure “{name}” is {', '.join(limits) or 'measured'}{control}"


def longest_run_text(study: Study) -> str:
    """Return the limit of trials of one truth in a row; nothing where there is none."""
    return f"at most {study.longest_run} trials of one truth in a row" if study.longest_run else ""


CONTROL_NOT_NOTICED = (
    "It was not shown to be noticed more often than by guessing. Nothing follows then from another attack that was not "
    "noticed either: people did not notice what is surely seen, or answers were too few to show it."
)


def control_text(study: Study) -> str:
    """Return what the positive control is, and what it is left out of; nothing where there is none."""
    if not study.control_name:
        return ""
    return (
        f"“{study.control_name}” is a change that is surely seen; it is in no figure of all "
        "attacks, no difference between attacks, and no adjusted p-value"
    )


def adaptive_strength_text(study: Study) -> str:
    """Return how strengths were chosen from answers; nothing where they were not."""
    if not study.adapts_strength:
        return ""
    return (
        f"the strength of each perturbed image, of {len(study.strengths)}, was chosen by QUEST+: the one whose answer "
        "was expected to tell most of the observer’s own psychometric function, by that observer’s answers up to the "
        "last but one; the first two trials had strengths that were dealt out"
    )


def repeats_text(study: Study) -> str:
    """Return how many trials are shown twice, and how far apart; nothing where none is."""
    if not study.n_repeated:
        return ""
    trials = counted(study.n_repeated, "trial", "trials")
    return (
        f"{trials} of each series, drawn for each observer, shown a second time as at first, at least "
        f"{least_distance(study.n_trials)} trials later"
    )


def answers_text(study: Study) -> str:
    """Return the words on an observer's buttons, step after step."""
    buttons = Buttons.of(study.trials, study.words(ENGLISH))
    steps = (buttons.responses, buttons.ratings, buttons.confidences, buttons.grades)
    words = [", ".join(f"“{choice.label}”" for choice in step) for step in steps if step]
    if study.trials.marks_place:
        words.append("a mark in the image at the place of the change, or where it would most likely be")
    if study.asks_diagnosis:
        words.append("the diagnosis, of those of the dataset")
    return ", then ".join(words)


def masks_text(study: Study) -> str:
    """Return of how many perturbed images a mask says which place is right, by the protocol; nothing where of none."""
    protocol = study.protocol or {}
    told = protocol.get("marked_place")
    if not isinstance(told, dict) or not (masks := told.get(FROM_MASKS)):
        return ""
    rest = "" if masks == told[REGIONS] else "; of the others the region was computed"
    return (
        f"Of {masks:,} of the {told[REGIONS]:,} perturbed images the region in which a place is right is a mask that "
        f"came with the image pairs, made by whoever perturbed them{rest}."
    )


def strengths_text(study: Study) -> str:
    """Return the strength of the perturbed images, or the strengths, and attacks, among which they are shared out.

    Strengths that were chosen from answers are not shared out; `adaptive_strength_text` says how they were chosen.
    """
    if arms := study.attack_arms:
        each = "; ".join(f"{arm.name} at {listed(arm.strengths)}" for arm in arms)
        unbounded = " (255 bound nothing)" if any(UNBOUNDED in arm.strengths for arm in arms) else ""
        return f"{each} of 255 levels{unbounded}, the perturbed images shared out among them"
    strengths = [pair_set.strength for pair_set in study.strengths]
    if study.adapts_strength:
        return f"{levels_text(strengths)}, chosen from each observer’s answers"
    if len(strengths) == 1:
        return levels_text(strengths)
    return f"{levels_text(strengths)}, the perturbed images shared out among them"


def levels_text(strengths: Sequence[float]) -> str:
    """Write strengths as `2 and 4 of 255 levels`, and say of one of 255 that it bounds nothing."""
    text = f"{listed(strengths)} of 255 levels"
    return f"{text} (255 bound nothing)" if UNBOUNDED in strengths else text


def moment(at: datetime) -> str:
    """Write a date and time, `3 June 2026, 14:05 UTC`."""
    return f"{date_format(at, 'j F Y, H:i')} UTC"


def words_text(study: Study) -> str:
    """Return what observers read for the images and the two answers; nothing where it was the standard words."""
    if not study.has_own_words:
        return ""
    english, french = (
        f"“{words.images}”, “{words.perturbed}” and “{words.clean}”"
        for words in (study.words(ENGLISH), study.words(FRENCH))
    )
    return f"{english}; in French {french}"
