"""The check of marked places: small, whole, and with known truths."""

import pytest

from tools.interval_coverage.marked_places import FIGURES, PlaceSetting, main, markdown, run, settings


@pytest.mark.parametrize("dprime", [1.0, 2.0])
def test_intervals_hold_the_true_values_and_estimates_are_not_off(dprime: float) -> None:
    rows = run(PlaceSetting(5, dprime, 0.5, 0.3), studies=60, seed=3)
    assert [row.figure for row in rows] == list(FIGURES)
    for row in rows:
        assert row.n == 60
        assert row.held >= 50
        assert abs(row.bias) < 0.04


def test_the_table_has_a_line_for_each_figure_and_kind_of_study() -> None:
    chosen = [setting for setting in settings() if setting.observers == 3]
    rows = [row for setting in chosen for row in run(setting, studies=2, seed=1)]
    lines = markdown(rows).splitlines()
    assert lines[0] == "| figure | observers | σ, τ | d′ 0 | d′ 1 | d′ 2 | d′ 3 |"
    assert len(lines) == 2 + 2 * len(FIGURES)


def test_numbers_of_studies_that_are_none_are_refused() -> None:
    with pytest.raises(SystemExit):
        main(["--studies", "0"])
