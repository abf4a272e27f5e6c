"""The researcher's pages of classifiers, and the form to train one."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ml.classifiers.architectures import EXTERNAL
from ml.classifiers.stored_options import trainings_gone_on_with
from ml.models import Dataset, Run
from perception.analysis.estimates.proportions import wilson
from tests.ml.factories import make_dataset
from tests.ml.network_rows import make_attack, make_classifier
from tests.studies.factories import make_pair_set, make_researcher

pytestmark = pytest.mark.django_db

NEW = "ml:classifier-create"


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


def asked(dataset: Dataset, **changes: object) -> dict[str, object]:
    return {
        "dataset": dataset.pk,
        "name": "",
        "architecture": "densenet-tiny",
        "image_size": "",
        "epochs": "2",
        "steps": "",
        "batch_size": "4",
        "learning_rate": "",
        "weights": "",
        "weights_low": "0",
        "weights_high": "1",
        "seed": "3",
    } | changes


def test_a_classifier_is_listed_with_its_interval(browser: Client) -> None:
    make_classifier()
    low, high = wilson(8, 10, 0.95)

    text = browser.get(reverse("ml:classifier-list")).content.decode()

    assert f"80.0% ({100 * low:.1f}–{100 * high:.1f})" in text
    assert f"{100 * (2 / 3 + 1 + 3 / 4) / 3:.1f}%" in text


def test_a_classifier_is_shown_with_its_confusion_history_and_provenance(browser: Client) -> None:
    classifier = make_classifier()
    attack = make_attack(classifier)

    text = browser.get(reverse("ml:classifier-detail", args=[classifier.pk])).content.decode()

    rows = re.findall(r'<tr><th scope="row">([a-z]+)</th>(.*?)</tr>', text)
    counts = {name: re.findall(r'cell[^>]*">(\d+)</td>', cells) for name, cells in rows}
    assert counts == {"bcc": ["2", "0", "1"], "mel": ["0", "3", "0"], "nv": ["0", "1", "3"]}
    assert "66.7% (" in text
    assert "8 of 10 test images" in text
    assert '[[1, {"loss": 1.5, "accuracy": 0.25}], [2, {"loss": 0.5, "accuracy": 0.75}]]' in text
    assert classifier.weights_sha256 in text
    assert "1 min 5 s" in text
    assert "NumPy" in text
    assert reverse("ml:attack-detail", args=[attack.pk]) in text
    assert f"?classifier={classifier.pk}" in text


def test_the_trainings_before_are_told_of(browser: Client) -> None:
    dataset = make_dataset()
    options = {"steps": 1200, "batch_size": 4, "learning_rate": 0.1, "weights": "/a/folder/start.keras", "seed": 5}
    first = make_classifier(dataset, name="first", options=options)
    second = make_classifier(dataset, name="second", options=options, provenance=trainings_gone_on_with(first))

    text = browser.get(reverse("ml:classifier-detail", args=[second.pk])).content.decode()

    assert f"first: 1,200 batches of 4 at 24 × 24 pixels, seed 5, SHA-256 {first.weights_sha256}" in text
    assert re.search(r"<dt>Began with</dt>\s*<dd>start.keras</dd>", text)


def test_a_classifier_that_was_never_measured_is_shown_all_the_same(browser: Client) -> None:
    classifier = make_pair_set(n=1).attack.attacked_classifier

    assert browser.get(reverse("ml:classifier-detail", args=[classifier.pk])).status_code == 200
    assert classifier.name in browser.get(reverse("ml:classifier-list")).content.decode()


def test_the_form_offers_the_dataset_that_was_looked_at(browser: Client) -> None:
    looked_at, _ = make_dataset("one"), make_dataset("two")

    text = browser.get(reverse(NEW), {"dataset": looked_at.pk}).content.decode()

    assert f'<option value="{looked_at.pk}" selected>one</option>' in text


def test_a_training_is_queued_from_the_form(browser: Client) -> None:
    dataset = make_dataset()

    page = browser.post(reverse(NEW), asked(dataset), follow=True)

    run = Run.objects.get()
    assert page.redirect_chain[-1][0] == reverse("ml:run-detail", args=[run.pk])
    assert (run.state, run.kind) == (Run.State.QUEUED, Run.Kind.TRAIN_CLASSIFIER)
    uid = run.options.pop("uid")
    assert uid
    assert run.options == {
        "dataset": "lesions",
        "name": "lesions densenet-tiny",
        "architecture": "densenet-tiny",
        "image_size": None,
        "epochs": 2.0,
        "steps": None,
        "batch_size": 4,
        "learning_rate": None,
        "weights": None,
        "weights_low": 0.0,
        "weights_high": 1.0,
        "continue_from": None,
        "recompute": None,
        "seed": 3,
    }


def test_a_training_that_goes_on_is_queued_from_the_form(browser: Client) -> None:
    before = make_classifier(owner=None)

    browser.post(reverse(NEW), asked(before.dataset, image_size="32", continue_from=before.pk))

    options = Run.objects.get().options
    assert (options["continue_from"], options["image_size"]) == (before.name, 32)


def test_only_what_one_may_use_and_was_trained_here_can_be_gone_on_with(browser: Client) -> None:
    assert 'name="continue_from"' not in browser.get(reverse(NEW)).content.decode()
    mine = make_classifier()
    anothers = make_classifier(mine.dataset, name="anothers", owner=make_researcher())
    added = make_classifier(mine.dataset, name="added by file", architecture=EXTERNAL)

    select = browser.get(reverse(NEW)).content.decode().partition('name="continue_from"')[2].partition("</select>")[0]

    offered = {one.name: f'value="{one.pk}"' in select for one in (mine, anothers, added)}
    assert offered == {mine.name: True, "anothers": False, "added by file": False}
    refused = browser.post(reverse(NEW), asked(mine.dataset, continue_from=anothers.pk))
    assert "Select a valid choice" in refused.content.decode()
    assert not Run.objects.exists()


def test_two_trainings_on_their_way_get_two_names(browser: Client) -> None:
    dataset = make_dataset()
    for seed in (1, 2, 3):
        browser.post(reverse(NEW), asked(dataset, seed=seed))

    names = [run.options["name"] for run in Run.objects.order_by("pk")]
    assert names == ["lesions densenet-tiny", "lesions densenet-tiny 2", "lesions densenet-tiny 3"]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"dataset": 999_999}, "dataset", "Select a valid choice"),
        ({"architecture": "alexnet"}, "architecture", "Select a valid choice"),
        ({"epochs": "many"}, "epochs", "Enter a number"),
        ({"epochs": "-1"}, "epochs", "“Epochs” is to be above 0, not -1."),
        ({"steps": "0"}, "steps", "greater than or equal to 1"),
        ({"image_size": "8"}, "image_size", "“Image size” of densenet-tiny is 16 to 1024 pixels, not 8."),
        ({"learning_rate": "-1"}, "learning_rate", "“Learning rate” is to be above 0"),
        ({"seed": "-1"}, "seed", "“Seed” is a whole number from 0"),
        ({"weights": "imagenet"}, "weights", "starts from random weights: leave “Starts from” out"),
        ({"architecture": "backbone"}, "weights", "is a network from a file: name it."),
        ({"name": "moles tiny"}, "name", "already; give another name."),
        ({"name": "n" * 101}, "name", "at most 100 characters"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    browser: Client, changes: dict[str, object], field: str, message: str
) -> None:
    dataset = make_dataset()
    make_classifier(dataset)

    page = browser.post(reverse(NEW), asked(dataset) | changes)

    assert page.status_code == 422
    assert message in " ".join(page.context["form"].errors[field])
    assert message in page.content.decode()
    assert 'name="seed" value="3"' in page.content.decode() or "seed" in changes
    assert not Run.objects.exists()


def test_the_range_of_a_backbone_is_refused_at_its_field(browser: Client, tmp_path: Path, settings: Settings) -> None:
    settings.IMPORT_ROOTS = (tmp_path,)
    weights = tmp_path / "net.keras"
    weights.write_bytes(b"")
    fields = asked(make_dataset(), architecture="backbone", weights=weights, weights_low="1", weights_high="0")

    page = browser.post(reverse(NEW), fields)

    assert "the lower first" in " ".join(page.context["form"].errors["weights_low"])


def test_a_refusal_that_is_no_fields_stands_above_the_form(browser: Client) -> None:
    dataset = make_dataset()
    dataset.images.filter(split="train", diagnosis="mel").delete()

    page = browser.post(reverse(NEW), asked(dataset))

    assert page.status_code == 422
    assert "has no train images of mel" in " ".join(page.context["form"].non_field_errors())


def test_without_images_the_way_to_bring_some_is_shown(browser: Client) -> None:
    for name in ("classifier-list", "classifier-create"):
        assert "import_ham10000" in browser.get(reverse(f"ml:{name}")).content.decode()
    make_dataset()
    assert "No classifier yet" in browser.get(reverse("ml:classifier-list")).content.decode()


def test_a_classifier_that_is_not_there_is_a_404(browser: Client) -> None:
    assert browser.get(reverse("ml:classifier-detail", args=[999_999])).status_code == 404


def test_an_outsider_neither_sees_nor_trains(client: Client) -> None:
    dataset = make_dataset()
    classifier = make_classifier(dataset)
    urls = [reverse("ml:classifier-list"), reverse("ml:classifier-detail", args=[classifier.pk]), reverse(NEW)]
    for url in urls:
        assert client.get(url).headers["Location"].startswith(reverse("login"))

    client.post(reverse(NEW), asked(dataset))

    assert not Run.objects.exists()
