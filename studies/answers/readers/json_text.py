"""JSON text → entries: read object by object, so that the place of each is known."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from perception.core.input_files.errors import InputError
from perception.core.input_files.text_file import place_in
from studies.answers.readers.entries import Entries

BLANK = re.compile(r"[ \t\n\r]*")
# No number of an answer is a longer integer, and Python refuses to read very long ones.
LONGEST_INTEGER = 300
# How often an export is found to have been made JSON anew.
MOST_WRAPPED = 3
EXPECTED = "expected an array of objects, one an answer or a trial"


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= LONGEST_INTEGER else text


QUICK = json.JSONDecoder()
WITH_LONG_INTEGERS = json.JSONDecoder(parse_int=_integer)


def is_json(text: str) -> bool:
    """Whether a file's text is meant as JSON."""
    return text[BLANK.match(text).end() :][:1] in ("[", "{")  # type: ignore[union-attr]


def unwrapped(text: str) -> str:
    """Return the text that a file holds as JSON's text, or several, a line each: an export that was made JSON twice."""
    for _ in range(MOST_WRAPPED):
        if text.lstrip()[:1] != '"':
            break
        try:
            held = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            break
        if not all(isinstance(one, str) for one in held):
            break
        text = "\n".join(held)
    return text


def read_entries(text: str, *, source: str, keep: Callable[[str], bool]) -> Entries:
    """Read the objects of a JSON file.

    An array of objects; an array of such arrays, or several values one after the other (JSON Lines), a group each; or
    an object that holds a single array, such as `{"trials": […]}`.

    Parameters
    ----------
    text
        The file's text.
    source
        Its name, for messages.
    keep
        Which names of an object are kept: a million objects are held in memory.

    Raises
    ------
    InputError
        The text is not JSON, or is cut off: with line and column. Or it is JSON of another shape.
    """
    return _Reader(text, source, keep).read()


class _Reader:
    def __init__(self, text: str, source: str, keep: Callable[[str], bool]) -> None:
        self.text = text
        self.entries = Entries(source, numbered=True)
        self.keep = keep
        self.kept: list[str] = []
        self.group = 0
        self.line, self.counted = 1, 0

    def read(self) -> Entries:
        position = self._skip(0)
        while position < len(self.text):
            before = len(self.entries.values)
            if self.text[position] == "[":
                position = self._array(position, nested=False)
                self.group += len(self.entries.values) > before
            else:
                position = self._top_value(position)
            position = self._skip(position)
        return self.entries

    def _array(self, start: int, *, nested: bool) -> int:
        """Read an array of entries, or of such arrays; return where it ends."""
        for position in self._elements(start):
            character = self.text[position : position + 1]
            if character == "{":
                value, self.end = self._value(position)
                self._add(value, position)
            elif character == "[" and not nested:
                before = len(self.entries.values)
                self.end = self._array(position, nested=True)
                self.group += len(self.entries.values) > before
            elif (held := self._held_as_text(position)) is not None:
                for entry in held:
                    self._add(entry, position)
                self.group += bool(held)
            else:
                value, _ = self._value(position)
                raise self._error(position, f"{EXPECTED}; this is {_described(value)}")
        return self.end

    def _held_as_text(self, position: int) -> list[dict[str, Any]] | None:
        """Return the entries of an element that is JSON as text: the data of one person, made JSON twice."""
        if self.text[position : position + 1] != '"':
            return None
        text, end = self._value(position)
        try:
            held = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(held, list) or not _all_objects(held):
            return None
        self.end = end
        return held

    def _elements(self, start: int) -> Iterator[int]:
        """Yield where each element begins; `self.end` is where it ended, and at last where the array did."""
        position = self._skip(start + 1)
        if self.text[position : position + 1] == "]":
            self.end = position + 1
            return
        while True:
            yield position
            position = self._skip(self.end)
            character = self.text[position : position + 1]
            if character == "]":
                self.end = position + 1
                return
            if character != ",":
                raise self._error(position, "not readable as JSON: expected a comma or the end of the array")
            position = self._skip(position + 1)

    def _top_value(self, position: int) -> int:
        """Read an object that is no element of an array: an entry in its line, or the holder of one array."""
        value, end = self._value(position)
        if not isinstance(value, dict):
            raise self._error(position, f"{EXPECTED}; this is {_described(value)}")
        arrays = [name for name, held in value.items() if isinstance(held, list) and held and _all_objects(held)]
        if len(arrays) == 1:
            for entry in value[arrays[0]]:
                self._add(entry, position)
            self.group += 1
        elif any(isinstance(held, dict | list) for held in value.values()) and self._skip(end) == len(self.text):
            raise self._error(position, f"{EXPECTED}; this is {_described(value)}")
        else:
            self._add(value, position)
        return end

    def _add(self, entry: dict[str, Any], position: int) -> None:
        self.line += self.text.count("\n", self.counted, position)
        self.counted = position
        names = self.entries.names
        if not entry.keys() <= names.keys():
            self.kept += [name for name in entry if name not in names and self.keep(name)]
            names.update(dict.fromkeys(entry))
        self.entries.values.append({name: entry[name] for name in self.kept if name in entry})
        self.entries.lines.append(self.line)
        self.entries.groups.append(self.group)

    def _value(self, position: int) -> tuple[Any, int]:
        try:
            return self._decoded(position)
        except json.JSONDecodeError as error:
            if error.pos >= len(self.text.rstrip()) or error.msg.startswith("Unterminated string"):
                raise self._cut_off() from error
            raise self._error(error.pos, f"not readable as JSON: {error.msg}") from error
        except RecursionError as error:
            raise self._error(position, "not readable as JSON: nested too deeply") from error

    def _decoded(self, position: int) -> tuple[Any, int]:
        try:
            return QUICK.raw_decode(self.text, position)
        except json.JSONDecodeError:
            raise
        except ValueError:  # an integer of more digits than Python reads
            return WITH_LONG_INTEGERS.raw_decode(self.text, position)

    def _skip(self, position: int) -> int:
        return BLANK.match(self.text, position).end()  # type: ignore[union-attr]

    def _error(self, position: int, message: str) -> InputError:
        if position >= len(self.text.rstrip()):
            return self._cut_off()
        line, column = place_in(self.text[:position])
        return InputError(message, source=self.entries.source, line=line, column=str(column))

    def _cut_off(self) -> InputError:
        line, column = place_in(self.text.rstrip())
        return InputError(
            f"not readable as JSON: the file ends here, in entry {len(self.entries.values) + 1:,}: it is cut off; "
            "export it again",
            source=self.entries.source,
            line=line,
            column=str(column),
        )


def _all_objects(values: list[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _described(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object with {', '.join(list(value)[:10]) or 'nothing in it'}"
    if isinstance(value, list):
        return "an array within an array of arrays"
    return {str: "a text", bool: "true or false", type(None): "null"}.get(type(value), "a number")
