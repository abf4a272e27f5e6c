"""Grades of a degradation category rating in files of answers, in either column, and what is wrong with them."""

import numpy as np
import pytest

from perception.analysis.observations import Observations
from perception.core.input_files.errors import InputError
from studies.answers.readers.reading import read_answers

IN_RESPONSES = "observer,item,truth,response\nA,x,different,3\nA,y,same,5\nB,x,different,5\nB,y,same,\n"
IN_THEIR_OWN = (
    "observer,item,truth,response,grade\nA,x,different,different,3\nA,y,same,,5.0\nB,x,different,same,5\nB,y,same,,\n"
)


def read(text: str) -> Observations:
    return read_answers(text.encode(), source="answers.csv")


@pytest.mark.parametrize("text", [IN_RESPONSES, IN_THEIR_OWN])
def test_grades_and_what_they_amount_to(text: str) -> None:
    found = read(text)
    assert found.grade is not None
    np.testing.assert_array_equal(found.grade, [3, 5, 5, np.nan])
    assert found.response.tolist() == [1, 0, 0, -1]
    assert found.task == "same_different"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (IN_THEIR_OWN.replace("same,,5.0", "same,different,5"), "the grade 5 beside it says “same”"),
        (IN_THEIR_OWN.replace("different,3", "different,6"), "'6' is no grade from 1 to 5"),
        (IN_THEIR_OWN.replace("different,3", "different,mild"), "'mild' is no grade from 1 to 5"),
    ],
)
def test_what_is_no_grade_is_told_with_its_place(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(text)


def test_a_column_of_that_name_in_another_task_is_something_else() -> None:
    found = read("observer,item,truth,response,grade\nA,x,perturbed,clean,G2\nA,y,clean,clean,G3\n")
    assert found.grade is None
