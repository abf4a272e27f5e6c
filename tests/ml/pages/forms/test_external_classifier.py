"""The form for an external classifier, which somebody else trained."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ml.models import Dataset, Run
from tests.ml.factories import make_dataset
from tests.studies.factories import make_researcher

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("tensorflow")]

ADD = "ml:classifier-add"


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset()


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a network of three classes that also wants an age."""
    from ml.networks.backend import keras

    image, age = keras.Input((20, 24, 3), name="photo"), keras.Input((1,), name="age")
    features = keras.layers.Concatenate()([keras.layers.GlobalAveragePooling2D()(image), age])
    path = tmp_path_factory.mktemp("networks") / "theirs.keras"
    keras.Model([image, age], keras.layers.Dense(3, activation="softmax")(features)).save(path)
    return path


@pytest.fixture(autouse=True)
def _folders_open_to_forms(settings: Settings, network: Path) -> None:
    settings.IMPORT_ROOTS = (network.parent, Path("/nowhere"))


def asked(dataset: Dataset, file: Path | str, **changes: object) -> dict[str, object]:
    return {
        "dataset": dataset.pk,
        "file": file,
        "name": "",
        "classes": "nv, mel,bcc",
        "value_range": "0, 255",
        "size": "",
        "side": "",
        "image_input": "",
        "inputs": "age=0.5",
    } | changes


def test_a_network_is_asked_for(browser: Client, dataset: Dataset, network: Path) -> None:
    assert 'value="bcc, mel, nv"' in browser.get(reverse(ADD)).content.decode()

    page = browser.post(reverse(ADD), asked(dataset, network, size="20 × 24", side="32", bgr="on"), follow=True)

    run = Run.objects.get()
    assert page.redirect_chain[-1][0] == reverse("ml:run-detail", args=[run.pk])
    del run.options["uid"]
    assert run.options == {
        "dataset": "lesions",
        "name": "lesions theirs",
        "file": str(network),
        "classes": ["nv", "mel", "bcc"],
        "value_range": [0.0, 255.0],
        "size": [20, 24],
        "side": 32,
        "bgr": True,
        "logits": False,
        "image_input": None,
        "inputs": {"age": [0.5]},
    }


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"file": "/nowhere/net.keras"}, "__all__", "/nowhere/net.keras"),
        ({"classes": "nv, mel"}, "classes", "lacks bcc"),
        ({"classes": "nv, mel, mel, bcc"}, "classes", "names mel more than once"),
        ({"classes": "nv, mel, bcc, akiec"}, "classes", "gives 3 values"),
        ({"value_range": "wide"}, "value_range", "Give numbers with commas"),
        ({"value_range": "255, 0"}, "value_range", "the lower first"),
        ({"size": "big"}, "size", "height x width"),
        ({"inputs": "age"}, "inputs", "such as age=0.5"),
        ({"inputs": "age=old"}, "inputs", "Give numbers with commas"),
        ({"inputs": "age=1\nage=2"}, "inputs", "stands there twice"),
        ({"inputs": ""}, "inputs", "age"),
        ({"image_input": "picture"}, "image_input", "has no input"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(
    browser: Client, dataset: Dataset, network: Path, changes: dict[str, object], field: str, message: str
) -> None:
    page = browser.post(reverse(ADD), asked(dataset, network) | changes)

    assert page.status_code == 422
    assert message in " ".join(page.context["form"].errors[field])
    assert not Run.objects.exists()


def test_without_images_the_way_to_bring_some_is_shown(browser: Client) -> None:
    assert "First, images" in browser.get(reverse(ADD)).content.decode()


def test_an_outsider_adds_nothing(client: Client, dataset: Dataset, network: Path) -> None:
    assert client.get(reverse(ADD)).headers["Location"].startswith(reverse("login"))
    client.post(reverse(ADD), asked(dataset, network))

    assert not Run.objects.exists()
