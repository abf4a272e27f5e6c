"""`plan_study --two-arms`: what two arms take, in words and as JSON."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from perception.analysis.planning.assumed_observers import AssumedObservers
from perception.analysis.planning.two_arms import AssumedArms, images_for_two_arms
from perception.analysis.two_arms.obuchowski_rockette import Population

ASKED = ("--dprime", "1", "--two-arms", "1.5", "--observers", "5")


def plan(*arguments: str) -> str:
    out = io.StringIO()
    call_command("plan_study", *arguments, stdout=out)
    return out.getvalue()


def figures(*arguments: str) -> Any:
    return json.loads(plan(*arguments, "--format", "json"))


def test_the_words_say_what_is_shown_assumed_and_needed() -> None:
    text = plan(*ASKED, "--observers-random", "--simulate", "40")

    assumed = AssumedArms(AssumedObservers(dprime=1.0, correlation=0.1), second_dprime=1.5)
    needed = images_for_two_arms(assumed, observers=5)
    assert (
        "To show: that two attacks differ: the 95% interval of the difference of balanced accuracies excludes 0" in text
    )
    assert "for observers like these" in text
    assert "5 observers with a d′ of 1 of the first attack and 1.5 of the second" in text
    assert f"{needed} images of each attack for 80% power." in text
    assert "× 5 observers × 2 attacks = " in text
    assert "F with 1 and" in text
    assert "40 studies, seed 1" in text


def test_these_observers_and_other_images() -> None:
    text = plan(*ASKED, "--other-images", "--observer-sd", "0.2")

    assert "for these observers" in text
    assert "other images of each" in text
    assert "SD of d′ between observers 0.2" in text
    assert "χ²" in text


def test_the_json_holds_what_the_text_says() -> None:
    found = figures(*ASKED, "--images", "100", "--likeness", "0.7", "--simulate", "25")

    assumed = AssumedArms(AssumedObservers(dprime=1.0, correlation=0.1), second_dprime=1.5, likeness=0.7)
    assert found["claim"] == {"kind": "two_arms", "level": 0.95, "observers_random": False}
    assert found["assumptions"]["difference"] == pytest.approx(assumed.difference)
    assert found["images_needed"] == images_for_two_arms(assumed, observers=5, population=Population.IMAGES)
    assert found["design"] == {"observers": 5, "perturbed": 50, "clean": 50, "images": 100}
    assert found["formula"]["freedom"] is None
    assert found["simulation"]["n"] == 25
    assert figures(*ASKED, "--images", "100", "--observers-random")["formula"]["freedom"] > 4
    assert found["components"]["variance"] == pytest.approx(assumed.components(perturbed=50, clean=50).variance)


def test_no_number_of_images_is_said() -> None:
    assert "No number of images gives 80% power: the attacks do not differ." in plan("--dprime", "1", "--two-arms", "1")
    text = plan("--dprime", "1", "--two-arms", "1.1", "--observers", "3", "--observer-sd", "1", "--observers-random")
    assert "No number of images up to 100,000 gives 80% power: take more observers." in text
    assert "Design" not in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--two-arms", "1.5"), "Say d′ for the first attack, too"),
        ((*ASKED, "--margin", "0.05"), "planned without a margin"),
        ((*ASKED, "--likeness", "2"), "a likeness of two arms lies between 0 and 1"),
        ((*ASKED[:-1], "2", "--observers-random"), "at least 3 observers"),
        ((), "--two-arms 1.5 (two attacks differ)"),
    ],
)
def test_what_cannot_be_planned_is_refused(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said.replace("(", r"\(").replace(")", r"\)")):
        plan(*arguments)
