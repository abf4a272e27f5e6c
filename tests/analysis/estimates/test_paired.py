"""The difference of paired accuracies, by arithmetic."""

import pytest

from perception.analysis.estimates.paired import paired_difference


def test_the_papers_attack_by_hand() -> None:
    """(86 − 435)/2003 = −0.17424; SE = √(521 − 349²/2003)/2003 = √460.19/2003 = 0.01071."""
    estimate = paired_difference(435, 86, 2003)

    assert estimate.estimate == pytest.approx(-0.174239, abs=1e-6)
    assert estimate.high == pytest.approx(-0.174239 + 1.959964 * 0.010710, abs=1e-5)
    assert estimate.low == pytest.approx(-0.174239 - 1.959964 * 0.010710, abs=1e-5)


def test_the_ends() -> None:
    assert paired_difference(0, 0, 0).estimate is None
    for none_or_all in (paired_difference(0, 0, 5), paired_difference(5, 0, 5), paired_difference(0, 5, 5)):
        assert none_or_all.estimate in (0, -1, 1)
        assert (none_or_all.low, none_or_all.high) == (None, None)
        assert "proves nothing" in none_or_all.method
    with pytest.raises(ValueError, match="discordant"):
        paired_difference(3, 3, 5)
