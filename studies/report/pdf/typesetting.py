"""Files in, PDF out: Typst, shut into a folder of its own. It is loaded with the first PDF, not with the server."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from studies.errors import StudyError

if TYPE_CHECKING:
    import typst

HERE = Path(__file__).parent
TEMPLATES = ("report.typ", "parts.typ")
STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA-1 (ISO 14289-1): Typst refuses to write a file that misses a title, a language or an alternative text."""
NO_SUCH_LETTER = "could not be displayed"
"""In the message with which it refuses a letter that none of the fonts has."""


@dataclass(frozen=True, slots=True)
class FontChoice:
    """Fonts beside those in Typst: files of Matplotlib's, and whether those of the machine."""

    files: tuple[str, ...]
    of_machine: bool = False


# DejaVu Sans is what the plots ask for, and has many letters that Typst's own fonts lack. The last resort has a box for
# every letter there is, with the sign of its script.
PLAIN = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
FONT_CHOICES = (
    FontChoice(PLAIN),
    FontChoice(PLAIN, of_machine=True),
    FontChoice((*PLAIN, "LastResortHE-Regular.ttf")),
)


def typeset(files: Mapping[str, bytes], *, at: datetime) -> bytes:
    """Set the report's template with its files as a PDF.

    The same files and the same moment give the same bytes. Fonts are those in Typst and in Matplotlib, not the
    machine's, so that this holds on another machine too; for letters that these lack, Chinese ones for example, the
    machine's fonts are asked after all, and where it has none either the letters become boxes. Typst reads no file
    outside a folder made for this one PDF, and knows of no packages.

    Parameters
    ----------
    files
        By name: `report.json`, and the plots and pictures that it names.
    at
        The date that the file bears, with its time zone.

    Raises
    ------
    StudyError
        Typst could not set it.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="perception-pdf-") as folder:
        root = Path(folder)
        for name in TEMPLATES:
            (root / name).write_bytes((HERE / name).read_bytes())
        for name, data in files.items():
            (root / name).write_bytes(data)
        try:
            return _compiled(root, at.astimezone(UTC).replace(microsecond=0), FONT_CHOICES)
        except typst.TypstError as error:
            hints = "".join(f" {hint}." for hint in error.hints)
            raise StudyError(
                f"The PDF could not be set: {error.message}.{hints} Nothing of the study was changed; the page of the "
                "report and the other downloads hold the same figures. This is a fault of the program: please report "
                "it with this message."
            ) from error


def _compiled(root: Path, at: datetime, choices: Sequence[FontChoice]) -> bytes:
    """Set with the first choice of fonts that will do: PDF/UA-1 refuses a letter that no font has."""
    import typst

    choice, *others = choices
    try:
        return typst.compile(
            root / TEMPLATES[0],
            root=root,
            font_paths=_fonts(root, choice),
            pdf_standards=[STANDARD],
            # Neither is there: a template that asked for a package would fail, and fetch nothing.
            package_path=root / "no-packages",
            package_cache_path=root / "no-packages",
            timestamp=at,
        )
    except typst.TypstError as error:
        if not others or NO_SUCH_LETTER not in error.message:
            raise
        return _compiled(root, at, others)


def _fonts(root: Path, choice: FontChoice) -> "typst.Fonts":
    import typst
    from matplotlib import get_data_path

    # Typst takes folders: one that holds these files alone.
    folder = root / "fonts"
    folder.mkdir(exist_ok=True)
    for name in choice.files:
        font = folder / name
        if not font.exists():
            font.symlink_to(Path(get_data_path(), "fonts", "ttf", name))
    return typst.Fonts(include_system_fonts=choice.of_machine, font_paths=[folder])
