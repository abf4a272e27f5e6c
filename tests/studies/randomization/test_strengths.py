"""Strengths are dealt out evenly, and follow from the seed."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.randomization import allocate_strengths

keys = st.lists(st.text(min_size=1), unique=True, max_size=40)


@given(keys, st.integers(1, 6), st.integers(0, 2**53 - 1))
def test_each_strength_is_used_as_often_as_the_others_or_once_more(names: list[str], n: int, seed: int) -> None:
    places = allocate_strengths(names, n, seed=seed, purpose="strength")

    assert set(places) == set(names)
    counts = Counter(places.values())
    assert set(counts) <= set(range(n))
    assert max(counts[place] for place in range(n)) - min(counts[place] for place in range(n)) <= 1


@given(keys, st.integers(1, 6), st.integers(0, 2**53 - 1))
def test_they_follow_from_the_seed_not_from_the_order(names: list[str], n: int, seed: int) -> None:
    assert allocate_strengths(names, n, seed=seed, purpose="p") == allocate_strengths(
        names[::-1], n, seed=seed, purpose="p"
    )


def test_another_seed_and_another_purpose_draw_anew() -> None:
    names = [str(number) for number in range(40)]
    drawn = [
        allocate_strengths(names, 4, seed=seed, purpose=purpose) for seed, purpose in ((1, "a"), (2, "a"), (1, "b"))
    ]
    assert drawn[0] != drawn[1] != drawn[2] != drawn[0]


def test_which_strength_has_one_more_is_drawn_too() -> None:
    most = {
        Counter(allocate_strengths("abc", 2, seed=seed, purpose="p").values()).most_common(1)[0][0]
        for seed in range(20)
    }
    assert most == {0, 1}


def test_without_a_strength_there_is_nothing_to_share_out() -> None:
    with pytest.raises(ValueError, match="no strength"):
        allocate_strengths(["a"], 0, seed=1, purpose="p")
