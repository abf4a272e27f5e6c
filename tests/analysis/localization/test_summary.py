"""Marked places: shares, chance and what is claimed."""

from typing import Any

import numpy as np
import pytest

from perception.analysis.localization.summary import LocalizationSummary, summarise_localization

NAMES = ("A", "B", "C", "D")


def summary(p_right: float, *, seed: int = 0, share: float | None = 0.1, observers: int = 4) -> LocalizationSummary:
    generator = np.random.default_rng(seed)
    truth = np.arange(80) < 40
    ratings = generator.integers(1, 7, (observers, 80)).astype(float)
    placed = np.where(truth, generator.random((observers, 80)) < p_right, -1).astype(np.int8)
    return summarise_localization(
        truth,
        ratings,
        (ratings >= 4).astype(np.int8),
        placed,
        observers=NAMES[:observers],
        place_share=None if share is None else np.where(truth, share, np.nan),
    )


def test_places_right_more_often_than_chance_are_located() -> None:
    assert summary(0.6).claims == ("located", "located")


def test_places_right_as_often_as_chance_are_open() -> None:
    assert summary(0.1).claims == ("open", "open")


def test_without_known_regions_nothing_is_claimed() -> None:
    found = summary(0.6, share=None)

    assert found.claims == (None, None)
    assert found.chance is None
    assert found.chance_area is None
    assert found.placed.these_observers.estimate == pytest.approx(0.6, abs=0.1)


def test_two_observers_speak_for_themselves_alone() -> None:
    found = summary(0.6, observers=2)

    assert found.placed.observers_random is None
    assert found.claims == ("located", None)


def test_share_among_the_yes_counts_those_alone() -> None:
    truth = np.array([True, True, True, False])
    ratings = np.array([[6.0, 2, 5, 1]])
    placed = np.array([[1, 1, 0, -1]], dtype=np.int8)

    found = summarise_localization(truth, ratings, (ratings >= 4).astype(np.int8), placed, observers=("A",))

    assert (found.placed.these_observers.k, found.placed.these_observers.n) == (2, 3)
    assert (found.placed_if_seen.these_observers.k, found.placed_if_seen.these_observers.n) == (1, 2)
    assert (found.observers["A"].k, found.observers["A"].n) == (2, 3)


def test_json_has_every_figure() -> None:
    told: Any = summary(0.6).as_dict()

    assert told["chance_placed"] == pytest.approx(0.1)
    assert told["chance_area"] == pytest.approx(0.05)
    assert told["claim_these_observers"] == "located"
    assert set(told["lroc"]["curve"][0]) == {"rated_at_least", "false_alarms", "hits_rightly_placed"}
