"""How an estimate is written: with its interval, without one, and where there is nothing to write."""

from collections.abc import Callable

import pytest
from django.template import Context, Template

from perception.analysis.estimates.estimate import Estimate
from perception.core.formatting import (
    coefficient,
    count,
    level,
    levels,
    p_value,
    percent,
    percent_alone,
    points,
    ratio,
    seconds,
    share,
)

SHARE = Estimate(0.5833, 0.459, 0.708, 0.95, "Wald", n=60, k=35)
DIFFERENCE = Estimate(-0.164, -0.427, 0.109, 0.95, "Newcombe", n=50)
TIME = Estimate(2900.0, 2100.0, 3800.0, 0.95, "median", n=40)


@pytest.mark.parametrize(
    ("write", "estimate", "written"),
    [
        (percent, SHARE, "58.3% (45.9–70.8)"),
        (points, DIFFERENCE, "−16.4 (−42.7 to 10.9)"),
        (seconds, TIME, "2.9 s (2.1–3.8)"),
        (ratio, Estimate(1.32, 0.9, 1.94, 0.95, "Wald"), "1.32 (0.90–1.94)"),
        (levels, Estimate(6.1, 5.2, 7.3, 0.95, "Fieller"), "6.1 (5.2–7.3)"),
        (coefficient, Estimate(-0.22, -0.49, 0.04, 0.95, "kappa"), "−0.22 (−0.49 to 0.04)"),
        (coefficient, Estimate(-0.001, -0.002, 0.001, 0.95, "kappa"), "0.00 (0.00 to 0.00)"),
        (percent_alone, SHARE, "58.3%"),
        (count, SHARE, "35 of 60"),
        (level, SHARE, "95%"),
    ],
)
def test_an_estimate_is_written_with_its_interval(
    write: Callable[[Estimate], str], estimate: Estimate, written: str
) -> None:
    assert write(estimate) == written


@pytest.mark.parametrize(
    ("write", "written"),
    [(percent, "50.0%"), (points, "50.0"), (seconds, "0.0 s"), (coefficient, "0.50"), (level, "")],
)
def test_without_an_interval_the_value_stands_alone(write: Callable[[Estimate], str], written: str) -> None:
    assert write(Estimate(0.5, None, None, None, "no interval from a single image")) == written


@pytest.mark.parametrize("write", [percent, points, seconds, ratio, levels, coefficient])
def test_what_is_not_estimable_says_why(write: Callable[[Estimate], str]) -> None:
    assert write(Estimate.undefined("there is no answer", method="Wilson")) == "not estimable: there is no answer"
    assert write(Estimate.undefined("", method="Wilson")) == "not estimable"
    assert percent_alone(Estimate.undefined("there is no answer", method="Wilson")) == "NA"


def test_shares_and_p_values_stand_without_an_estimate() -> None:
    assert (share(0.5), share(None), share("")) == ("50.0%", "", "")
    assert (p_value(0.031), p_value(0.00001), p_value(None)) == ("= 0.031", "< 0.0001", "not estimable")


@pytest.mark.parametrize("estimate", [SHARE, SHARE.as_dict()])
def test_templates_take_estimates_and_their_json(estimate: object) -> None:
    page = Template("{% load figures %}{{ it|percent }}, {{ it|level }}, {{ it|percent_alone }}")

    assert page.render(Context({"it": estimate})) == "58.3% (45.9–70.8), 95%, 58.3%"
