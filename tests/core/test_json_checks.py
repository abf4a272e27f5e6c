"""What was read as JSON is taken for what it is, or refused."""

import pytest

from perception.analysis.json_values import JsonValue
from perception.core.json_checks import json_list, json_object, json_scalar


def test_it_works() -> None:
    assert json_object({"a": 1}) == {"a": 1}
    assert json_list([1, None]) == [1, None]
    assert (json_scalar("a", str), json_scalar(2, int), json_scalar(True, bool)) == ("a", 2, True)


def test_a_whole_number_is_a_float_too() -> None:
    number = json_scalar(2, float)

    assert (number, type(number)) == (2.0, float)


@pytest.mark.parametrize("value", [None, "1", 1.5, True, [1], {"a": 1}])
def test_what_is_no_whole_number_is_refused(value: JsonValue) -> None:
    with pytest.raises(TypeError, match="is not of the kind int"):
        json_scalar(value, int)


@pytest.mark.parametrize(("value", "kind"), [(False, float), (0, bool), (0, str), (None, str)])
def test_kinds_are_not_converted(value: JsonValue, kind: type[float | str]) -> None:
    with pytest.raises(TypeError, match="is not of the kind"):
        json_scalar(value, kind)  # type: ignore[type-var]


@pytest.mark.parametrize("value", [None, 1, "text"])
def test_a_scalar_is_neither_object_nor_list(value: JsonValue) -> None:
    with pytest.raises(TypeError, match="is not an object"):
        json_object(value)
    with pytest.raises(TypeError, match="is not a list"):
        json_list(value)
