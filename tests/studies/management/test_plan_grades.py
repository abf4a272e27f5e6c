"""`plan_grades`: what it prints, and what it refuses."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from perception.analysis.planning.mean_grade import GradeSpread, half_width, observers_needed


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("plan_grades", *arguments, stdout=out)
    return out.getvalue()


def test_it_tells_the_observers_that_a_half_width_takes() -> None:
    spread = GradeSpread(0.3, 0.2, 0.5)
    arguments = ("--half-width", "0.2", "--observer-sd", "0.3", "--image-sd", "0.2", "--rest-sd", "0.5")
    needed = observers_needed(spread, 0.2, images=30)
    assert needed is not None
    assert told(*arguments).startswith(f"{needed} observers: the 95% interval of the mean grade reaches ±0.")
    found = json.loads(told(*arguments, "--format", "json"))
    assert found["observers"] == needed
    assert found["half_width"] == pytest.approx(half_width(spread, observers=needed, images=30))


def test_it_tells_how_far_the_interval_of_some_observers_reaches() -> None:
    found = json.loads(told("--observers", "12", "--images", "50", "--format", "json"))
    assert found["half_width"] == pytest.approx(half_width(GradeSpread(0.4, 0.3, 0.6), observers=12, images=50))


def test_it_says_where_no_number_suffices() -> None:
    assert "Take more images." in told("--half-width", "0.05", "--images", "10")


@pytest.mark.parametrize(
    "arguments", [(), ("--half-width", "0.2", "--observers", "4"), ("--half-width", "-1"), ("--observers", "2")]
)
def test_it_refuses_in_words(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"half-width|observers"):
        told(*arguments)
