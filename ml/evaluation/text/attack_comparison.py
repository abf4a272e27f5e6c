"""Attacks beside one another, as plain text and as a table for a document."""

from collections.abc import Sequence

from ml.evaluation.attack_comparison import ComparedAttack
from perception.core.formatting import percent, percent_alone

HEAD = (
    *("Attack", "Levels", "Pairs", "Accuracy", "Read as target", "Fooling ratio"),
    *("PSNR", "SSIM", "ΔE00", "FLIP", "SSIMULACRA2", "ColorVideoVDP", "Images/s"),
)
AS_AN_EXTRA = HEAD.index("ColorVideoVDP")
"""A column that stands there where any attack was measured by it: few sites have what that takes."""
NUMBERS_FROM = 1
"""The first column is words; the others are numbers and stand to the right."""


def comparison_as_text(rows: Sequence[ComparedAttack]) -> str:
    """Lay the rows out for a terminal; a line with the classifier's name before its attacks."""
    head, *cells = _table(rows)
    widths = [max(len(line[place]) for line in [head, *cells]) for place in range(len(head))]
    lines: list[str] = []
    classifier = None
    for row, line in zip(rows, cells, strict=True):
        if row.classifier != classifier:
            classifier = row.classifier
            lines += [*([""] if lines else []), f"{classifier}", _line(head, widths)]
        lines.append(_line(line, widths))
    return "\n".join([*lines, "", *_notes()])


def comparison_as_markdown(rows: Sequence[ComparedAttack]) -> str:
    """Write the rows as a table in Markdown."""
    head, *cells = _table(rows)
    rule = ["---", "---", *["---:"] * (len(head) - NUMBERS_FROM)]
    lines = [("Classifier", *head), rule, *((row.classifier, *line) for row, line in zip(rows, cells, strict=True))]
    return "\n".join("| " + " | ".join(_escaped(cell) for cell in line) + " |" for line in lines)


def _table(rows: Sequence[ComparedAttack]) -> list[tuple[str, ...]]:
    """Return the head and the cells of each row, without a column that nothing stands in."""
    lines = [HEAD, *map(_cells, rows)]
    if any(row.colorvideovdp is not None for row in rows):
        return lines
    return [(*line[:AS_AN_EXTRA], *line[AS_AN_EXTRA + 1 :]) for line in lines]


def _cells(row: ComparedAttack) -> tuple[str, ...]:
    return (
        row.attack,
        f"{row.strength:g}",
        str(row.n) if row.n_measured == row.n else f"{row.n} ({row.n_measured})",
        f"{percent_alone(row.accuracy_before)} → {percent_alone(row.accuracy_after)}",
        percent_alone(row.read_as_target) if row.read_as_target else "–",
        percent(row.fooling_ratio),
        f"{row.psnr:.1f} dB" if row.psnr is not None else "–",
        f"{row.ssim:.3f}" if row.ssim is not None else "–",
        f"{row.ciede2000_mean:.3g}" if row.ciede2000_mean is not None else "–",
        f"{row.flip:.4f}" if row.flip is not None else "–",
        f"{row.ssimulacra2:.1f} ({row.lowest_ssimulacra2:.1f})"
        if row.ssimulacra2 is not None and row.lowest_ssimulacra2 is not None
        else "–",
        f"{row.colorvideovdp:.2f}" if row.colorvideovdp is not None else "–",
        f"{row.images_per_second:.1f}" if row.images_per_second is not None else "–",
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    words = [f"{cell:<{width}}" for cell, width in zip(cells[:NUMBERS_FROM], widths, strict=False)]
    numbers = [f"{cell:>{width}}" for cell, width in zip(cells[NUMBERS_FROM:], widths[NUMBERS_FROM:], strict=True)]
    return "  ".join([*words, *numbers]).rstrip()


def _escaped(cell: str) -> str:
    """Keep a name's bars from ending its cell."""
    return cell.replace("|", "\\|")


def _notes() -> list[str]:
    return [
        "Fooling ratio: of the images not of the target class, with its interval; of an attack without one, of all "
        "images that changed their class. Read as target: of all images.",
        "PSNR, SSIM, ΔE00 (mean over an image's pixels), FLIP, SSIMULACRA2 (and its lowest): medians over the saved "
        "8-bit pairs, with --of-others over as many as stand in brackets; `measure_visibility` takes the last three, "
        "and ColorVideoVDP. "
        "Images/s: of the making of the pairs.",
    ]
