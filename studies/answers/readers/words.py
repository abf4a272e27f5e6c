"""What a file calls perturbed and clean, if it has words of its own."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType

from perception.analysis.observations import WORDS
from perception.core.input_files.coded_column import different, replaced

MISSING_WORD = "missing"
NEITHER = "neither"
"""A middle answer, such as “unsure”: one of its own, and no truth."""
CANONICAL = (*chain.from_iterable(WORDS.values()), NEITHER, MISSING_WORD)
COLUMNS = ("truth", "response")
# What R, pandas and JavaScript write where there is nothing.
NOTHING = frozenset({"", "na", "n/a", "nan", "null"})
NO_NUMBER = NOTHING | {"none"}
# For the advice alone: a file is never read by these. Numbers are none of them: 0 is “clean” in one file and the first
# button, “perturbed”, in another.
USUALLY = {
    "perturbed": (
        *("y", "yes", "true", "t", "p", "adversarial", "attacked", "changed", "altered", "modified"),
        *("oui", "vrai", "modifiée", "modifié"),
    ),
    "clean": (
        *("n", "no", "false", "f", "c", "original", "unchanged", "benign", "unmodified", "real"),
        *("non", "faux", "originale"),
    ),
    NEITHER: ("unsure", "uncertain", "undecided", "unclear", "maybe", "don't know", "dont know", "not sure"),
}
# For the advice alone, too: what programs write where nobody answered in time. Such a word is never called a truth.
UNANSWERED = frozenset(
    ("none", "timeout", "timed out", "time out", "undefined", "no response", "noresponse", "no answer", "skipped")
)
SIDES = ("perturbed", "clean")
# Names of columns that hold whether an answer was right: jsPsych's, PsychoPy's, OpenSesame's and others'.
CORRECTNESS = frozenset(("correct", "incorrect", "corr", "accuracy", "acc", "iscorrect"))
PYTHON_NOTHING = "None"
LIST_OF_ONE = re.compile(r"""\[\s*(['"])([^'"\[\]]*)\1\s*\]""")
WHOLE_NUMBER = re.compile(r"-?\d+\.0")
# JavaScript's `keyCode` of what observers press: the space bar, arrows, digits and letters.
KEYS = {"32": "the space bar", "37": "arrow left", "38": "arrow up", "39": "arrow right", "40": "arrow down"} | {
    str(code): chr(code) for code in (*range(48, 58), *range(65, 91))
}
MOST_NAMED = 10


class WordsError(ValueError):
    """A translation of words that cannot be read."""


@dataclass(frozen=True, slots=True)
class Words:
    """Translations of a file's words, by column (`truth`, `response`) and then by word, without case."""

    by_column: Mapping[str, Mapping[str, str]] = field(
        default_factory=lambda: MappingProxyType({column: MappingProxyType({}) for column in COLUMNS})
    )

    def translated(self, column: str, cells: Sequence[str]) -> Sequence[str]:
        """Return the cells in the words of the analysis; those of no translation as they are, or empty for `NA`."""
        meaning = {word: self._meaning(column, word) for word in different(cells)}
        if column == "response" and _is_nothing(PYTHON_NOTHING, meaning):
            meaning[PYTHON_NOTHING] = ""
        return replaced(cells, meaning.__getitem__)

    def _meaning(self, column: str, word: str) -> str:
        known = self.by_column[column]
        key = word.casefold()
        if key not in known:
            key = plain_word(word).casefold()
            word = word if word.casefold() == key else plain_word(word)
        meaning = known.get(key, "" if column == "response" and key in NOTHING else word)
        return "" if meaning == MISSING_WORD else meaning


def plain_word(word: str) -> str:
    """Return the word that stands in a list of one, as Python and JSON write it (`['p']`), and 1 for pandas' 1.0."""
    if match := LIST_OF_ONE.fullmatch(word):
        return match[2].strip()
    return word.removesuffix(".0") if WHOLE_NUMBER.fullmatch(word) else word


def says_right(column: str) -> bool:
    """Whether a column, by its name, says whether an answer was right, not what was answered."""
    return column.casefold().rpartition(".")[2].replace("_", "") in CORRECTNESS


def _is_nothing(word: str, meaning: Mapping[str, str]) -> bool:
    """Whether Python's `None` is no answer: where both classes are answered by other words. Else it may be one."""
    others = {said.casefold() for said in meaning.values()}
    return meaning.get(word) == word and any(set(words) <= others for words in WORDS.values())


def parse_words(text: str) -> Words:
    """Read translations such as `y=perturbed,n=clean`.

    Parameters
    ----------
    text
        Words of the file and, behind an equals sign each, what they mean: a word of the analysis, or `missing`.
        Before a word, `truth:` or `response:` limits it to one of the two columns.

    Raises
    ------
    WordsError
        Something is no such pair, or a word has two meanings.
    """
    by_column: dict[str, dict[str, str]] = {column: {} for column in COLUMNS}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        word, equals, meaning = (part.strip() for part in pair.rpartition("="))
        if not equals or not word or meaning.casefold() not in CANONICAL:
            raise WordsError(
                f"“{pair}” is not WORD=MEANING with one of the meanings {', '.join(CANONICAL)}; "
                "for example: --words y=perturbed,n=clean"
            )
        column, colon, rest = word.partition(":")
        limited = bool(colon) and column.casefold() in COLUMNS
        for name in (column.casefold(),) if limited else COLUMNS:
            key = (rest if limited else word).strip().casefold()
            if by_column[name].setdefault(key, meaning.casefold()) != meaning.casefold():
                raise WordsError(f"--words gives “{key}” two meanings in {name}")
    return Words({column: MappingProxyType(words) for column, words in by_column.items()})


def advice(found: Mapping[str, Sequence[str]], *, response: str = "response") -> str:
    """Return what to type where a file has words that are not known.

    Parameters
    ----------
    found
        The unknown words of truth and of response.
    response
        The name of the column of responses.
    """
    objects = [word for words in found.values() for word in words if plain_word(word).startswith(("{", "["))]
    if objects:
        return (
            "A response that holds several parts is named by its part, for example: --response-column "
            f"{response}.{first_part(objects[0]) or 'Q0'}"
        )
    listed = "; ".join(f"in {column}: {_listed(words)}" for column, words in found.items() if words)
    named = (plain_word(word).casefold() for words in found.values() for word in words)
    words = list(dict.fromkeys(named))[:MOST_NAMED]
    truths = {plain_word(word).casefold() for word in found["truth"]}
    unanswered = [word for word in words if word in UNANSWERED - truths]
    words = [word for word in words if word not in unanswered]
    missing = [f"response:{word}={MISSING_WORD}" for word in unanswered]
    meanings = [_usual_meaning(word) for word in words]
    if None in meanings:
        pairs = [*(f"{word}={'|'.join(SIDES)}" for word in words), *missing]
        numbers = _of_numbers(words)
        more = len(found["response"]) - len(unanswered) > len(SIDES)
        middle = f", or {NEITHER} for a middle answer" if more else ""
        return (
            f"Words that are not known, {listed}. Say what each means: --words {','.join(pairs)} (one of the two each)"
            f"{middle}{numbers}"
        )
    pairs = [*(f"{word}={meaning}" for word, meaning in zip(words, meanings, strict=True)), *missing]
    return f"Words that are not known, {listed}. If they mean what they seem to, add: --words {','.join(pairs)}"


def _of_numbers(words: Sequence[str]) -> str:
    """Return what numbers among the words may be: keys by their codes, as jsPsych 6 writes them, or buttons."""
    if all(word in KEYS for word in words):
        return f". Numbers may be codes of keys: {', '.join(f'{word} is {KEYS[word]}' for word in words)}"
    if any(word.removeprefix("-").isdigit() for word in words):
        return ". Numbers may count buttons from 0: look up in the experiment which is which"
    return ""


def first_part(cell: str) -> str | None:
    """Return the name of the first part of a cell that holds an object as JSON; None where it holds none."""
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    return next(iter(value), None) if isinstance(value, dict) else None


def _usual_meaning(word: str) -> str | None:
    return next((meaning for meaning, words in USUALLY.items() if word in words), None)


def _listed(words: Sequence[str]) -> str:
    named = [repr(word if len(word) <= MOST_NAMED * 4 else f"{word[: MOST_NAMED * 4]}…") for word in words[:MOST_NAMED]]
    return ", ".join(named) + (f" and {len(words) - MOST_NAMED} more" if len(words) > MOST_NAMED else "")
