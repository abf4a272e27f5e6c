"""Files in pieces: in order or again, resumed where they broke off, judged before they are taken, swept."""

import datetime as dt
import shutil
import uuid
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from ml.datasets.sent_files import KEPT_FREE, copies_folder, copy_of_upload, local_source, reference_to
from ml.errors import MlError
from ml.images.stored_file import read_unaltered
from ml.models import Run, Upload
from ml.uploads.limits import (
    MOST_FILES,
    MOST_UPLOADS,
    PIECE,
    AnnouncedFile,
    room_for_uploads,
    why_not_taken,
)
from ml.uploads.receiving import (
    GapError,
    begin_upload,
    complete_among,
    receive_piece,
    received_of,
    remove_upload,
    remove_upload_of,
    sweep_uploads,
)
from perception.core.storage.folders import files_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return User.objects.create_user(f"anna{uuid.uuid4()}")


def begun(by: User, *files: tuple[str, int]) -> Upload:
    upload, refused = begin_upload(name="set", files=[AnnouncedFile(*file) for file in files], by=by)
    assert not refused
    return upload


def read(upload: Upload, path: str) -> bytes:
    place = [file["path"] for file in upload.files].index(path)
    return b"".join(read_unaltered(piece.file, piece.sha256) for piece in upload.pieces.filter(place=place))


def is_complete(upload: Upload) -> bool:
    return complete_among([upload]) == [upload]


def test_pieces_make_the_file(anna: User) -> None:
    data = bytes(range(256)) * 10
    upload = begun(anna, ("clean/a.png", len(data)), ("b.csv", 3))
    assert [file["path"] for file in upload.files] == ["b.csv", "clean/a.png"]

    assert receive_piece(upload, 1, offset=0, data=data[:1000]) == 1000
    assert not is_complete(upload)
    assert receive_piece(upload, 1, offset=1000, data=data[1000:]) == len(data)
    assert receive_piece(upload, 0, offset=0, data=b"1,2") == 3

    assert is_complete(upload)
    assert read(upload, "clean/a.png") == data
    assert local_source(reference_to(upload)) == copy_of_upload(upload.uid)
    assert (copy_of_upload(upload.uid) / "clean" / "a.png").read_bytes() == data


def test_a_zip_alone_is_what_is_read(anna: User) -> None:
    upload = begun(anna, ("Pairs.ZIP", 4))
    receive_piece(upload, 0, offset=0, data=b"zip!")
    assert local_source(reference_to(upload)) == copy_of_upload(upload.uid) / "Pairs.ZIP"


@given(
    data=st.binary(min_size=1, max_size=60),
    pieces=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=25),
)
def test_whatever_pieces_come_in_whatever_order_a_whole_file_is_right(
    data: bytes, pieces: list[tuple[int, int]]
) -> None:
    """Retries, repeats and gaps: what is there is always the beginning of the file."""
    upload = Upload.objects.create(
        name="x", owner=None, files=[{"path": "a", "size": len(data), "modified": 0}], uid=uuid.uuid4()
    )
    for offset, length in [*pieces, *((at, 1) for at in range(len(data)))]:
        if offset + length > len(data):
            continue
        there = received_of(upload)[0]
        sent = data[offset : offset + length]
        if offset > there:
            with pytest.raises(GapError) as gap:
                receive_piece(upload, 0, offset=offset, data=sent)
            assert gap.value.received == there
        else:
            assert receive_piece(upload, 0, offset=offset, data=sent) == max(there, offset + length)
        assert data.startswith(read(upload, "a") if received_of(upload)[0] else b"")
    assert read(upload, "a") == data


@pytest.mark.parametrize(
    ("place", "offset", "data"),
    [(1, 0, b"x"), (-1, 0, b"x"), (0, -1, b"x"), (0, 0, b""), (0, 3, b"xyz"), (0, 0, b"x" * 6)],
)
def test_bytes_that_were_not_announced_are_not_taken(anna: User, place: int, offset: int, data: bytes) -> None:
    upload = begun(anna, ("a.png", 5))
    with pytest.raises(MlError):
        receive_piece(upload, place, offset=offset, data=data)
    assert received_of(upload) == [0]


def test_no_piece_is_larger_than_a_piece(anna: User) -> None:
    upload = begun(anna, ("a.png", PIECE + 1))
    with pytest.raises(MlError):
        receive_piece(upload, 0, offset=0, data=bytes(PIECE + 1))


@pytest.mark.parametrize(
    "path",
    [
        *(
            "../a.png",
            "a/../../b.png",
            "/etc/passwd",
            "a//b.png",
            "./a.png",
            ".",
            "a/",
            "a\\b.png",
            "",
            "x" * 201,
            "a\nb.png",
        ),
        *(".DS_Store", "a/.hidden/b.png", "__MACOSX/a.png", "a/\0.png", "é" * 150 + ".png"),
    ],
)
def test_paths_that_lead_elsewhere_or_are_no_names_are_refused(path: str) -> None:
    assert why_not_taken(AnnouncedFile(path, 5))


@pytest.mark.parametrize("path", ["a.png", "clean/mel/0017.jpg", "Bilder größer/ä 1.png", "twins.csv"])
def test_plain_paths_are_taken(path: str) -> None:
    assert why_not_taken(AnnouncedFile(path, 5)) == ""


def test_a_piece_that_comes_twice_at_one_time_is_kept_once(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = begun(anna, ("a.png", 5))
    save = default_storage.save

    def save_while_another_is_quicker(name: str, content: ContentFile[bytes]) -> str:
        monkeypatch.setattr(default_storage, "save", save)
        assert receive_piece(upload, 0, offset=0, data=b"hel") == 3
        return save(name, content)

    monkeypatch.setattr(default_storage, "save", save_while_another_is_quicker)
    assert receive_piece(upload, 0, offset=0, data=b"hello") == 3
    assert receive_piece(upload, 0, offset=0, data=b"hello") == 5
    assert read(upload, "a.png") == b"hello"
    assert len(files_in(f"uploads/{upload.uid}")) == 2


def test_an_upload_that_is_not_whole_is_not_read(anna: User) -> None:
    upload = begun(anna, ("a.png", 5))
    receive_piece(upload, 0, offset=0, data=b"hel")
    for reference in (reference_to(upload), f"upload:{uuid.uuid4()}/x"):
        with pytest.raises(MlError, match="send them again"):
            local_source(reference)
    assert not copy_of_upload(upload.uid).exists()


def test_an_upload_that_was_altered_is_not_read(anna: User) -> None:
    upload = begun(anna, ("a.png", 5))
    receive_piece(upload, 0, offset=0, data=b"hello")
    upload.pieces.update(sha256="0" * 64)
    with pytest.raises(MlError, match="damaged: send it again"):
        local_source(reference_to(upload))
    assert not any(copies_folder().glob(f"{upload.uid}*"))


def test_where_there_is_no_room_for_a_copy_it_is_said(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = begun(anna, ("a.png", 5))
    receive_piece(upload, 0, offset=0, data=b"hello")
    free = shutil.disk_usage("/")._replace(free=KEPT_FREE + 4)
    monkeypatch.setattr("ml.datasets.sent_files.shutil.disk_usage", lambda _: free)
    with pytest.raises(MlError, match="no room on the disk"):
        local_source(reference_to(upload))


def test_a_path_on_the_server_stays_a_path() -> None:
    assert local_source("/srv/images/skin.zip") == Path("/srv/images/skin.zip")


def test_bad_files_are_named_and_the_good_ones_taken(anna: User) -> None:
    files = [AnnouncedFile("a.png", 5), AnnouncedFile("b.png", 0), AnnouncedFile("c.png", 200 * 1024**2)]
    upload, refused = begin_upload(name="", files=[*files, AnnouncedFile("d.zip", 200 * 1024**2)], by=anna)

    assert [file["path"] for file in upload.files] == ["a.png", "d.zip"]
    assert refused == {"b.png": "empty", "c.png": "larger than 100 MiB"}
    assert upload.name == "files"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "no file that can be taken"),
        ([("a.png", 0)], "no file that can be taken"),
        ([("a.png", 5), ("a.png", 6)], "one path"),
        ([("a", 5), ("a/b.png", 6)], "a is a file, and the folder of a/b.png"),
        ([(f"{n}.png", 5) for n in range(MOST_FILES + 1)], "Pack them into a zip"),
        ([(f"{n}.zip", 10**9) for n in range(9)], "PERCEPTION_UPLOAD_BYTES"),
    ],
)
def test_more_than_may_be_sent_is_refused_before_it_is(
    anna: User, files: list[tuple[str, int]], message: str, settings: Settings
) -> None:
    settings.UPLOAD_BYTES = 8 * 10**9
    with pytest.raises(MlError, match=message):
        begin_upload(name="x", files=[AnnouncedFile(*file) for file in files], by=anna)
    assert not Upload.objects.exists()


def test_what_a_person_has_uploaded_counts_and_the_disk_keeps_some_room(
    anna: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPLOAD_BYTES = 1000
    begun(anna, ("a.png", 600))
    with pytest.raises(MlError, match="may be sent"):
        begun(anna, ("b.png", 401))
    begun(anna, ("b.png", 400))
    begun(User.objects.create_user("ben"), ("b.png", 1000))

    free = shutil.disk_usage("/")._replace(free=KEPT_FREE + 300)
    monkeypatch.setattr("ml.uploads.limits.shutil.disk_usage", lambda _: free)
    assert room_for_uploads(taken=0) == 150, "what was sent lies there twice while it is imported"


def test_a_person_has_so_many_uploads_and_no_more_however_small(anna: User) -> None:
    for size in range(1, MOST_UPLOADS + 1):
        begun(anna, ("a.png", size))
    with pytest.raises(MlError, match=f"{MOST_UPLOADS} uploads of yours are there"):
        begun(anna, ("b.png", 1))
    assert begun(anna, ("a.png", 1)).owner == anna  # one that is there is taken up
    begun(User.objects.create_user(f"ben{uuid.uuid4()}"), ("b.png", 1))


@pytest.mark.parametrize("name", ["\ud800", "a\0b", "a\x1b[31m", "a\u202egnp.exe", "a\nb"])
def test_an_upload_has_a_name_that_can_be_stored_and_shown(anna: User, name: str) -> None:
    upload, _ = begin_upload(name=name, files=[AnnouncedFile("a.png", 1)], by=anna)
    upload.refresh_from_db()
    assert upload.name.isprintable()


def test_the_very_same_files_go_on_where_they_were_and_others_do_not(anna: User) -> None:
    first = begun(anna, ("b.png", 5), ("a.png", 5))
    receive_piece(first, 0, offset=0, data=b"abc")

    assert begun(anna, ("a.png", 5), ("b.png", 5)) == first
    assert received_of(first) == [3, 0]
    changed, _ = begin_upload(name="x", files=[AnnouncedFile("a.png", 5, 1), AnnouncedFile("b.png", 5, 1)], by=anna)
    assert changed != first
    assert begun(User.objects.create_user("ben"), ("a.png", 5), ("b.png", 5)) != first


def test_what_was_imported_and_what_nobody_touches_is_removed(
    anna: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    imported, old, kept = (begun(anna, (name, 5)) for name in ("a.zip", "b.zip", "c.zip"))
    for upload in (imported, old, kept):
        receive_piece(upload, 0, offset=0, data=b"hello")
    Upload.objects.filter(pk=old.pk).update(touched_at=timezone.now() - dt.timedelta(days=8))
    left = default_storage.save(f"uploads/{uuid.uuid4()}/left", ContentFile(b"x"))
    copies = [local_source(reference_to(upload)) for upload in (imported, kept)]
    part = copies_folder() / f"{kept.uid}.part"
    part.mkdir()

    with django_capture_on_commit_callbacks(execute=True):
        remove_upload_of(reference_to(imported))
        remove_upload_of("/somewhere/else.zip")
        remove_upload_of("None")
        sweep_uploads()

    assert set(Upload.objects.all()) == {kept}
    assert [bool(files_in(f"uploads/{upload.uid}")) for upload in (imported, old, kept)] == [False, False, True]
    assert [copy.exists() for copy in copies] == [False, True]
    assert not default_storage.exists(left)
    assert part.is_dir(), "it may be one that is being made"
    later = timezone.now() + dt.timedelta(days=2)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ml.uploads.receiving.timezone.now", lambda: later)
        sweep_uploads()
    assert not part.exists()


@pytest.mark.parametrize(("state", "stays"), [("queued", True), ("running", True), ("failed", False)])
def test_what_a_run_is_to_read_stays_however_long_it_waits(
    anna: User, state: str, stays: bool, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    upload = begun(anna, ("a.zip", 1))
    receive_piece(upload, 0, offset=0, data=b"x")
    Upload.objects.update(touched_at=timezone.now() - dt.timedelta(days=30))
    Run.objects.create(
        kind=Run.Kind.IMPORT_DATASET,
        state=state,
        options={"name": "moles", "seed": 1, "folder": reference_to(upload)},
    )
    with django_capture_on_commit_callbacks(execute=True):
        sweep_uploads()
    assert Upload.objects.filter(pk=upload.pk).exists() == bool(files_in(f"uploads/{upload.uid}")) == stays


def test_files_stay_where_the_removal_is_undone(anna: User) -> None:
    upload = begun(anna, ("a.zip", 5))
    receive_piece(upload, 0, offset=0, data=b"hello")
    remove_upload(upload)  # within the test's transaction, which is never committed
    assert files_in(f"uploads/{upload.uid}")
