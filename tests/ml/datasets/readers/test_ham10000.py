"""The public archive in all the shapes in which people have it, whole and damaged."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from ml.datasets.readers.archive import Archive, Refusal, RefusalKind, RefusedError
from ml.datasets.readers.ham10000 import open_ham10000
from ml.errors import MlError
from perception.core.input_files.csv_table import CsvError
from tests.ml.factories import make_image_bytes, metadata_csv, write_zip

ROWS = [
    ("HAM_0000001", "ISIC_0000001", "mel"),
    ("HAM_0000001", "ISIC_0000002", "mel"),
    ("HAM_0000002", "ISIC_0000003", "nv"),
    ("HAM_0000003", "ISIC_0000004", "vasc"),
]
IMAGES = {f"{image}.jpg": make_image_bytes(place) for place, (_, image, _) in enumerate(ROWS)}


def write_folder(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def halves() -> tuple[dict[str, bytes], dict[str, bytes]]:
    items = list(IMAGES.items())
    return dict(items[:2]), dict(items[2:])


def look(folder: Path) -> tuple[Archive, dict[str, bytes]]:
    with open_ham10000(folder) as archive:
        return archive, {entry.name: entry.read() for entry in archive.entries}


def refused(archive: Archive, kind: RefusalKind) -> list[Refusal]:
    return [refusal for refusal in archive.refusals if refusal.kind == kind]


@pytest.mark.parametrize("shape", ["folders", "zips", "mixture", "zips with a folder inside", "flat"])
@pytest.mark.parametrize(("metadata", "delimiter"), [("HAM10000_metadata.csv", ","), ("HAM10000_metadata", "\t")])
def test_every_shape_reads_the_same(tmp_path: Path, shape: str, metadata: str, delimiter: str) -> None:
    one, two = halves()
    if shape == "flat":
        write_folder(tmp_path, IMAGES)
    if shape == "folders":
        write_folder(tmp_path / "HAM10000_images_part_1", one)
    if shape in {"folders", "mixture"}:
        write_folder(tmp_path / "HAM10000_images_part_2", two)
    if shape in {"zips", "mixture"}:
        write_zip(tmp_path / "HAM10000_images_part_1.zip", one)
    if shape == "zips":
        write_zip(tmp_path / "HAM10000_images_part_2.zip", two)
    if shape == "zips with a folder inside":
        write_zip(tmp_path / "all.zip", {f"part/{name}": data for name, data in IMAGES.items()})
    (tmp_path / metadata).write_text(metadata_csv(ROWS, delimiter=delimiter))
    archive, read = look(tmp_path)
    assert [(entry.lesion, entry.name, entry.diagnosis) for entry in archive.entries] == ROWS
    assert read == {name.removesuffix(".jpg"): data for name, data in IMAGES.items()}
    assert list(archive.refusals) == []
    assert archive.entries[0].metadata == {"dx_type": "histo", "age": 45.0, "sex": "female", "localization": "back"}
    assert "Tschandl" in archive.credit
    assert "CC BY-NC 4.0" in archive.credit


def test_wrong_names_are_refused_one_by_one(tmp_path: Path) -> None:
    wrong = ["ISIC_123.jpg", "isic_0000001.jpg", "ISIC_00000001.jpg", "photo.jpg", ".ISIC_0000001.jpg", "notes.pdf"]
    write_folder(tmp_path, {**IMAGES, **dict.fromkeys(wrong, b"x")})
    (tmp_path / "HAM10000_metadata.csv").write_text(metadata_csv(ROWS))
    archive, read = look(tmp_path)
    assert len(read) == 4
    assert sorted(refusal.where for refusal in refused(archive, RefusalKind.WRONG_NAME)) == sorted(wrong)
    assert len(archive.refusals) == len(wrong)


def test_labels_and_images_that_have_no_partner(tmp_path: Path) -> None:
    write_folder(tmp_path, {**IMAGES, "ISIC_0000009.jpg": make_image_bytes(9)})
    (tmp_path / "HAM10000_metadata.csv").write_text(metadata_csv([*ROWS, ("HAM_9", "ISIC_0000008", "nv")]))
    archive, read = look(tmp_path)
    assert len(read) == 4
    assert [refusal.where for refusal in refused(archive, RefusalKind.NO_LABEL)] == ["ISIC_0000009.jpg"]
    (lonely,) = refused(archive, RefusalKind.NO_IMAGE)
    assert lonely.where == "HAM10000_metadata.csv, line 6, column image_id"
    assert "ISIC_0000008" in lonely.reason


def test_unknown_diagnosis_names_line_and_column(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    rows = [*ROWS[:2], ("HAM_0000002", "ISIC_0000003", "naevus"), ROWS[3]]
    (tmp_path / "HAM10000_metadata.csv").write_text(metadata_csv(rows))
    archive, read = look(tmp_path)
    assert sorted(read) == ["ISIC_0000001", "ISIC_0000002", "ISIC_0000004"]
    (label,) = refused(archive, RefusalKind.BAD_LABEL)
    assert label.where == "HAM10000_metadata.csv, line 4, column dx"
    assert "'naevus'" in label.reason
    (image,) = refused(archive, RefusalKind.NO_LABEL)
    assert image.where == "ISIC_0000003.jpg"
    assert "its row was refused" in image.reason


def test_repeated_row_is_refused_once(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    (tmp_path / "HAM10000_metadata.csv").write_text(metadata_csv([*ROWS, ROWS[0]]))
    archive, read = look(tmp_path)
    assert len(read) == 4
    assert [refusal.where for refusal in archive.refusals] == ["HAM10000_metadata.csv, line 6, column image_id"]


def test_contradictory_rows_are_both_refused(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    rows = [*ROWS, ("HAM_0000001", "ISIC_0000001", "nv"), ROWS[0]]
    (tmp_path / "HAM10000_metadata.csv").write_text(metadata_csv(rows))
    archive, read = look(tmp_path)
    assert sorted(read) == ["ISIC_0000002", "ISIC_0000003", "ISIC_0000004"]
    assert [refusal.where for refusal in refused(archive, RefusalKind.BAD_LABEL)] == [
        "HAM10000_metadata.csv, line 6, column image_id",
        "HAM10000_metadata.csv, line 7, column image_id",
    ]


def test_age_that_is_no_number_costs_no_image(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    text = metadata_csv(ROWS).replace("45.0", "", 1).replace("45.0", "about fifty", 1).replace("45.0", "nan", 1)
    (tmp_path / "HAM10000_metadata.csv").write_text(text)
    archive, _ = look(tmp_path)
    assert [entry.metadata["age"] for entry in archive.entries] == [None, "about fifty", "nan", 45.0]


def test_damaged_zip_does_not_stop_the_rest(tmp_path: Path) -> None:
    one, two = halves()
    write_zip(tmp_path / "HAM10000_images_part_1.zip", one)
    write_zip(tmp_path / "HAM10000_images_part_2.zip", two)
    whole = (tmp_path / "HAM10000_images_part_2.zip").read_bytes()
    (tmp_path / "HAM10000_images_part_2.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "HAM10000_metadata.csv").write_text(metadata_csv(ROWS))
    archive, read = look(tmp_path)
    assert sorted(read) == ["ISIC_0000001", "ISIC_0000002"]
    (damaged,) = refused(archive, RefusalKind.DAMAGED)
    assert damaged.where == "HAM10000_images_part_2.zip"
    assert len(refused(archive, RefusalKind.NO_IMAGE)) == 2


def test_damaged_and_encrypted_members_are_refused_one_by_one(tmp_path: Path) -> None:
    write_zip(tmp_path / "images.zip", IMAGES)
    packed = bytearray((tmp_path / "images.zip").read_bytes())
    packed[packed.find(IMAGES["ISIC_0000001.jpg"]) + 100] ^= 0xFF
    # The first bit of the flags says encrypted: in the file's own header, and in the directory at the end.
    second = b"ISIC_0000002.jpg"
    packed[packed.find(second) - 30 + 6] |= 1
    packed[packed.rfind(second) - 46 + 8] |= 1
    (tmp_path / "images.zip").write_bytes(packed)
    (tmp_path / "HAM10000_metadata.csv").write_text(metadata_csv(ROWS))
    with open_ham10000(tmp_path) as archive:
        kinds = {}
        for entry in archive.entries:
            try:
                entry.read()
            except RefusedError as error:
                kinds[entry.where] = error.kind
    assert kinds == {
        "images.zip/ISIC_0000001.jpg": RefusalKind.DAMAGED,
        "images.zip/ISIC_0000002.jpg": RefusalKind.UNREADABLE,
    }


def test_masks_and_test_images_of_the_deposit_are_passed_over_in_one_line_each(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    (tmp_path / "HAM10000_metadata.csv").write_text(metadata_csv(ROWS))
    masks = {f"lesion/ISIC_000000{n}_segmentation.png": b"x" for n in range(5)}
    write_zip(tmp_path / "HAM10000_segmentations_lesion_tschandl.zip", masks)
    write_zip(tmp_path / "ISIC2018_Task3_Test_Images.zip", {"ISIC_0034524.jpg": b"x"})
    archive, read = look(tmp_path)
    assert len(read) == 4
    assert [refusal.kind for refusal in archive.refusals] == [RefusalKind.PASSED_OVER] * 2


def test_no_metadata_says_what_is_missing(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    with pytest.raises(MlError, match=r"has no HAM10000_metadata\.csv"), ExitStack() as stack:
        stack.enter_context(open_ham10000(tmp_path))


def test_two_different_tables_are_not_chosen_between(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    (tmp_path / "HAM10000_metadata.csv").write_text(metadata_csv(ROWS))
    (tmp_path / "HAM10000_metadata").write_text(metadata_csv(ROWS, delimiter="\t"))
    assert len(look(tmp_path)[1]) == 4
    (tmp_path / "HAM10000_metadata").write_text(metadata_csv(ROWS[:3]))
    with pytest.raises(MlError, match=r"differ: HAM10000_metadata, HAM10000_metadata\.csv"):
        look(tmp_path)


def test_metadata_without_a_column_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "HAM10000_metadata.csv").write_text("lesion_id,image_id\nHAM_1,ISIC_0000001\n")
    with pytest.raises(CsvError, match=r"HAM10000_metadata\.csv, line 1: no column dx"):
        look(tmp_path)


@pytest.mark.parametrize("make", [Path.touch, lambda path: None])
def test_folder_that_is_none(tmp_path: Path, make: object) -> None:
    path = tmp_path / "there"
    make(path)  # type: ignore[operator]
    with pytest.raises(MlError, match="give the folder that holds the images"):
        look(path)


def labelled(archive: Archive) -> list[tuple[str, str, str]]:
    return [(entry.lesion, entry.name, entry.diagnosis) for entry in archive.entries]


def test_a_zip_that_windows_packed_and_a_mac_packed_again_is_read(tmp_path: Path) -> None:
    packed = {f"HAM10000_images_part_1\\{name}": data for name, data in IMAGES.items()}
    write_zip(tmp_path / "part.zip", packed | {f"__MACOSX/._{name}": b"\0\5\x16\7" for name in IMAGES})
    (tmp_path / "HAM10000_metadata").write_text(metadata_csv(ROWS))
    archive, _ = look(tmp_path)
    assert labelled(archive) == ROWS
    assert {refusal.kind for refusal in archive.refusals} == {RefusalKind.WRONG_NAME}


@pytest.mark.parametrize("name", ["HAM10000_metadata (1).csv", "HAM10000_metadata(2).tab", "ham10000_metadata.CSV"])
def test_a_table_that_was_downloaded_twice_is_read(tmp_path: Path, name: str) -> None:
    write_folder(tmp_path, IMAGES)
    (tmp_path / name).write_text(metadata_csv(ROWS))
    assert labelled(look(tmp_path)[0]) == ROWS


def test_a_table_from_the_hands_of_excel_and_pandas_is_read(tmp_path: Path) -> None:
    write_folder(tmp_path, {name.replace(".jpg", ".JPG"): data for name, data in IMAGES.items()})
    text = metadata_csv(ROWS, delimiter=";").replace(";mel;", "; MEL ;").replace("45.0", "45,0").replace("\n", "\r\n")
    (tmp_path / "HAM10000_metadata.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    archive, _ = look(tmp_path)
    assert labelled(archive) == ROWS
    assert list(archive.refusals) == []


def test_images_that_isic_2019_made_smaller_are_read(tmp_path: Path) -> None:
    rows = [(lesion, f"{image}_downsampled", dx) for lesion, image, dx in ROWS]
    write_folder(tmp_path, {f"{image}.jpg": make_image_bytes(place) for place, (_, image, _) in enumerate(rows)})
    (tmp_path / "HAM10000_metadata.csv").write_text(metadata_csv(rows))
    assert labelled(look(tmp_path)[0]) == rows


def test_a_zip_within_a_zip_is_refused_with_what_to_do(tmp_path: Path) -> None:
    write_zip(tmp_path / "inner.zip", IMAGES)
    inner = (tmp_path / "inner.zip").read_bytes()
    (tmp_path / "inner.zip").unlink()
    write_zip(
        tmp_path / "dataverse_files.zip",
        {"HAM10000_metadata.tab": metadata_csv(ROWS).encode(), "HAM10000_images_part_1.zip": inner},
    )
    archive, _ = look(tmp_path)
    [nested] = refused(archive, RefusalKind.PASSED_OVER)
    assert nested.where == "dataverse_files.zip/HAM10000_images_part_1.zip"
    assert "unpack the outer one" in nested.reason
