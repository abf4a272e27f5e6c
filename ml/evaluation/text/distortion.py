"""The sizes of a change, as lines of text for a page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from perception.core.formatting import localized

# Key of the evaluation's sizes, name, unit, digits after the point.
MEASURES = (
    ("linf", gettext_noop("Largest change (L∞)"), gettext_noop("levels"), 0),
    ("l2", gettext_noop("L2 norm of the change"), gettext_noop("levels"), 0),
    ("psnr", "PSNR", "dB", 1),
    ("ssim", "SSIM", "", 3),
)


@dataclass(frozen=True, slots=True)
class SizeLine:
    """The name of a measure, and its distribution in words."""

    name: str
    text: str


def size_lines(sizes: Mapping[str, Mapping[str, float | None]]) -> list[SizeLine]:
    """Return a name and a text, `median 33.1 dB (30.2 to 37.5)`, for each measure of the change that was taken."""
    lines = []
    for key, name, unit, digits in MEASURES:
        values = sizes.get(key, {})
        median, least, most = (values.get(which) for which in ("median", "min", "max"))
        if median is None or least is None or most is None:
            continue
        figures = {"median": f"{median:.{digits}f}", "least": f"{least:.{digits}f}", "most": f"{most:.{digits}f}"}
        said = {which: localized(figure) for which, figure in figures.items()} | {
            "unit": f" {gettext(unit)}" if unit else ""
        }
        text = gettext("median %(median)s%(unit)s (%(least)s to %(most)s)") % said
        lines.append(SizeLine(gettext(name), text))
    return lines
