"""The options of a command that reads files of answers."""

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace

from perception.core.input_files.source import read_input_file
from studies.answers.readers.answer_cells import REQUIRED
from studies.answers.readers.options import DESIGNS, FORMATS, HIGHEST, USUAL_ARMS, USUAL_NAMES, ReadingOptions
from studies.answers.readers.words import Words, parse_words

EXAMPLE = "y=perturbed,n=clean"


def add_reading_options(parser: ArgumentParser) -> None:
    """Add what tells how files are read where they do not tell it themselves."""
    reading = parser.add_argument_group("how the files are read")
    reading.add_argument("--input-format", choices=FORMATS, help="default: told from each file's content")
    for column in REQUIRED:
        usual = ", ".join(USUAL_NAMES[column])
        reading.add_argument(f"--{column}-column", metavar="NAME", help=f"default, the first that is there: {usual}")
    reading.add_argument("--rating-column", metavar="NAME", help="default: rating")
    reading.add_argument(
        "--highest-rating",
        choices=HIGHEST,
        default=HIGHEST[0],
        help="what the highest rating says of an image (default: %(default)s)",
    )
    reading.add_argument("--observers", metavar="A,B,…", help="of a wide table, the columns that are observers")
    reading.add_argument(
        "--words",
        metavar=EXAMPLE,
        help="other words of truth and response, and what they mean; response:0=clean is read in responses alone; "
        "neither is a middle answer, such as unsure=neither",
    )
    reading.add_argument(
        "--truths", metavar="KEY.csv", help="the right answers by item, where they are in a file of their own"
    )
    reading.add_argument(
        "--only", metavar="COLUMN=VALUE,…", help="rows alone that have one of the values there, such as block=main"
    )
    reading.add_argument(
        "--arm",
        metavar="COLUMN",
        help="the arms that the same observers judged, to be compared; default, the first that is there and can be "
        f"one: {', '.join(USUAL_ARMS)}; none: all answers as one",
    )
    reading.add_argument(
        "--cut", type=float, metavar="NUMBER", help="of ratings in a file of iMRMC: from here on they mean “perturbed”"
    )
    reading.add_argument(
        "--design",
        choices=DESIGNS,
        help="crossed: every observer was asked about every image, and an answer that is not there is missing; "
        "own-images: each about images of their own, and it is not; default: crossed where more than half of the "
        "answers are there",
    )
    reading.add_argument("--encoding", help="default: UTF-8, or what a byte-order mark says; of Windows often cp1252")


def reading_options(given: Mapping[str, object]) -> ReadingOptions:
    """Return how files are to be read, from a command's options; read the truths, if they are in a file.

    Raises
    ------
    ValueError
        The words, or which rows are read, cannot be understood.
    InputError
        The file of the truths cannot be read.
    """
    words, only, truths = _text(given, "words"), _text(given, "only"), _text(given, "truths")
    options = ReadingOptions(
        input_format=_text(given, "input_format"),
        names={column: name for column in (*REQUIRED, "rating") if (name := _text(given, f"{column}_column"))},
        observers=tuple(name.strip() for name in (_text(given, "observers") or "").split(",") if name.strip()),
        words=parse_words(words) if words else Words(),
        encoding=_text(given, "encoding"),
        only=_only(only) if only else None,
        arm=_text(given, "arm"),
        cut=cut if isinstance(cut := given["cut"], float) else None,
        design=_text(given, "design"),
        highest_rating=_text(given, "highest_rating") or HIGHEST[0],
    )
    if not truths:
        return options
    # Not at the top, as in the command: this loads NumPy.
    from studies.answers.readers.truths_file import read_truths

    data, source = read_input_file(truths)
    return replace(options, truths=read_truths(data, source=source, options=options), truths_source=source)


def _text(given: Mapping[str, object], name: str) -> str | None:
    value = given[name]
    return value if isinstance(value, str) else None


def _only(text: str) -> tuple[str, frozenset[str]]:
    column, equals, values = text.partition("=")
    if not equals or not column.strip():
        raise ValueError(f"“{text}” is not COLUMN=VALUE, for example: --only block=main")
    return column.strip(), frozenset(value.strip().casefold() for value in values.split(","))
