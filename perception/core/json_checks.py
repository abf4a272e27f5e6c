"""The check of what was read from a JSON document."""

from typing import TypeVar

from perception.analysis.json_values import JsonObject, JsonValue

Scalar = TypeVar("Scalar", bool, int, float, str)


def json_object(value: JsonValue) -> JsonObject:
    """Return an object as such; raise TypeError for anything else."""
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not an object")
    return value


def json_list(value: JsonValue) -> list[JsonValue]:
    """Return a list as such; raise TypeError for anything else."""
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def json_scalar(value: JsonValue, kind: type[Scalar]) -> Scalar:
    """Return a truth value, number or text as such; raise TypeError for anything else.

    A whole number is a float too, where one is so large; true and false are no numbers.
    """
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            return kind(value)
        except OverflowError as error:
            raise TypeError("the whole number is larger than any float") from error
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"{value!r} is not of the kind {kind.__name__}")
    return value
