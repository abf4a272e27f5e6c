"""How visible the changes are, on the pages of image pairs: asked for, told, seen as maps, chosen and sorted by."""

import io
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from ml.images.pixels import Pixels
from ml.images.visibility.colour_difference import colour_difference_map
from ml.images.visibility.flip import flip_map
from ml.images.visibility.maps import WHITE_CIEDE2000, WHITE_FLIP
from ml.models import Evaluation, PairSet, PairVisibility, Run
from ml.pairs.files import read_twins
from perception.analysis.classification import summarise_attack
from tests.ml.images.visibility.colorvideovdp_environment import make_environment
from tests.ml.network_rows import make_attack
from tests.ml.visibility_rows import add_visibility
from tests.studies.factories import make_pair_set, make_researcher
from tests.studies.masks import corner, make_masked_pair_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


def grey(data: bytes) -> Pixels:
    image = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    assert (image == image[..., :1]).all()
    return image[..., 0]


def test_a_pairs_mask_is_shown_as_it_is_judged_by(browser: Client) -> None:
    pair_set = make_masked_pair_set(n=2, masked=1)
    masked, other = pair_set.pairs.order_by("pk")
    address = reverse("ml:pair-mask", args=[masked.pk])

    picture = grey(browser.get(address).content)

    np.testing.assert_array_equal(picture, np.where(corner(pair_set.image_size), 255, 0))
    assert address in browser.get(reverse("ml:pair-detail", args=[masked.pk])).content.decode()
    without = reverse("ml:pair-mask", args=[other.pk])
    assert without not in browser.get(reverse("ml:pair-detail", args=[other.pk])).content.decode()
    assert browser.get(without).status_code == 404


def shown(browser: Client, pair_set: PairSet, **chosen: str) -> list[float]:
    page = browser.get(reverse("ml:pair-set-detail", args=[pair_set.pk]), chosen)
    return [round(pair.visibility.ciede2000_mean, 3) for pair in page.context["page"]]


def test_the_maps_are_what_is_measured(browser: Client) -> None:
    pair_set = make_pair_set(n=2)
    pair = pair_set.pairs.select_related("image").first()
    assert pair is not None
    twins = read_twins(pair)
    add_visibility(pair_set, [1.0, 2.0], pixels_per_degree=20.0)

    differences = grey(browser.get(reverse("ml:pair-ciede2000", args=[pair.pk])).content)
    errors = grey(browser.get(reverse("ml:pair-flip", args=[pair.pk])).content)

    expected = 255 * np.minimum(colour_difference_map(*twins) / WHITE_CIEDE2000, 1)
    assert differences == pytest.approx(expected, abs=0.51)
    assert differences.any()
    expected = 255 * np.minimum(flip_map(*twins, pixels_per_degree=20.0) / WHITE_FLIP, 1)
    assert errors == pytest.approx(expected, abs=0.51)
    assert errors.any()


def test_a_map_of_a_damaged_file_is_none(browser: Client) -> None:
    pair = make_pair_set(n=1).pairs.get()
    pair.clean_sha256 = "0" * 64
    pair.save()

    for kind in ("ciede2000", "flip"):
        assert browser.get(reverse(f"ml:pair-{kind}", args=[pair.pk])).status_code == 404


def test_a_pair_tells_its_measures_and_their_published_word(browser: Client) -> None:
    pair_set = make_pair_set(n=2)
    first = pair_set.pairs.order_by("pk")[0]
    address = reverse("ml:pair-detail", args=[first.pk])
    assert "It was not measured yet" in browser.get(address).content.decode()

    add_visibility(pair_set, [1.5, 3.0], pixels_per_degree=41.5)
    text = browser.get(address).content.decode()

    assert "1.50" in text
    assert "85.0: very high quality" in text
    assert "holds 41.5 pixels" in text
    assert f"{reverse('ml:pair-flip', args=[first.pk])}?ppd=41.5" in text, "a map of before is not shown again"


def test_the_pair_set_tells_how_they_are_spread(browser: Client) -> None:
    pair_set = make_pair_set(n=5)
    address = reverse("ml:pair-set-detail", args=[pair_set.pk])
    page = browser.get(address)
    assert "Measure visibility" in page.content.decode()
    assert not page.context["filter"].measured

    add_visibility(pair_set, [1.0, 2.0, 3.0, 4.0, 8.0])
    text = browser.get(address).content.decode()

    assert "3.00" in text
    assert "1.00 to 8.00" in text
    assert "70.0<br>" in text
    assert "high quality" in text
    assert "scikit-image 0.26.0, flip-evaluator 1.7, SSIMULACRA2 2.1" in text
    assert "ΔE00 8.00 · FLIP 0.4000 · SSIMULACRA2 20.0" in text
    listed = browser.get(reverse("ml:pair-set-list")).content.decode()
    assert "ΔE00 3.00 · FLIP 0.1500 · SSIMULACRA2 70.0" in listed
    of_attack = browser.get(reverse("ml:attack-detail", args=[pair_set.attack_id])).content.decode()
    assert ">3.00<" in of_attack
    assert ">70.0<" in of_attack


def test_colorvideovdp_stands_in_the_lists_where_a_site_has_it(browser: Client) -> None:
    pair_set = make_pair_set(n=3)
    Evaluation.objects.create(pair_set=pair_set, table=one_table(pair_set), sizes={})
    pages = [
        reverse("ml:attack-detail", args=[pair_set.attack_id]),
        reverse("ml:classifier-detail", args=[pair_set.attack.classifier_id]),
    ]
    visibility = add_visibility(pair_set, [1.0, 2.5, 4.0])
    assert not any("ColorVideoVDP</th>" in browser.get(page).content.decode() for page in pages)

    visibility.delete()
    PairVisibility.objects.all().delete()
    add_visibility(pair_set, [1.0, 2.5, 4.0], with_extras=True)

    for page in pages:
        text = browser.get(page).content.decode()
        assert "ColorVideoVDP</th>" in text
        assert ">7.50<" in text
    assert "SSIMULACRA2 75.0 · ColorVideoVDP 7.50" in browser.get(reverse("ml:pair-set-list")).content.decode()
    shown_pairs = browser.get(reverse("ml:pair-set-detail", args=[pair_set.pk])).content.decode()
    assert "SSIMULACRA2 60.0 · ColorVideoVDP 6.00" in shown_pairs


def one_table(pair_set: PairSet) -> dict[str, object]:
    """Return the evaluation of an attack that changes nothing."""
    truth = list(pair_set.pairs.values_list("image__diagnosis", flat=True))
    return summarise_attack(truth, truth, truth, classes=pair_set.dataset.classes, target="nv").as_dict()


def test_pairs_are_chosen_by_a_range_and_sorted(browser: Client) -> None:
    pair_set = make_pair_set(n=5)
    add_visibility(pair_set, [3.0, 1.0, 8.0, 2.0, 4.0])

    assert shown(browser, pair_set) == [3, 1, 8, 2, 4]
    assert shown(browser, pair_set, order="most") == [8, 4, 3, 2, 1]
    assert shown(browser, pair_set, order="least") == [1, 2, 3, 4, 8]
    assert shown(browser, pair_set, measure="ssimulacra2", order="most") == [8, 4, 3, 2, 1], "a low score is visible"
    assert shown(browser, pair_set, measure="ciede2000_mean", low="2", high="4") == [3, 2, 4]
    assert shown(browser, pair_set, measure="ssimulacra2", low="75") == [1, 2]
    assert shown(browser, pair_set, measure="ssimulacra2", low="0", high="30") == [8]
    assert shown(browser, pair_set, measure="nonsense", low="x", order="up") == [3, 1, 8, 2, 4]


def test_neighbours_follow_the_order_and_the_range(browser: Client) -> None:
    pair_set = make_pair_set(n=5)
    add_visibility(pair_set, [3.0, 3.0, 8.0, 2.0, 3.0])
    by_place = list(pair_set.pairs.order_by("pk"))
    chosen = {"measure": "ciede2000_mean", "low": "3", "order": "most"}

    page = browser.get(reverse("ml:pair-detail", args=[by_place[1].pk]), chosen)

    assert (page.context["place"], page.context["n"]) == (3, 4)
    assert page.context["previous"] == by_place[0]
    assert page.context["next"] == by_place[4]
    first = browser.get(reverse("ml:pair-detail", args=[by_place[2].pk]), chosen)
    assert (first.context["place"], first.context["previous"], first.context["next"]) == (1, None, by_place[0])
    least = browser.get(reverse("ml:pair-detail", args=[by_place[3].pk]), {"order": "least"})
    assert (least.context["place"], least.context["next"]) == (1, by_place[0])


@pytest.mark.parametrize(("stated", "taken"), [("", 67), ("32.5", 32.5)])
def test_it_is_asked_for_as_the_images_are_viewed(browser: Client, stated: str, taken: float) -> None:
    pair_set = make_pair_set(n=2)

    browser.post(reverse("ml:pair-set-visibility", args=[pair_set.pk]), {"pixels_per_degree": stated})

    run = Run.objects.get()
    assert (run.kind, run.options["pixels_per_degree"]) == ("measure_visibility", taken)


@pytest.mark.parametrize("stated", ["0", "-3", "many", "100000", "nan"])
def test_what_cannot_be_is_refused_in_words(browser: Client, stated: str) -> None:
    pair_set = make_pair_set(n=2)

    page = browser.post(
        reverse("ml:pair-set-visibility", args=[pair_set.pk]), {"pixels_per_degree": stated}, follow=True
    )

    assert "Pixels per degree: " in page.content.decode()
    assert not Run.objects.exists()


@pytest.mark.parametrize(("ticked", "asked"), [({"colorvideovdp": "on"}, True), ({}, False)])
def test_colorvideovdp_is_offered_where_the_site_has_it(
    browser: Client, settings: Settings, tmp_path: Path, ticked: dict[str, str], asked: bool
) -> None:
    pair_set = make_pair_set(n=2)
    address = reverse("ml:pair-set-detail", args=[pair_set.pk])
    assert "by ColorVideoVDP, too" not in browser.get(address).content.decode()
    settings.COLORVIDEOVDP_PYTHON = make_environment(tmp_path / "environment")
    assert "by ColorVideoVDP, too" in browser.get(address).content.decode()

    browser.post(reverse("ml:pair-set-visibility", args=[pair_set.pk]), {"pixels_per_degree": "40", **ticked})

    assert Run.objects.get().options["colorvideovdp"] is asked


def test_colorvideovdp_is_not_asked_for_where_the_site_does_not_have_it(browser: Client) -> None:
    pair_set = make_pair_set(n=2)

    browser.post(
        reverse("ml:pair-set-visibility", args=[pair_set.pk]), {"pixels_per_degree": "40", "colorvideovdp": "on"}
    )

    assert Run.objects.get().options["colorvideovdp"] is False


def test_it_is_asked_for_with_the_pairs(browser: Client) -> None:
    attack = make_attack()
    asked = {"attack": attack.pk, "dataset": "", "split": "test", "limit": "", "name": "", "visibility": "on"}

    browser.post(reverse("ml:pair-set-create"), asked)

    assert Run.objects.get().options["visibility"] is True
