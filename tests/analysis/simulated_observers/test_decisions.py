"""What is answered to impressions: places of the limits, and how often “different” is said without sensitivity."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from perception.analysis.simulated_observers.decisions import confidences, difference_limit, ratings


def test_a_limit_itself_belongs_to_the_answer_below_it() -> None:
    """As 0 does: “perturbed” is said above the criterion."""
    assert ratings([-1.0, -0.5, 0.0, 0.5, 1.0]).tolist() == [1, 2, 3, 4, 5]
    assert confidences([0.5, 1.0, -0.5, -1.0]).tolist() == [1, 2, 1, 2]


@given(evidence=st.floats(-5, 5))
def test_a_rating_is_above_three_where_perturbed_is_said(evidence: float) -> None:
    assert (int(ratings(evidence)) > 3) == (evidence > 0)
    assert int(confidences(evidence)) == int(confidences(-evidence))


def test_answers_have_the_shape_of_the_evidence() -> None:
    evidence = np.zeros((2, 3))

    assert ratings(evidence).shape == confidences(evidence).shape == (2, 3)
    assert ratings(0.7).shape == ()


def test_who_sees_nothing_says_different_of_half_of_the_pairs() -> None:
    assert 2 * stats.norm.sf(difference_limit(0.0, 0.0) / sqrt(2)) == pytest.approx(0.5, abs=1e-3)
    assert difference_limit(4.0, 0.5) == 2.5
