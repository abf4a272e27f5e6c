"""The images most and least often noticed, with pictures for the researcher."""

from collections.abc import Mapping, Sequence
from functools import partial
from statistics import median

from perception.analysis.breakdowns.items import Item
from perception.analysis.observations import Task
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import percent, share
from studies.models.study import Study
from studies.models.truth import Truth
from studies.report.plots.images import images_plot
from studies.report.sections.elements import PicturedPair, Pictures, Plot, Section, Table
from studies.report.wording import WORDINGS, capitalized, judges_text

MOST_PICTURED = 6
FEWEST_PLOTTED = 6
FEW_JUDGES = 10
"""Fewer observers than these leave open what a single image is like: half of ten said so is 24% to 76%."""
KEY, TITLE = "items", "The images most and least often noticed"
MOST, LEAST = "Most often noticed", "Least often noticed"
FALSE_ALARMS = "Clean, and most often called perturbed"


def items_section(summary: StudySummary, study: Study) -> Section:
    """Return the images that stand out: as tables, and clean, perturbed and their difference as pictures.

    Pictures are for the researcher alone: the report is shown when results may be seen, and the addresses of the
    pictures to nobody who has not signed in.
    """
    truth_of = _truths(study, [item for _, items in _lists(summary) for item in items])
    names = study.attack_of_pairs
    image_of = {name: truth.pair.image.name for name, truth in truth_of.items()}
    attack_of = {name: names.get(truth.pair.pair_set_id, "") for name, truth in truth_of.items()}
    return Section(
        key=KEY,
        title=TITLE,
        plots=_plots(summary),
        tables=tuple(_table(title, items, summary.task, image_of, attack_of) for title, items in _lists(summary)),
        pictures=tuple(
            Pictures(title, tuple(_pictured(item, summary.task, truth_of, attack_of) for item in items[:MOST_PICTURED]))
            for title, items in _noticed(summary)
        ),
        folded=bool(_few_judges(summary)),
        notes=(
            *_few_judges(summary),
            *_ranking_note(summary),
            "From left to right: the clean image, its perturbed twin, and their difference enlarged around grey.",
        ),
    )


def item_tables_section(summary: StudySummary) -> Section | None:
    """Return the items that stand out by the names that the answers give them; None where none does."""
    tables = tuple(_table(title, items, summary.task, None, {}) for title, items in _lists(summary))
    if not tables:
        return None
    return Section(
        key=KEY,
        title=TITLE,
        plots=_plots(summary),
        tables=tables,
        notes=(*_few_judges(summary), *_ranking_note(summary)),
        folded=bool(_few_judges(summary)),
    )


def _plots(summary: StudySummary) -> tuple[Plot, ...]:
    """Return the shares of all images; nothing where there are too few to be drawn as a distribution."""
    wording = WORDINGS[summary.task]
    kinds = [(name, items) for name, items in zip(wording.shown, summary.items.in_order, strict=True) if items]
    if sum(len(items) for _, items in kinds) < FEWEST_PLOTTED:
        return ()
    said = _said(summary.task)
    shares = [(name, [item.noticed for item in items]) for name, items in kinds]
    words = ". ".join(f"{name}: {_spread(items)}" for name, items in kinds)
    return (
        Plot(
            partial(images_plot, shares, said),
            f"The share of observers by whom each image was {said}, with its interval. {words}. The images that stand "
            "out are in the tables below.",
        ),
    )


def _spread(items: Sequence[Item]) -> str:
    known = sorted(item.k / item.n for item in items)
    middle = median(known)
    return f"{len(known)} images, {share(known[0])} to {share(known[-1])}, median {share(middle)}"


def _ranking_note(summary: StudySummary) -> tuple[str, ...]:
    """Return what the intervals are, and by what images are ranked where it is not by their shares as they are."""
    method = summary.items.method
    intervals = "Shares have Wilson’s 95% intervals: of how many observers, were there more like these, would say so."
    extremes = "They were picked as the extremes: of further observers, shares nearer that of all images are expected."
    if method is None:
        return (intervals, extremes)
    return (
        intervals,
        extremes,
        "Different numbers of observers judged the images. They are ranked by the share that is expected of more "
        f"observers: k of n drawn towards the share of all, the more the fewer judged the image ({method}).",
    )


def _few_judges(summary: StudySummary) -> tuple[str, ...]:
    """Return that single images tell little, where each observer judged images of their own and few each image."""
    if not summary.asked.own_images or summary.asked.observers_per_image.median >= FEW_JUDGES:
        return ()
    return (
        f"Each observer judged images of their own, and each image was judged by {judges_text(summary)}: what is said "
        "of a single image rests on few answers, and the order of the lists largely on chance.",
    )


def _noticed(summary: StudySummary) -> list[tuple[str, Sequence[Item]]]:
    lists = ((MOST, summary.items.most_noticed), (LEAST, summary.items.least_noticed))
    return [(title, items) for title, items in lists if items]


def _lists(summary: StudySummary) -> list[tuple[str, Sequence[Item]]]:
    """Return the lists that are not empty: noticed most and least, then what was called so and was not."""
    title = FALSE_ALARMS if summary.task == "yes_no" else "Same, and most often called different"
    alarms = summary.items.false_alarms
    return [*_noticed(summary), *([(title, alarms)] if alarms else [])]


def _truths(study: Study, items: Sequence[Item]) -> dict[str, Truth]:
    """Return what each item shows, by its name: of two images the perturbed one, or the first where neither is."""
    numbers = {_number(name) for item in items for name in item.name.split("+")}
    truths = Truth.objects.filter(stimulus__study=study, stimulus__number__in=numbers)
    by_number = {truth.stimulus.number: truth for truth in truths.select_related("stimulus", "pair__image")}
    found = {}
    for item in items:
        shown = [by_number[_number(name)] for name in item.name.split("+")]
        found[item.name] = next((truth for truth in shown if truth.perturbed), shown[0])
    return found


def _number(name: str) -> int:
    """Return the number of a stimulus, from its name."""
    return int(name.removeprefix("S"))


def _said(task: Task) -> str:
    return "chosen rightly" if task == "two_afc" else f"called {WORDINGS[task].said[0]}"


def _table(
    title: str, items: Sequence[Item], task: Task, image_of: Mapping[str, str] | None, attack_of: Mapping[str, str]
) -> Table:
    """Return a line for each item; the column of images only where their names are known."""

    def line(item: Item) -> tuple[str, ...]:
        image = () if image_of is None else (image_of[item.name],)
        expected = (share(item.shrunken),) if shrunken else ()
        found = (item.diagnosis or "", _strength(item, attack_of), f"{item.k} of {item.n}", percent(item.noticed))
        return item.name, *image, *found, *expected

    said = _said(task)
    shrunken = any(item.shrunken is not None for item in items)
    image_head = () if image_of is None else ("Image",)
    expected_head = ("Expected of more observers",) if shrunken else ()
    head = (
        title,
        *image_head,
        "Diagnosis",
        "Strength",
        capitalized(said),
        "Share (95% interval)",
        *expected_head,
    )
    return Table(title, head, tuple(line(item) for item in items))


def _pictured(item: Item, task: Task, truth_of: Mapping[str, Truth], attack_of: Mapping[str, str]) -> PicturedPair:
    truth = truth_of[item.name]
    pair = truth.pair
    text = f"{_said(task)} by {item.k} of {item.n}; {pair.image.diagnosis}, strength {_strength(item, attack_of)}"
    return PicturedPair(pair.pk, f"{item.name} ({pair.image.name})", text, truth.stimulus.size)


def _strength(item: Item, attack_of: Mapping[str, str]) -> str:
    """Return the strength, and by which of several attacks."""
    if item.strength is None:
        return ""
    attack = attack_of.get(item.name, "")
    return f"{item.strength:g}, {attack}" if attack else f"{item.strength:g}"
