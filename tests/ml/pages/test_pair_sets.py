"""The researcher's pages of image pairs."""

import io

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from PIL import Image

from ml.images.pixels import Pixels, decode
from ml.models import Attack, Evaluation, ImagePair, ModelObserver, PairSet, Run, Survival
from ml.pages.measurements import PAIR_MEASUREMENTS
from ml.pairs.example_figure import AMPLIFIED
from perception.analysis.classification import summarise_attack
from perception.analysis.estimates.proportions import proportion
from perception.analysis.ratings.roc import auc
from tests.ml.factories import make_dataset
from tests.ml.network_rows import make_attack, make_classifier
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
    assert "100.0% clean, 50.0% perturbed" in page
    assert "100.0% (20.7–100.0) of those that were not read as nv before" in page
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


def test_a_file_that_was_replaced_is_a_404_and_no_proxy_may_compress_one_anew(browser: Client) -> None:
    pair = make_pair_set(n=1).pairs.get()
    perturbed = browser.get(reverse("ml:pair-perturbed", args=[pair.pk]))
    assert "no-transform" in perturbed.headers["Cache-Control"]
    with default_storage.open(str(pair.clean_file.name), "wb") as file:
        file.write(perturbed.content)

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
        reverse("ml:pair-set-create"),
        reverse("ml:pair-detail", args=[pair.pk]),
        reverse("ml:pair-perturbed", args=[pair.pk]),
    ]

    for url in urls:
        assert client.get(url).headers["Location"].startswith(reverse("login"))
    client.post(reverse("ml:pair-set-evaluate", args=[pair_set.pk]))
    assert not Run.objects.exists()


def evaluated(pair_set: PairSet) -> None:
    """Say that of the images not of the target class the first is not fooled and the others are."""
    others = list(pair_set.pairs.exclude(image__diagnosis="nv").order_by("pk"))
    pair_set.pairs.update(clean_prediction="mel", perturbed_prediction="nv")
    ImagePair.objects.filter(pk=others[0].pk).update(perturbed_prediction="bcc")
    table = summarise_attack(["nv", "mel"], ["nv", "mel"], ["nv", "nv"], classes=["mel", "nv"], target="nv").as_dict()
    Evaluation.objects.create(pair_set=pair_set, table=table, sizes={})


def pairs_shown(browser: Client, pair_set: PairSet, **chosen: str) -> list[str]:
    page = browser.get(reverse("ml:pair-set-detail", args=[pair_set.pk]), chosen)
    return [pair.image.diagnosis for pair in page.context["page"]]


def test_pairs_are_looked_at_by_class_and_effect(browser: Client) -> None:
    pair_set = make_pair_set(n=6)  # bcc, mel, nv, bcc, mel, nv
    assert pairs_shown(browser, pair_set, fooled="yes") == ["bcc", "mel", "nv", "bcc", "mel", "nv"]
    evaluated(pair_set)

    assert pairs_shown(browser, pair_set, diagnosis="mel") == ["mel", "mel"]
    assert pairs_shown(browser, pair_set, fooled="yes") == ["mel", "bcc", "mel"]
    assert pairs_shown(browser, pair_set, fooled="no") == ["bcc"]
    assert pairs_shown(browser, pair_set, fooled="no", diagnosis="mel") == []
    assert len(pairs_shown(browser, pair_set, diagnosis="nonsense", fooled="perhaps")) == 6


def test_one_pair_is_shown_with_its_neighbours(browser: Client) -> None:
    pair_set = make_pair_set(n=6)
    evaluated(pair_set)
    fooled = list(pair_set.pairs.filter(perturbed_prediction="nv").exclude(image__diagnosis="nv").order_by("pk"))
    address = reverse("ml:pair-detail", args=[fooled[1].pk])

    page = browser.get(address, {"fooled": "yes"})
    text = page.content.decode()

    assert "Pair 2 of 3 that the filter lets pass" in text
    assert f'rel="prev" href="{reverse("ml:pair-detail", args=[fooled[0].pk])}?fooled=yes&amp;"' in text
    assert f'rel="next" href="{reverse("ml:pair-detail", args=[fooled[2].pk])}?fooled=yes&amp;"' in text
    assert ": fooled" in text
    assert "40.0 dB" in text
    for kind in ("clean", "perturbed", "difference"):
        assert reverse(f"ml:pair-{kind}", args=[fooled[1].pk]) in text
    first = browser.get(reverse("ml:pair-detail", args=[pair_set.pairs.order_by("pk")[0].pk])).content.decode()
    assert "Pair 1 of 6" in first
    assert 'rel="prev"' not in first


def test_equal_twins_have_no_finite_psnr(browser: Client) -> None:
    pair = make_pair_set(n=1).pairs.get()
    ImagePair.objects.update(psnr=None, linf=0)

    assert "infinite" in browser.get(reverse("ml:pair-detail", args=[pair.pk])).content.decode()


def asked(attack: Attack, **changes: object) -> dict[str, object]:
    return {"attack": attack.pk, "dataset": "", "split": "test", "limit": "", "name": ""} | changes


def test_pairs_are_asked_for_by_the_form(browser: Client) -> None:
    attack = make_attack()
    other = make_dataset("elsewhere")
    address = reverse("ml:pair-set-create")
    assert f'<option value="{attack.pk}" selected>' in browser.get(address).content.decode()

    page = browser.post(address, asked(attack, dataset=other.pk, limit="3", split="train"), follow=True)

    run = Run.objects.get()
    assert page.redirect_chain[-1][0] == reverse("ml:run-detail", args=[run.pk])
    del run.options["uid"]
    assert run.options == {
        "attack": "moles attack",
        "name": "moles attack train",
        "dataset": "elsewhere",
        "split": "train",
        "limit": 3,
        "engine": None,
        "shards": None,
        "visibility": False,
    }


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"attack": 999_999}, "attack", "Select a valid choice"),
        ({"limit": "0"}, "limit", "greater than or equal to 1"),
        ({"split": "both"}, "split", "Select a valid choice"),
    ],
)
def test_pairs_that_cannot_be_are_told_at_the_field(
    browser: Client, changes: dict[str, object], field: str, message: str
) -> None:
    page = browser.post(reverse("ml:pair-set-create"), asked(make_attack(), name="kept") | changes)

    assert page.status_code == 422
    assert message in " ".join(page.context["form"].errors[field])
    assert 'value="kept"' in page.content.decode()
    assert not Run.objects.exists()


def test_a_dataset_with_classes_that_the_classifier_does_not_know_is_refused(browser: Client) -> None:
    strange = make_dataset("strange", classes=["nv", "wart"])

    page = browser.post(reverse("ml:pair-set-create"), asked(make_attack(), dataset=strange.pk))

    assert "does not know: wart" in " ".join(page.context["form"].non_field_errors())
    assert not Run.objects.exists()


def test_without_attacks_the_way_to_one_is_shown(browser: Client) -> None:
    assert "First, an attack" in browser.get(reverse("ml:pair-set-create")).content.decode()
    make_attack()
    assert "No image pairs yet" in browser.get(reverse("ml:pair-set-list")).content.decode()


@pytest.mark.parametrize("slug", PAIR_MEASUREMENTS)
def test_a_measurement_is_asked_for_once(browser: Client, slug: str) -> None:
    measurement = PAIR_MEASUREMENTS[slug]
    pair_set = make_pair_set(n=8)
    attacked = make_classifier()
    pair_set.attack.classifier = attacked
    pair_set.attack.save()
    detail = reverse("ml:pair-set-detail", args=[pair_set.pk])
    assert f">{measurement.button}<" in browser.get(detail).content.decode()

    for _ in range(2):
        browser.post(f"{detail}{slug}/")

    run = Run.objects.get()
    assert (run.kind, run.options["pair_set"]) == (measurement.run_kind, pair_set.name)
    text = browser.get(detail).content.decode()
    assert f">{measurement.button}<" not in text
    assert measurement.on_its_way in text
    assert reverse("ml:run-detail", args=[run.pk]) in text


@pytest.mark.parametrize(
    ("slug", "why"),
    [("evaluate", "has no pairs"), ("survival", "has no pairs"), ("model-observer", "shows 0 lesions")],
)
def test_a_measurement_that_cannot_be_says_why(browser: Client, slug: str, why: str) -> None:
    pair_set = make_pair_set(n=0)

    page = browser.post(reverse(f"ml:pair-set-{slug}", args=[pair_set.pk]), follow=True)

    assert why in page.content.decode()
    assert not Run.objects.exists()


def test_what_was_measured_stands_on_the_page(browser: Client) -> None:
    pair_set = make_pair_set(n=8)
    share = proportion(3, 8).as_dict()
    row = {"key": "jpeg-75", "name": "JPEG, quality 75", "fooling_ratio": share, "clean_read_as_target": share}
    Survival.objects.create(pair_set=pair_set, rows=[row | {"accuracy_before": share, "accuracy_after": share}])
    ModelObserver.objects.create(
        pair_set=pair_set,
        table={
            "auc": auc(np.array([False, True, False, True]), np.array([0.1, 0.9, 0.4, 0.3])).as_dict(),
            **dict.fromkeys(("sensitivity", "specificity", "pairs_told_apart"), share),
            "pairs_learnt_from": 4,
            "lesions_learnt_from": 4,
            "pairs_judged": 4,
            "lesions_judged": 4,
            "seed": 7,
        },
    )

    text = browser.get(reverse("ml:pair-set-detail", args=[pair_set.pk])).content.decode()

    assert "JPEG, quality 75" in text
    assert "37.5%" in text
    assert "0.75" in text
    assert "seed 7" in text


def test_what_is_not_there_is_a_404(browser: Client) -> None:
    for name in ("pair-set-detail", "pair-detail", "pair-clean"):
        assert browser.get(reverse(f"ml:{name}", args=[999_999])).status_code == 404
    assert browser.post(reverse("ml:pair-set-evaluate", args=[999_999])).status_code == 404
