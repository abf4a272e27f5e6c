"""Change over the session: thirds, and the trend against R."""

from dataclasses import replace

import numpy as np
import pytest

from perception.analysis.breakdowns.learning import summarise_learning
from perception.analysis.observations import Observations

POSITIONS = (0, 1, 2, 3, 4, 5, 6, 7, 7, 6, 5, 4, 3, 2, 1, 0, 3, 0, 6, 1, 7, 2, 5, 4)
RIGHT = (0, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1)


def study(right: tuple[int, ...] = RIGHT, positions: tuple[float, ...] = POSITIONS) -> Observations:
    """Return three observers' answers to eight images, the even ones perturbed; −1 is a missing answer."""
    item = np.tile(np.arange(8), 3)
    truth = item % 2 == 0
    given = np.array(right)
    return Observations(
        task="yes_no",
        observers=("A", "B", "C"),
        items=tuple(f"image {place}" for place in range(8)),
        observer=np.repeat(np.arange(3), 8),
        item=item,
        truth=truth,
        response=np.where(given < 0, -1, np.where(given == 1, truth, ~truth)).astype(np.int8),
        catch=np.zeros(24, dtype=bool),
        position=np.array(positions, dtype=float),
    )


def test_the_trend_is_that_of_r() -> None:
    """R 4.2.2, glm(right ~ place, binomial), sandwich 3.0-2, vcovCL: by image 0.9651353, the model's 1.5673621.

    The model's variance is the larger of both. By image and observer it is 6.5647850, with so few degrees of freedom
    that every ratio is in the interval.
    """
    summary = summarise_learning(study())

    assert summary is not None
    assert summary.crossed is not None
    ratio = summary.pooled.trend.odds_ratio
    assert ratio.estimate == pytest.approx(np.exp(0.1119102), abs=1e-6)
    assert np.log(ratio.high or 0) == pytest.approx(0.1119102 + 2.364624 * np.sqrt(1.5673621), abs=1e-4)
    assert (summary.crossed.odds_ratio.high, summary.crossed.odds_ratio.method) == (
        None,
        "no interval: it would hold every ratio",
    )


def test_one_observers_trend_is_that_of_r() -> None:
    """R 4.2.2, glm(y ~ p, binomial): odds ratio 46.7254117, SE 2.6946046, p 0.1536775."""
    said = np.array([0, 1, 0, 0, 1, 1, 0, 1, 1, 1], dtype=np.int8)
    alone = Observations(
        task="yes_no",
        observers=("A",),
        items=tuple("abcdefghij"),
        observer=np.zeros(10, dtype=np.intp),
        item=np.arange(10),
        truth=np.ones(10, dtype=bool),
        response=said,
        catch=np.zeros(10, dtype=bool),
        position=np.arange(0.0, 30, 3, dtype=np.float64),
    )

    summary = summarise_learning(alone)

    assert summary is not None
    trend = summary.observers["A"].trend
    assert trend.odds_ratio.estimate == pytest.approx(46.7254117, rel=1e-5)
    assert np.log(trend.odds_ratio.high or 0) == pytest.approx(np.log(46.7254117) + 1.959964 * 2.6946046, abs=1e-4)
    assert trend.p == pytest.approx(0.1536775, abs=1e-5)
    assert [(share.k, share.n) for share in summary.observers["A"].thirds] == [(1, 4), (2, 3), (3, 3)]


def test_thirds_are_those_of_each_observers_series_and_missing_answers_keep_their_places() -> None:
    missing = tuple(-1 if place == 0 else said for place, said in enumerate(RIGHT))

    summary = summarise_learning(study(missing))

    assert summary is not None
    # Of eight places the first three, the next three, and the last two.
    assert [share.n for share in summary.observers["A"].thirds] == [2, 3, 2]
    assert [share.n for share in summary.observers["B"].thirds] == [3, 3, 2]
    assert [share.n for share in summary.pooled.thirds] == [8, 9, 6]


def test_only_the_order_of_positions_counts() -> None:
    assert summarise_learning(study()) == summarise_learning(
        study(positions=tuple(10.0 * place + 3 for place in POSITIONS))
    )


@pytest.mark.parametrize(
    ("right", "reason"),
    [
        ((1,) * 24, "all answers are right"),
        ((0,) * 24, "all answers are wrong"),
        ((-1,) * 24, "there is no answer"),
        (tuple(int(place > 3) for place in POSITIONS), "every wrong answer comes before every right one"),
        (tuple(int(place < 3) for place in POSITIONS), "every right answer comes before every wrong one"),
    ],
)
def test_no_trend_and_why(right: tuple[int, ...], reason: str) -> None:
    summary = summarise_learning(study(right))

    assert summary is not None
    assert summary.pooled.trend.odds_ratio.reason == reason
    assert summary.pooled.trend.p is None


def test_answers_at_one_place_have_no_trend() -> None:
    first = study().of(np.array(POSITIONS) == 0)

    summary = summarise_learning(first)

    assert summary is not None
    assert summary.pooled.trend.odds_ratio.reason == "all answers are at one place of the series"


def test_unknown_positions() -> None:
    assert summarise_learning(replace(study(), position=None)) is None
    assert summarise_learning(study(positions=(float("nan"),) * 24)) is None


def test_two_places_with_both_answers_at_each_have_a_trend() -> None:
    """Right 1 of 3 at the first place and 2 of 3 at the last: an odds ratio of (2/1)/(1/2)."""
    two = study((1, 1) * 12).of(np.isin(np.arange(24), (0, 1, 8, 9, 16, 17)))
    answers = replace(
        two,
        position=np.array([1.0, 2, 1, 2, 1, 2]),
        response=np.where(np.array([1, 1, 0, 1, 0, 0]) == 1, two.truth, ~two.truth).astype(np.int8),
    )

    summary = summarise_learning(answers)

    assert summary is not None
    assert summary.pooled.trend.odds_ratio.estimate == pytest.approx(4)
