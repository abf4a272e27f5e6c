"""The import: everything good comes in unchanged, everything bad is named, and all of it or nothing is kept."""

import dataclasses
import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from PIL import Image as PillowImage
from pytest_django import DjangoAssertNumQueries, Settings

from ml.datasets.content_hash import content_hash
from ml.datasets.importing import NothingImportedError, import_images
from ml.datasets.readers.archive import Archive, ImageEntry, Refusal, RefusalKind, RefusedError
from ml.datasets.reading_choices import ReadingChoices
from ml.errors import MlError
from ml.images.arrays import read_square
from ml.images.colour_space import ADOBE_PRIMARIES, matrix_profile
from ml.images.pixels import decode, to_square
from ml.models import Classifier, Dataset, Image, ImportClaim
from tests.ml.factories import make_archive, make_dataset, make_image_bytes, make_pixels

pytestmark = pytest.mark.django_db

TEN = [(f"{dx}{number}", f"lesion-{dx}{number // 2}", dx) for dx in ("mel", "nv") for number in range(5)]


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """Give each test a data folder of its own, so that it can count the files."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def add_classifier(dataset: Dataset) -> None:
    Classifier.objects.create(name="net", dataset=dataset, architecture="x", image_size=8, weights="w")


def test_it_works(media: Path) -> None:
    told = []
    report = import_images(
        archive=make_archive(TEN),
        name=" ten ",
        seed=4,
        progress=lambda done, total, *_: told.append((done, total)),
    )
    dataset = Dataset.objects.get()
    assert dataset.name == "ten"
    assert dataset.classes == ["mel", "nv"]
    assert dataset.credit == "made for a test"
    assert (dataset.split_method, dataset.split_seed) == (Dataset.SplitMethod.STRATIFIED, 4)
    assert (report.added, report.already_there, report.looked_at) == (10, 0, 10)
    assert report.classes == {"mel": (4, 1), "nv": (4, 1)}
    assert told == [(done, 10) for done in range(1, 11)]
    assert files_below(media) == set(Image.objects.values_list("file", flat=True))
    assert not ImportClaim.objects.exists()
    for image, entry in zip(Image.objects.order_by("name"), make_archive(TEN).entries, strict=True):
        assert (image.name, image.lesion, image.diagnosis) == (entry.name, entry.lesion, entry.diagnosis)
        with image.file.open() as file:
            assert file.read() == entry.read()
        assert str(image.file).startswith(f"datasets/{dataset.uid}/")
        assert image.name not in str(image.file)
        assert (image.width, image.height) == (24, 24)


def test_hash_is_of_what_is_in_the_database() -> None:
    dataset = make_dataset()
    rows = Image.objects.values_list("name", "sha256", "diagnosis", "split")
    assert dataset.content_hash == content_hash(rows)


def test_split_by_lesion_keeps_lesions_whole() -> None:
    import_images(archive=make_archive(TEN), name="ten", group_by_lesion=True, test_share=0.4)
    sides: dict[str, set[str]] = {}
    for lesion, split in Image.objects.values_list("lesion", "split"):
        sides.setdefault(lesion, set()).add(split)
    assert all(len(side) == 1 for side in sides.values())
    assert Image.objects.filter(split="test").count() == 4


def test_order_of_the_archive_does_not_matter() -> None:
    archive = make_archive(TEN)
    import_images(archive=archive, name="one")
    import_images(archive=dataclasses.replace(archive, entries=archive.entries[::-1]), name="two")
    one, two = Dataset.objects.all()
    assert one.content_hash == two.content_hash


def test_bad_files_are_named_and_the_rest_comes_in(media: Path) -> None:
    whole = make_image_bytes(99, width=100, height=100)
    changed = {"mel0": whole[: len(whole) // 2], "mel1": b"<html>", "nv0": make_image_bytes(1, mode="CMYK")}
    archive = make_archive(TEN, changed=changed)
    early = Refusal(RefusalKind.NO_LABEL, "stray.jpg", "lies in no class's folder")
    report = import_images(archive=dataclasses.replace(archive, refusals=[early]), name="ten")
    assert report.added == 7
    assert [(refusal.where, refusal.kind) for refusal in report.refusals] == [
        ("stray.jpg", RefusalKind.NO_LABEL),
        ("mel0.png", RefusalKind.DAMAGED),
        ("mel1.png", RefusalKind.NOT_AN_IMAGE),
        ("nv0.png", RefusalKind.UNFIT),
    ]
    assert len(files_below(media)) == 7


def test_file_that_cannot_be_read_does_not_stop_the_rest() -> None:
    def broken() -> bytes:
        raise RefusedError(RefusalKind.UNREADABLE, "cannot be read: Input/output error")

    archive = make_archive(TEN)
    bad = ImageEntry("bad", "bad.png", "bad", "nv", read=broken)
    report = import_images(archive=dataclasses.replace(archive, entries=[bad, *archive.entries]), name="ten")
    assert report.added == 10
    assert [refusal.where for refusal in report.refusals] == ["bad.png"]


def test_second_file_of_a_name_is_refused_unless_the_first_was_bad() -> None:
    good, other = make_image_bytes(70), make_image_bytes(71)

    def entry(name: str, where: str, data: bytes) -> ImageEntry:
        return ImageEntry(name, where, name, "nv", read=lambda: data)

    entries = [
        entry("a", "a.jpg", good),
        entry("a", "copy/a.jpg", good),
        entry("a", "other/a.jpg", other),
        entry("b", "b.jpg", b"broken"),
        entry("b", "again/b.jpg", other),
    ]
    report = import_images(archive=Archive(source="folder", credit="", entries=entries), name="d")
    assert report.added == 2
    assert [(refusal.where, refusal.kind) for refusal in report.refusals] == [
        ("copy/a.jpg", RefusalKind.DUPLICATE_NAME),
        ("other/a.jpg", RefusalKind.DUPLICATE_NAME),
        ("b.jpg", RefusalKind.NOT_AN_IMAGE),
    ]
    assert "the same file is read from a.jpg" in report.refusals[0].reason
    assert "another file of this name is read from a.jpg" in report.refusals[1].reason


def test_same_bytes_are_refused_for_another_lesion_and_noted_for_the_same() -> None:
    same = make_image_bytes(50)
    images = [("a", "L1", "nv"), ("b", "L1", "nv"), ("c", "L2", "nv"), ("d", "L3", "mel"), ("e", "L4", "mel")]
    report = import_images(archive=make_archive(images, changed={"a": same, "b": same, "c": same}), name="d")
    assert set(Image.objects.values_list("name", flat=True)) == {"a", "b", "d", "e"}
    assert [(refusal.where, refusal.kind) for refusal in report.refusals] == [("c.png", RefusalKind.DUPLICATE_BYTES)]
    assert report.notes == ("b has the same bytes as a, of the same lesion L1; both are kept",)


def test_run_twice_it_adds_nothing(media: Path) -> None:
    import_images(archive=make_archive(TEN), name="ten", seed=1)
    before, files = Dataset.objects.values().get(), files_below(media)
    report = import_images(archive=make_archive(TEN), name="ten", seed=2, group_by_lesion=True)
    assert (report.added, report.already_there) == (0, 10)
    assert "Nothing new: all 10 images are in the dataset 'ten' already." in list(report.lines())
    assert Dataset.objects.values().get() == before
    assert files_below(media) == files


def test_run_twice_over_an_archive_with_a_copy_still_names_the_copy() -> None:
    archive = make_archive(TEN)
    twice = dataclasses.replace(archive, entries=[*archive.entries, archive.entries[0]])
    first, second = (import_images(archive=twice, name="ten") for _ in range(2))
    assert [refusal.kind for refusal in first.refusals] == [RefusalKind.DUPLICATE_NAME]
    assert first.refusals[0].kind == second.refusals[0].kind


def test_new_images_are_added_and_the_split_drawn_over_all(media: Path) -> None:
    import_images(archive=make_archive(TEN[:5]), name="ten")
    report = import_images(archive=make_archive(TEN), name="ten")
    assert (report.added, report.already_there) == (5, 5)
    import_images(archive=make_archive(TEN), name="at once")
    grown, whole = Dataset.objects.all()
    assert grown.content_hash == whole.content_hash
    assert grown.classes == ["mel", "nv"]
    assert len(files_below(media)) == 20


def test_dataset_that_a_classifier_was_trained_on_does_not_change(media: Path) -> None:
    import_images(archive=make_archive(TEN[:8]), name="ten")
    dataset = Dataset.objects.get()
    add_classifier(dataset)
    assert import_images(archive=make_archive(TEN[:8]), name="ten").added == 0
    with pytest.raises(MlError, match=r"in use.*another name with --name"):
        import_images(archive=make_archive(TEN), name="ten")
    assert dataset.images.count() == 8
    assert len(files_below(media)) == 8


def test_changed_bytes_or_label_are_refused() -> None:
    import_images(archive=make_archive(TEN), name="ten")
    relabelled = [("mel0", "lesion-mel0", "nv"), *TEN[1:]]
    report = import_images(archive=make_archive(relabelled, changed={"nv4": make_image_bytes(77)}), name="ten")
    assert report.added == 0
    assert [(refusal.where, refusal.kind) for refusal in report.refusals] == [
        ("mel0.png", RefusalKind.CHANGED),
        ("nv4.png", RefusalKind.CHANGED),
    ]
    assert Image.objects.get(name="mel0").diagnosis == "mel"


def test_dataset_of_another_source_or_other_options_is_left_alone() -> None:
    make_dataset("lesions")
    with pytest.raises(MlError, match=r"another source \(one folder a class\).*--name"):
        import_images(archive=make_archive(TEN, source="ham10000"), name="lesions")
    with pytest.raises(MlError, match="other options"):
        import_images(archive=dataclasses.replace(make_archive(TEN), options={"size": 5}), name="lesions")
    assert Dataset.objects.get().images.count() == 15


def test_images_that_options_decide_are_not_drawn_twice() -> None:
    archive = dataclasses.replace(make_archive(TEN), options={"size": 5})
    import_images(archive=archive, name="ten")

    def drawn_again() -> bytes:
        raise AssertionError

    entries = [dataclasses.replace(entry, read=drawn_again) for entry in archive.entries]
    report = import_images(archive=dataclasses.replace(archive, entries=entries), name="ten")
    assert (report.added, report.already_there) == (0, 10)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError("cancelled"), MemoryError])
def test_stopped_half_way_it_leaves_nothing(media: Path, stop: type[BaseException]) -> None:
    def progress(done: int, total: int, note: str = "", figures: object = None) -> None:
        if done == 6:
            assert len(files_below(media)) == 6
            raise stop

    with pytest.raises((KeyboardInterrupt, RuntimeError, MemoryError)):
        import_images(archive=make_archive(TEN), name="ten", progress=progress)
    assert not Dataset.objects.exists()
    assert list((media / "datasets").iterdir()) == []
    assert not ImportClaim.objects.exists()


def test_stopped_while_it_adds_it_keeps_what_was_there(media: Path) -> None:
    import_images(archive=make_archive(TEN[:8]), name="ten")
    before = files_below(media)

    def progress(done: int, total: int, note: str = "", figures: object = None) -> None:
        if done == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_images(archive=make_archive(TEN), name="ten", progress=progress)
    assert files_below(media) == before
    assert all(default_storage.exists(str(image.file)) for image in Image.objects.all())


DISK_FULL_AT_NV4 = {
    "sqlite": [
        "CREATE TRIGGER no_room BEFORE INSERT ON ml_image WHEN NEW.name = 'nv4' "
        "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'disk full'; END $$",
        "CREATE TRIGGER no_room BEFORE INSERT ON ml_image FOR EACH ROW WHEN (NEW.name = 'nv4') "
        "EXECUTE FUNCTION no_room()",
    ],
}


def test_failure_to_write_rows_leaves_nothing(media: Path) -> None:
    """The last row fails in the database: neither the rows before it nor the files stay."""
    with connection.cursor() as cursor:
        for statement in DISK_FULL_AT_NV4[connection.vendor]:
            cursor.execute(statement)
    with pytest.raises(DatabaseError, match="disk full"):
        import_images(archive=make_archive(TEN), name="ten")
    assert not Dataset.objects.exists()
    assert not Image.objects.exists()
    assert files_below(media) == set()


def test_name_taken_meanwhile(media: Path) -> None:
    def progress(done: int, total: int, note: str = "", figures: object = None) -> None:
        if done == total:
            Dataset.objects.create(name="ten", source="folder", split_method="stratified", content_hash="x")

    with pytest.raises(MlError, match=r"already exists.*Run the import again"):
        import_images(archive=make_archive(TEN), name="ten", progress=progress)
    assert Dataset.objects.get().images.count() == 0
    assert files_below(media) == set()


def test_dataset_deleted_meanwhile(media: Path) -> None:
    import_images(archive=make_archive(TEN[:5]), name="ten")

    def progress(done: int, total: int, note: str = "", figures: object = None) -> None:
        if done == total:
            Dataset.objects.all().delete()

    with pytest.raises(MlError, match="was deleted while"):
        import_images(archive=make_archive(TEN), name="ten", progress=progress)
    assert not Dataset.objects.exists()
    assert files_below(media) == set()


def test_classifier_trained_meanwhile() -> None:
    import_images(archive=make_archive(TEN[:5]), name="ten")
    dataset = Dataset.objects.get()

    def progress(done: int, total: int, note: str = "", figures: object = None) -> None:
        if done == total:
            add_classifier(dataset)

    with pytest.raises(MlError, match="in use"):
        import_images(archive=make_archive(TEN), name="ten", progress=progress)
    assert Dataset.objects.get().content_hash == dataset.content_hash


def test_label_that_does_not_fit_is_refused() -> None:
    report = import_images(archive=make_archive([*TEN, ("long", "L", "d" * 51)]), name="ten")
    assert report.added == 10
    assert [(refusal.where, refusal.kind) for refusal in report.refusals] == [("long.png", RefusalKind.BAD_LABEL)]
    assert "diagnosis" in report.refusals[0].reason


def test_one_image_cannot_be_split(media: Path) -> None:
    with pytest.raises(MlError, match="at least two images"):
        import_images(archive=make_archive(TEN[:1]), name="one")
    assert files_below(media) == set()


def test_nothing_good_says_what_was_refused() -> None:
    archive = make_archive(TEN[:2], changed={"mel0": b"x", "mel1": b"y"})
    with pytest.raises(NothingImportedError, match="all 2 were refused") as caught:
        import_images(archive=archive, name="ten")
    assert [refusal.where for refusal in caught.value.refusals] == ["mel0.png", "mel1.png"]
    with pytest.raises(NothingImportedError, match="there was none"):
        import_images(archive=make_archive([]), name="ten")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "  "}, "1 to 100 characters"),
        ({"name": "n" * 101}, "1 to 100 characters"),
        ({"name": "two\nlines"}, "can be printed"),
        ({"test_share": 0.0}, "between 0 and 1"),
        ({"test_share": float("nan")}, "between 0 and 1"),
        ({"seed": -1}, "the seed must be"),
        ({"seed": 2**63}, "the seed must be"),
    ],
)
def test_bad_options_are_refused_before_anything_is_read(options: dict[str, object], message: str) -> None:
    with pytest.raises(MlError, match=message):
        import_images(**{"archive": make_archive(TEN), "name": "ten", **options})  # type: ignore[arg-type]
    assert not Dataset.objects.exists()


def test_one_lesion_cannot_be_split_by_lesion(media: Path) -> None:
    images = [("a", "L", "nv"), ("b", "L", "nv")]
    with pytest.raises(MlError, match="at least two lesions"):
        import_images(archive=make_archive(images), name="d", group_by_lesion=True)
    assert files_below(media) == set()


def test_number_of_queries_does_not_grow_with_the_images(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    many = [(f"i{number}", f"i{number}", "ab"[number % 2]) for number in range(120)]
    with django_assert_max_num_queries(24):
        import_images(archive=make_archive(many, size=16), name="many")


def test_of_two_classes_that_are_one_once_copies_are_refused_nothing_is_made(media: Path) -> None:
    """The reader counts folders: nv holds a copy of an image of mel alone."""
    archive = make_archive([("mel1", "one", "mel"), ("mel2", "two", "mel"), ("nv1", "three", "nv")])
    copy = dataclasses.replace(archive.entries[2], read=archive.entries[0].read)
    archive = dataclasses.replace(archive, entries=[*archive.entries[:2], copy])
    with pytest.raises(NothingImportedError, match="all images that could be imported are mel") as raised:
        import_images(archive=archive, name="one class")
    assert [refusal.kind for refusal in raised.value.refusals] == [RefusalKind.DUPLICATE_BYTES]
    assert not Dataset.objects.exists()
    assert files_below(media) == set()


def test_what_was_refused_is_counted_with_the_dataset(media: Path) -> None:
    refused = [
        Refusal(RefusalKind.NO_LABEL, "x.png", "no row"),
        Refusal(RefusalKind.NO_LABEL, "y.png", "no row"),
    ]
    damaged = dataclasses.replace(make_archive(TEN, changed={"mel0": b"no image"}), refusals=refused)

    import_images(archive=damaged, name="ten")

    dataset = Dataset.objects.get()
    assert dataset.refusals == {"image without a label": 2, "not an image": 1}
    assert dataset.refused_in_words == "2 (image without a label), 1 (not an image)"


def test_that_nothing_was_refused_is_another_thing_than_that_it_was_not_counted(media: Path) -> None:
    import_images(archive=make_archive(TEN), name="ten")
    assert Dataset.objects.get().refused_in_words == "none"

    Dataset.objects.update(refusals=None)  # as an earlier version left it
    assert Dataset.objects.get().refused_in_words == ""


def test_what_the_reader_notes_is_in_the_report() -> None:
    archive = dataclasses.replace(make_archive(TEN), notes=["2 images are in no row"])
    assert list(import_images(archive=archive, name="ten").notes) == ["2 images are in no row"]


def adobe_png(seed: int) -> bytes:
    out = io.BytesIO()
    profile = matrix_profile(ADOBE_PRIMARIES, (563 / 256, 1, 0, 0, 0))
    PillowImage.fromarray(make_pixels(seed, width=24, height=24)).save(out, "PNG", icc_profile=profile)
    return out.getvalue()


def test_what_was_converted_is_told_recorded_and_known_again() -> None:
    archive = make_archive(TEN, changed={"nv0": adobe_png(3), "nv1": adobe_png(4)})
    report = import_images(archive=archive, name="ten")
    assert list(report.notes) == ["2 images: converted to sRGB from the ICC profile “without a name”"]
    image = Dataset.objects.get().images.get(name="nv0")
    assert image.conversion == "converted to sRGB from the ICC profile “without a name”"
    assert image.source_sha256 == hashlib.sha256(adobe_png(3)).hexdigest()
    with image.file.open() as file:
        assert hashlib.sha256(file.read()).hexdigest() == image.sha256
    assert import_images(archive=archive, name="ten").already_there == 10


def test_a_dataset_of_an_earlier_version_is_not_mixed_with_converted_images() -> None:
    import_images(archive=make_archive(TEN[:8]), name="ten")
    Dataset.objects.update(colours=Dataset.Colours.AS_STORED)
    with pytest.raises(MlError, match="by an earlier version, which passed over what files say of their colours"):
        import_images(archive=make_archive(TEN, changed={TEN[9][0]: adobe_png(3)}), name="ten")
    assert Dataset.objects.get().images.count() == 8
    assert import_images(archive=make_archive(TEN), name="ten").added == 2  # sRGB goes with both


@pytest.mark.parametrize("fit", ["crop", "pad", "squeeze"])
def test_how_others_are_made_square_is_the_datasets_and_no_other_is_mixed_in(fit: str) -> None:
    wide = {"nv0": make_image_bytes(3, width=60, height=30, form="PNG")}
    archive = make_archive(TEN, changed=wide)
    import_images(archive=archive, name="ten", choices=ReadingChoices(fit=fit))
    dataset = Dataset.objects.get()
    assert dataset.fit == fit
    image = dataset.images.select_related("dataset").get(name="nv0")
    assert np.array_equal(read_square(image, size=20), to_square(decode(wide["nv0"]), 20, fit))
    other = "pad" if fit == "crop" else "crop"
    with pytest.raises(MlError, match=f"--fit {fit}.*--fit {other}"):
        import_images(archive=archive, name="ten", choices=ReadingChoices(fit=other))


def test_another_choice_is_another_dataset_by_its_hash_where_it_matters() -> None:
    wide = {"nv0": make_image_bytes(3, width=60, height=30, form="PNG")}
    hashes = {}
    for shape, changed in (("square", {}), ("wide", wide)):
        for fit in ("crop", "pad", "squeeze"):
            name = f"{shape} {fit}"
            import_images(archive=make_archive(TEN, changed=changed), name=name, choices=ReadingChoices(fit=fit))
            hashes[name] = Dataset.objects.get(name=name).content_hash
    assert len({digest for name, digest in hashes.items() if name.startswith("wide")}) == 3
    assert len({digest for name, digest in hashes.items() if name.startswith("square")}) == 1


def test_other_bits_or_another_least_side_are_other_options() -> None:
    import_images(archive=make_archive(TEN), name="ten", choices=ReadingChoices(bits=12))
    assert Dataset.objects.get().options == {"bits": 12}
    assert ReadingChoices.of(Dataset.objects.get()) == ReadingChoices(bits=12)
    with pytest.raises(MlError, match="other options"):
        import_images(archive=make_archive(TEN), name="ten", choices=ReadingChoices(bits=14))
    with pytest.raises(MlError, match="other options"):
        import_images(archive=make_archive(TEN), name="ten", choices=ReadingChoices(bits=12, least_side=20))


@pytest.mark.parametrize("choices", [{"fit": "stretch"}, {"least_side": 0}, {"bits": 8}, {"bits": 17}])
def test_what_is_no_choice_is_refused(choices: dict[str, object]) -> None:
    with pytest.raises(MlError):
        import_images(archive=make_archive(TEN), name="ten", choices=ReadingChoices(**choices))  # type: ignore[arg-type]


def test_a_dataset_may_be_all_test() -> None:
    report = import_images(archive=make_archive(TEN), name="ten", test_share=1)
    dataset = Dataset.objects.get()
    assert dataset.split_method == Dataset.SplitMethod.ALL_TEST
    assert set(dataset.images.values_list("split", flat=True)) == {"test"}
    assert report.split == "none: all images are for testing"


def test_a_split_that_the_images_came_with_is_kept() -> None:
    archive = make_archive(TEN)
    sides = ["test" if place % 3 == 0 else "train" for place in range(10)]
    entries = [dataclasses.replace(entry, split=side) for entry, side in zip(archive.entries, sides, strict=True)]
    given_split = dataclasses.replace(archive, entries=entries)
    report = import_images(archive=given_split, name="ten")
    assert [image.split for image in Dataset.objects.get().images.order_by("pk")] == [
        side for _, side in sorted(zip((entry.name for entry in entries), sides, strict=True))
    ]
    assert report.split == "as the images came: the split was not drawn here"
    with pytest.raises(MlError, match="the split of the dataset 'ten' was given"):
        import_images(archive=archive, name="ten")
    with pytest.raises(MlError, match="ask for a drawn split"):
        import_images(archive=given_split, name="other", group_by_lesion=True)
    with pytest.raises(MlError, match="a test share of 1 has no meaning"):
        import_images(archive=given_split, name="other", test_share=1)
