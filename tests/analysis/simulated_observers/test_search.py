"""Observers who look for a change in one of many places: what they answer, and what is to be expected of it."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from perception.analysis.localization.lroc import rated_where_right
from perception.analysis.ratings.roc import auc
from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation
from perception.analysis.simulated_observers.search import PlaceSearch

NOISE = ImpressionNoise.standardised(0.5)


def search(dprime: float, *, places: int = 10, sd: float = 0.0, criterion: float = 0.5) -> PlaceSearch:
    return PlaceSearch(ObserverPopulation(dprime, criterion, sd, sd), NOISE, places)


@pytest.mark.parametrize("places", [2, 8, 50])
def test_the_share_of_right_places_is_that_of_so_many_alternatives(places: int) -> None:
    def highest(value: float) -> float:
        return float(stats.norm.pdf(value - 1.5) * stats.norm.cdf(value) ** (places - 1))

    expected, _ = integrate.quad(highest, -9, 11)
    assert search(1.5, places=places).share_placed() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("places", [2, 10, 200])
def test_whoever_sees_nothing_is_right_by_chance(places: int) -> None:
    blind = search(0.0, places=places)
    assert blind.share_placed() == pytest.approx(1 / places, abs=1e-6)
    assert blind.lroc_area() == pytest.approx(1 / (2 * places), abs=1e-6)


def test_half_of_the_clean_images_lie_above_the_usual_criterion() -> None:
    answers = search(1.0, criterion=0.0).draw(observers=40, perturbed=2, clean=2_000, rng=np.random.default_rng(3))
    assert answers.responses[:, ~answers.truth].mean() == pytest.approx(0.5, abs=0.02)
    assert (answers.placed[:, ~answers.truth] == -1).all()


@pytest.mark.parametrize("sd", [0.0, 0.3])
def test_many_answers_are_what_is_expected_of_them(sd: float) -> None:
    model, rng = search(1.5, sd=sd), np.random.default_rng(5)
    dprime, criterion = model.observers(60, rng)
    answers = model.answers_of(dprime, criterion, perturbed=800, clean=800, rng=rng)
    right = (answers.placed == 1)[:, answers.truth].mean()
    located = rated_where_right(answers.truth, answers.ratings, answers.placed)
    areas = [auc(answers.truth, row).estimate for row in located]

    assert right == pytest.approx(model.share_placed(dprime), abs=0.02)
    assert np.mean([area for area in areas if area is not None]) == pytest.approx(
        model.lroc_area(dprime, criterion), abs=0.02
    )


def test_what_holds_of_all_observers_is_the_mean_over_many() -> None:
    model = search(1.5, sd=0.4)
    dprime, criterion = model.observers(4_000, np.random.default_rng(1))
    assert model.share_placed() == pytest.approx(model.share_placed(dprime[:500]), abs=0.02)
    assert model.lroc_area() == pytest.approx(model.lroc_area(dprime[:500], criterion[:500]), abs=0.02)


def test_more_is_found_by_whoever_sees_more_and_among_fewer_places() -> None:
    seen = [search(dprime).lroc_area() for dprime in (0.0, 0.5, 1.5, 3.0)]
    among = [search(1.5, places=places).share_placed() for places in (100, 20, 5, 2)]
    assert all(less < more for figures in (seen, among) for less, more in pairwise(figures))


def test_what_is_no_search_is_refused() -> None:
    with pytest.raises(ValueError, match="2 to 1,000 places, not 1"):
        search(1.0, places=1)
    with pytest.raises(ValueError, match="the variance of a place is 1, not 2"):
        PlaceSearch(ObserverPopulation(1.0), ImpressionNoise.in_looks(1.0), 10)
