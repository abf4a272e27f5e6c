"""A plan as page, plot and command line read it, and as JSON writes it."""

import json
from dataclasses import replace

import pytest

from perception.analysis.estimates.estimate import Estimate
from studies.planning.plan import make_plan
from studies.planning.request import PlanRequest
from studies.planning.wording import CurveRow, curve_rows, limits_of, line_names, share_of


def test_a_plan_that_no_number_of_images_fulfils_has_neither_design_nor_power() -> None:
    plan = make_plan(PlanRequest(margin=0.05, observer_sd=0.2, observers_random=True))

    assert (plan.images_needed, plan.design_power, plan.design, plan.simulation) == (None, None, None, None)
    assert plan.why_not is not None
    assert plan.observers_needed is not None
    assert plan.observers_needed.observers == 8
    written = plan.as_dict()
    assert (written["design"], written["formula"], written["simulation"]) == (None, None, None)
    assert not any(row.is_design for row in curve_rows(plan))


def test_the_designs_own_simulation_stands_among_the_points_of_the_curve() -> None:
    """Half, three quarters, five quarters and one and a half of 40 images, and these themselves."""
    plan = make_plan(PlanRequest(margin=0.2, images=40, studies=400, seed=3))

    assert [point.images for point in plan.simulated_points] == [20, 30, 40, 50, 60]
    assert [point.images for point in plan.curve.simulated] == [20, 30, 50, 60]
    assert plan.simulation is not None
    assert plan.simulated_points[2].power == plan.simulation.outcome.power
    rows = {row.images: row for row in curve_rows(plan)}
    assert rows[40].is_design
    assert rows[40].simulated == plan.simulation.outcome.power
    assert {images for images, row in rows.items() if row.simulated_text} == {20, 30, 40, 50, 60}


def test_json_has_every_part_in_its_place() -> None:
    plan = make_plan(PlanRequest(dprime=0.5, images=60, observers=3))
    written = json.loads(json.dumps(plan.as_dict(), allow_nan=False))

    assert list(written) == [
        "claim",
        "assumptions",
        "observers",
        "prevalence",
        "power_wanted",
        "images_given",
        "images_needed",
        "why_not",
        "observers_needed",
        "design",
        "formula",
        "simulation",
        "curve",
    ]
    assert written["claim"] == {"kind": "detection", "margin": None, "level": 0.95, "observers_random": False}
    assert written["design"] == {"observers": 3, "images": 60, "perturbed": 30, "clean": 30, "answers": 180}
    assert written["formula"]["freedom"] is None
    assert written["curve"]["over"] == "dprime"
    assert [line["asked"] for line in written["curve"]["lines"]] == [False, True, False]
    assert line_names(plan) == ["d′ = 0.4", "d′ = 0.5", "d′ = 0.75"]


def test_a_simulated_power_is_written_with_its_monte_carlo_error() -> None:
    row = CurveRow(images=40, powers=(), simulated=Estimate(0.803, 0.7619, 0.8391, 0.95, "Wilson"), is_design=True)

    assert row.simulated_text == "80.3% (76.2–83.9)"
    assert replace(row, simulated=None).simulated_text == ""


def test_what_was_not_simulated_has_no_power() -> None:
    nothing = Estimate.undefined("no study", method="Wilson")

    with pytest.raises(ValueError, match="no study was simulated"):
        share_of(nothing)
    with pytest.raises(ValueError, match="no study was simulated"):
        limits_of(nothing)
