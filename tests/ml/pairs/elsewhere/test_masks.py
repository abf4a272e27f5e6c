"""Masks that come with pairs: how they are found and read, what is refused, where they lie in the square images."""

import io
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from ml.datasets.readers.archive import RefusalKind, RefusedError
from ml.datasets.readers.files import ArchiveFile
from ml.errors import MlError
from ml.images.change_region import Mask, packed, unpacked
from ml.images.pixels import FITS, Pixels, mask_to_square, to_square
from ml.models import ImagePair, PairSet
from ml.pairs.elsewhere.twin_masks import read_mask
from ml.pairs.masks import masks_in_provenance
from ml.runs.lifecycle import perform
from tests.ml.pairs.elsewhere.test_importing import write_table
from tests.ml.pairs.elsewhere.twins_on_disk import SIDE, clean_pixels, pair_import, save, write_twins

NAMES = ("a", "b", "c")
WHITE = 255


def square(top: int = 4, left: int = 6, side: int = 5) -> Mask:
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    mask[top : top + side, left : left + side] = True
    return mask


def picture(mask: Mask) -> Pixels:
    return np.where(mask, WHITE, 0).astype(np.uint8)


def changed(number: int, mask: Mask, levels: int = 12) -> Pixels:
    perturbed = clean_pixels(number)
    perturbed[mask] += np.uint8(levels)
    return perturbed


def write_local_twins(folder: Path, masks: dict[str, Mask]) -> Path:
    """Write twins that differ where the masks say, with a mask of each."""
    for number, (name, mask) in enumerate(masks.items()):
        save(folder / "clean" / f"{name}.png", clean_pixels(number))
        save(folder / "perturbed" / f"{name}.png", changed(number, mask))
        save(folder / "masks" / f"{name}.png", picture(mask))
    return folder


def stored_masks(pair_set: PairSet) -> dict[str, Mask | None]:
    pairs = pair_set.pairs.select_related("image")
    side = pair_set.image_size
    return {pair.image.name: None if pair.mask is None else unpacked(bytes(pair.mask), side) for pair in pairs}


def archive_file(image: PillowImage.Image, form: str = "PNG", **options: Any) -> ArchiveFile:
    out = io.BytesIO()
    image.save(out, format=form, **options)
    return file_of(out.getvalue())


def file_of(data: bytes) -> ArchiveFile:
    return ArchiveFile(PurePosixPath("masks/a.png"), len(data), lambda: io.BytesIO(data))


def region_of(file: ArchiveFile) -> Mask:
    return read_mask(file, height=SIDE, width=SIDE).region


@pytest.fixture(autouse=True)
def _storage(db: None) -> None:
    """Every test may use the database."""


def test_masks_of_a_folder_are_stored_with_their_pairs(tmp_path: Path) -> None:
    masks = {f"mel/{name}": square(top=3 + number) for number, name in enumerate(NAMES)}

    pair_set = perform(pair_import(write_local_twins(tmp_path, masks)))

    found = stored_masks(pair_set)
    assert found.keys() == masks.keys()
    for name, mask in masks.items():
        np.testing.assert_array_equal(found[name], mask)
    assert any(note == "3 of 3 pairs came with a mask that says where they were changed" for note in pair_set.notes)
    assert not any("of the masks" in note for note in pair_set.notes)
    lines = [(name, packed(mask)) for name, mask in masks.items()]
    told = {name: pair_set.provenance[name] for name in ("masks", "masks_sha256")}
    assert told == masks_in_provenance(lines)
    assert told != masks_in_provenance([*lines[1:], (lines[0][0], packed(square(side=4)))])


def test_without_masks_nothing_is_said_of_them(tmp_path: Path) -> None:
    pair_set = perform(pair_import(write_twins(tmp_path, NAMES)))

    assert set(stored_masks(pair_set).values()) == {None}
    assert not any("mask" in note for note in pair_set.notes)
    assert not any("mask" in key for key in pair_set.provenance)


def test_masks_change_nothing_of_what_else_is_stored(tmp_path: Path) -> None:
    masks = {name: square(top=3 + number) for number, name in enumerate(NAMES)}
    folder = write_local_twins(tmp_path / "with", masks)
    with_masks = perform(pair_import(folder, name="with"))
    for path in (folder / "masks").iterdir():
        path.unlink()
    without = perform(pair_import(folder, name="without"))

    columns = ("image__name", "clean_sha256", "perturbed_sha256", "linf", "l2", "psnr", "ssim")
    rows = [list(one.pairs.values_list(*columns)) for one in (with_masks, without)]
    assert rows[0] == rows[1]


def test_some_pairs_may_have_a_mask_and_others_none(tmp_path: Path) -> None:
    folder = write_local_twins(tmp_path, {name: square() for name in NAMES})
    (folder / "masks" / "b.png").unlink()

    pair_set = perform(pair_import(folder))

    assert [name for name, mask in stored_masks(pair_set).items() if mask is None] == ["b"]
    assert any("2 of 3 pairs came with a mask" in note and "from their twins" in note for note in pair_set.notes)


def test_a_mask_of_no_pair_is_told_and_the_pairs_are_kept(tmp_path: Path) -> None:
    folder = write_local_twins(tmp_path, {name: square() for name in NAMES})
    save(folder / "masks" / "stray.png", picture(square()))

    pair_set = perform(pair_import(folder))

    assert pair_set.pairs.count() == 3
    (told,) = pair_set.provenance["refused"]
    assert "stray" in told
    assert "a mask of no pair" in told


def test_a_zip_is_read_as_the_folder_is(tmp_path: Path) -> None:
    folder = write_local_twins(tmp_path / "twins", {name: square() for name in NAMES})
    packed_up = tmp_path / "twins.zip"
    with zipfile.ZipFile(packed_up, "w") as archive:
        for path in sorted(folder.rglob("*.png")):
            archive.write(path, path.relative_to(tmp_path))

    pair_set = perform(pair_import(packed_up))

    for mask in stored_masks(pair_set).values():
        np.testing.assert_array_equal(mask, square())


def test_a_table_names_masks_of_some_rows_whatever_they_are_called(tmp_path: Path) -> None:
    folder = write_local_twins(tmp_path, {name: square() for name in NAMES})
    (folder / "masks" / "a.png").rename(folder / "outline_a_mask.png")
    rows: list[tuple[object, ...]] = [
        ("clean/a.png", "perturbed/a.png", "outline_a_mask.png"),
        ("clean/b.png", "perturbed/b.png", ""),
        ("clean/c.png", "perturbed/c.png", "masks/c.png"),
    ]
    table = write_table(folder / "twins.csv", rows, ("clean", "perturbed", "mask"))

    found = stored_masks(perform(pair_import(table)))

    assert [mask is None for _, mask in sorted(found.items())] == [False, True, False]
    np.testing.assert_array_equal(found["a"], square())


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("masks/none.png", "there is no image"), ("perturbed/a.png", "the same file as one of the twins")],
)
def test_a_row_whose_mask_is_no_mask_is_refused(tmp_path: Path, cell: str, reason: str) -> None:
    folder = write_local_twins(tmp_path, {name: square() for name in NAMES})
    rows: list[tuple[object, ...]] = [
        ("clean/a.png", "perturbed/a.png", cell),
        ("clean/b.png", "perturbed/b.png", "masks/b.png"),
    ]
    table = write_table(folder / "twins.csv", rows, ("clean", "perturbed", "mask"))

    pair_set = perform(pair_import(table))

    assert list(stored_masks(pair_set)) == ["b"]
    (told,) = pair_set.provenance["refused"]
    assert "line 2, column mask" in told
    assert reason in told


def test_a_bad_mask_takes_its_pair_with_it_by_name_and_no_other(tmp_path: Path) -> None:
    folder = write_local_twins(tmp_path, {name: square() for name in NAMES})
    save(folder / "masks" / "b.png", np.zeros((SIDE, SIDE), dtype=np.uint8))

    pair_set = perform(pair_import(folder))

    assert list(stored_masks(pair_set)) == ["a", "c"]
    (told,) = pair_set.provenance["refused"]
    assert "unusable mask" in told
    assert "masks/b.png" in told
    assert "no pixel is lighter than half" in told


def test_a_mask_whose_region_is_cropped_away_takes_its_pair_with_it(tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        wide = clean_pixels(number, side=2 * SIDE)[:SIDE]
        mask = np.zeros(wide.shape[:2], dtype=bool)
        mask[5:9, (0 if name == "b" else SIDE) :][:, :6] = True
        twin = wide.copy()
        twin[5:12, 20:30] += np.uint8(10)
        for side, pixels in (("clean", wide), ("perturbed", twin), ("masks", picture(mask))):
            save(tmp_path / side / f"{name}.png", pixels)

    pair_set = perform(pair_import(tmp_path))

    assert list(stored_masks(pair_set)) == ["a", "c"]
    assert "nothing of its region is left" in pair_set.provenance["refused"][0]


def test_a_mask_beside_the_change_is_warned_of_with_the_share(tmp_path: Path) -> None:
    folder = write_local_twins(tmp_path, {name: square() for name in NAMES})
    save(folder / "masks" / "b.png", picture(square(top=16, left=16)))

    pair_set = perform(pair_import(folder))

    (warned,) = [note for note in pair_set.notes if "lies outside" in note]
    assert warned.startswith("of 1 of the masks more than 20% of the change")
    assert "masks/b.png (100%)" in warned
    assert "masks/a.png" not in warned


def test_an_inverted_mask_is_warned_of(tmp_path: Path) -> None:
    folder = write_local_twins(tmp_path, {name: square() for name in NAMES})
    for name in NAMES:
        save(folder / "masks" / f"{name}.png", picture(~square(side=9)))

    notes = perform(pair_import(folder)).notes

    assert any("3 of the masks take more than a quarter of the image" in note for note in notes)
    assert any("of 3 of the masks more than 20%" in note for note in notes)


def test_only_bad_masks_leave_nothing(tmp_path: Path) -> None:
    folder = write_local_twins(tmp_path, {name: square() for name in NAMES})
    for name in NAMES:
        save(folder / "masks" / f"{name}.png", np.full((SIDE, SIDE), WHITE, dtype=np.uint8))

    with pytest.raises(MlError, match="white everywhere it names no place"):
        perform(pair_import(folder))
    assert not ImagePair.objects.exists()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_a_mask_may_be_of_any_mode(mode: str) -> None:
    levels = PillowImage.fromarray(picture(square()))
    if mode == "I;16":
        image = PillowImage.fromarray(np.where(square(), 65535, 0).astype(np.uint16))
    elif mode == "P":
        image = levels.convert("RGB").quantize(2)
    else:
        image = levels.convert(mode)
    assert image.mode == mode

    np.testing.assert_array_equal(region_of(archive_file(image)), square())


def test_a_mask_is_turned_upright_as_the_image_is() -> None:
    image = PillowImage.fromarray(np.rot90(picture(square())).copy())
    exif = PillowImage.Exif()
    exif[0x0112] = 6  # the right side is up: to be turned a quarter clockwise

    np.testing.assert_array_equal(region_of(archive_file(image, exif=exif)), square())


def test_a_smoothed_edge_is_cut_at_half_and_told() -> None:
    levels = picture(square(side=12))
    levels[4:16, 5], levels[4:16, 6] = 100, 150  # left of the edge, and right of it

    found = read_mask(archive_file(PillowImage.fromarray(levels)), height=SIDE, width=SIDE)

    np.testing.assert_array_equal(found.region, square(side=12))
    assert found.has_greys


def test_jpegs_rounding_is_no_grey() -> None:
    large = np.kron(square(side=9), np.ones((8, 8), dtype=bool))
    file = archive_file(PillowImage.fromarray(picture(large)), "JPEG", quality=90)

    found = read_mask(file, height=8 * SIDE, width=8 * SIDE)

    np.testing.assert_array_equal(found.region, large)


def heat() -> PillowImage.Image:
    rows, columns = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    return PillowImage.fromarray(np.rint(255 * np.exp(-(rows**2 + columns**2) / 50)).astype(np.uint8))


def see_through() -> PillowImage.Image:
    image = PillowImage.fromarray(picture(square())).convert("RGBA")
    image.putalpha(PillowImage.fromarray(picture(square())))
    return image


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (PillowImage.new("L", (SIDE, SIDE)), "no pixel is lighter than half"),
        (PillowImage.fromarray(square().astype(np.uint8)), "0 and 1 are to be multiplied by 255"),
        (PillowImage.new("L", (SIDE, SIDE), WHITE), "white everywhere"),
        (PillowImage.fromarray(picture(square()[:-1])), f"{SIDE} × {SIDE - 1} pixels, and the clean image"),
        (heat(), "decide where the region ends"),
        (see_through(), "see-through"),
        (PillowImage.fromarray(clean_pixels(1)), "it has colours"),
        (PillowImage.new("CMYK", (SIDE, SIDE)), "its colours are CMYK"),
    ],
)
def test_what_may_mean_something_else_is_refused(image: PillowImage.Image, reason: str) -> None:
    file = archive_file(image, "TIFF" if image.mode == "CMYK" else "PNG")

    with pytest.raises(RefusedError, match=r"^the mask masks/a\.png: ") as caught:
        region_of(file)
    assert caught.value.kind == RefusalKind.BAD_MASK
    assert reason in caught.value.reason


@pytest.mark.parametrize("data", [b"", b"no image", b"\x89PNG\r\n\x1a\n" + bytes(30)])
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError, match=r"^the mask masks/a\.png: ") as caught:
        region_of(file_of(data))
    assert caught.value.kind == RefusalKind.BAD_MASK


@st.composite
def rectangles(draw: st.DrawFn) -> tuple[int, int, slice, slice]:
    """Return height and width of an image, and the rows and columns of a rectangle in it."""
    height, width = draw(st.integers(12, 60)), draw(st.integers(12, 60))
    top, left = draw(st.integers(0, height - 4)), draw(st.integers(0, width - 4))
    bottom, right = draw(st.integers(top + 4, height)), draw(st.integers(left + 4, width))
    return height, width, slice(top, bottom), slice(left, right)


@settings(deadline=None, max_examples=200)
@example((24, 40, slice(0, 24), slice(0, 8)), 24, "crop")
@given(rectangles(), st.integers(12, 60), st.sampled_from(FITS))
def test_the_mask_of_a_changed_rectangle_stays_on_the_changed_pixels(
    drawn: tuple[int, int, slice, slice], size: int, fit: str
) -> None:
    height, width, rows, columns = drawn
    mask = np.zeros((height, width), dtype=bool)
    mask[rows, columns] = True
    clean = np.full((height, width, 3), 60, dtype=np.uint8)
    perturbed = clean.copy()
    perturbed[mask] = 180

    moved = mask_to_square(mask, size, fit)

    change = np.abs(to_square(perturbed, size, fit).astype(int) - to_square(clean, size, fit)).max(axis=-1)
    assert moved.shape == (size, size)
    # At a corner a pixel of the mask may lie by half in the rectangle both ways, and changes by a quarter of 120.
    assert (change[moved] >= 24).all()
    # What is changed most is in it.
    assert moved[change > 90].all()


def test_a_padded_border_is_in_no_mask() -> None:
    moved = mask_to_square(np.ones((10, 20), dtype=bool), 40, "pad")

    assert moved[10:30].all()
    assert not moved[:10].any()
    assert not moved[30:].any()
