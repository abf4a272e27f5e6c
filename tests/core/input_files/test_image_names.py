"""Names of images in the one form in which they are compared."""

import unicodedata

import pytest

from perception.core.input_files.image_names import normal_name


@pytest.mark.parametrize(
    "written",
    ["a/lésion.jpg", "./a/lésion.JPG", "a\\lésion.Jpg", ".\\a\\lésion.jpg", "a//lésion.jpg", " a/lésion.jpg "],
)
def test_one_file_has_one_name(written: str) -> None:
    for form in ("NFC", "NFD"):
        assert normal_name(unicodedata.normalize(form, written)) == "a/l\u00e9sion.jpg"


def test_files_of_two_names_stay_two() -> None:
    assert len({normal_name(name) for name in ("a", "a.jpg", "a.png", "A.jpg", "b/a.jpg", "b.a")}) == 6
