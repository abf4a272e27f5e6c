"""An answer and how sure the observer was, as one rating."""

import pytest

from perception.analysis.ratings.rating_scale import six_categories


def test_an_answer_and_its_confidence_are_six_ordered_categories() -> None:
    made = [six_categories(perturbed=False, confidence=confidence) for confidence in (3, 2, 1)]
    made += [six_categories(perturbed=True, confidence=confidence) for confidence in (1, 2, 3)]

    assert made == [1, 2, 3, 4, 5, 6]
    for wrong in (0, 4):
        with pytest.raises(ValueError, match="1 to 3"):
            six_categories(perturbed=True, confidence=wrong)
