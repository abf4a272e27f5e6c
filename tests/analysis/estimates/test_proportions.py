"""Intervals of one proportion, against published values and another program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from perception.analysis.estimates.proportions import METHODS, proportion, wilson

# Newcombe (1998), Two-sided confidence intervals for the single proportion, Statistics in Medicine 17:857–872, table I.
NEWCOMBE = [
    ("wald", 81, 263, 0.2522, 0.3638),
    ("wilson", 81, 263, 0.2553, 0.3662),
    ("clopper-pearson", 81, 263, 0.2527, 0.3676),
    ("wald", 15, 148, 0.0527, 0.1500),
    ("wilson", 15, 148, 0.0624, 0.1605),
    ("clopper-pearson", 15, 148, 0.0578, 0.1617),
    ("wilson", 0, 20, 0.0000, 0.1611),
    ("clopper-pearson", 0, 20, 0.0000, 0.1684),
    ("wilson", 1, 29, 0.0061, 0.1718),
    ("clopper-pearson", 1, 29, 0.0009, 0.1776),
]
COUNTS = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("method", "k", "n", "low", "high"), NEWCOMBE)
def test_newcombes_table(method: str, k: int, n: int, low: float, high: float) -> None:
    estimate = proportion(k, n, method=method)

    assert (estimate.estimate, estimate.n, estimate.k) == (k / n, n, k)
    assert estimate.low == pytest.approx(low, abs=5e-5)
    assert estimate.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize(("k", "n"), [(13, 13), (0, 13), (1, 1)])
def test_where_wald_has_no_width_the_interval_is_wilsons_and_says_so(k: int, n: int) -> None:
    found = proportion(k, n, method="wald", note="answers taken as independent")

    assert (found.low, found.high) == wilson(k, n, 0.95)
    assert found.method == "Wilson, as Wald has no width here, answers taken as independent"


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(
    ("method", "theirs"),
    [("agresti-coull", "agresti_coull"), ("jeffreys", "jeffreys"), ("wald", "normal"), ("clopper-pearson", "beta")],
)
def test_statsmodels_agrees_inside(method: str, theirs: str, level: float) -> None:
    """statsmodels 0.15, `proportion_confint`; at the ends its Jeffreys interval follows another convention."""
    for k, n in [(3, 17), (9, 10), (250, 613)]:
        estimate = proportion(k, n, method=method, level=level)
        low, high = proportion_confint(k, n, alpha=1 - level, method=theirs)
        assert (estimate.low, estimate.high) == pytest.approx((low, min(1, high)), abs=1e-9)


def test_jeffreys_ends_after_brown_cai_and_dasgupta() -> None:
    none, all_of_them = proportion(0, 12, method="jeffreys"), proportion(12, 12, method="jeffreys")

    assert none.low == 0
    assert all_of_them.high == 1
    assert none.high == pytest.approx(1 - (all_of_them.low or 0))


@pytest.mark.parametrize("method", METHODS)
@given(counts=COUNTS, level=st.floats(0.5, 0.999))
def test_limits_are_ordered_inside_the_unit_interval_and_around_the_estimate(
    method: str, counts: tuple[int, int], level: float
) -> None:
    k, n = counts
    estimate = proportion(k, n, method=method, level=level)
    if n == 0:
        assert (estimate.estimate, estimate.low, estimate.high) == (None, None, None)
        assert estimate.as_dict()["reason"]
        return
    assert estimate.low is not None
    assert estimate.high is not None
    assert 0 <= estimate.low <= k / n + 1e-12
    assert k / n - 1e-12 <= estimate.high <= 1


@pytest.mark.parametrize("method", METHODS)
@given(counts=COUNTS.filter(lambda counts: counts[1] > 0))
def test_calling_success_failure_mirrors_the_interval(method: str, counts: tuple[int, int]) -> None:
    k, n = counts
    one, other = proportion(k, n, method=method), proportion(n - k, n, method=method)

    assert one.low is not None
    assert one.high is not None
    assert (other.low, other.high) == pytest.approx((1 - one.high, 1 - one.low), abs=1e-9)


@pytest.mark.parametrize(
    ("k", "n", "options", "message"),
    [
        (3, 2, {}, "3 of 2"),
        (-1, 2, {}, "-1 of 2"),
        (1, 2, {"method": "guess"}, "no interval is called 'guess'"),
        (1, 2, {"level": 95}, "between 0 and 1"),
    ],
)
def test_what_cannot_be_is_refused(k: int, n: int, options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        proportion(k, n, **options)  # type: ignore[arg-type]
