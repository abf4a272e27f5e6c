"""The range of a seed, and that what takes the largest one really takes it."""

import numpy as np
import pytest

from ml.errors import MlError
from ml.runs.checks import check_seed
from perception.core.seeds import LARGEST_STUDY_SEED, LARGEST_TRAINING_SEED, is_seed


@pytest.mark.parametrize(("number", "expected"), [(0, True), (10, True), (-1, False), (11, False)])
def test_a_seed_is_from_nothing_to_the_largest(number: int, expected: bool) -> None:
    assert is_seed(number, largest=10) == expected


def test_the_largest_seed_of_a_training_is_what_numpys_old_generator_takes() -> None:
    np.random.RandomState(LARGEST_TRAINING_SEED)
    check_seed(LARGEST_TRAINING_SEED)
    with pytest.raises(ValueError, match="Seed must be between"):
        np.random.RandomState(LARGEST_TRAINING_SEED + 1)
    with pytest.raises(MlError, match=f"from 0 to {LARGEST_TRAINING_SEED}, not {LARGEST_TRAINING_SEED + 1}"):
        check_seed(LARGEST_TRAINING_SEED + 1)


def test_the_largest_seed_of_a_study_is_the_last_that_floating_point_numbers_tell_apart() -> None:
    assert float(LARGEST_STUDY_SEED) != float(LARGEST_STUDY_SEED + 1) == float(LARGEST_STUDY_SEED + 2)
