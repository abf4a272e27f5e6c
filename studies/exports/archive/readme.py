"""What an archive says of itself to whoever unpacks it."""

from typing import TYPE_CHECKING

from perception.core.json_checks import json_list, json_object
from studies.design.marked_places.place_truth import RIGHT_PLACE_SHA256
from studies.design.protocol import FROM_MASKS
from studies.exports.tables.markdown import escaped

if TYPE_CHECKING:
    from studies.report.build import Report

TEXT = """# {title}

One study of what observers see of a change to images: how it was set up, what was shown, what was answered, and what
follows from it.{warnings}

| file | what it holds |
| --- | --- |
| `report.html`, `report.pdf` | the report, to be read in a browser, and to be printed |
| `figures.json` | every figure of the report, with its interval, the interval's method and n; null: not estimable |
| `tables.tex`, `tables.md` | the pooled figures, and those of each observer |
| `answers.csv`, `answers.json` | every answer of finished sessions, beside the truth |
| `data-dictionary.*` | what each column of the answers holds |
| `protocol.json` | what was fixed before the study opened; its SHA-256 is the protocol's hash |
| `stimuli.csv`, `stimuli/` | every image as observers' browsers received it, and which ones were perturbed |
| `audit.json` | what researchers did to the study, and when; accounts are numbered, not named |
| `code.json` | which program computed the report |
| `ro-crate-metadata.json` | what this archive is, for repositories (RO-Crate 1.1); add licence and authors |
| `manifest.json` | SHA-256 and length of every other file |

{alternating}{right_places}{masks}\
Not in here: names and accounts of researchers, the observers' links, what observers told of themselves and their
comments.

## To compute it again

    python manage.py verify_archive THIS.zip

checks every hash, computes every figure from `answers.csv` and `protocol.json` anew, and says of each one whether it
agrees with `figures.json`. It needs the program and no database. `python manage.py analyse answers.csv` computes the
figures of the answers alone.
"""

ALTERNATING = """\
Each file in `stimuli/` holds two images, one below the other, which observers saw in alternation: the clean one; below
it, where `stimuli.csv` says `perturbed` 1, its perturbed twin, else the clean one again.

"""
"""Of a study whose images flicker."""


RIGHT_PLACES = """\
In `right-places/` lies, by the stimulus's name, where a mark is right, white on black, where no mask says it: computed
from the image and its twin before the study opened, by the rule in `protocol.json` (`marked_place`).

"""
"""Of a study that asks for a place, of image pairs without masks."""


MASKS = """\
In `masks/` lies, by the stimulus's name, where it was changed, white on black, for each one whose image pair came with
a mask: a mark in the white, or near enough to it (`acceptance_radius_of_side` in `protocol.json`), is right.

"""
"""Of a study that asks for a place, of image pairs with masks."""


def readme(report: "Report") -> str:
    """Return the README of a report's archive."""
    study, facts = report.study, report.facts
    warnings = ""
    if report.simulated:
        warnings += (
            "\n\n**Simulated observers.** These answers were made by a model of an observer. No person gave them."
        )
    if facts.synthetic_images:
        warnings += "\n\n**Synthetic images.** A program drew them. They show no real skin."
    if facts.unblinded_at:
        warnings += "\n\n**Results were looked at while the study was open.** `audit.json` says when."
    alternating = ALTERNATING if study.flickers else ""
    masks = MASKS if (study.protocol or {}).get("marked_place", {}).get(FROM_MASKS) else ""
    told = map(json_object, json_list((study.protocol or {}).get("stimuli", [])))
    right_places = RIGHT_PLACES if any(RIGHT_PLACE_SHA256 in entry for entry in told) else ""
    return TEXT.format(
        title=escaped(study.title),
        warnings=warnings,
        alternating=alternating,
        right_places=right_places,
        masks=masks,
    )
