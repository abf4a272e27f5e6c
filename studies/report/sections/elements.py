"""What a report consists of, for page, PDF and terminal alike: sections of texts, plots and tables, ready to set.

The texts of the cells are written once, here and in the modules beside this one, from the figures; whoever sets them
computes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A named text, with what is to be known about it."""

    name: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts. The first cell of each line names the line.

    Attributes
    ----------
    label
        What the table holds, in a few words.
    head
        The columns' names.
    rows, foot
        Lines as long as the head; those of the foot stand for all.
    prose
        Whether the cells hold sentences, which may be broken.
    numbered
        Whether a line is named by the number of an item, as in a reporting list; it then has no foot.
    """

    label: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[tuple[str, ...], ...] = ()
    prose: bool = False
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot.

    Attributes
    ----------
    draw
        Returns it as an SVG element. It takes time, and is left to those who show it.
    alternative
        The same figures in words.
    square
        Whether it is as high as it is wide.
    draw_narrow
        Returns it as the page shows it on a telephone, where letters of a wide plot could not be read; None where the
        one plot serves.
    """

    draw: Callable[[], str]
    alternative: str
    square: bool = False
    draw_narrow: Callable[[], str] | None = None

    @property
    def svg(self) -> str:
        """The SVG element, drawn anew each time."""
        return self.draw()

    @property
    def narrow_svg(self) -> str:
        """The SVG element for a telephone, likewise; nothing where the one plot serves."""
        return "" if self.draw_narrow is None else self.draw_narrow()


@dataclass(frozen=True, slots=True)
class FlowStep:
    """How many observers came so far, and why others left before the next step."""

    name: str
    count: int
    left: tuple[LabelledText, ...] = ()


@dataclass(frozen=True, slots=True)
class PicturedPair:
    """An image that was judged, for the researcher's eyes: which image pair it is, and what observers said of it."""

    pair_id: int
    """Of `ml.models.ImagePair`: its pictures are at the addresses `ml:pair-clean`, `-perturbed` and `-difference`."""
    name: str
    text: str
    size: int
    """Side of the pictures, in pixels."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Some image pairs under a heading."""

    title: str
    pairs: tuple[PicturedPair, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the report, in the order in which its parts are set.

    Attributes
    ----------
    key
        Names it in addresses: letters and hyphens.
    title
        The heading.
    lead
        Paragraphs that say what it is.
    headline
        The figures to be set large.
    flow
        The observers' way through the study.
    plots
        Each of them has its figures in a table of the same section.
    tables
        Tables as wide as the page.
    small_tables
        Tables of a few short cells, to be set beside one another.
    count_tables
        The counts behind shares; set on the terminal alone.
    facts
        Named texts.
    pictures
        Image pairs.
    notes
        How it was computed.
    to_copy
        A text that the reader may take away as it is; paragraphs are separated by empty lines.
    listed
        A numbered list.
    folded
        Whether a screen shows its tables only when they are asked for: they are long, and not what a reader came for.
    """

    key: str
    title: str
    lead: tuple[str, ...] = ()
    headline: tuple[LabelledText, ...] = ()
    flow: tuple[FlowStep, ...] = ()
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()
    small_tables: tuple[Table, ...] = ()
    count_tables: tuple[Table, ...] = ()
    facts: tuple[LabelledText, ...] = ()
    pictures: tuple[Pictures, ...] = ()
    notes: tuple[str, ...] = ()
    to_copy: str = ""
    listed: tuple[str, ...] = ()
    folded: bool = False
