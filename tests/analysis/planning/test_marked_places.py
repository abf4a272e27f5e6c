"""How precisely marked places tell what observers see."""

import pytest

from perception.analysis.planning.marked_places import places_precision
from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation
from perception.analysis.simulated_observers.search import PlaceSearch


def search(dprime: float) -> PlaceSearch:
    return PlaceSearch(ObserverPopulation(dprime, 0.0, 0.3, 0.3), ImpressionNoise.standardised(0.5), 10)


def test_more_observers_know_more_precisely_and_the_same_seed_says_the_same() -> None:
    few, many = (
        places_precision(search(1.0), observers=observers, perturbed=30, clean=20, studies=60) for observers in (3, 12)
    )
    assert few.share_half_width is not None
    assert many.share_half_width is not None
    assert few.share_half_width > 1.3 * many.share_half_width
    assert few.area_half_width is not None
    assert many.area_half_width is not None
    assert few.area_half_width > 1.3 * many.area_half_width
    assert few.located < many.located
    assert few.share == many.share == search(1.0).share_placed()
    assert few == places_precision(search(1.0), observers=3, perturbed=30, clean=20, studies=60)


def test_what_nobody_sees_is_seldom_found_to_be_located() -> None:
    found = places_precision(search(0.0), observers=6, perturbed=30, clean=20, studies=200)
    assert found.located < 0.11, "a one-sided test at 5%, whose interval errs on the safe side"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"observers": 2}, "from 3 observers on"),
        ({"observers": 501}, "500 at most"),
        ({"clean": 1}, "at least 2 images of either kind"),
        ({"perturbed": 1_990}, "2,000 at most together"),
        ({"studies": 0}, "at least one study"),
    ],
)
def test_numbers_outside_their_range_are_refused(changed: dict[str, int], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        places_precision(search(1.0), **({"observers": 4, "perturbed": 30, "clean": 20, "studies": 1} | changed))
