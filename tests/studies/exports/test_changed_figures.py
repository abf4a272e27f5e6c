"""What a newer version computes otherwise is told apart from what somebody altered."""

import pytest

from perception.analysis.estimates.crossed import AS_THESE
from studies.exports.archive.changed_figures import mark_changed, version_of
from studies.exports.archive.comparison import MISSING, Comparison, FigureValue
from studies.exports.archive.finding import Findings
from studies.exports.archive.findings_text import findings_text

ACCURACY = Comparison("without_exclusions.balanced_accuracy", {"estimate": 0.5}, {"estimate": 0.5}, ("low", "method"))


@pytest.mark.parametrize(
    ("text", "version"), [("0.2.0", (0, 2, 0)), ("0.10.3", (0, 10, 3)), ("0.2", None), ("x.y.z", None), (None, None)]
)
def test_a_version_is_three_numbers(text: object, version: tuple[int, int, int] | None) -> None:
    assert version_of(text) == version


def test_limits_that_are_computed_otherwise_are_no_difference_in_an_older_archive() -> None:
    (old,) = mark_changed([ACCURACY], (0, 2, 0))

    assert old.agrees
    assert "quantile of t" in old.changed


@pytest.mark.parametrize("made_by", [(0, 3, 0), (1, 0, 0), None])
def test_they_are_one_in_an_archive_of_this_version_and_where_no_version_is_known(
    made_by: tuple[int, int, int] | None,
) -> None:
    (new,) = mark_changed([ACCURACY], made_by)

    assert not new.agrees


@pytest.mark.parametrize("part", ["estimate", "n"])
def test_an_altered_value_stays_a_difference(part: str) -> None:
    altered = Comparison(ACCURACY.name, ACCURACY.reported, ACCURACY.computed, ("low", part))

    assert not mark_changed([altered], (0, 2, 0))[0].agrees


@pytest.mark.parametrize(("reported", "agrees"), [(None, True), (0.7, False)])
def test_what_was_undefined_may_have_a_value_now(reported: float | None, agrees: bool) -> None:
    area = Comparison("roc.pooled", {"estimate": reported}, {"estimate": 0.6}, ("estimate",))

    assert mark_changed([area], (0, 2, 0))[0].agrees is agrees


def test_another_figure_stays_a_difference() -> None:
    other = Comparison("pooled.sensitivity", 1, 2, ("low",))

    assert not mark_changed([other], (0, 2, 0))[0].agrees


def test_the_findings_say_what_was_not_compared() -> None:
    text = findings_text(Findings("0" * 64, figures=mark_changed([ACCURACY], (0, 2, 0))), brief=True)

    assert "Figures computed again: 0 agree, 0 differ" in text
    assert "without_exclusions.balanced_accuracy: its interval has a quantile of t" in text
    assert "every figure follows from its answers" in text


@pytest.mark.parametrize(("reported", "agrees"), [(MISSING, True), ({"estimate": 0.4}, False)])
def test_what_an_older_archive_does_not_have_is_no_difference_and_what_it_has_is_one(
    reported: FigureValue, agrees: bool
) -> None:
    group = Comparison("group_d_prime", reported, {"estimate": 0.5}, ("estimate",))

    assert mark_changed([group], (0, 3, 0))[0].agrees is agrees


@pytest.mark.parametrize(("method", "agrees"), [(f"both random; {AS_THESE}", True), ("both random", False)])
def test_an_interval_is_computed_otherwise_only_where_its_method_says_so(method: str, agrees: bool) -> None:
    of_others = Comparison(
        "pooled_observers_random.sensitivity", {"low": 0.4}, {"low": 0.3, "method": method}, ("low", "method")
    )

    assert mark_changed([of_others], (0, 3, 0))[0].agrees is agrees


@pytest.mark.parametrize(("reported", "agrees"), [(None, True), (MISSING, True), ({"estimate": 0.4}, False)])
def test_the_d_prime_of_two_images_that_older_versions_did_not_compute_is_new(
    reported: FigureValue, agrees: bool
) -> None:
    group = Comparison("without_exclusions.group_d_prime", reported, {"estimate": None}, ("estimate",))

    assert mark_changed([group], (0, 3, 0))[0].agrees is agrees
