"""JSON text → entries: read object by object, so that the place of each is known."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from perception.core.input_files.errors import InputError
from perception.core.input_files.text_file import place_in
from studies.answers.readers.entries import Entries
from studies.answers.readers.json_files.held_arrays import LEAST_NAMES, Held, ShapeError, held_in

BLANK = re.compile(r"[ \t\n\r]*")
# No number of an answer is a longer integer, and Python refuses to read very long ones.
LONGEST_INTEGER = 300
# How often an export is found to have been made JSON anew.
MOST_WRAPPED = 3
EXPECTED = "expected an array of objects, one an answer or a trial"
# What Python's reader calls what it met, and what a person may do about it.
MET = {
    "Expecting value": "a value is expected here: a text in double quotation marks, a number, true, false or null",
    "Expecting property name": "a name in double quotation marks is expected here; is there a comma too many before?",
    "Illegal trailing comma": "there is a comma too many here, before the end of an object",
    "Expecting ':'": "a colon is expected here, between a name and its value",
    "Expecting ','": "a comma or the end of the object or array is expected here",
    "Invalid control character": "a line break or a tab stands within a text; JSON writes them as \\n and \\t",
    "Invalid \\": "a backslash that is none of JSON's own; within a text it is written twice",
    "Unterminated string": "a text is not closed",
}


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


def read_entries(
    text: str, *, source: str, keep: Callable[[str], bool], persons: Sequence[str] = ("observer",)
) -> Entries:
    """Read the objects of a JSON file.

    An array of objects; an array of such arrays, or several values one after the other (JSON Lines), a group each; or
    an object that holds such an array, such as `{"trials": […]}`, or an array of such objects; or one object with an
    array for each person, or with a table (`held_in`). A comma before the end of an array is passed over.

    Parameters
    ----------
    text
        The file's text.
    source
        Its name, for messages.
    keep
        Which names of an object are kept: a million objects are held in memory.
    persons
        What says whose an answer is, the likeliest first: taken over from what holds the array, where no entry has it.

    Raises
    ------
    InputError
        The text is not JSON, or is cut off: with line and column. Or it is JSON of another shape.
    """
    return _Reader(text, source, keep, persons).read()


class _Reader:
    def __init__(self, text: str, source: str, keep: Callable[[str], bool], persons: Sequence[str]) -> None:
        self.text = text
        self.entries = Entries(source, numbered=True)
        self.keep = keep
        self.persons = {name.casefold(): name for name in reversed(persons)}
        self.person = persons[0]
        self.kept: list[str] = []
        self.group = 0
        self.line, self.counted = 1, 0

    def read(self) -> Entries:
        position = self._skip(0)
        while position < len(self.text):
            if self.text[position] == "[":
                position = self._array(position, nested=False)
                self._close_group()
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
                self._add_all(self._held(value, position) if list in map(type, value.values()) else [], value, position)
            elif character == "[" and not nested:
                self.end = self._array(position, nested=True)
                self._close_group()
            elif (held := self._held_as_text(position)) is not None:
                for entry in held:
                    self._add(entry, position)
                self._close_group()
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
            if self.text[position : position + 1] == "]":
                self.end = position + 1
                return

    def _top_value(self, position: int) -> int:
        """Read an object that is no element of an array: an entry in its line, or the holder of one array."""
        value, end = self._value(position)
        if not isinstance(value, dict):
            raise self._error(position, f"{EXPECTED}; this is {_described(value)}")
        is_alone = not self.entries.values and self._skip(end) == len(self.text)
        groups = self._held(value, position, is_alone=is_alone)
        if not groups and is_alone and any(isinstance(held, dict | list) for held in value.values()):
            raise self._error(position, f"{EXPECTED}; this is {_described(value)}")
        self._add_all(groups, value, position)
        return end

    def _add_all(self, groups: list[Held], value: dict[str, Any], position: int) -> None:
        """Add what an object holds, a group each; or itself, where it holds nothing."""
        for held in groups:
            for entry in self._with_person(held):
                self._add(entry, position)
            self._close_group()
        if not groups:
            self._add(value, position)

    def _close_group(self) -> None:
        """Let what comes next be another group, if anything is in this one."""
        self.group += self.entries.groups[-1:] == [self.group]

    def _held(self, value: dict[str, Any], position: int, *, is_alone: bool = False) -> list[Held]:
        """Return the groups of entries that an object holds; none where it is an entry itself."""
        if is_alone:
            try:
                groups, said = held_in(value, self.keep)
            except ShapeError as error:
                raise self._error(position, str(error)) from error
            if groups:
                self.entries.notes.extend([f"{self.entries.source}: {said}"] if said else [])
                return [Held(one.rows, one.person or self._person_of(value)) for one in groups]
        arrays = [held for held in value.values() if isinstance(held, list) and held and _all_objects(held)]
        if len(arrays) != 1:
            return []
        of_its_own = sum(self.keep(name) for name, held in value.items() if not isinstance(held, list | dict))
        if of_its_own >= max(LEAST_NAMES, *(sum(map(self.keep, one)) for one in arrays[0])):
            return []  # a trial, and what was tracked in it
        return [Held(arrays[0], self._person_of(value))]

    def _person_of(self, value: dict[str, Any]) -> str | None:
        said = {name.casefold(): held for name, held in value.items() if isinstance(held, str | int)}
        return next((str(said[name]) for name in self.persons if name in said), None)

    def _with_person(self, held: Held) -> list[dict[str, Any]]:
        if held.person is None or any(name.casefold() in self.persons for one in held.rows for name in one):
            return held.rows
        return [{**one, self.person: held.person} for one in held.rows]

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
            met = next((told for name, told in MET.items() if error.msg.startswith(name)), "it is no JSON from here on")
            raise self._error(error.pos, f"not readable as JSON: {met}") from error
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
