"""Tables of labels, as public data sets have them: which columns are taken, what is told, what is refused."""

import io
from pathlib import Path, PurePosixPath

import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.datasets.readers.archive import Archive, RefusalKind
from ml.datasets.readers.files import ArchiveFile
from ml.datasets.readers.folder import FolderChoices, open_folder
from ml.datasets.readers.label_table import Columns, read_labels
from ml.datasets.readers.table_names import NamedImages
from ml.errors import MlError
from tests.ml.datasets.readers.test_class_folders import dealt, write
from tests.ml.factories import write_zip

NAMES = [f"ISIC_{n:04d}" for n in range(8)]


@pytest.fixture
def images(tmp_path: Path) -> Path:
    return write(tmp_path / "images", [f"part_{n % 2}/{name}.jpg" for n, name in enumerate(NAMES)])


def look(folder: Path, table: Path, **columns: str) -> Archive:
    with open_folder(folder, choices=FolderChoices(labels=table, columns=Columns(**columns))) as archive:
        return archive


def tabled(tmp_path: Path, text: str) -> Path:
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
    return tmp_path / "labels.csv"


def diagnosed(archive: Archive) -> dict[str, str]:
    return {entry.name.split("/")[-1]: entry.diagnosis for entry in archive.entries}


EXPECTED = {name: "MEL" if n % 3 == 0 else "NV" for n, name in enumerate(NAMES)}


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("isic_id,age_approx,diagnosis,lesion_id", "{name},50,{dx},L{pair}"),  # the ISIC archive
        ("patient_id,lesion_id,smoke,age,diagnostic,img_id", "P1,L{pair},False,1,{dx},{name}.png"),  # PAD-UFES-20
        ("lesion_id;image_id;dx;dx_type", "L{pair};{name};{dx};histo"),  # HAM10000, by Excel
        ("id,label,lesion,path", "7,{dx},L{pair},part_{odd}/{name}.jpg"),
        ("id,Label,Lesion,File", "0,{dx},L{pair},.\\part_{odd}\\{name}.JPG"),  # Windows
        ("case_num\tdiagnosis\tclinic\tderm\tlesion_id", "7\t{dx}\tnone.jpg\t{name}.jpg\tL{pair}"),  # Derm7pt
    ],
)
def test_columns_are_guessed_and_told(images: Path, tmp_path: Path, header: str, row: str) -> None:
    rows = [row.format(name=name, dx=EXPECTED[name], pair=n // 2, odd=n % 2, n=n) for n, name in enumerate(NAMES)]
    archive = look(images, tabled(tmp_path, "\n".join([header, *rows])))
    assert diagnosed(archive) == EXPECTED
    assert len({entry.lesion for entry in archive.entries}) == 4
    assert list(archive.refusals) == []
    assert archive.notes[0].startswith("labels of 8 of 8 images from labels.csv, by the columns image: ")
    assert "lesion: " in archive.notes[0]


@pytest.mark.parametrize("one", ["1", "1.0", "1,0"])
def test_one_hot_columns_are_recognised(images: Path, tmp_path: Path, one: str) -> None:
    zero = one.replace("1", "0")
    rows = [
        f"{name};" + ";".join(one if dx == EXPECTED[name] else zero for dx in ("MEL", "NV", "BCC")) for name in NAMES
    ]
    table = tabled(tmp_path, "\n".join(["image;MEL;NV;BCC", *rows]))
    archive = look(images, table)
    assert diagnosed(archive) == EXPECTED
    assert "one class each: MEL, NV, BCC" in archive.notes[0]
    assert diagnosed(look(images, table, label="MEL,NV")) == EXPECTED


def test_a_row_of_no_class_or_of_two_is_refused(images: Path, tmp_path: Path) -> None:
    rows = ["ISIC_0000,1,0", "ISIC_0001,0,1", "ISIC_0002,0,0", "ISIC_0003,1,1", "ISIC_0004,1,0"]
    archive = look(images, tabled(tmp_path, "\n".join(["image,MEL,NV", *rows])))
    assert len(archive.entries) == 3
    assert [r.reason for r in archive.refusals if r.kind == RefusalKind.BAD_LABEL] == [
        "one class is to be 1; here none is",
        "one class is to be 1; here MEL, NV is",
    ]


def test_columns_that_are_named_are_taken(images: Path, tmp_path: Path) -> None:
    rows = [f"x,{name},{EXPECTED[name]},A,L,{'train' if n < 5 else 'val'}" for n, name in enumerate(NAMES)]
    table = tabled(tmp_path, "\n".join(["diagnosis,n,mine,dx,group,phase", *rows]))
    archive = look(images, table, image="N", label="mine", lesion="group")
    assert diagnosed(archive) == EXPECTED
    assert {entry.lesion for entry in archive.entries} == {"L"}
    assert [entry.split for entry in archive.entries].count("test") == 3
    assert any("the split is kept as given by labels.csv, column phase" in note for note in archive.notes)
    with pytest.raises(MlError, match=r"no column nope \(--label-column\); it has diagnosis, n, mine"):
        look(images, table, label="nope")


def test_a_column_called_split_that_is_none_is_left_alone(images: Path, tmp_path: Path) -> None:
    rows = [f"{name},{dx},{n}" for n, (name, dx) in enumerate(EXPECTED.items())]
    table = tabled(tmp_path, "\n".join(["image,dx,split", *rows]))
    archive = look(images, table)
    assert {entry.split for entry in archive.entries} == {None}
    assert any("column split, is not read as a split: 0 is no side of one" in note for note in archive.notes)
    with pytest.raises(MlError, match="is no side of a split"):  # named, it is taken at its word
        look(images, table, split="split")


def test_rows_that_contradict_each_other_are_not_believed(images: Path, tmp_path: Path) -> None:
    rows = ["ISIC_0000,MEL", "ISIC_0001,NV", "ISIC_0000,NV", "ISIC_0000,MEL", "ISIC_0001,NV", "ISIC_0002,", "none,NV"]
    rows += ["ISIC_0003,MEL", "ISIC_0004,MEL,x", "ISIC_0005"]
    archive = look(images, tabled(tmp_path, "\n".join(["image,dx", *rows])))
    assert diagnosed(archive) == {"ISIC_0001": "NV", "ISIC_0003": "MEL"}
    told = {(refusal.where, refusal.kind) for refusal in archive.refusals}
    assert ("labels.csv, line 4, column image", RefusalKind.BAD_LABEL) in told
    assert ("labels.csv, line 5, column image", RefusalKind.BAD_LABEL) in told
    assert ("labels.csv, line 7, column dx", RefusalKind.BAD_LABEL) in told
    assert ("labels.csv, line 8, column image", RefusalKind.NO_IMAGE) in told
    assert ("labels.csv, line 10", RefusalKind.BAD_LABEL) in told
    assert ("labels.csv, line 11", RefusalKind.BAD_LABEL) in told
    assert ("part_0/ISIC_0000.jpg", RefusalKind.NO_LABEL) in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image,dx\nother1,MEL\nother2,NV\n", "no column of labels.csv names an image of the folder"),
        ("image,age\nISIC_0000,5\nISIC_0001,6\n", "no column of labels.csv is known to say what the images show"),
        ("image,dx\nISIC_0000,MEL\nISIC_0001,mel\nISIC_0002,NV\n", "“MEL” and “mel” differ in case or blanks"),
        ("image,dx\nISIC_0000,MEL\nISIC_0001,MEL\n", r"one diagnosis \(MEL\)"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_the_way_out(
    images: Path, tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(MlError, match=message):
        look(images, tabled(tmp_path, text))


def test_a_table_among_the_files_is_found_where_folders_are_no_classes(images: Path) -> None:
    rows = "".join(f"{name},{dx},P{name[-1]}\n" for name, dx in EXPECTED.items())
    (images / "metadata.csv").write_text(f"img,diagnosis,patient_id\n{rows}")
    (images / "notes.txt").write_text("nothing of use")
    with open_folder(images) as archive:
        assert diagnosed(archive) == EXPECTED
    assert archive.notes[0] == "the folders are no classes; metadata.csv, a table among the files, tells them"
    assert "--lesion-column patient_id keeps a patient's images together" in archive.notes[2]
    assert [refusal.where for refusal in archive.refusals] == ["notes.txt"]
    (images / "again.csv").write_text(f"img,diagnosis,patient_id\n{rows}")
    with pytest.raises(MlError, match=r"several that could be meant: again\.csv, metadata\.csv"), open_folder(images):
        pass


def test_a_table_beside_class_folders_is_told_and_not_used(tmp_path: Path) -> None:
    write(tmp_path, [f"{dx}/{dx}{n}.jpg" for dx in ("mel", "nv") for n in range(6)])
    rows = "".join(f"{dx}{n},{'ab'[n % 2]}\n" for dx in ("mel", "nv") for n in range(6))
    (tmp_path / "labels.csv").write_text(f"image,dx\n{rows}")
    with open_folder(tmp_path) as archive:
        assert dealt(archive) == {("mel", None): 6, ("nv", None): 6}
    assert "labels.csv names images, too, and was not used" in archive.notes[0]


def test_a_table_labels_the_images_of_a_zip(tmp_path: Path) -> None:
    write_zip(tmp_path / "i.zip", {f"images/{name}.jpg": b"an image" for name in NAMES})
    table = tabled(tmp_path, "image,dx\n" + "".join(f"{name},{dx}\n" for name, dx in EXPECTED.items()))
    assert diagnosed(look(tmp_path / "i.zip", table)) == EXPECTED


@given(st.permutations(range(5)), st.permutations(range(8)), st.sampled_from(",;\t"), st.booleans())
@settings(max_examples=25, deadline=None)
def test_neither_order_nor_separator_nor_names_in_capitals_change_what_is_read(
    columns: list[int], rows: list[int], separator: str, capitals: bool
) -> None:
    header = ["image_id", "age", "dx", "lesion_id", "split"]
    cells = [[name, "50", EXPECTED[name], f"L{n // 2}", "train" if n < 6 else "test"] for n, name in enumerate(NAMES)]
    lines = [[header[place].upper() if capitals else header[place] for place in columns]]
    lines += [[cells[row][place] for place in columns] for row in rows]
    text = "\n".join(separator.join(line) for line in lines)
    names = [f"part/{name}" for name in NAMES]
    files = [ArchiveFile(PurePosixPath(f"{name}.jpg"), 1, opened=io.BytesIO) for name in names]
    labels = read_labels(
        text.encode(), source="t", images=NamedImages(files), names=names, columns=Columns(), keep_split=True
    )
    found = {name: (label.diagnosis, label.lesion) for name, label in labels.by_image.items()}
    assert found == {f"part/{name}": (EXPECTED[name], f"L{n // 2}") for n, name in enumerate(NAMES)}
    assert labels.sides == {f"part/{name}": "train" if n < 6 else "test" for n, name in enumerate(NAMES)}
    assert labels.refusals == []


def test_a_split_in_french_is_kept(images: Path, tmp_path: Path) -> None:
    rows = [f"{name};{dx};{'test' if n < 3 else 'Entraînement'}" for n, (name, dx) in enumerate(EXPECTED.items())]
    archive = look(images, tabled(tmp_path, "\n".join(["image;dx;split", *rows])))
    assert [entry.split for entry in archive.entries].count("test") == 3
    assert [entry.split for entry in archive.entries].count("train") == len(rows) - 3


def test_a_class_of_few_images_in_a_table_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(20):
        PIL.Image.effect_noise((20, 20), 50 + n).convert("RGB").save(folder / f"a{n}.png")
    rows = [f"a{n}.png,{'rare' if n == 0 else ('mel', 'nv')[n % 2]}" for n in range(20)]
    archive = look(folder, tabled(tmp_path, "\n".join(["image,dx", *rows])))
    assert "the class rare has 1 image only: too few to learn or to measure it" in archive.notes
