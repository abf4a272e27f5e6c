"""Strengths as PyTorch scripts and spreadsheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.errors import MlError
from ml.pairs.elsewhere.strength_text import read_strength


@pytest.mark.parametrize(
    ("text", "levels"),
    [("8", 8.0), (" 8.0 ", 8.0), ("8,5", 8.5), ("8/255", 8.0), ("12.5 / 255.0", 12.5), ("", None), ("  ", None)],
)
def test_levels_are_read_in_each_way_of_writing_them(text: str, levels: float | None) -> None:
    assert read_strength(text) == levels


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0.0314", "may be 8.01 levels"),
        ("0,03", "may be 7.65 levels"),
        ("0", "1 to 255"),
        ("-8", "1 to 255"),
        ("256", "1 to 255"),
        ("0.5/255", "1 to 255"),
        ("inf", "1 to 255"),
        ("nan", "1 to 255"),
        ("eight", "a number of 8-bit levels"),
        ("8/256", "a number of 8-bit levels"),
        ("1e400", "1 to 255"),
    ],
)
def test_what_is_no_strength_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(MlError, match=message):
        read_strength(text)


@given(st.text(max_size=20))
def test_any_text_is_a_strength_or_refused(text: str) -> None:
    try:
        value = read_strength(text)
    except MlError:
        return
    assert value is None or 1 <= value <= 255
