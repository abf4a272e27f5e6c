"""The file of iMRMC, the program of the US Food and Drug Administration for multi-reader multi-case studies.

Free lines, then `BEGIN DATA:`, then a row for each score: reader, case, modality, score. Rows of the reader −1 tell the
truth of a case: 1 where the signal is there, 0 where not. (iMRMC's user guide, github.com/DIDSR/iMRMC.)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

from perception.core.input_files.errors import InputError, InputRowsError
from studies.answers.readers.answer_cells import AnswerCells, FilePart
from studies.answers.readers.options import ReadingOptions

BEGIN = re.compile(r"(?:^|[\r\n])[ \t]*BEGIN DATA:[ \t,]*(?=[\r\n]|$)", re.IGNORECASE)
COUNTS = re.compile(r"^[ \t]*(N0|N1|NR|NM)[ \t]*[:=][ \t]*(\d+)[ \t,]*$", re.MULTILINE)
TRUTH_READER = "-1"
TRUTHS = {"0": "clean", "1": "perturbed"}
COLUMNS: dict[str, str] = {
    "observer": "reader", "item": "case", "arm": "modality of iMRMC", "rating": "score", "truth": "score",
    "response": "score", "only": "modality",
}  # fmt: skip


def is_imrmc(text: str) -> bool:
    """Whether a text is a file of iMRMC."""
    # Most are not, and are large: the expression would be tried at each of their characters.
    return "BEGIN DATA:" in text.upper() and BEGIN.search(text) is not None


@dataclass(slots=True)
class _Rows:
    """What the rows of a file hold."""

    truth_of: dict[str, str] = field(default_factory=dict)
    scores: list[tuple[int, str, str, str, str]] = field(default_factory=list)
    problems: list[InputError] = field(default_factory=list)


def read_imrmc(text: str, options: ReadingOptions, *, source: str) -> tuple[AnswerCells, list[str]]:
    """Read a file of iMRMC: readers are observers, cases images, modalities arms, truth 1 is “perturbed”.

    Scores are ratings. Where all of them are 0 or 1, they are the answers “clean” and “perturbed” instead; with a cut
    (`--cut`), a score of so much or more is the answer “perturbed” beside the rating. Without a cut no answer of
    ratings is known, and all are missing.

    Parameters
    ----------
    text
        The whole file.
    options
        The cut, and whether `--only modality=…` is asked for.
    source
        The file's name, for messages.

    Returns
    -------
    tuple
        The answers, and what is to be said of how they were read.

    Raises
    ------
    InputError
        There is no score.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    begin = BEGIN.search(text)
    if begin is None:
        raise InputError("this is no file of iMRMC: no line BEGIN DATA:", source=source)
    rows = _rows_of(text[begin.end() :], first=text.count("\n", 0, begin.end()) + 1, source=source)
    known = []
    for line, observer, case, modality, score in rows.scores:
        if case in rows.truth_of:
            known.append((line, observer, case, modality, score))
        else:
            rows.problems.append(
                _error(f"the case {case} has no row that tells its truth (-1,{case},0,1)", source, line)
            )
    if not known and not rows.problems:
        raise InputError("there is no score below BEGIN DATA:", source=source)
    modalities = list(dict.fromkeys(modality for _, _, _, modality, _ in known))
    binary = {float(score) for *_, score in known} <= {0.0, 1.0} and options.cut is None
    cells: dict[str, Sequence[str]] = {
        "observer": [observer for _, observer, _, _, _ in known],
        "item": [case for _, _, case, _, _ in known],
        "truth": [rows.truth_of[case] for _, _, case, _, _ in known],
        "response": [_response(float(score), options.cut, binary=binary) for *_, score in known],
    }
    if not binary:
        cells["rating"] = [score for *_, score in known]
    if options.only is not None and options.only[0].casefold() == "modality":
        cells["only"] = [modality for _, _, _, modality, _ in known]
    elif len(modalities) > 1 and options.arm != options.NO_ARM:
        cells["arm"] = [modality for _, _, _, modality, _ in known]
    part = FilePart(source, [line for line, *_ in known], None, dict(COLUMNS))
    shown = tuple(rows.problems[: InputRowsError.SHOWN])
    table = AnswerCells((part,), cells, shown, len(rows.problems))
    readers = len(dict.fromkeys(cells["observer"]))
    found = {"NR": readers, "NM": len(modalities), **_cases(rows)}
    return table, [_said(source, options.cut, binary=binary), *_said_of_counts(text[: begin.start()], found, source)]


def _rows_of(text: str, *, first: int, source: str) -> _Rows:
    """Return the truths and the scores, each with its line; `first` is the number of the text's first line."""
    rows = _Rows()
    for line, row in enumerate(text.split("\n"), start=first):
        if not row.strip(" \t,"):
            continue
        parts = [cell.strip() for cell in row.split(",")]
        while len(parts) > 4 and not parts[-1]:
            parts.pop()
        if len(parts) != 4:
            rows.problems.append(_error(f"{len(parts)} values; a row has reader, case, modality, score", source, line))
            continue
        reader, case, modality, score = parts
        if not (reader and case):
            rows.problems.append(_error("the reader or the case is empty", source, line))
        elif reader == TRUTH_READER:
            _add_truth(rows, case, score, source=source, line=line)
        elif not _is_number(score):
            rows.problems.append(_error(f"{score[:40]!r} is not a number", source, line, "score"))
        elif not modality:
            rows.problems.append(_error("the cell is empty", source, line, "modality"))
        else:
            rows.scores.append((line, reader, case, modality, score))
    return rows


def _add_truth(rows: _Rows, case: str, score: str, *, source: str, line: int) -> None:
    truth = TRUTHS.get(str(int(float(score)))) if _is_number(score) and float(score).is_integer() else None
    if truth is None:
        rows.problems.append(_error(f"the truth of a case is 0 or 1, not {score[:40]!r}", source, line, "score"))
    elif rows.truth_of.setdefault(case, truth) != truth:
        rows.problems.append(_error(f"the case {case} has the other truth above", source, line, "score"))


def _is_number(text: str) -> bool:
    try:
        return "_" not in text and isfinite(float(text))
    except ValueError:
        return False


def _response(score: float, cut: float | None, *, binary: bool) -> str:
    if cut is None and not binary:
        return ""
    return "perturbed" if score >= (1 if cut is None else cut) else "clean"


def _cases(rows: _Rows) -> dict[str, int]:
    truths = list(rows.truth_of.values())
    return {"N0": truths.count("clean"), "N1": truths.count("perturbed")}


def _said(source: str, cut: float | None, *, binary: bool) -> str:
    if binary:
        return f"{source}: read as a file of iMRMC; its scores are 0 and 1, the answers “clean” and “perturbed”"
    if cut is not None:
        return f"{source}: read as a file of iMRMC; scores of {cut:g} or more are the answer “perturbed”"
    return (
        f"{source}: read as a file of iMRMC; its scores are ratings. For sensitivity and specificity, say from which "
        "on a score is the answer “perturbed”: --cut NUMBER"
    )


def _said_of_counts(head: str, found: dict[str, int], source: str) -> list[str]:
    """Return a note where the head of the file counts otherwise than its rows."""
    told = {name: int(count) for name, count in COUNTS.findall(head)}
    wrong = [f"{name} {count}, its rows have {found[name]}" for name, count in told.items() if found[name] != count]
    return [f"{source}: its head says {'; '.join(wrong)}"] if wrong else []


def _error(message: str, source: str, line: int, column: str | None = None) -> InputError:
    return InputError(message, source=source, line=line, column=column)
