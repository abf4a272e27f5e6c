"""The crossed bootstrap, against the definition carried out one resample at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from perception.analysis.answer_table import AnswerTable
from perception.analysis.estimates.bootstrap import bootstrap
from perception.analysis.estimates.clustered import ratio_variance
from tests.analysis.written_json import written_json


def table_of(responses: NDArray[np.int8], truth: NDArray[np.bool_]) -> AnswerTable:
    observers, items = responses.shape
    return AnswerTable(
        tuple(f"O{number}" for number in range(observers)),
        tuple(f"I{number}" for number in range(items)),
        truth,
        responses,
    )


@pytest.fixture(scope="module")
def study() -> AnswerTable:
    """Eight observers, 60 images, a tenth of the answers missing."""
    generator = np.random.default_rng(5)
    truth = np.arange(60) < 36
    leaning = generator.normal(0, 0.6, (8, 1)) + generator.normal(0, 0.6, 60)
    said = (leaning + 0.4 * truth + generator.normal(size=(8, 60)) > 0).astype(np.int8)
    said[generator.random(said.shape) < 0.1] = -1
    return table_of(said, truth)


def test_the_limits_are_those_of_resamples_drawn_one_by_one(study: AnswerTable) -> None:
    generator = np.random.default_rng(11)
    perturbed = np.flatnonzero(study.truth)
    shares = []
    for _ in range(4000):
        rows = generator.integers(0, 8, 8)
        columns = generator.choice(perturbed, len(perturbed))
        said = study.responses[np.ix_(rows, columns)]
        shares.append((said == 1).sum() / (said != -1).sum())

    estimate = bootstrap(study, seed=2).sensitivity

    assert (estimate.low, estimate.high) == pytest.approx(tuple(np.quantile(shares, [0.025, 0.975])), abs=0.012)


def test_the_width_is_that_of_both_variances(study: AnswerTable) -> None:
    """Owen 2007: the bootstrap's variance is near v_image + v_observer (it holds v_cell once more, not once less)."""
    said = study.responses[:, study.truth]
    by_image, by_observer = (ratio_variance(said == 1, said != -1, axis=axis) for axis in (0, 1))

    estimate = bootstrap(study, seed=3).sensitivity

    assert estimate.low is not None
    assert estimate.high is not None
    spread = (estimate.high - estimate.low) / (2 * 1.96)
    assert spread == pytest.approx(np.sqrt(by_image + by_observer), rel=0.15)


def test_a_seed_gives_the_same_limits_and_another_seed_others(study: AnswerTable) -> None:
    assert bootstrap(study, seed=1) == bootstrap(study, seed=1)
    assert bootstrap(study, seed=1).sensitivity.low != bootstrap(study, seed=2).sensitivity.low


def test_the_estimates_are_those_of_the_table(study: AnswerTable) -> None:
    summary = written_json(bootstrap(study, seed=1))

    sensitivity, specificity = summary["sensitivity"], summary["specificity"]
    assert sensitivity["estimate"] == sensitivity["k"] / sensitivity["n"]
    assert summary["balanced_accuracy"]["estimate"] == (sensitivity["estimate"] + specificity["estimate"]) / 2
    assert summary["balanced_accuracy"]["low"] < summary["balanced_accuracy"]["estimate"]
    assert "10,000 resamples, seed 1" in sensitivity["method"]


def test_observers_and_images_without_an_answer_change_nothing(study: AnswerTable) -> None:
    said = np.full((9, 62), -1, dtype=np.int8)
    said[:8, :60] = study.responses
    more = table_of(said, np.append(study.truth, [True, False]))

    assert bootstrap(more, seed=4) == bootstrap(study, seed=4)


def test_alike_answers_have_no_interval() -> None:
    said = np.array([[1, 1, 0, 1]] * 3, dtype=np.int8)
    summary = bootstrap(table_of(said, np.array([True, True, False, False])), seed=1)

    assert (summary.sensitivity.estimate, summary.sensitivity.low) == (1, None)
    assert summary.specificity.low is not None
    assert (summary.balanced_accuracy.estimate, summary.balanced_accuracy.low) == (0.75, None)


SHAPES = st.tuples(st.integers(0, 4), st.integers(0, 6))
TABLES = SHAPES.flatmap(
    lambda shape: st.tuples(
        st_numpy.arrays(np.int8, shape, elements=st.integers(-1, 1)), st_numpy.arrays(bool, shape[1])
    )
)


@settings(max_examples=30)
@given(table=TABLES)
def test_no_table_breaks_it(table: tuple[NDArray[np.int8], NDArray[np.bool_]]) -> None:
    summary = written_json(bootstrap(table_of(*table), seed=1))

    for estimate in summary.values():
        if estimate["low"] is not None:
            assert 0 <= estimate["low"] <= estimate["high"] <= 1


def test_what_cannot_be_is_refused(study: AnswerTable) -> None:
    with pytest.raises(ValueError, match="at least 10,000"):
        bootstrap(study, seed=1, resamples=999)
    with pytest.raises(ValueError, match="between 0 and 1"):
        bootstrap(study, seed=1, level=95)
