"""Measures of the change beside the answers of a file: read where they are numbers, left to the other program else."""

import numpy as np
import pytest

from studies.answers.readers.options import ReadingOptions
from studies.answers.readers.reading import Reading, read_files

pytestmark = pytest.mark.usefixtures("way_of_reading")


def read(header: str, *rows: str) -> Reading:
    return read_files([("\n".join((header, *rows)).encode(), "a.csv")], ReadingOptions())


def test_each_item_has_the_measures_that_stand_beside_its_answers() -> None:
    measures = read(
        "observer,item,truth,response,linf,psnr,ssim",
        "A,x,perturbed,perturbed,8,33.1,0.81",
        "A,y,perturbed,clean,0,,1",
        "A,z,clean,clean,,,",
        "B,x,perturbed,clean,8,33.1,0.81",
        "B,y,perturbed,clean,0,,1",
        "B,z,clean,clean,,,",
    ).observations.measures

    assert list(measures) == ["linf", "psnr", "ssim"]
    assert measures["linf"] == pytest.approx([8, 0, np.nan], nan_ok=True)
    assert measures["psnr"] == pytest.approx([33.1, np.inf, np.nan], nan_ok=True)
    assert measures["ssim"] == pytest.approx([0.81, 1, np.nan], nan_ok=True)


def test_a_column_of_such_a_name_with_other_contents_is_another_programs() -> None:
    observations = read(
        "observer,item,truth,response,flip,ssim",
        "A,x,perturbed,perturbed,yes,",
        "A,y,clean,clean,no,",
    ).observations

    assert observations.measures == {}
    assert observations.response.tolist() == [1, 0]


def test_items_of_one_image_are_known_where_the_file_names_the_image_beside_them() -> None:
    header, *rows = (
        "observer,item,image,truth,response,strength",
        "A,S1,m1,perturbed,perturbed,4",
        "A,S2,m2,clean,clean,",
        "B,S3,m1,perturbed,clean,8",
        "B,S2,m2,clean,clean,",
    )
    named = read(header, *rows).observations
    unnamed = read("observer,item,truth,response", "A,S1,perturbed,perturbed", "B,S3,perturbed,clean").observations

    assert named.items == ("S1", "S2", "S3")
    assert named.image is not None
    assert named.image.tolist() == [0, 1, 0, 1]
    assert unnamed.image is None
