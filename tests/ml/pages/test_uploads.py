"""Sending files to the forms that read them: who may, what is answered, what an import then reads."""

import json
import uuid
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from ml.datasets.sent_files import copy_of_upload
from ml.models import Dataset, PairSet, Run, Upload
from ml.tasks import import_dataset, import_pairs
from ml.uploads.limits import PIECE
from perception.core.storage.folders import files_in
from tests.ml.factories import make_image_bytes
from tests.ml.pairs.elsewhere.twins_on_disk import write_twins
from tests.studies.factories import make_researcher

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return make_researcher()


@pytest.fixture
def browser(client: Client, anna: User) -> Client:
    client.force_login(anna)
    return client


def begin(browser: Client, files: dict[str, bytes], name: str = "set") -> dict[str, object]:
    listed = [{"path": path, "size": len(data), "modified": 1} for path, data in files.items()]
    response = browser.post(
        reverse("ml:upload-begin"), json.dumps({"name": name, "files": listed}), content_type="application/json"
    )
    assert response.status_code == 200, response.content
    said: dict[str, object] = response.json()
    return said


def piece(browser: Client, uid: object, place: int, offset: int, data: bytes) -> tuple[int, dict[str, object]]:
    address = reverse("ml:upload-piece", args=[uuid.UUID(str(uid)), place])
    response = browser.post(f"{address}?offset={offset}", data, content_type="application/octet-stream")
    return response.status_code, response.json()


def send(browser: Client, files: dict[str, bytes], name: str = "set") -> Upload:
    """Send files as the script does."""
    uid = begin(browser, files, name)["uid"]
    for place, path in enumerate(sorted(files)):
        for offset in range(0, len(files[path]), PIECE):
            assert piece(browser, uid, place, offset, files[path][offset : offset + PIECE])[0] == 200
    return Upload.objects.get(uid=str(uid))


def zipped(folder: Path) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(folder))
    return out.getvalue()


def test_sent_images_are_imported_and_the_upload_goes(
    browser: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    kinds = ["mel", "nv"] * 5
    images = {f"{dx}/{n}.png": make_image_bytes(n, form="PNG") for n, dx in enumerate(kinds)}
    upload = send(browser, {**images, "mel/bad.png": b"no image"})
    form = browser.get(reverse("ml:dataset-create") + "?source=folder").content.decode()
    assert f'<option value="{upload.uid}">' in form
    assert "You may send" in form

    response = browser.post(
        reverse("ml:dataset-create") + "?source=folder",
        {"upload": str(upload.uid), "name": "sent", "test_share": "1", "seed": "0"},
    )
    run = Run.objects.get()
    assert response.headers["Location"] == reverse("ml:run-detail", args=[run.pk])
    with django_capture_on_commit_callbacks(execute=True):
        import_dataset.func(run.pk)

    run.refresh_from_db()
    assert run.note.startswith("10 images imported; 1 refused, the first: mel/bad.png")
    assert Dataset.objects.get(name="sent").images.count() == 10
    assert not Upload.objects.exists()
    assert not copy_of_upload(upload.uid).exists()
    assert not files_in(f"uploads/{upload.uid}")


def test_a_zip_of_pairs_is_imported(browser: Client, tmp_path: Path) -> None:
    upload = send(browser, {"twins.zip": zipped(write_twins(tmp_path, ["mel/a", "nv/b"]))}, "twins")
    browser.post(reverse("ml:pair-set-import"), {"upload": str(upload.uid), "name": "sent", "made_by": "PGD"})
    import_pairs.func(Run.objects.get().pk)
    assert PairSet.objects.get().pairs.count() == 2


def test_an_import_that_fails_keeps_what_was_sent(browser: Client) -> None:
    upload = send(browser, {"mel/a.png": b"no image", "nv/b.png": b"none either"})
    browser.post(
        reverse("ml:dataset-create") + "?source=folder",
        {"upload": str(upload.uid), "name": "sent", "test_share": "1", "seed": "0"},
    )
    with pytest.raises(Exception, match="no image could be imported"):
        import_dataset.func(Run.objects.get().pk)
    assert Upload.objects.get() == upload


def test_a_piece_is_answered_with_what_is_there(browser: Client) -> None:
    uid = begin(browser, {"a.zip": b"0123456789"})["uid"]

    assert piece(browser, uid, 0, 0, b"0123") == (200, {"received": 4})
    assert piece(browser, uid, 0, 0, b"0123") == (200, {"received": 4}), "the reply was lost, and it comes again"
    assert piece(browser, uid, 0, 8, b"89") == (409, {"received": 4})
    assert piece(browser, uid, 0, 4, b"456789x")[0] == 422
    assert piece(browser, uid, 1, 0, b"x")[0] == 422
    address = reverse("ml:upload-piece", args=[uuid.UUID(str(uid)), 0])
    assert browser.post(address, b"x", content_type="application/octet-stream").status_code == 400

    again = begin(browser, {"a.zip": b"0123456789"})
    assert (again["uid"], again["files"]) == (uid, [{"path": "a.zip", "received": 4}])


@pytest.mark.parametrize(
    "sent",
    [
        *("", "[]", "{}", '{"name": "x"}', '{"name": 1, "files": []}', '{"name": "x", "files": [{"path": "a"}]}'),
        '{"name": "x", "files": [{"path": "a", "size": true, "modified": 1}]}',
        '{"name": "x", "files": {"path": "a"}}',
        '{"name": "x", "files": [{"path": "a.zip", "size": 1' + "0" * 400 + ', "modified": 1}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_list_of_files_is_refused(browser: Client, sent: str) -> None:
    response = browser.post(reverse("ml:upload-begin"), sent, content_type="application/json")
    assert response.status_code == 400
    assert not Upload.objects.exists()


def test_a_piece_is_no_larger_than_anybody_signed_in_may_send(browser: Client) -> None:
    uid = begin(browser, {"a.zip": bytes(3 * 1024**2)})["uid"]
    address = reverse("ml:upload-piece", args=[uuid.UUID(str(uid)), 0])
    response = browser.post(f"{address}?offset=0", bytes(3 * 1024**2), content_type="application/octet-stream")
    assert response.status_code == 413
    assert piece(browser, uid, 0, 0, bytes(PIECE)) == (200, {"received": PIECE})


def test_uploads_are_their_senders_alone(browser: Client, anna: User) -> None:
    upload = send(browser, {"a.zip": b"hello"})
    other = Client()
    addresses = [
        reverse("ml:upload-piece", args=[upload.uid, 0]) + "?offset=0",
        reverse("ml:upload-remove", args=[upload.uid]),
    ]
    for address in [reverse("ml:upload-begin"), *addresses]:
        assert other.post(address).headers["Location"].startswith("/accounts/login/"), address
        assert browser.get(address).status_code == 405
    other.force_login(make_researcher(superuser=True))
    for address in addresses:
        assert other.post(address).status_code == 404, address
    page = other.get(reverse("ml:pair-set-import")).content.decode()
    assert str(upload.uid) not in page
    response = other.post(reverse("ml:pair-set-import"), {"upload": str(upload.uid), "name": "x", "made_by": "y"})
    assert "not whole, or not here any more" in str(response.context["form"].errors["upload"])


def test_a_forged_request_sends_nothing(anna: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(anna)
    response = strict.post(reverse("ml:upload-begin"), "{}", content_type="application/json")
    assert response.status_code == 403


@pytest.mark.parametrize(("filled", "words"), [({}, "Send files first"), ({"upload": "half"}, "not whole")])
def test_a_form_without_whole_files_says_so(browser: Client, filled: dict[str, str], words: str) -> None:
    uid = begin(browser, {"a.zip": b"hello"})["uid"]
    given = {name: str(uid) for name in filled}
    response = browser.post(reverse("ml:pair-set-import"), {**given, "name": "x", "made_by": "y"})
    assert response.status_code == 422
    assert words in str(response.context["form"].errors["upload"])


def test_an_upload_can_be_removed_from_the_form(browser: Client) -> None:
    upload = send(browser, {"a.zip": b"hello"})
    address = reverse("ml:upload-remove", args=[upload.uid])
    assert address in browser.get(reverse("ml:pair-set-import")).content.decode()

    response = browser.post(address, {"back": reverse("ml:pair-set-import"), "name": "half filled in"})
    assert response.headers["Location"] == reverse("ml:pair-set-import")
    assert not Upload.objects.exists()
    upload = send(browser, {"a.zip": b"hello"})
    response = browser.post(reverse("ml:upload-remove", args=[upload.uid]), {"back": "https://elsewhere.example/"})
    assert response.headers["Location"] == reverse("ml:dataset-create")


@pytest.mark.parametrize("back", ["login", "x", "?x=1", "#x", "//elsewhere.example", "/\\elsewhere.example", "a.b"])
def test_after_a_removal_only_an_address_of_this_site_is_gone_back_to(browser: Client, back: str) -> None:
    upload = send(browser, {"a.zip": b"hello"})
    response = browser.post(reverse("ml:upload-remove", args=[upload.uid]), {"back": back})
    assert response.headers["Location"] == reverse("ml:dataset-create")


def test_nothing_that_is_sent_is_served(browser: Client) -> None:
    upload = send(browser, {"a.zip": b"hello"})
    (piece,) = upload.pieces.all()
    assert browser.get(f"/{piece.file.name}").status_code == 404


def test_a_run_names_the_file_that_was_sent_and_not_where_it_lies(browser: Client) -> None:
    for sent, told in (("lesions.zip", "lesions.zip, sent from a browser"), ("", "files, sent from a browser")):
        path = f"upload:0a880dcf-972f-4b5e-99e9-42a229874c67/{sent}".rstrip("/")
        run = Run.objects.create(kind=Run.Kind.IMPORT_DATASET, options={"name": "moles", "folder": str(path)})
        text = browser.get(reverse("ml:run-detail", args=[run.pk])).content.decode()
        assert told in text
        assert str(path) not in text


@pytest.mark.parametrize("packed", [False, True], ids=["a folder", "a zip of a folder"])
def test_a_folder_that_was_chosen_or_packed_is_no_class(browser: Client, packed: bool, tmp_path: Path) -> None:
    images = {f"skin/{dx}/{n}.png": make_image_bytes(n, form="PNG") for n, dx in enumerate(["mel", "nv"] * 3)}
    if packed:
        for path, data in images.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)
        images = {"skin.zip": zipped(tmp_path)}
    upload = send(browser, images, "skin")
    browser.post(
        reverse("ml:dataset-create") + "?source=folder",
        {"upload": str(upload.uid), "name": "sent", "test_share": "1", "seed": "0"},
    )
    import_dataset.func(Run.objects.get().pk)
    assert set(Dataset.objects.get().images.values_list("diagnosis", flat=True)) == {"mel", "nv"}


def test_a_folder_of_one_class_is_refused_by_the_name_that_it_was_sent_with(browser: Client) -> None:
    upload = send(browser, {f"skin/mel/{n}.png": make_image_bytes(n, form="PNG") for n in range(2)}, "skin")
    answer = browser.post(
        reverse("ml:dataset-create") + "?source=folder",
        {"upload": str(upload.uid), "name": "sent", "test_share": "1", "seed": "0"},
    )
    text = answer.content.decode()
    assert "“skin” must hold one folder for each class" in text
    assert str(copy_of_upload(upload.uid)) not in text
