"""`plan_thresholds`: what it prints, and what it refuses."""

import io
import json

import pytest
from django.core.management import CommandError, call_command


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("plan_thresholds", *arguments, "--simulate", "3", stdout=out)
    return out.getvalue()


def test_it_tells_by_which_factor_intervals_reach_by_the_number_of_trials() -> None:
    text = told("--trials", "20", "--trials", "60", "--observers", "3")
    assert text.startswith("3 observers, threshold 4 levels, slope 2 per doubling, strengths 1, 2, 4, 8, 16")
    lines = [line for line in text.splitlines() if "trials:" in line]
    assert [line.split()[0] for line in lines] == ["20", "60"]
    assert all("one observer’s threshold ×/÷ " in line and "of observers like these ×/÷ " in line for line in lines)


def test_as_json_it_has_a_row_for_each_number_of_trials() -> None:
    arguments = ("--task", "yes_no", "--strength", "8", "--strength", "2", "--strength", "4", "--trials", "40")
    (found,) = json.loads(told(*arguments, "--format", "json"))
    assert found["trials"] == 40
    assert found["own_factor"] > 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--observers", "1"), "2 to 200 observers"),
        (("--strength", "4"), "two strengths or more"),
        (("--threshold", "-1"), "above 0"),
        (("--prevalence", "0"), "share of clean images below 1"),
    ],
)
def test_it_refuses_in_words(arguments: tuple[str, ...], reason: str) -> None:
    with pytest.raises(CommandError, match=f"This cannot be planned: .*{reason}"):
        told(*arguments)
