"""Which files are twins: by folders and by tables, in folders and zips, with what lies beside them told."""

import zipfile
from pathlib import Path

import pytest

from ml.datasets.readers.archive import RefusalKind
from ml.errors import MlError
from ml.pairs.elsewhere.opening import open_twins
from ml.pairs.elsewhere.twins import NO_DIAGNOSIS, TwinListing
from perception.core.input_files.csv_table import CsvError


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"an image")
    return folder


def look(source: Path, table: Path | None = None) -> TwinListing:
    with open_twins(source, table=table) as listing:
        return listing


def found(listing: TwinListing) -> list[tuple[str, str, str, str]]:
    return sorted((twin.name, twin.clean.where, twin.perturbed.where, twin.diagnosis) for twin in listing.twins)


def told(listing: TwinListing) -> dict[str, RefusalKind]:
    return {refusal.where: refusal.kind for refusal in listing.refusals}


def test_two_folders_are_paired_by_names_without_endings(tmp_path: Path) -> None:
    folder = write(tmp_path, "clean/a.png", "clean/b.jpg", "perturbed/a.PNG", "perturbed/b.png")

    listing = look(folder)

    assert found(listing) == [
        ("a", "clean/a.png", "perturbed/a.PNG", NO_DIAGNOSIS),
        ("b", "clean/b.jpg", "perturbed/b.png", NO_DIAGNOSIS),
    ]
    assert not listing.refusals


def test_folders_below_are_diagnoses(tmp_path: Path) -> None:
    folder = write(
        tmp_path, *(f"{side}/{dx}/{n}.png" for side in ("Clean", "PERTURBED") for dx in ("mel", "nv") for n in (1, 2))
    )

    assert [(name, dx) for name, _, _, dx in found(look(folder))] == [
        ("mel/1", "mel"),
        ("mel/2", "mel"),
        ("nv/1", "nv"),
        ("nv/2", "nv"),
    ]


def test_one_folder_below_is_the_diagnosis_of_all(tmp_path: Path) -> None:
    listing = look(write(tmp_path, "clean/mel/1.png", "perturbed/mel/1.png", "clean/2.png", "perturbed/2.png"))

    assert [dx for *_, dx in found(listing)] == ["mel"]
    assert told(listing) == {"clean/2.png": RefusalKind.NO_LABEL}


def test_folders_of_patients_are_no_diagnoses(tmp_path: Path) -> None:
    names = [f"{side}/patient{n}/1.png" for side in ("clean", "perturbed") for n in range(12)]
    with pytest.raises(MlError, match=r"as a folder for each patient.*--table"):
        look(write(tmp_path, *names))


def test_a_zip_and_folders_around_the_two_are_looked_into(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "out/v2/clean/a.png", "out/v2/perturbed/a.png", "out/__MACOSX/clean/._a.png")
    zipped = tmp_path / "pairs.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        for path in (path for path in folder.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(folder))

    assert [name for name, *_ in found(look(zipped))] == ["a"]
    assert [name for name, *_ in found(look(folder))] == ["a"]


def test_what_has_no_twin_is_told_and_the_others_are_kept(tmp_path: Path) -> None:
    listing = look(
        write(
            tmp_path,
            *("clean/a.png", "perturbed/a.png", "clean/b.png", "perturbed/b_adv.png"),
            *("clean/c.png", "clean/c.jpg", "perturbed/c.png", "other/d.png", "e.png", "clean/notes.md"),
        )
    )

    assert [name for name, *_ in found(listing)] == ["a", "c"]
    assert told(listing) == {
        "clean/b.png": RefusalKind.NO_TWIN,
        "perturbed/b_adv.png": RefusalKind.NO_TWIN,
        "clean/c.png": RefusalKind.DUPLICATE_NAME,
        "other/d.png": RefusalKind.NO_TWIN,
        "e.png": RefusalKind.NO_TWIN,
        "clean/notes.md": RefusalKind.WRONG_NAME,
    }


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ("original/a.png", "adversarial/a.png"),
            "no images in the folder clean nor in perturbed; it holds adversarial",
        ),
        (("clean/a.png", "adversarial/a.png"), "no images in the folder perturbed"),
        (("clean/a.png", "perturbed/b.png"), "no twins that can be used; the first of 2 refusals"),
        ((), "no images in the folder clean nor in perturbed"),
    ],
)
def test_where_there_are_no_twins_it_says_what_there_is(tmp_path: Path, names: tuple[str, ...], message: str) -> None:
    with pytest.raises(MlError, match=message):
        look(write(tmp_path, *names))


def table(path: Path, *rows: str, header: str = "clean,perturbed") -> Path:
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def test_a_table_names_twins_by_paths_longer_and_shorter_than_theirs(tmp_path: Path) -> None:
    write(tmp_path, "in/a.png", "in/b.png", "out/eps8/a.png", "out/eps8/b.png")
    rows = ("/home/me/in/a.png,out\\eps8\\a.png", "./in/b.png,eps8/b.png")
    listing = look(table(tmp_path / "twins.csv", *rows))

    assert [(clean, perturbed) for _, clean, perturbed, _ in found(listing)] == [
        ("in/a.png", "out/eps8/a.png"),
        ("in/b.png", "out/eps8/b.png"),
    ]


def test_a_table_among_the_files_is_found_and_preferred(tmp_path: Path) -> None:
    write(tmp_path, "clean/a.png", "clean/b.png", "perturbed/a.png", "perturbed/b.png")
    table(tmp_path / "labels.csv", "a.png,mel", header="image,dx")
    header = "clean;perturbed;diagnosis;lesion;strength;prediction_before;prediction_after"
    table(tmp_path / "twins.csv", "clean/a.png;perturbed/a.png;mel;L1;8/255;mel;nv", header=header)

    listing = look(tmp_path)

    (twin,) = listing.twins
    assert (twin.name, twin.diagnosis, twin.lesion, twin.strength) == ("a", "mel", "L1", 8.0)
    assert (twin.before, twin.after) == ("mel", "nv")
    assert listing.notes == [
        "twins by the table twins.csv",
        "2 images are in no row of twins.csv that is used, such as clean/b.png",
    ]


def test_two_tables_of_twins_are_not_chosen_from(tmp_path: Path) -> None:
    write(tmp_path, "clean/a.png", "perturbed/a.png")
    for name in ("one.csv", "two.csv"):
        table(tmp_path / name, "clean/a.png,perturbed/a.png")

    with pytest.raises(MlError, match=r"several tables of twins \(one.csv, two.csv\)"):
        look(tmp_path)
    assert len(look(tmp_path, tmp_path / "two.csv").twins) == 1


@pytest.mark.parametrize(
    ("row", "kind", "where"),
    [
        ("c/x.png,p/1.png,mel,1,8", RefusalKind.NO_IMAGE, "line 3, column clean"),
        ("c/1.png,c/1.png,mel,1,8", RefusalKind.BAD_LABEL, "line 3, column perturbed"),
        ("c/0.png,p/1.png,mel,L0,8", RefusalKind.DUPLICATE_NAME, "line 3, column clean"),
        ("c/1.png,p/0.png,mel,L1,8", RefusalKind.DUPLICATE_NAME, "line 3, column perturbed"),
        ("c/0.png,p/1.png,nv,L0,16", RefusalKind.BAD_LABEL, "line 3, column diagnosis"),
        ("c/1.png,p/1.png,,L1,8", RefusalKind.BAD_LABEL, "line 3, column diagnosis"),
        ("c/1.png,p/1.png,mel,L1,0.03", RefusalKind.BAD_LABEL, "line 3, column strength"),
        (f"c/1.png,p/1.png,{'m' * 51},L1,8", RefusalKind.BAD_LABEL, "line 3, column diagnosis"),
        ("c/1.png,p/1.png", RefusalKind.BAD_LABEL, "line 3"),
        ("1.png,p/1.png,mel,L1,8", RefusalKind.BAD_LABEL, "line 3, column clean"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_and_the_others_kept(
    tmp_path: Path, row: str, kind: RefusalKind, where: str
) -> None:
    write(tmp_path, "c/0.png", "c/1.png", "p/0.png", "p/1.png")
    header = "clean,perturbed,diagnosis,lesion,strength"
    listing = look(table(tmp_path / "t.csv", "c/0.png,p/0.png,mel,L0,8", row, header=header))

    assert [twin.clean.where for twin in listing.twins] == ["c/0.png"]
    assert told(listing) == {f"t.csv, {where}": kind}


def test_one_clean_image_may_have_a_twin_at_each_strength(tmp_path: Path) -> None:
    write(tmp_path, "c/0.png", "p4/0.png", "p16/0.png")
    rows = ("c/0.png,p16/0.png,16", "c/0.png,p4/0.png,4")
    listing = look(table(tmp_path / "t.csv", *rows, header="clean,perturbed,strength"))

    assert [
        (strength, [twin.perturbed.where for twin in twins]) for strength, twins in listing.of_strengths().items()
    ] == [
        (4.0, ["p4/0.png"]),
        (16.0, ["p16/0.png"]),
    ]


def test_a_table_without_the_columns_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CsvError, match="no column perturbed"):
        look(table(write(tmp_path, "a.png") / "t.csv", "a.png,b.png", header="clean,adversarial"))
