"""What counts as the same figure: the last digits of a solver do not, one answer among a million does."""

import pytest

from perception.analysis.json_values import JsonObject
from studies.exports.archive.comparison import compare_figures


def estimate(value: float, low: float, high: float, n: int = 40) -> JsonObject:
    return {"estimate": value, "low": low, "high": high, "level": 0.95, "method": "Wald", "n": n, "k": None}


def differences(one: JsonObject, other: JsonObject) -> list[str]:
    return [name for figure in compare_figures({"slope": one}, {"slope": other}) for name in figure.differs_in]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_limit_near_zero_is_as_precise_as_its_estimate(sign: int) -> None:
    reported, computed = 0.0307470, 0.0307469  # with one thread, and with two

    assert not differences(estimate(0.9, sign * reported, 1.8), estimate(0.9, sign * computed, 1.8))
    assert differences(estimate(0.9, sign * reported, 1.8), estimate(0.9, sign * reported + 3e-6, 1.8)) == ["low"]


def test_one_answer_among_a_million_is_a_difference_of_a_share() -> None:
    k, n = 600_000, 1_000_000

    assert differences(estimate(k / n, 0.59, 0.61, n), estimate((k + 1) / n, 0.59, 0.61, n)) == ["estimate"]
    assert differences(estimate(k / n, 0.59, 0.61, n), estimate(k / n, 0.59, 0.61, n - 1)) == ["n"]


def test_a_number_beside_an_estimate_is_compared_by_itself() -> None:
    beside: JsonObject = {**estimate(1000.0, 900.0, 1100.0), "level": 0.95000001}

    assert not differences(estimate(1000.0, 900.0, 1100.0), beside)
    assert differences(estimate(1000.0, 900.0, 1100.0), {**beside, "level": 0.9501}) == ["level"]
