"""Holm's adjustment, by hand and by what defines it."""

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from perception.analysis.estimates.multiple_comparisons import holm

P = st.floats(0, 1)


def test_by_hand() -> None:
    """0.01, 0.04, 0.03, 0.005: in order 4 · 0.005, 3 · 0.01, 2 · 0.03, then 0.04 raised to its neighbour's 0.06.

    R 4.2.2 prints the same: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    """
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_what_was_not_estimable_does_not_count() -> None:
    assert holm([None, 0.02, None, 0.04]) == [None, pytest.approx(0.04), None, pytest.approx(0.04)]
    assert holm([None]) == [None]
    assert holm([]) == []


@given(p_values=st.lists(P, min_size=1, max_size=8))
def test_the_least_is_bonferronis_and_none_becomes_smaller(p_values: list[float]) -> None:
    adjusted = holm(p_values)

    assert min(p for p in adjusted if p is not None) == pytest.approx(min(1, len(p_values) * min(p_values)))
    assert all(after is not None and before <= after <= 1 for before, after in zip(p_values, adjusted, strict=True))


@given(p_values=st.lists(P, min_size=1, max_size=8))
@settings(max_examples=20)  # each makes statsmodels collect garbage
def test_the_same_as_of_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == multipletests(p_values, method="holm")[1].tolist()


def test_no_garbage_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    """A collection stops the threads that take observers' answers, for longer the more the process holds."""
    monkeypatch.setattr(gc, "collect", lambda *_: pytest.fail("garbage was collected"))

    holm([0.01, 0.04])


@pytest.mark.parametrize("p", [-0.1, 1.5, float("nan")])
def test_what_cannot_be_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.5, p])
