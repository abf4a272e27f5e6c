"""Bringing images from the interface: each source has its form."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ml.models import Dataset, Run
from ml.pages.forms.dataset import FORMS
from tests.ml.factories import make_dataset, make_image_bytes
from tests.studies.factories import make_researcher

pytestmark = pytest.mark.django_db

NEW = "ml:dataset-create"


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


@pytest.fixture(autouse=True)
def _folders_open_to_forms(settings: Settings, tmp_path: Path) -> None:
    settings.IMPORT_ROOTS = (tmp_path, Path("/nowhere"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one folder of images a class."""
    for place, name in enumerate(("mel", "nv")):
        (tmp_path / "images" / name).mkdir(parents=True)
        for number in range(4):
            path = tmp_path / "images" / name / f"{name}{number}.jpg"
            path.write_bytes(make_image_bytes(10 * place + number))
    return tmp_path / "images"


def ask(browser: Client, source: str, **fields: object) -> object:
    return browser.post(f"{reverse(NEW)}?source={source}", fields)


def test_every_source_can_be_chosen(browser: Client) -> None:
    choice = browser.get(reverse(NEW)).content.decode()
    for source, form in FORMS.items():
        assert f'href="?source={source}"' in choice
        assert form.title in browser.get(reverse(NEW), {"source": source}).content.decode()
    assert 'href="?source=folder"' in browser.get(reverse(NEW), {"source": "nowhere"}).content.decode()


def test_a_folder_is_asked_for(browser: Client, folder: Path) -> None:
    ask(browser, "folder", folder=folder, name="moles", credit="made for a test", test_share="0.25", seed="3")

    run = Run.objects.get()
    assert (run.kind, run.state) == (Run.Kind.IMPORT_DATASET, Run.State.QUEUED)
    asked = {
        "source": "folder",
        "name": "moles",
        "folder": str(folder),
        "lesions": None,
        "credit": "made for a test",
        "test_share": 0.25,
        "group_by_lesion": False,
        "seed": 3,
    }
    assert {name: run.options[name] for name in asked} == asked


def test_a_table_and_how_images_are_read_are_asked_for(browser: Client, folder: Path) -> None:
    rows = "".join(f"{path.stem},{path.parent.name.upper()}\n" for path in folder.rglob("*.jpg"))
    (folder / "labels.csv").write_text(f"file,what\n{rows}")
    asked = {"label_column": "what", "split": "drawn", "fit": "pad", "bits": 12, "least_side": 8, "test_share": 1.0}
    table = str(folder / "labels.csv")
    ask(browser, "folder", folder=folder, labels=table, name="moles", seed="3", **{n: str(v) for n, v in asked.items()})

    options = Run.objects.get().options
    assert {name: options[name] for name in asked} == asked
    assert (options["labels"], options["image_column"]) == (table, "")


def test_drawn_lesions_are_asked_for(browser: Client) -> None:
    ask(browser, "synthetic", name="drawn", train="20", test="10", size="64", seed="1", group_by_lesion="on")

    options = Run.objects.get().options
    asked = {name: options[name] for name in ("source", "train", "test", "size", "group_by_lesion")}
    assert asked == {"source": "synthetic", "train": 20, "test": 10, "size": 64, "group_by_lesion": True}


@pytest.mark.parametrize(
    ("source", "fields", "message"),
    [
        ("folder", {"folder": "", "name": "x", "test_share": "0.2", "seed": "0"}, "Send files first"),
        ("folder", {"folder": "/nowhere/at/all", "name": "x", "test_share": "0.2", "seed": "0"}, "/nowhere/at/all"),
        ("ham10000", {"folder": "/nowhere/at/all", "name": "x", "test_share": "0.2", "seed": "0"}, "/nowhere/at/all"),
        ("synthetic", {"name": "x", "train": "0", "test": "3", "size": "64", "seed": "0"}, "need at least one image"),
        ("synthetic", {"name": "x", "train": "20", "test": "9", "size": "5", "seed": "0"}, "64"),
        ("synthetic", {"name": "x", "train": "y", "test": "9", "size": "64", "seed": "0"}, "Enter a whole number"),
    ],
)
def test_what_cannot_be_brought_says_why(browser: Client, source: str, fields: dict[str, object], message: str) -> None:
    page = browser.post(f"{reverse(NEW)}?source={source}", fields)

    assert page.status_code == 422
    told = " ".join(text for errors in page.context["form"].errors.values() for text in errors)
    assert message in told
    assert f'value="{fields["name"]}"' in page.content.decode()
    assert not Run.objects.exists()


def test_a_name_of_another_source_is_refused(browser: Client, folder: Path) -> None:
    make_dataset("taken", per_class=2)
    Dataset.objects.update(source=Dataset.Source.SYNTHETIC)

    page = browser.post(
        f"{reverse(NEW)}?source=folder", {"folder": folder, "name": "taken", "test_share": "0.2", "seed": "0"}
    )

    assert page.status_code == 422
    assert not Run.objects.exists()


def test_an_outsider_brings_nothing(client: Client) -> None:
    assert client.get(reverse(NEW)).headers["Location"].startswith(reverse("login"))
    client.post(f"{reverse(NEW)}?source=synthetic", {"name": "x", "train": 5, "test": 5, "size": 64, "seed": 0})

    assert not Run.objects.exists()
