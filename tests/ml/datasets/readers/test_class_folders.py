"""Folders as public data sets lay them out: sides of a split, parts, patients, masks; never taken for diagnoses."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from ml.datasets.readers.archive import Archive, RefusalKind
from ml.datasets.readers.folder import DRAWN, FolderChoices, open_folder
from ml.errors import MlError
from tests.ml.datasets.readers.test_dicom import GREYS, dicom
from tests.ml.factories import write_zip


def write(folder: Path, names: Iterable[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"an image")
    return folder


def look(folder: Path, **choices: object) -> Archive:
    with open_folder(folder, choices=FolderChoices(**choices)) as archive:  # type: ignore[arg-type]
        return archive


def dealt(archive: Archive) -> Counter[tuple[str, str | None]]:
    return Counter((entry.diagnosis, entry.split) for entry in archive.entries)


@pytest.mark.parametrize(
    ("sides", "into"),
    [
        ({"train": 4, "val": 2, "test": 3}, {"train": 6, "test": 3}),
        ({"Train": 4, "valid": 2, "TEST": 3}, {"train": 6, "test": 3}),
        ({"training": 4, "validation": 2}, {"train": 4, "test": 2}),
        ({"train": 4, "test": 3}, {"train": 4, "test": 3}),
    ],
)
def test_sides_of_a_split_are_kept_and_are_no_classes(
    tmp_path: Path, sides: dict[str, int], into: dict[str, int]
) -> None:
    names = [f"{side}/{dx}/{n}.jpg" for side, count in sides.items() for dx in ("mel", "nv") for n in range(count)]
    archive = look(write(tmp_path, names))
    assert dealt(archive) == {(dx, side): count for dx in ("mel", "nv") for side, count in into.items()}
    assert any("the split is kept as given by the folders" in note for note in archive.notes)
    assert any("validation count as" in note for note in archive.notes) == (len(sides) == 3 or "validation" in sides)
    drawn = look(tmp_path, split=DRAWN)
    assert {entry.split for entry in drawn.entries} == {None}
    assert any("is not kept: a new one is drawn" in note for note in drawn.notes)


def test_a_class_may_lack_on_one_side(tmp_path: Path) -> None:
    archive = look(write(tmp_path, ["train/mel/a.jpg", "train/nv/b.jpg", "train/nv/c.jpg", "test/nv/d.jpg"]))
    assert dealt(archive) == {("mel", "train"): 1, ("nv", "train"): 2, ("nv", "test"): 1}


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["train/a.jpg", "test/b.jpg"], "no folder for each class below"),
        (["mel/a.jpg", "nv/b.jpg", "test/c.jpg"], "named as the sides of a split, beside mel, nv"),
        (["imgs_part_1/a.jpg", "imgs_part_2/b.jpg", "imgs_part_3/c.jpg"], "parts of one set of images, not diagnoses"),
        (["HAM_images_part_1/a.jpg", "HAM_images_part_2/b.jpg"], "parts of one set of images"),
        (
            [f"IMD{n:03d}/IMD{n:03d}_Dermoscopic_Image/IMD{n:03d}.bmp" for n in range(2, 5)],
            "each patient or lesion has",
        ),
        ([f"patient {n}/{k}.jpg" for n in range(9) for k in range(n % 3 + 1)], "one to 3 images each"),
        ([f"{name}/{name}.jpg" for name in (chr(97 + n) * 5 for n in range(22))], "each patient or lesion has"),
        (["ISIC_Training_Input/a.jpg", "ISIC_Validation_Input/b.jpg"], "sides of a split, not diagnoses"),
        (["HAM_images_part_1/a.jpg", "ham_images_part_1/a.jpg"], "parts of one set of images"),  # as Kaggle has it
        (["images/a.jpg"], "the only folder with images is images"),
    ],
)
def test_folders_that_are_no_classes_are_refused_with_what_they_seem_to_be(
    tmp_path: Path, names: list[str], message: str
) -> None:
    with pytest.raises(MlError, match=message) as refused:
        look(write(tmp_path, names))
    assert "--labels" in str(refused.value)


@pytest.mark.parametrize("names", [["0", "1"], ["grade 1", "grade 2", "grade 3"], ["class_a", "class_b"]])
def test_classes_that_are_numbered_are_classes(tmp_path: Path, names: list[str]) -> None:
    archive = look(write(tmp_path, [f"{name}/{n}.jpg" for name in names for n in range(5)]))
    assert set(dealt(archive)) == {(name, None) for name in names}


@pytest.mark.parametrize("each", [1, 2, 3])
def test_a_small_set_of_diagnoses_is_no_set_of_patients(tmp_path: Path, each: int) -> None:
    names = [f"{dx}/{dx}_{n}.jpg" for dx in ("akiec", "bcc", "bkl", "df", "mel", "nv", "vasc") for n in range(each)]
    assert len(look(write(tmp_path, names)).entries) == 7 * each


@pytest.mark.parametrize(
    "twins", [("Melanoma", "melanoma"), ("nevus", "nevus "), ("basal cell", "basal_cell"), ("nævus é", "nævus e\u0301")]
)
def test_classes_that_differ_in_case_or_blanks_are_refused(tmp_path: Path, twins: tuple[str, str]) -> None:
    write(tmp_path, [f"{name}/{n}.jpg" for name in (*twins, "other") for n in range(4)])
    with pytest.raises(MlError, match="differ in case or blanks alone") as refused:
        look(tmp_path)
    assert "other" not in str(refused.value).split(":", maxsplit=1)[1]


def test_masks_are_passed_over_by_their_names(tmp_path: Path) -> None:
    names = [f"{dx}/{n}{end}" for dx in ("mel", "nv") for n in range(4) for end in (".jpg", "_segmentation.png")]
    archive = look(write(tmp_path, [*names, "mel/0_mask.png", "nv/unmasked.jpg"]))
    assert len(archive.entries) == 9
    assert Counter(refusal.kind for refusal in archive.refusals) == {RefusalKind.PASSED_OVER: 9}


def test_a_class_of_few_images_beside_large_ones_is_told(tmp_path: Path) -> None:
    names = [f"nv/{n}.jpg" for n in range(20)] + ["mel/1.jpg", "mel/2.jpg"]
    assert list(look(write(tmp_path, names)).notes) == [
        "the class mel has 2 images only: too few to learn or to measure it"
    ]


@pytest.mark.parametrize("top", ["", "moles/"])
@pytest.mark.parametrize("between", ["/", "\\"])
def test_a_zip_is_read_as_the_folder_that_it_packs(tmp_path: Path, top: str, between: str) -> None:
    names = [f"{top}{dx}/{n}.jpg" for dx in ("mel", "nv") for n in range(4)]
    write_zip(tmp_path / "m.zip", {name.replace("/", between): b"an image" for name in names})
    archive = look(tmp_path / "m.zip")
    assert dealt(archive) == {("mel", None): 4, ("nv", None): 4}
    assert archive.entries[0].name == "mel/0"


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.zip").write_bytes(b"no zip")
    with pytest.raises(MlError, match="does not open as a zip"):
        look(tmp_path / "m.zip")
    (tmp_path / "m.rar").write_bytes(b"Rar!")
    with pytest.raises(MlError, match="neither a folder nor a zip"):
        look(tmp_path / "m.rar")


def test_zips_alone_are_refused_with_what_to_do(tmp_path: Path) -> None:
    write_zip(tmp_path / "inner.zip", {"mel/a.jpg": b"an image"})
    write_zip(tmp_path / "outer.zip", {"inner.zip": (tmp_path / "inner.zip").read_bytes()})
    with pytest.raises(MlError, match=r"no image, but zips \(inner\.zip\): unpack them"):
        look(tmp_path / "outer.zip")


def test_dicom_is_known_without_an_ending_and_with_a_number_for_one(tmp_path: Path) -> None:
    write(tmp_path, [f"nv/{n}.jpg" for n in range(5)])
    (tmp_path / "mel").mkdir()
    for name in ("IM0001", "1.2.840.1", "1.2.840.2", "a.dcm"):
        (tmp_path / "mel" / name).write_bytes(dicom(GREYS, "MONOCHROME2"))
    (tmp_path / "mel" / "README").write_text("no image")
    archive = look(tmp_path)
    assert [entry.name for entry in archive.entries if entry.diagnosis == "mel"] == [
        "mel/1.2.840.1",
        "mel/1.2.840.2",
        "mel/IM0001",
        "mel/a",
    ]
    assert [refusal.where for refusal in archive.refusals] == ["mel/README"]
