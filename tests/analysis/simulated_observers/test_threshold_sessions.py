"""Sessions of observers whose psychometric function is known."""

import numpy as np
import pytest
from scipy.stats import norm

from perception.analysis.simulated_observers.threshold_sessions import ThresholdSessions

STRENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0)


def test_answers_follow_the_function_where_strengths_are_dealt_out() -> None:
    sessions = ThresholdSessions("yes_no", STRENGTHS, 4.0, 1.5, lapse=0.04, false_alarms=0.2, adapts=False)
    strength, noticed = sessions.session(2.0, trials=2_000, rng=np.random.default_rng(1))

    assert (strength == 0).sum() == round(2_000 / 3)
    counts = [int((strength == one).sum()) for one in STRENGTHS]
    assert max(counts) - min(counts) <= 1
    assert noticed[strength == 0].mean() == pytest.approx(0.2, abs=0.05)
    for one in STRENGTHS:
        expected = 0.2 + 0.76 * norm.cdf(1.5 * (np.log2(one) - 2))
        assert noticed[strength == one].mean() == pytest.approx(expected, abs=0.09)


def test_chosen_strengths_gather_around_the_threshold() -> None:
    sessions = ThresholdSessions("two_afc", STRENGTHS, 4.0, 2.0, threshold_sd=0.0)
    rng = np.random.default_rng(2)
    shown = np.concatenate([sessions.session(2.0, trials=100, rng=rng)[0] for _ in range(5)])
    assert (np.abs(np.log2(shown) - 2.25) < 1).mean() > 0.6
    assert (shown == 1).mean() < 0.1


@pytest.mark.parametrize("task", ["two_afc", "yes_no"])
def test_a_study_has_the_answers_of_each_observer(task: str) -> None:
    sessions = ThresholdSessions(task, STRENGTHS, 4.0, 2.0)  # type: ignore[arg-type]
    rng = np.random.default_rng(3)
    series = sessions.study(sessions.log_thresholds(3, rng), trials=30, rng=rng)
    assert np.bincount(series.observer).tolist() == [30, 30, 30]
    assert series.truth.all() == (task == "two_afc")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"task": "rating"}, "not rating"),
        ({"strengths": (4.0,)}, "two strengths or more"),
        ({"strengths": (4.0, 2.0)}, "ascending"),
        ({"threshold": 0.0}, "above 0"),
        ({"threshold_sd": -0.1}, "0 or more"),
        ({"lapse": 0.5}, "below 0.5"),
        ({"clean_share": 1.0}, "below 1"),
    ],
)
def test_what_no_observer_can_be_is_refused(changed: dict[str, object], reason: str) -> None:
    given: dict[str, object] = {"task": "two_afc", "strengths": STRENGTHS, "threshold": 4.0, "slope": 2.0}
    with pytest.raises(ValueError, match=reason):
        ThresholdSessions(**(given | changed))  # type: ignore[arg-type]
