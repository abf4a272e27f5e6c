"""`plan_places`: what it prints, and what it refuses."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation
from perception.analysis.simulated_observers.search import PlaceSearch


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("plan_places", *arguments, "--simulate", "20", stdout=out)
    return out.getvalue()


def test_it_tells_how_wide_the_intervals_are_of_so_many_observers() -> None:
    text = told("--observers", "3", "--observers", "8", "--dprime", "2", "--places", "20")
    assert text.startswith("30 perturbed and 20 clean images, d′ 2 at the place of the change, which is 1 of 20 places")
    assert "(chance 5%)" in text
    assert [line.split(" observers")[0].strip() for line in text.splitlines()[1:] if line] == ["3", "8"]
    for figure in ("area ± 0.", "right places ± 0.", "shown to be above chance in 100% of studies"):
        assert figure in text


def test_as_json_it_has_the_true_values() -> None:
    (found,) = json.loads(told("--observers", "5", "--format", "json"))
    search = PlaceSearch(ObserverPopulation(1.5, 0.0, 0.3, 0.3), ImpressionNoise.standardised(0.5), 10)
    assert found["share"] == pytest.approx(search.share_placed())
    assert found["area"] == pytest.approx(search.lroc_area())
    assert 0 < found["share_half_width"] < 0.5


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--observers", "2"), "from 3 observers on"),
        (("--places", "1"), "2 to 1,000 places"),
        (("--prevalence", "1"), "at least 2 images of either kind"),
        (("--image-sd", "-1"), "0 or more"),
    ],
)
def test_it_refuses_in_words(arguments: tuple[str, ...], reason: str) -> None:
    with pytest.raises(CommandError, match=f"This cannot be planned: .*{reason}"):
        told(*arguments)
