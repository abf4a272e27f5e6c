"""How precisely chosen strengths tell thresholds."""

import pytest

from perception.analysis.planning.thresholds import threshold_precision
from perception.analysis.simulated_observers.threshold_sessions import ThresholdSessions

SESSIONS = ThresholdSessions("two_afc", (1.0, 2.0, 4.0, 8.0, 16.0), threshold=4.0, slope=2.0)


def test_more_trials_tell_more_and_the_same_seed_says_the_same() -> None:
    few, many = (threshold_precision(SESSIONS, observers=4, trials=trials, studies=8) for trials in (20, 100))
    assert few.own_factor is not None
    assert many.own_factor is not None
    assert few.error is not None
    assert many.error is not None
    assert few.own_factor > many.own_factor > 1
    assert few.error > many.error > 0
    assert few == threshold_precision(SESSIONS, observers=4, trials=20, studies=8)


def test_more_observers_tell_more_of_observers_like_them() -> None:
    few, many = (threshold_precision(SESSIONS, observers=n, trials=40, studies=6) for n in (3, 15))
    assert few.pooled_factor is not None
    assert many.pooled_factor is not None
    assert few.pooled_factor > 1.5 * many.pooled_factor


def test_thresholds_beyond_the_strengths_are_counted() -> None:
    beyond = ThresholdSessions("two_afc", (1.0, 2.0, 4.0), threshold=16.0, slope=2.0, threshold_sd=0.0)
    found = threshold_precision(beyond, observers=3, trials=60, studies=4)
    assert found.undefined > 0.5
    assert found.pooled_factor is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"observers": 1}, "2 to 200 observers"), ({"trials": 0}, "1 to 2,000 trials"), ({"studies": 0}, "at least one")],
)
def test_numbers_outside_their_range_are_refused(changed: dict[str, int], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        threshold_precision(SESSIONS, **({"observers": 3, "trials": 20, "studies": 1} | changed))
