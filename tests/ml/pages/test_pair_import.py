"""The form for pairs that another program perturbed, and the pages of what comes of it."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ml.models import PairSet, Run
from ml.pairs.elsewhere.importing import PairImport
from ml.runs.lifecycle import perform, perform_run
from tests.ml.pairs.elsewhere.twins_on_disk import pair_import, write_twins
from tests.studies.factories import make_researcher

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


def test_the_form_asks_for_what_the_command_does(browser: Client, tmp_path: Path, settings: Settings) -> None:
    settings.IMPORT_ROOTS = (tmp_path,)
    folder = write_twins(tmp_path / "twins", ["mel/a", "nv/b", "nv/c"])
    page = browser.get(reverse("ml:pair-set-import")).content.decode()
    assert "Bring pairs made elsewhere" in page

    filled = {
        "source": str(folder),
        "name": "brought",
        "made_by": "foolbox",
        "strength": "8/255",
        "target_class": "nv",
        "compression": "decoded",
        "quality": "95",
    }
    response = browser.post(reverse("ml:pair-set-import"), filled)

    run = Run.objects.get()
    assert response.headers["Location"] == reverse("ml:run-detail", args=[run.pk])
    work = PairImport.from_options(run.options)
    assert work == pair_import(
        folder, name="brought", made_by="foolbox", strength=8.0, target_class="nv", compression="decoded"
    )
    perform_run(run, work)
    assert (
        reverse("ml:pair-set-detail", args=[PairSet.objects.get().pk])
        in browser.get(reverse("ml:run-detail", args=[run.pk])).content.decode()
    )


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"strength": "0.03"}, "strength", "may be 7.65 levels"),
        ({"made_by": ""}, "made_by", "required"),
        ({"target_class": "df"}, "target_class", "no diagnosis and no prediction"),
        ({"source": "/etc"}, "source", "Only paths below the folders"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    browser: Client, tmp_path: Path, settings: Settings, wrong: dict[str, str], field: str, words: str
) -> None:
    settings.IMPORT_ROOTS = (tmp_path,)
    folder = write_twins(tmp_path / "twins", ["mel/a", "nv/b"])
    filled = {"source": str(folder), "name": "brought", "made_by": "foolbox", **wrong}
    response = browser.post(reverse("ml:pair-set-import"), filled)

    assert response.status_code == 422
    assert words in str(response.context["form"].errors[field])
    assert not Run.objects.exists()


def test_pages_say_where_pairs_are_from_and_offer_nothing_that_needs_a_classifier(
    browser: Client, tmp_path: Path
) -> None:
    folder = write_twins(tmp_path, ["mel/a", "mel/b", "nv/c", "nv/d"])
    (folder / "clean/nv/lonely.png").write_bytes((folder / "clean/nv/c.png").read_bytes())
    pair_set = perform(pair_import(folder, name="brought", made_by="foolbox 3", reference="a paper"))

    page = browser.get(reverse("ml:pair-set-detail", args=[pair_set.pk])).content.decode()
    assert "Perturbed elsewhere by foolbox 3, against a classifier that was not named, no target class" in page
    assert "No classifier was measured" in page
    assert "median 8 levels (8 to 8)" in page
    assert "When the pairs were brought in" in page
    assert "1 file or row not used" in page
    assert "clean/nv/lonely.png" in page
    assert "model-observer/" in page
    assert "survival/" not in page
    assert "evaluate" not in page

    for name, key, words in (
        ("attack-detail", pair_set.attack_id, "Described in: a paper"),
        ("attack-list", None, "made elsewhere"),
        ("pair-set-list", None, "No classifier was measured."),
        ("dataset-detail", pair_set.dataset_id, "the clean images of pairs that were perturbed elsewhere"),
        ("pair-detail", pair_set.pairs.all()[0].pk, "<dd>none, by brought"),
    ):
        assert words in browser.get(reverse(f"ml:{name}", args=[key] if key else [])).content.decode(), name
    assert "No attack yet" not in browser.get(reverse("ml:attack-list")).content.decode()
    assert "Train an attack" not in browser.get(reverse("ml:attack-list")).content.decode()
    assert "brought" not in browser.get(reverse("ml:pair-set-create")).content.decode()
