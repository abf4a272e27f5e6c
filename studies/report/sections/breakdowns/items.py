"""The images most and least often noticed, with pictures for the researcher."""

from collections.abc import Mapping, Sequence

from perception.analysis.breakdowns.items import Item
from perception.analysis.observations import Task
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import share
from studies.models.study import Study
from studies.models.truth import Truth
from studies.report.sections.elements import PicturedPair, Pictures, Section, Table
from studies.report.wording import WORDINGS

MOST_PICTURED = 6
KEY, TITLE = "items", "The images most and least often noticed"
MOST, LEAST = "Most often noticed", "Least often noticed"
FALSE_ALARMS = "Clean, and most often called perturbed"


def items_section(summary: StudySummary, study: Study) -> Section:
    """Return the images that stand out: as tables, and clean, perturbed and their difference as pictures.

    Pictures are for the researcher alone: the report is shown when results may be seen, and the addresses of the
    pictures to nobody who has not signed in.
    """
    truths = _truths(study)
    image_of = {name: truth.pair.image.name for name, truth in truths.items()}
    return Section(
        key=KEY,
        title=TITLE,
        tables=tuple(_table(title, items, summary.task, image_of) for title, items in _lists(summary)),
        pictures=tuple(
            Pictures(title, tuple(_pictured(item, summary.task, truths) for item in items[:MOST_PICTURED]))
            for title, items in _noticed(summary)
        ),
        notes=(
            *_ranking_note(summary),
            "From left to right: the clean image, its perturbed twin, and their difference enlarged around grey.",
        ),
    )


def item_tables_section(summary: StudySummary) -> Section | None:
    """Return the items that stand out by the names that the answers give them; None where none does."""
    tables = tuple(_table(title, items, summary.task, None) for title, items in _lists(summary))
    return Section(key=KEY, title=TITLE, tables=tables, notes=_ranking_note(summary)) if tables else None


def _ranking_note(summary: StudySummary) -> tuple[str, ...]:
    """Return by what the images are ranked, where it is not by their shares as they are."""
    method = summary.items.method
    if method is None:
        return ()
    return (
        "Different numbers of observers judged the images. They are ranked by the share that is expected of more "
        f"observers: k of n drawn towards the share of all, the more the fewer judged the image ({method}).",
    )


def _noticed(summary: StudySummary) -> list[tuple[str, Sequence[Item]]]:
    lists = ((MOST, summary.items.most_noticed), (LEAST, summary.items.least_noticed))
    return [(title, items) for title, items in lists if items]


def _lists(summary: StudySummary) -> list[tuple[str, Sequence[Item]]]:
    """Return the lists that are not empty: noticed most and least, then what was called so and was not."""
    title = FALSE_ALARMS if summary.task == "yes_no" else "Same, and most often called different"
    alarms = summary.items.false_alarms
    return [*_noticed(summary), *([(title, alarms)] if alarms else [])]


def _truths(study: Study) -> dict[str, Truth]:
    """Return what each stimulus is, by its name."""
    truths = Truth.objects.filter(stimulus__study=study).select_related("stimulus", "pair__image")
    return {truth.stimulus.name: truth for truth in truths}


def _stimulus(item: Item) -> str:
    """Return the name of the image, or of the first of two."""
    return item.name.split("+")[0]


def _said(task: Task) -> str:
    return "chosen rightly" if task == "two_afc" else f"called {WORDINGS[task].said[0]}"


def _table(title: str, items: Sequence[Item], task: Task, image_of: Mapping[str, str] | None) -> Table:
    """Return a line for each item; the column of images only where their names are known."""

    def line(item: Item) -> tuple[str, ...]:
        image = () if image_of is None else (image_of[_stimulus(item)],)
        expected = (share(item.shrunken),) if shrunken else ()
        found = (item.diagnosis or "", _strength(item), f"{item.k} of {item.n}", share(item.share))
        return item.name, *image, *found, *expected

    said = _said(task)
    shrunken = any(item.shrunken is not None for item in items)
    image_head = () if image_of is None else ("Image",)
    expected_head = ("Expected of more observers",) if shrunken else ()
    head = (title, *image_head, "Diagnosis", "Strength", said[0].upper() + said[1:], "Share", *expected_head)
    return Table(title, head, tuple(line(item) for item in items))


def _pictured(item: Item, task: Task, truths: Mapping[str, Truth]) -> PicturedPair:
    truth = truths[_stimulus(item)]
    pair = truth.pair
    text = f"{_said(task)} by {item.k} of {item.n}; {pair.image.diagnosis}, strength {_strength(item)}"
    return PicturedPair(pair.pk, f"{item.name} ({pair.image.name})", text, truth.stimulus.size)


def _strength(item: Item) -> str:
    return "" if item.strength is None else f"{item.strength:g}"
