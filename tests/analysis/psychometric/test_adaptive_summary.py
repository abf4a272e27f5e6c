"""Thresholds of observers whose strengths were chosen: posteriors, and the mean over observers."""

import numpy as np
import pytest
from scipy import stats

from perception.analysis.observations import Observations
from perception.analysis.psychometric.adaptive_summary import AdaptiveSummary, summarise_adaptive

STRENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0)


def summary_of(answers: dict[str, list[tuple[float, bool]]], *, forced: bool = False) -> AdaptiveSummary:
    rows = [(number, *one) for number, own in enumerate(answers.values()) for one in own]
    n = len(rows)
    strength = np.array([row[1] for row in rows], dtype=float)
    series = Observations(
        task="two_afc" if forced else "yes_no",
        observers=tuple(answers),
        items=tuple(f"image {number}" for number in range(n)),
        observer=np.array([row[0] for row in rows]),
        item=np.arange(n),
        truth=np.ones(n, dtype=bool) if forced else strength > 0,
        response=np.array([row[2] for row in rows]).astype(np.int8),
        catch=np.zeros(n, dtype=bool),
        strength=strength,
    )
    found = summarise_adaptive(series, STRENGTHS)
    assert found is not None
    return found


def answers_at(threshold: float, *, each: int = 20, guess: float = 0.1) -> list[tuple[float, bool]]:
    """Return the most likely answers at a slope of 2 without lapses, as far as whole numbers allow."""
    answers = [] if guess == 0.5 else [(0.0, number < round(each * guess)) for number in range(each)]
    for strength in STRENGTHS:
        share = guess + (1 - guess) * stats.norm.cdf(2 * (np.log2(strength) - threshold))
        answers += [(strength, number < round(each * share)) for number in range(each)]
    return answers


def test_thresholds_are_found_and_their_mean_has_the_interval_of_t() -> None:
    thresholds = {"A": 1.5, "B": 2.0, "C": 2.5}
    found = summary_of({name: answers_at(at) for name, at in thresholds.items()})
    for name, at in thresholds.items():
        one = found.observers[name]
        assert one.log_threshold == pytest.approx(at, abs=0.15)
        assert one.threshold.low is not None
        assert one.threshold.high is not None
        assert one.threshold.low < 2**at < one.threshold.high
        assert one.slope.low is not None
        assert one.slope.high is not None
        assert one.slope.low < 2 < one.slope.high
    own = np.array([one.log_threshold for one in found.observers.values()])
    low, high = stats.t.interval(0.95, 2, loc=own.mean(), scale=own.std(ddof=1) / np.sqrt(3))
    assert found.threshold.estimate == pytest.approx(2 ** own.mean())
    assert (found.threshold.low, found.threshold.high) == pytest.approx((2**low, 2**high))
    assert found.outside == ()
    assert "95% interval" in found.in_words


def test_more_answers_give_a_narrower_interval() -> None:
    few, many = (summary_of({"A": answers_at(2.0, each=each)}) for each in (10, 80))
    ratio = [np.log2(one.high / one.low) for one in (few.observers["A"].threshold, many.observers["A"].threshold)]  # type: ignore[operator]
    assert ratio[1] < ratio[0] / 2
    assert few.threshold.low is None
    assert few.threshold.method == "no interval: one observer"


def test_a_threshold_outside_the_strengths_shown_is_not_named() -> None:
    blind = [(strength, number < 2) for strength in (0.0, *STRENGTHS) for number in range(20)]
    found = summary_of({"A": blind, "B": answers_at(2.0), "C": answers_at(2.2)})
    assert found.outside == ("A",)
    assert "above the strongest strength shown, 16" in str(found.observers["A"].threshold.reason)
    assert found.threshold.estimate is not None
    alone = summary_of({"A": blind})
    assert alone.threshold.estimate is None
    assert "1 of 1 observers" in alone.in_words


@pytest.mark.parametrize("share", [0.9, 1.0])
def test_who_calls_nearly_every_image_perturbed_has_no_threshold(share: float) -> None:
    """Their answers to clean images are the same: nothing says that they notice the weakest strength."""
    liberal = [(strength, number < 20 * share) for strength in (0.0, *STRENGTHS) for number in range(20)]
    found = summary_of(dict.fromkeys("ABC", liberal))
    assert found.outside == ("A", "B", "C")
    assert str(found.observers["A"].threshold.reason) == "by the answers it may lie anywhere from below 1 to above 16"
    assert found.threshold.estimate is None


def test_without_an_answer_to_a_perturbed_image_there_is_no_threshold() -> None:
    found = summary_of({"A": [(0.0, False)] * 10})
    assert found.observers["A"].threshold.estimate is None


def test_of_two_images_half_is_guessing() -> None:
    found = summary_of({"A": answers_at(2.0, each=40, guess=0.5)}, forced=True)
    assert found.observers["A"].log_threshold == pytest.approx(2, abs=0.15)
