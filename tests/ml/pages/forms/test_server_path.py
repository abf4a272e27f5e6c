"""Which paths on the server a form takes: those below the folders that are open to forms, and no others."""

import os
from pathlib import Path

import pytest
from django.conf import settings as project_settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ml.models import Run
from tests.ml.factories import make_dataset, make_image_bytes
from tests.studies.factories import make_researcher

pytestmark = pytest.mark.django_db

SECRET = "sk-5rn!w9p(a$-k2-8)z&1h@x"


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


@pytest.fixture
def root(tmp_path: Path, settings: Settings) -> Path:
    """Return the one folder that is open to forms."""
    folder = tmp_path / "open"
    folder.mkdir()
    settings.IMPORT_ROOTS = (folder,)
    return folder


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Return a file of the server that is nobody's business."""
    path = tmp_path / "secret_key"
    path.write_text(SECRET)
    return path


@pytest.fixture
def images(root: Path) -> Path:
    for place, name in enumerate(("mel", "nv")):
        (root / "images" / name).mkdir(parents=True)
        for number in range(4):
            (root / "images" / name / f"{number}.jpg").write_bytes(make_image_bytes(10 * place + number))
    return root / "images"


def refusal(browser: Client, field: str, path: Path | str, images: Path | str) -> str:
    """Return what the form that has the field says of a path in it; the other fields are good."""
    dataset = make_dataset()
    split = {"name": "moles", "test_share": "0.25", "seed": "0"}
    networks = {"dataset": dataset.pk, "name": "theirs"}
    training = {"architecture": "backbone", "epochs": "1", "batch_size": "4", "weights_low": "0", "weights_high": "1"}
    address, fields = {
        "folder": ("ml:dataset-create", {"folder": path, **split}),
        "archive": ("ml:dataset-create", {"folder": path, **split}),
        "lesions": ("ml:dataset-create", {"folder": images, "lesions": path, **split}),
        "file": ("ml:classifier-add", {"file": path, "classes": "bcc, mel, nv", "value_range": "0, 1", **networks}),
        "weights": ("ml:classifier-create", {"weights": path, "seed": "0", **training, **networks}),
    }[field]
    source = {"folder": "folder", "lesions": "folder", "archive": "ham10000"}.get(field)
    page = browser.post(reverse(address) + (f"?source={source}" if source else ""), fields)
    assert page.status_code == 422
    assert not Run.objects.exists()
    assert SECRET not in page.content.decode()
    errors = page.context["form"].errors
    return " ".join(text for told in errors.values() for text in told)


FIELDS = pytest.mark.parametrize("field", ["folder", "archive", "lesions", "file", "weights"])


@FIELDS
def test_without_an_open_folder_no_path_is_taken(
    browser: Client, field: str, secret: Path, images: Path, settings: Settings
) -> None:
    settings.IMPORT_ROOTS = ()

    told = refusal(browser, field, secret, images)

    assert "PERCEPTION_IMPORT_ROOTS" in told
    assert any(
        command in told for command in ("import_folder", "import_ham10000", "add_classifier", "train_classifier")
    )


@FIELDS
def test_a_path_outside_is_refused_whether_it_is_there_or_not(
    browser: Client, field: str, secret: Path, images: Path, root: Path
) -> None:
    told = refusal(browser, field, secret, images)

    assert "below the folders that are open to forms" in told
    assert str(root) in told
    assert told == refusal(browser, field, secret.with_name("nothing"), images)


@FIELDS
@pytest.mark.parametrize("way", ["link", "dots", "relative", "nul", "beside"])
def test_no_way_leads_out(browser: Client, field: str, way: str, secret: Path, images: Path, root: Path) -> None:
    (root / "link").symlink_to(secret.parent)
    beside = root.with_name("open-not")
    beside.mkdir()
    paths: dict[str, Path | str] = {
        "link": root / "link" / secret.name,
        "dots": f"{root}/../{secret.name}",
        "relative": os.path.relpath(secret),
        "nul": f"{root}/a\0b",
        "beside": beside,
    }

    told = refusal(browser, field, paths[way], images)

    assert "below the folders that are open to forms" in told or (way == "nul" and "Null characters" in told)


@FIELDS
def test_the_programs_own_data_is_never_open(browser: Client, field: str, images: Path, settings: Settings) -> None:
    settings.IMPORT_ROOTS = (Path("/"),)

    for path in (project_settings.DATA_DIR, project_settings.DATA_DIR / "db.sqlite3"):
        assert "below the folders that are open to forms" in refusal(browser, field, path, images)


def test_a_link_among_the_images_that_leads_out_is_refused(browser: Client, secret: Path, images: Path) -> None:
    (images / "mel" / "9.jpg").symlink_to(secret)

    assert "mel/9.jpg in it is a link that leads out" in refusal(browser, "folder", images, images)


def test_links_within_are_followed(browser: Client, images: Path, root: Path) -> None:
    (images / "mel" / "9.jpg").symlink_to(images / "nv" / "0.jpg")
    (root / "link").symlink_to(images)

    browser.post(
        f"{reverse('ml:dataset-create')}?source=folder",
        {"folder": root / "link", "name": "moles", "test_share": "0.25", "seed": "0"},
    )

    assert Run.objects.get().options["folder"] == str(images)


@pytest.mark.parametrize("field", ["lesions", "file"])
def test_a_pipe_is_not_waited_for(browser: Client, field: str, images: Path, root: Path) -> None:
    os.mkfifo(root / "pipe")

    assert "no plain file" in refusal(browser, field, root / "pipe", images)


@pytest.mark.parametrize("field", ["lesions", "file"])
def test_a_device_is_not_read(browser: Client, field: str, images: Path, settings: Settings) -> None:
    settings.IMPORT_ROOTS = (*settings.IMPORT_ROOTS, Path("/dev"))

    assert "no plain file" in refusal(browser, field, "/dev/zero", images)


def test_a_table_too_large_is_refused_by_its_size(browser: Client, images: Path, root: Path) -> None:
    with (root / "lesions.csv").open("wb") as file:
        file.truncate(200 * 1024**2)

    assert "larger than 100 MiB" in refusal(browser, "lesions", root / "lesions.csv", images)


def test_a_file_that_is_no_table_is_not_quoted(browser: Client, images: Path, root: Path) -> None:
    (root / "lesions.csv").write_text(f"{SECRET}\n")

    assert "no column image, lesion" in refusal(browser, "lesions", root / "lesions.csv", images)


def test_the_forms_say_what_is_open(browser: Client, root: Path, settings: Settings) -> None:
    make_dataset()
    addresses = [
        f"{reverse('ml:dataset-create')}?source=folder",
        f"{reverse('ml:dataset-create')}?source=ham10000",
        reverse("ml:classifier-add"),
        reverse("ml:classifier-create"),
    ]
    for address in addresses:
        assert f"Open on this server: {root}." in browser.get(address).content.decode()
    settings.IMPORT_ROOTS = ()
    for address in addresses:
        assert "PERCEPTION_IMPORT_ROOTS" in browser.get(address).content.decode()
