"""By what grades vary, found again from grades that were drawn so, and by statsmodels' analysis of variance."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from perception.analysis.degradation.grade_spread import spread_of_grades


def test_it_is_what_the_grades_were_drawn_with() -> None:
    rng = np.random.default_rng(1)
    grades = 3 + rng.normal(0, 0.4, (300, 1)) + rng.normal(0, 0.3, (1, 300)) + rng.normal(0, 0.6, (300, 300))
    found = spread_of_grades(grades)
    assert found is not None
    assert (found.observers, found.images, found.rest) == pytest.approx((0.4, 0.3, 0.6), abs=0.05)


def test_it_follows_from_the_mean_squares() -> None:
    rng = np.random.default_rng(2)
    grades = np.clip(np.round(3.5 + rng.normal(0, 0.6, (6, 1)) + rng.normal(0, 0.9, (6, 9))), 1, 5)
    observer, image = np.indices(grades.shape)
    table = pd.DataFrame({"grade": grades.ravel(), "observer": observer.ravel(), "image": image.ravel()})
    squares = anova_lm(ols("grade ~ C(observer) + C(image)", table).fit())["sum_sq"] / [5, 8, 40]
    found = spread_of_grades(grades)
    assert found is not None
    assert found.rest**2 == pytest.approx(squares.iloc[2])
    assert found.observers**2 == pytest.approx(max((squares.iloc[0] - squares.iloc[2]) / 9, 0))
    assert found.images**2 == pytest.approx(max((squares.iloc[1] - squares.iloc[2]) / 6, 0))


def test_who_did_not_grade_all_is_left_aside() -> None:
    grades = np.array([[5.0, 4, 3], [4, 4, 2], [5, np.nan, 1]])
    assert spread_of_grades(grades) == spread_of_grades(grades[:2])
    assert spread_of_grades(grades[1:]) is None
    assert spread_of_grades(np.empty((0, 0))) is None
