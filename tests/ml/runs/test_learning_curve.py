"""The curve of a run stays small and true."""

from hypothesis import given
from hypothesis import strategies as st

from ml.runs.learning_curve import MOST_POINTS, Curve


@given(st.integers(1, 3000))
def test_a_curve_stays_small_ends_where_the_run_is_and_keeps_its_order(steps: int) -> None:
    curve = Curve()
    for step in range(1, steps + 1):
        curve.add(step, {"loss": float(step)})

    places = [step for step, _ in curve.points]
    assert len(places) <= MOST_POINTS
    assert places[-1] == steps
    assert places == sorted(set(places))
    assert all(0 < figures["loss"] <= step for step, figures in curve.points)


def test_figures_that_are_not_finite_are_left_out() -> None:
    curve = Curve()
    curve.add(1, {"loss": float("nan"), "accuracy": 0.5})

    assert curve.points == [(1, {"accuracy": 0.5})]


def test_a_run_that_goes_on_draws_over_the_steps_that_it_does_again() -> None:
    curve = Curve([(1, {"loss": 3.0}), (2, {"loss": 2.0}), (3, {"loss": 1.0})])

    curve.add(2, {"loss": 1.5})

    assert curve.points == [(1, {"loss": 3.0}), (2, {"loss": 1.5})]
