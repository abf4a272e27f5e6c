"""The comparison of adaptive choice with constant stimuli: small, whole, and with known truths."""

import pytest

from tools.interval_coverage.adaptive_strength import AdaptiveSetting, main, run


def test_adaptive_choice_errs_less_than_constant_stimuli_and_its_intervals_hold() -> None:
    setting = AdaptiveSetting("two_afc", threshold=3.0, slope=2.0)
    adaptive, constant = (run(setting, method, studies=25, seed=2) for method in ("QUEST+", "constant stimuli"))
    assert adaptive.error < constant.error
    for one in (adaptive, constant):
        assert abs(one.bias) < 0.25
        assert one.held > 0.88
        assert one.undefined < 0.1


def test_numbers_of_studies_that_are_none_are_refused() -> None:
    with pytest.raises(SystemExit):
        main(["--studies", "0"])
