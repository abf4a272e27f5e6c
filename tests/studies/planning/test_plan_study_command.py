"""`manage.py plan_study`: the document's figures, a design's power, and messages that say what to change."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command


def plan(*options: str) -> str:
    out = io.StringIO()
    call_command("plan_study", *options, stdout=out)
    return out.getvalue()


def plan_json(*options: str) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(plan(*options, "--format", "json"))
    return figures


def test_it_works() -> None:
    text = plan("--margin", "0.05", "--observers", "4", "--icc", "0.1", "--power", "0.8")

    assert "279 images for 80% power." in text
    assert "140 perturbed + 140 clean images × 4 observers = 1,120 answers" in text
    assert "undetectable within 5 points: the 90% interval of d′ lies inside ±0.25 (balanced accuracy 45–55%" in text
    assert "power by formula     80.3%" in text
    assert "simulat" not in text
    assert "  280 " in text


def test_a_design_is_given_its_power_and_its_margins() -> None:
    """200 images: SE = ½ √(1.3 · 2 · ¼/100/4) = .02016, (.05 − 1.6449 SE)/SE = .8358, 2 Φ(.8358) − 1 = .5967."""
    figures = plan_json("--margin", "0.05", "--images", "200")

    assert figures["images_needed"] == 279
    assert figures["design"]["perturbed"] == figures["design"]["clean"] == 100
    assert figures["formula"]["power"] == pytest.approx(0.5967, abs=1e-4)
    assert figures["formula"]["smallest_margin"] == pytest.approx(1.644854 * 0.0201556, abs=1e-6)
    assert figures["formula"]["smallest_margin_with_power"] == pytest.approx(0.059, abs=2e-4)


def test_the_papers_design() -> None:
    figures = plan_json("--margin", "0.05", "--observers", "2", "--images", "50", "--prevalence", "0.6", "--icc", "0")

    assert (figures["design"]["perturbed"], figures["design"]["clean"]) == (30, 20)
    assert figures["formula"]["smallest_margin"] == pytest.approx(0.0839, abs=1e-4)
    assert figures["formula"]["power"] == 0


def test_formula_and_simulation_stand_side_by_side() -> None:
    """Four observers like others: the variance has a floor, of which the formula knows nothing."""
    options = ("--margin", "0.05", "--observers-random", "--simulate", "800", "--seed", "1")
    figures = plan_json(*options)

    assert figures["simulation"]["power"]["n"] == 800
    assert len(figures["curve"]["simulated"]) == 4
    assert figures["simulation"]["agrees"] is False
    text = plan(*options)
    assert "800 studies, seed 1" in text
    assert "the formula promises too much. Trust the simulation" in text
    assert "images are the first with 80%" in text


def test_where_both_agree_the_formula_is_to_be_gone_by() -> None:
    assert "They agree within the Monte Carlo error: go by the formula." in plan(
        "--dprime", "0.5", "--observers", "4", "--simulate", "60"
    )


def test_detection() -> None:
    figures = plan_json("--dprime", "0.3")

    assert figures["claim"] == {"kind": "detection", "margin": None, "level": 0.95, "observers_random": False}
    assert figures["assumptions"]["balanced_accuracy"] == pytest.approx(0.5596, abs=1e-4)
    assert figures["formula"]["power"] >= 0.8
    assert figures["formula"]["smallest_margin"] is None
    assert figures["formula"]["smallest_dprime_with_power"] == pytest.approx(0.3, abs=0.002)
    assert [line["value"] for line in figures["curve"]["lines"]] == [0.24, 0.3, 0.45]


def test_the_images_sd_in_the_place_of_their_correlation() -> None:
    assert plan_json("--margin", "0.05", "--image-sd", "0.4306")["images_needed"] == 279


def test_too_few_observers_for_any_number_of_images() -> None:
    options = ("--margin", "0.05", "--observer-sd", "0.2", "--observers-random")
    text = plan(*options)

    assert "No number of images gives 80% power" in text
    assert "standard deviation of 2.0 points" in text
    assert "8 observers would do" in text
    figures = plan_json(*options)
    assert (figures["design"], figures["formula"], figures["observers_needed"]["observers"]) == (None, None, 8)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "Say what the study is to show"),
        (("--margin", "0.5"), "a margin lies between 0 and 0.5"),
        (("--margin", "nan"), "a margin lies between 0 and 0.5"),
        (("--dprime", "inf"), "d′ lies between"),
        (("--margin", "0.05", "--observers", "0"), "between 1 and 1000 observers, not 0"),
        (("--margin", "0.05", "--images", "3"), "at least 2 perturbed and 2 clean images, not 2 and 1"),
        (("--margin", "0.05", "--prevalence", "1"), "the share of perturbed images"),
        (("--margin", "0.05", "--icc", "1.5"), "a correlation lies between"),
        (("--margin", "0.05", "--icc", "0.1", "--image-sd", "0.4"), "Give --icc or --image-sd, not both"),
        (("--margin", "0.05", "--image-sd", "-1"), "the images' SD lies between"),
        (("--margin", "0.05", "--observer-sd", "-1"), "the observers' SD of d′ lies between"),
        (("--margin", "0.05", "--level", "95"), "a level lies between 0 and 1, such as 0.95"),
        (("--margin", "0.05", "--power", "80"), "power lies between 0 and 1, such as 0.8"),
        (("--margin", "0.05", "--images", "200", "--power", "80"), "power lies between 0 and 1, such as 0.8"),
        (("--margin", "0.05", "--simulate", "-1"), "--simulate takes 0 to"),
        (("--margin", "0.05", "--images", "1000000"), "at most 100,000 images, not 1,000,000"),
        (
            ("--margin", "0.05", "--images", "100000", "--observers", "200", "--simulate", "1"),
            "at most 10,000,000 answers",
        ),
        (("--margin", "0.05", "--seed", "-1"), "--seed takes a number that is not negative"),
    ],
)
def test_what_cannot_be_planned_says_what_to_change(options: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message.replace("(", r"\(")):
        plan(*options)


@pytest.mark.parametrize(
    "options",
    [
        ("--dprime", "0"),
        ("--margin", "0.05", "--dprime", "0.6"),
        ("--margin", "0.001", "--observers", "1"),
        ("--margin", "0.49", "--observers", "1000"),
        ("--margin", "0.05", "--images", "4", "--observers", "1", "--simulate", "30"),
        ("--margin", "0.05", "--prevalence", "0.001", "--icc", "1"),
        ("--dprime", "10", "--images", "4", "--observers", "1", "--simulate", "30"),
        ("--dprime", "-0.4", "--observers-random", "--observers", "2"),
        ("--margin", "0.05", "--observers-random", "--observers", "1", "--images", "100", "--simulate", "30"),
    ],
)
def test_plans_at_the_edge_are_written_out(options: tuple[str, ...]) -> None:
    """Nothing is NaN in the JSON (`allow_nan=False`), and the text names each line of the curve."""
    figures = plan_json(*options)
    text = plan(*options)

    assert all(f"= {line['value']:g}" in text for line in figures["curve"]["lines"])
    assert (figures["images_needed"] is None) == (figures["why_not"] is not None)
