"""The coverage of “which number predicts seeing” is counted of studies whose truth is known."""

import pytest

from tools.interval_coverage.visibility import VisibilitySetting, coverage, main, markdown, settings


def test_true_values_follow_the_model_and_intervals_hold_them() -> None:
    of_one = VisibilitySetting(10, 30, 0.7, 0.0, 0.0, 0.0)
    correlation, difference = coverage(of_one, studies=60, seed=3)

    assert 0.6 < correlation.true_value < 0.95
    assert difference.true_value == pytest.approx(correlation.true_value, abs=0.02)
    assert abs(correlation.bias) < 0.05
    assert correlation.intervals == difference.intervals == 60
    assert correlation.share > 0.85
    assert difference.share > 0.8


def test_without_a_slope_nothing_is_predicted() -> None:
    (correlation, difference) = coverage(VisibilitySetting(5, 30, 0.0, 0.0, 0.5, 0.0), studies=2, seed=1)

    assert correlation.true_value == pytest.approx(0, abs=0.02)
    assert difference.true_value == pytest.approx(0, abs=0.02)
    assert markdown([correlation]).count("\n") == 3


def test_each_setting_is_tried_once() -> None:
    assert len(set(settings())) == len(list(settings())) == 22


def test_images_at_several_strengths_are_left_out_whole() -> None:
    of_pool = VisibilitySetting(24, 30, 0.7, 0.0, 1.5, 0.0, strengths=4)
    correlation, _ = coverage(of_pool, studies=60, seed=3)

    assert correlation.share > 0.85
    assert "24, 30 at 4 strengths" in markdown([correlation])


def test_a_wrong_flag_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--studies", "many"])
    assert "invalid int value" in capsys.readouterr().err
