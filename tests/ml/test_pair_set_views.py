"""The researcher's pages of image pairs."""

import io

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from PIL import Image

from ml.models import Evaluation
from ml.pair_views import AMPLIFIED
from ml.pixels import Pixels, decode
from perception.analysis.classification import summarise_attack
from tests.studies.factories import make_pair_set, make_researcher

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


def pixels(data: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def test_it_works(browser: Client) -> None:
    pair_set = make_pair_set(n=15)
    table = summarise_attack(["nv", "mel"], ["nv", "mel"], ["nv", "nv"], classes=["mel", "nv"], target="nv").as_dict()
    Evaluation.objects.create(pair_set=pair_set, table=table, sizes={"ssim": {"median": 0.9, "min": 0.8, "max": 1.0}})

    listed = browser.get(reverse("ml:pair-set-list")).content.decode()
    assert pair_set.name in listed
    assert "100.0% → 50.0%" in listed

    page = browser.get(reverse("ml:pair-set-detail", args=[pair_set.pk])).content.decode()
    assert "median 0.900 (0.800 to 1.000)" in page
    assert page.count("<figcaption>") == 12
    assert "Page 1 of 2" in page
    second = browser.get(reverse("ml:pair-set-detail", args=[pair_set.pk]), {"page": 2}).content.decode()
    assert second.count("<figcaption>") == 3


def test_the_difference_is_enlarged_around_grey(browser: Client) -> None:
    pair = make_pair_set(n=1).pairs.get()
    with pair.clean_file.open() as file:
        clean = decode(file.read()).astype(int)
    with pair.perturbed_file.open() as file:
        perturbed = decode(file.read()).astype(int)

    shown = pixels(browser.get(reverse("ml:pair-difference", args=[pair.pk])).content)

    assert np.array_equal(shown, np.clip(128 + AMPLIFIED * (perturbed - clean), 0, 255))
    assert np.array_equal(pixels(browser.get(reverse("ml:pair-clean", args=[pair.pk])).content), clean)
    assert np.array_equal(pixels(browser.get(reverse("ml:pair-perturbed", args=[pair.pk])).content), perturbed)


def test_a_file_that_is_gone_is_a_404(browser: Client) -> None:
    pair = make_pair_set(n=1).pairs.get()
    default_storage.delete(str(pair.clean_file.name))

    for kind in ("clean", "difference"):
        assert browser.get(reverse(f"ml:pair-{kind}", args=[pair.pk])).status_code == 404


def test_without_pairs_the_way_to_make_some_is_shown(browser: Client) -> None:
    assert "make_pairs" in browser.get(reverse("ml:pair-set-list")).content.decode()


def test_an_outsider_sees_no_pair(client: Client) -> None:
    pair_set = make_pair_set(n=1)
    pair = pair_set.pairs.get()
    urls = [
        reverse("ml:pair-set-list"),
        reverse("ml:pair-set-detail", args=[pair_set.pk]),
        reverse("ml:pair-perturbed", args=[pair.pk]),
    ]

    for url in urls:
        assert client.get(url).headers["Location"].startswith(reverse("login"))
