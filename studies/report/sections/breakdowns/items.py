"""The images most and least often noticed, with pictures for the researcher."""

from typing import TYPE_CHECKING

from perception.core.formatting import share
from studies.models.truth import Truth
from studies.report.sections.elements import PicturedPair, Pictures, Section, Table
from studies.report.wording import WORDINGS, Figures, is_choice

if TYPE_CHECKING:
    from studies.report.build import Report

MOST_PICTURED = 6
LISTS = (("most_noticed", "Most often noticed"), ("least_noticed", "Least often noticed"))
FALSE_ALARMS = "Clean, and most often called perturbed"


def items_section(report: "Report") -> Section:
    """Return the images that stand out: as tables, and clean, perturbed and their difference as pictures.

    Pictures are for the researcher alone: the report is shown when results may be seen, and the addresses of the
    pictures to nobody who has not signed in.
    """
    figures = report.figures
    items = figures["items"]
    truths = _truths(report)
    tables = [_table(title, figures, items[key], truths) for key, title in LISTS if items[key]]
    if items["false_alarms"]:
        title = FALSE_ALARMS if figures["task"] == "yes_no" else "Same, and most often called different"
        tables.append(_table(title, figures, items["false_alarms"], truths))
    pictures = [
        Pictures(title, tuple(_pictured(item, figures, truths) for item in items[key][:MOST_PICTURED]))
        for key, title in LISTS
        if items[key]
    ]
    return Section(
        key="items",
        title="The images most and least often noticed",
        tables=tuple(tables),
        pictures=tuple(pictures),
        notes=("From left to right: the clean image, its perturbed twin, and their difference enlarged around grey.",),
    )


def _truths(report: "Report") -> dict[str, Truth]:
    """Return what each stimulus is, by its name."""
    truths = Truth.objects.filter(stimulus__study=report.study).select_related("stimulus", "pair__image")
    return {truth.stimulus.name: truth for truth in truths}


def _truth_of(item: Figures, truths: dict[str, Truth]) -> Truth:
    return truths[item["item"].split("+")[0]]


def _table(title: str, figures: Figures, items: list[Figures], truths: dict[str, Truth]) -> Table:
    said = "Chosen rightly" if is_choice(figures) else f"Called {WORDINGS[figures['task']].said[0]}"
    rows = tuple(
        (
            item["item"],
            _truth_of(item, truths).pair.image.name,
            item["diagnosis"] or "",
            _strength(item),
            f"{item['k']} of {item['n']}",
            share(item["share"]),
        )
        for item in items
    )
    return Table(title, (title, "Image", "Diagnosis", "Strength", said, "Share"), rows)


def _pictured(item: Figures, figures: Figures, truths: dict[str, Truth]) -> PicturedPair:
    truth = _truth_of(item, truths)
    pair = truth.pair
    said = "chosen rightly" if is_choice(figures) else f"called {WORDINGS[figures['task']].said[0]}"
    text = f"{said} by {item['k']} of {item['n']}; {pair.image.diagnosis}, strength {_strength(item)}"
    return PicturedPair(pair.pk, f"{item['item']} ({pair.image.name})", text, truth.stimulus.size)


def _strength(item: Figures) -> str:
    return "" if item["strength"] is None else f"{item['strength']:g}"
