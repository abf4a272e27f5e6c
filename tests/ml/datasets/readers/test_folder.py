"""One folder a class, nested or not, with and without a table of lesions."""

import os
import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from ml.datasets.readers.archive import Archive, RefusalKind
from ml.datasets.readers.folder import open_folder
from ml.errors import MlError
from tests.ml.factories import make_image_bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "images"
    for place, path in enumerate(["mel/a.jpg", "mel/clinic-2/b.PNG", "nv/a.jpg", "nv/c.jpg"]):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(make_image_bytes(place))
    return root


def look(folder: Path, lesions: Path | None = None) -> Archive:
    with open_folder(folder, lesions=lesions, credit="us") as archive:
        return archive


def test_class_is_the_folder_and_the_image_its_own_lesion(folder: Path) -> None:
    archive = look(folder)
    assert [(entry.name, entry.diagnosis, entry.lesion) for entry in archive.entries] == [
        ("mel/a", "mel", "mel/a"),
        ("mel/clinic-2/b", "mel", "mel/clinic-2/b"),
        ("nv/a", "nv", "nv/a"),
        ("nv/c", "nv", "nv/c"),
    ]
    assert archive.credit == "us"
    assert list(archive.refusals) == []


def test_what_is_no_image_of_a_class_is_refused(folder: Path) -> None:
    for path in ("stray.jpg", "nv/.hidden.jpg", "nv/notes.txt", "mel/Thumbs.db"):
        (folder / path).write_bytes(b"x")
    (folder / "nv" / "link").symlink_to(folder / "mel")
    os.mkfifo(folder / "nv" / "pipe.jpg")
    archive = look(folder)
    assert len(archive.entries) == 4
    assert {refusal.where: refusal.kind for refusal in archive.refusals} == {
        "stray.jpg": RefusalKind.NO_LABEL,
        "nv/.hidden.jpg": RefusalKind.WRONG_NAME,
        "nv/notes.txt": RefusalKind.WRONG_NAME,
        "mel/Thumbs.db": RefusalKind.WRONG_NAME,
        "nv/link": RefusalKind.PASSED_OVER,
        "nv/pipe.jpg": RefusalKind.UNREADABLE,
    }


def test_names_that_do_not_print_are_refused_and_shown_escaped(folder: Path) -> None:
    (folder / "nv" / "two\nlines.jpg").write_bytes(b"x")
    Path(os.fsdecode(os.fsencode(folder / "nv") + b"/latin-\xe9.jpg")).write_bytes(b"x")
    archive = look(folder)
    assert sorted(refusal.where for refusal in archive.refusals) == ["nv/latin-\\udce9.jpg", "nv/two\\nlines.jpg"]


def test_lesions_by_path_or_by_name(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "lesions.csv"
    table.write_text("image,lesion\nmel/a.jpg,one\nb,one\nc.jpg,two\n")
    archive = look(folder, table)
    assert [entry.lesion for entry in archive.entries] == ["one", "one", "nv/a", "two"]
    assert list(archive.refusals) == []


def test_rows_of_lesions_that_cannot_be_used_are_reported(folder: Path) -> None:
    table = folder / "lesions.csv"
    table.write_text("image,lesion\na.jpg,one\nnone.jpg,one\nc,\nmel/a,one\nmel/a.jpg,other\n")
    archive = look(folder, table)
    assert archive.entries[0].lesion == "one"
    assert [(refusal.where, refusal.kind) for refusal in archive.refusals] == [
        ("lesions.csv, line 2, column image", RefusalKind.BAD_LABEL),
        ("lesions.csv, line 3, column image", RefusalKind.NO_IMAGE),
        ("lesions.csv, line 4, column lesion", RefusalKind.BAD_LABEL),
        ("lesions.csv, line 6, column image", RefusalKind.BAD_LABEL),
    ]
    assert "mel/a, nv/a" in archive.refusals[0].reason


def test_one_class_is_a_folder_too_high_or_too_low(folder: Path) -> None:
    with pytest.raises(MlError, match="the only folder with images is images"):
        look(folder.parent)
    with pytest.raises(MlError, match="the only folder with images is clinic-2"):
        look(folder / "mel")


def test_lesions_table_that_is_not_there(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(MlError, match=r"none\.csv cannot be read: No such file"):
        look(folder, tmp_path / "none.csv")


@pytest.mark.parametrize(
    "rows",
    [
        "mel\\a.jpg,one\nmel\\clinic-2\\b.PNG,one\nnv\\lésion.jpg,two\n",  # Windows
        "./mel/a.jpg,one\n.\\mel\\clinic-2\\b.PNG,one\n./nv//lésion.jpg,two\n",
        "mel/a.JPG,one\nmel/clinic-2/b.png,one\nnv/lésion.Jpg,two\n",  # the ending in other letters
        "mel/a,one\nb,one\nlésion,two\n",
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
def test_names_that_two_programs_write_in_two_ways_are_the_same(
    folder: Path, tmp_path: Path, rows: str, form: Literal["NFC", "NFD"], on_disk: Literal["NFC", "NFD"]
) -> None:
    (folder / "nv" / "c.jpg").rename(folder / "nv" / unicodedata.normalize(on_disk, "lésion.jpg"))
    table = tmp_path / "lesions.csv"
    table.write_text("image,lesion\n" + unicodedata.normalize(form, rows), encoding="utf-8")
    archive = look(folder, table)
    assert [entry.lesion for entry in archive.entries] == ["one", "one", "nv/a", "two"]
    assert list(archive.refusals) == []
    [note] = archive.notes
    assert note == ("lesions.csv gives the lesion of 3 of 4 images; each other one counts as a lesion of its own: nv/a")


def test_a_table_of_which_no_row_fits_makes_nothing_and_shows_a_name_of_each_side(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "lesions.csv"
    table.write_text("image,lesion\nIMG_0001.jpg,one\nIMG_0002.jpg,one\n")
    with pytest.raises(MlError) as raised:
        look(folder, table)
    assert str(raised.value) == (
        "no row of lesions.csv can be used, so no image would have a lesion of the table; nothing was made. The folder "
        "has mel/a, and of the table the first row of 2: lesions.csv, line 2, column image: there is no image "
        "IMG_0001.jpg"
    )
    table.write_text("image,lesion\n")
    with pytest.raises(MlError, match=r"lesions\.csv has no row below its header"):
        look(folder, table)


def test_how_many_rows_and_images_do_not_fit_is_said(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "lesions.csv"
    table.write_text("image,lesion\nmel/a.jpg,one\nmel/z.jpg,one\n")
    archive = look(folder, table)
    assert [refusal.reason for refusal in archive.refusals] == ["there is no image mel/z.jpg"]
    assert list(archive.notes) == [
        "lesions.csv gives the lesion of 1 of 4 images; each other one counts as a lesion of its own: "
        "mel/clinic-2/b, nv/a, nv/c",
        "1 of 2 rows of lesions.csv are not used; they are among the refusals",
    ]


def test_a_table_that_names_every_image_is_worth_no_note(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "lesions.csv"
    table.write_text("image,lesion\nmel/a,1\nb,1\nnv/a,2\nc,2\n")
    assert list(look(folder, table).notes) == []
