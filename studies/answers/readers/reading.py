"""Files of answers → the arrays of the analysis: each file by the reader of its format, all as one table."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from perception.analysis.agreement.within_observers import RepeatedAnswers
from perception.analysis.observations import Observations
from perception.core.input_files.coded_column import different, replaced, rows_that
from perception.core.input_files.csv_rows import listed, open_csv
from perception.core.input_files.errors import InputError
from perception.core.input_files.joined_csv import as_one_table, without_row_names
from perception.core.input_files.text_file import EncodingError, UnmarkedEncodingError, decode_text
from studies.answers.readers.answer_cells import JOINED, OPTIONAL, REQUIRED, AnswerCells, joined
from studies.answers.readers.as_observations import asks_own_images, observations_of
from studies.answers.readers.entries import entries_of_csv
from studies.answers.readers.json_files.answer_objects import read_answer_objects
from studies.answers.readers.json_files.json_text import is_json, read_entries, unwrapped
from studies.answers.readers.jspsych import Skipped, is_jspsych, read_jspsych
from studies.answers.readers.long_table import is_long, read_long
from studies.answers.readers.mrmc.arms import with_arms
from studies.answers.readers.mrmc.imrmc import is_imrmc, read_imrmc
from studies.answers.readers.options import USUAL_ARMS, USUAL_NAMES, ReadingOptions
from studies.answers.readers.rows_passed_over import without_own_rows
from studies.answers.readers.second_showings import answered_twice, parted_by_showing
from studies.answers.readers.truths_file import with_truths
from studies.answers.readers.wide_table import is_wide, read_wide
from studies.answers.readers.words import says_right

Files = Sequence[tuple[bytes, str]]
DEFAULT = ReadingOptions()
PLAIN = ("observer", "item", "truth", "response", "diagnosis", "diagnosis_answered")
# Spaces of no width, and the mark of a file's first byte: copied along with a word, and not to be seen.
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
CELL_ENDS = (b",", b";", b"\t", b"\n", b"\r", b'"')
# Of Windows in Western Europe, of its console, and of Macs.
ENCODINGS = ("cp1252", "cp850", "mac-roman")
LONGEST_SHOWN = 20
NAMES = {
    "long": "a table with one row an answer",
    "json": "JSON with one object an answer",
    "jspsych": "data of jsPsych",
    "wide": "a table with one row an image and one column an observer",
    "imrmc": "a file of iMRMC",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what a reader of the figures should know of how."""

    observations: Observations
    notes: tuple[str, ...]
    repeated: RepeatedAnswers | None = None
    """What was answered twice, where the column `showing` tells it. `observations` holds the first answers alone."""


def read_answers(data: bytes, *, source: str, options: ReadingOptions = DEFAULT) -> Observations:
    """Read one file of answers; see `read_files`."""
    return read_files([(data, source)], options).observations


def read_files(files: Files, options: ReadingOptions = DEFAULT) -> Reading:
    """Read files of answers, of any format each.

    Parameters
    ----------
    files
        The bytes of each, and its name for messages.
    options
        What the files do not tell themselves.

    Raises
    ------
    InputRowsError
        Everything that is wrong with single rows.
    InputError
        A file cannot be read as a table or as JSON, lacks a column, or holds no answer.
    """
    _refuse_correctness(options)
    _refuse_same_file_twice(files)
    stems = Counter(PurePath(source).stem for _, source in files)
    tables, notes = [], []
    for data, source in files:
        stem = PurePath(source).stem
        table, told = _read(data, source, options, file_observer=stem if stems[stem] == 1 else source)
        tables.append(table)
        notes += told
    table = _with_plain_names(joined(tables))
    if "rating" in options.names and "rating" not in table.cells:
        raise InputError(f"no column {options.names['rating']}, which --rating-column names", source=_sources(table))
    if options.only is not None:
        table, told = _only(table, *options.only)
        notes += told
    if options.truths is not None:
        table = with_truths(table, dict(options.truths), source=options.truths_source)
    notes += _said_of_like_names(table) + _said_of_simulated(table)
    words = {column: options.words.translated(column, table.cells[column]) for column in ("truth", "response")}
    table, again = parted_by_showing(replace(table, cells=table.cells | words))
    if again is not None:
        notes.append(
            f"{len(again):,} of {len(table) + len(again):,} answers are to a second showing: they are in agreement "
            "within observers alone."
        )
    table, of_arms = with_arms(table, options)
    own_images, told = asks_own_images(table, options.design)
    observations = observations_of(table, own_images=own_images)
    if options.highest_rating == "clean" and observations.rating is not None:
        observations = replace(observations, rating=0.0 - observations.rating)
        told = [*told, "The highest rating says “clean”: ratings are turned round, so that −2 is read as 2."]
    repeated = None if again is None else _answered_twice(observations, again, options)
    return Reading(observations, (*notes, *of_arms, *told), repeated)


def _answered_twice(first: Observations, again: AnswerCells, options: ReadingOptions) -> RepeatedAnswers:
    """Return what was answered twice; with arms an item is one of its arm."""
    told = [reason == "" for reason in again.cells["left_out"]] if "left_out" in again.cells else []
    if told and not any(told):
        return answered_twice(first, None, n_asked=len(again))
    second = observations_of(with_arms(again, options)[0], own_images=True)
    return answered_twice(first, second, n_asked=len(again))


def _refuse_correctness(options: ReadingOptions) -> None:
    """Refuse a column of right and wrong in place of what was answered: its ones and zeros would be read as classes."""
    named = options.names.get("response", "")
    if says_right(named):
        raise InputError(
            "by its name, it says whether an answer was right, not what was answered; name the column that says that, "
            "or rename this one if it does",
            source="--response-column",
            column=named,
        )


def _refuse_same_file_twice(files: Files) -> None:
    """Refuse a file that is there under two names: where no row says whose it is, it would be two observers."""
    first: dict[bytes, str] = {}
    for data, source in files if len(files) > 1 else ():
        digest = hashlib.sha256(data).digest()
        if digest in first:
            raise InputError(
                f"this is the same as {first[digest]}, byte for byte: its answers would count twice; give it once",
                source=source,
            )
        first[digest] = source


def _with_plain_names(table: AnswerCells) -> AnswerCells:
    """Return the table with its names and words in one form: letters composed, and nothing that cannot be seen."""
    plain = {}
    for column in PLAIN:
        cells = table.cells.get(column, [])
        if not all(cell.isascii() for cell in different(cells)):
            plain[column] = replaced(cells, lambda cell: cell if cell.isascii() else _plain(cell))
    return replace(table, cells=table.cells | plain) if plain else table


def _plain(cell: str) -> str:
    composed = unicodedata.normalize("NFC", cell)
    return composed.strip(UNSEEN).strip() or composed


def _said_of_like_names(table: AnswerCells) -> list[str]:
    """Return a note where observers' names differ in capitals or blanks alone: they may be one person."""
    by_key: dict[str, list[str]] = {}
    for name in different(table.cells["observer"]):
        by_key.setdefault("".join(name.split()).casefold(), []).append(name)
    return [
        f"{' and '.join(names)} differ in {_difference(names)} alone and are read as {len(names)} observers; if they "
        "are one, write one name"
        for names in by_key.values()
        if len(names) > 1
    ]


def _difference(names: list[str]) -> str:
    """Return what names that are alike differ in."""
    capitals = len({"".join(name.split()) for name in names}) > 1
    blanks = len({name.casefold() for name in names}) > 1
    return "capitals and blanks" if capitals and blanks else "capitals" if capitals else "blanks"


def _only(table: AnswerCells, column: str, values: frozenset[str]) -> tuple[AnswerCells, list[str]]:
    """Return the rows that have one of the values in a column, and how many have another."""
    cells = table.cells.get("only")
    if cells is None:
        raise InputError(
            f"no column {column}, of which --only asks for {listed(sorted(values))}", source=_sources(table)
        )
    kept = rows_that(cells, lambda cell: cell.casefold() in values)
    if not kept.any():
        found = listed(different(cells))
        raise InputError(
            f"no answer has {listed(sorted(values))} there, but {found}", source=_sources(table), column=column
        )
    left_out = len(cells) - int(kept.sum())
    return table.where(kept), [f"{left_out} answers have another {column} and are not read"] if left_out else []


def _sources(table: AnswerCells) -> str:
    return listed([part.source for part in table.parts])


def _said_of_simulated(table: AnswerCells) -> list[str]:
    """Return a note where no person gave the answers; refuse answers of people and of simulated observers together."""
    simulated = rows_that(table.cells.get("simulated", []), lambda mark: mark.casefold() in ("1", "true"))
    if not simulated.any():
        return []
    if not simulated.all():
        row, other = int(simulated.argmax()), int(simulated.argmin())
        raise table.error(
            row,
            "simulated",
            f"{table.cells['observer'][row]} is a simulated observer, and {table.cells['observer'][other]} in "
            f"{table.place(other, beside=row)} is a person; they are never analysed together",
        )
    return ["The observers are simulated: no person gave these answers."]


def _read(data: bytes, source: str, options: ReadingOptions, *, file_observer: str) -> tuple[AnswerCells, list[str]]:
    """Return the answers of one file, and what is to be said of how it was read."""
    try:
        text = decode_text(data, source=source, encoding=options.encoding)
    except EncodingError as error:
        message = f"{error.message}; or say how it is written{_ways_to_read(data)}"
        raise InputError(message, source=source, line=error.line) from error
    except UnmarkedEncodingError as error:
        raise InputError(f"{error.message}; or give --encoding {error.encoding}", source=source) from error
    chosen = options.input_format
    if chosen == "imrmc" or (chosen is None and is_imrmc(text)):
        return read_imrmc(text, options, source=source)
    text = unwrapped(text)
    if is_json(text):
        if chosen in ("long", "wide"):
            raise InputError(f"this is JSON, not {NAMES[chosen]}", source=source)
        return _read_json(text, source, options, file_observer)
    if chosen == "json":
        raise InputError("this is not JSON: it begins with neither [ nor {", source=source)
    return _read_csv(text, source, options, file_observer)


def _ways_to_read(data: bytes) -> str:
    """Return how the first cell that is not UTF-8 reads in the encodings that programs write without saying so."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        at = error.start
    else:
        return ", for example --encoding cp1252"
    start = max(data.rfind(mark, 0, at) for mark in CELL_ENDS) + 1
    end = min((found for mark in CELL_ENDS if (found := data.find(mark, at)) >= 0), default=len(data))
    cell = data[max(start, at - LONGEST_SHOWN) : min(end, at + LONGEST_SHOWN)]
    # Excel for Mac ends lines as Macs of old did, and writes their letters.
    names = ENCODINGS if b"\n" in data else ENCODINGS[::-1]
    words = {name: cell.decode(name, errors="replace") for name in names}
    ways = [
        f"“{word}” with --encoding {name}"
        for name, word in words.items()
        if word.isprintable() and "\ufffd" not in word
    ]
    return f": the cell there reads {' or '.join(ways)}" if ways else ", for example --encoding cp1252"


def _read_json(text: str, source: str, options: ReadingOptions, file_observer: str) -> tuple[AnswerCells, list[str]]:
    wanted = {
        "responses",
        "trial_type",
        "trial_index",
        "time_elapsed",
        "rt",
        *OPTIONAL,
        options.names.get("rating", "").casefold(),
    }
    if options.only is not None:
        wanted.add(options.only[0].casefold())
    wanted |= {name.casefold() for name in (USUAL_ARMS if options.arm is None else (options.arm,))}
    for column in REQUIRED:
        for name in options.usual_names(column):
            for part in (name, *name.split(JOINED)):
                wanted |= {part.strip().casefold(), part.strip().partition(".")[0].casefold()}
    entries = read_entries(
        text, source=source, keep=lambda name: name.casefold() in wanted, persons=options.usual_names("observer")
    )
    if not entries.values:
        raise InputError("there is no answer in it: the array is empty", source=source)
    # Tasks that nobody annotated keep their empty array; the annotations of others are read as their entries.
    if {"annotations", "data"} <= entries.names.keys() or {"completed_by", "result"} <= entries.names.keys():
        raise InputError(
            "these are tasks of Label Studio, with their annotations within them; export “JSON-MIN” or “CSV” instead, "
            "which have one row an annotation",
            source=source,
        )
    if options.input_format != "json" and (options.input_format == "jspsych" or is_jspsych(list(entries.names))):
        table, said = _of_jspsych(*read_jspsych(entries, options, file_observer=file_observer), source=source)
    else:
        table, said = without_own_rows(read_answer_objects(entries, options))
    return table, [*entries.notes, *said]


def _read_csv(text: str, source: str, options: ReadingOptions, file_observer: str) -> tuple[AnswerCells, list[str]]:
    rows = without_row_names(open_csv(text, source=source, expected=listed(options.required)))
    rows = as_one_table(rows, list(options.found(rows.header).values()), text=text)
    chosen = options.input_format or _format_of(rows.header, options)
    if chosen == "jspsych":
        entries = entries_of_csv(rows)
        return _of_jspsych(*read_jspsych(entries, options, file_observer=file_observer), source=source)
    table = read_wide(rows, options) if chosen == "wide" else read_long(rows, options)
    if not len(table) and not table.n_problems:
        raise InputError("there is no answer below the header", source=source)
    if chosen == "long":
        return without_own_rows(table)
    observers = listed(different(table.cells["observer"]))
    return table, [f"{source}: read as {NAMES[chosen]}; the observers are {observers}"]


def _format_of(header: list[str], options: ReadingOptions) -> str:
    if is_jspsych(header):
        return "jspsych"
    return "wide" if not is_long(header, options) and is_wide(header, options) else "long"


def _of_jspsych(table: AnswerCells, skipped: Skipped, *, source: str) -> tuple[AnswerCells, list[str]]:
    if not len(table) and not table.n_problems:
        raise InputError(
            f"none of its {skipped.total} trials holds an item, a truth and a response; the usual names are "
            f"{listed([name for names in USUAL_NAMES.values() for name in names])}; others are told by --item-column, "
            "--truth-column and --response-column",
            source=source,
        )
    return table, [*skipped.notes, *([str(skipped)] if skipped.counts else [])]
