"""The researcher's pages of attacks, and the forms to train some."""

from dataclasses import fields

import pytest
from django.test import Client
from django.urls import reverse

from ml.attacks import ATTACKS
from ml.models import Attack, Classifier, Evaluation, Run
from perception.analysis.classification import summarise_attack
from tests.ml.network_rows import make_attack, make_classifier
from tests.studies.factories import make_pair_set, make_researcher

pytestmark = pytest.mark.django_db

NEW = "ml:attack-create"


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


@pytest.fixture
def classifier() -> Classifier:
    return make_classifier()


def address(classifier: Classifier, kind: str = "generator") -> str:
    return f"{reverse(NEW)}?classifier={classifier.pk}&kind={kind}"


def asked(kind: str = "generator", **changes: object) -> dict[str, object]:
    """Return the form as it is offered, with changes."""
    defaults = {f"setting_{one.name}": one.default for one in fields(ATTACKS[kind].settings)}
    given: dict[str, object] = {"strengths": "8", "target_class": "nv", "split": "train", "name": "", "seed": "0"}
    return given | defaults | changes


def test_an_attack_is_listed_and_shown(browser: Client) -> None:
    attack = make_attack()

    assert attack.name in browser.get(reverse("ml:attack-list")).content.decode()
    text = browser.get(reverse("ml:attack-detail", args=[attack.pk])).content.decode()
    assert "SSIM penalty" in text
    assert '[[1, {"loss": 2.0, "fooled": 0.0}], [2, {"loss": -1.0, "fooled": 1.0}]]' in text
    assert attack.weights_sha256 in text
    assert f"?attack={attack.pk}" in text


def test_the_entries_in_catalogues_stand_on_the_page(browser: Client) -> None:
    attack = make_attack()
    shown = browser.get(reverse("ml:attack-detail", args=[attack.pk])).content.decode()
    assert "MITRE ATLAS AML.T0043.000 (White-Box Optimization); NIST AI 100-2e2025 NISTAML.022 (Evasion)" in shown

    Attack.objects.filter(pk=attack.pk).update(kind="of another version")
    unknown = browser.get(reverse("ml:attack-detail", args=[attack.pk])).content.decode()
    assert "In catalogues of attacks" not in unknown


def test_the_pairs_of_an_attack_stand_with_what_they_did(browser: Client) -> None:
    pair_set = make_pair_set(n=2)
    address = reverse("ml:attack-detail", args=[pair_set.attack_id])
    assert "not evaluated" in browser.get(address).content.decode()
    table = summarise_attack(
        ["mel", "bcc"], ["mel", "bcc"], ["nv", "bcc"], classes=pair_set.dataset.classes, target="nv"
    )
    Evaluation.objects.create(pair_set=pair_set, table=table.as_dict(), sizes={})

    text = browser.get(address).content.decode()

    assert "50.0% (" in text
    assert "40.0 dB" in text
    assert "0.990" in text


def test_an_attack_of_a_kind_that_is_no_more_is_shown_all_the_same(browser: Client) -> None:
    attack = make_attack(kind="forgotten", history={})

    assert "Forgotten against" in browser.get(reverse("ml:attack-detail", args=[attack.pk])).content.decode()


def test_first_the_kind_is_chosen_then_its_options(browser: Client, classifier: Classifier) -> None:
    choice = browser.get(reverse(NEW)).content.decode()
    for kind in ATTACKS:
        assert f'value="{kind}"' in choice

    form = browser.get(address(classifier)).content.decode()

    assert 'name="setting_smoothness_penalty"' in form
    assert '<option value="nv" selected>nv</option>' in form
    assert '<option value="mel">mel</option>' in form


@pytest.mark.parametrize("kind", ATTACKS)
def test_every_kind_can_be_asked_for_as_it_is_offered(browser: Client, classifier: Classifier, kind: str) -> None:
    form = browser.get(address(classifier, kind)).content.decode()
    assert all(f'name="setting_{one.name}"' in form for one in fields(ATTACKS[kind].settings))
    assert "--" not in form.partition("<form method")[2]  # labels, not the command's options

    browser.post(address(classifier, kind), asked(kind))

    run = Run.objects.get()
    assert (run.kind, run.state) == (Run.Kind.TRAIN_ATTACK, Run.State.QUEUED)
    assert run.options["kind"] == kind
    assert run.options["settings"] == {}  # as the command leaves out what is not given


def test_what_is_chosen_reaches_the_run(browser: Client, classifier: Classifier) -> None:
    given = asked(strengths="5", target_class="mel", split="test", seed="9", setting_steps="20", setting_loss="margin")

    page = browser.post(address(classifier), given, follow=True)

    run = Run.objects.get()
    assert page.redirect_chain[-1][0] == reverse("ml:run-detail", args=[run.pk])
    del run.options["uid"]
    assert run.options == {
        "classifier": "moles tiny",
        "name": "moles tiny generator 5",
        "kind": "generator",
        "target_class": "mel",
        "strength": 5.0,
        "settings": {"steps": 20, "loss": "margin"},
        "split": "test",
        "seed": 9,
        "start_from": None,
    }


@pytest.mark.parametrize("text", ["2, 4, 6.5", "2 4 6.5", "2;4,,6.5,", "2,4,4,6.5"])
def test_several_strengths_are_several_runs(browser: Client, classifier: Classifier, text: str) -> None:
    page = browser.post(address(classifier), asked(strengths=text, name="front"), follow=True)

    assert page.redirect_chain[-1][0] == reverse("ml:run-list")
    assert "3 runs are queued" in page.content.decode()
    runs = [(run.options["strength"], run.options["name"]) for run in Run.objects.order_by("pk")]
    assert runs == [(2, "front 2"), (4, "front 4"), (6.5, "front 6.5")]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"strengths": ""}, "strengths", "This field is required"),
        ({"strengths": "strong"}, "strengths", "numbers with commas"),
        ({"strengths": "nan"}, "strengths", "finite"),
        ({"strengths": ",".join(map(str, range(1, 30)))}, "strengths", "20 strengths at most"),
        ({"strengths": "2, 4, 300"}, "strengths", "“Strength” is 1 to 255 levels, not 300"),
        ({"strengths": "0"}, "strengths", "“Strength” is 1 to 255 levels, not 0"),
        ({"target_class": "akiec"}, "target_class", "Select a valid choice"),
        ({"setting_steps": "0"}, "setting_steps", "“Steps” is to be above 0, not 0."),
        ({"setting_steps": "2.5"}, "setting_steps", "Enter a whole number"),
        ({"setting_ssim_penalty": "-1"}, "setting_ssim_penalty", "“SSIM penalty” is 0 or more, not -1."),
        ({"setting_loss": "guess"}, "setting_loss", "Select a valid choice"),
        ({"seed": str(2**32)}, "seed", "“Seed” is a whole number"),
        ({"name": "moles attack"}, "name", "already; give another name."),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_queued(
    browser: Client, classifier: Classifier, changes: dict[str, object], field: str, message: str
) -> None:
    make_attack(classifier)

    page = browser.post(address(classifier), asked(setting_filters="7") | changes)

    assert page.status_code == 422
    assert message in " ".join(page.context["form"].errors[field])
    assert 'name="setting_filters" value="7"' in page.content.decode()
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "query", ["?kind=sorcery&classifier={}", "?kind=generator&classifier=999999", "?kind=generator"]
)
def test_a_kind_or_classifier_that_is_not_there_is_chosen_anew(
    browser: Client, classifier: Classifier, query: str
) -> None:
    page = browser.get(reverse(NEW) + query.format(classifier.pk))

    assert page.status_code == 422
    assert "Kind of attack" in page.content.decode()


def test_a_classifier_whose_weights_are_damaged_is_not_attacked(browser: Client, classifier: Classifier) -> None:
    with classifier.weights.open("wb") as file:
        file.write(b"damaged")

    page = browser.post(address(classifier), asked())

    assert "damaged or was replaced" in " ".join(page.context["form"].non_field_errors())
    assert not Run.objects.exists()


def test_without_classifiers_the_way_to_one_is_shown(browser: Client) -> None:
    for name in ("attack-list", "attack-create"):
        assert "First, a classifier" in browser.get(reverse(f"ml:{name}")).content.decode()
    make_classifier()
    assert "No attack yet" in browser.get(reverse("ml:attack-list")).content.decode()


def test_an_attack_that_is_not_there_is_a_404(browser: Client) -> None:
    assert browser.get(reverse("ml:attack-detail", args=[999_999])).status_code == 404


def test_an_outsider_neither_sees_nor_trains(client: Client, classifier: Classifier) -> None:
    attack = make_attack(classifier)
    urls = [reverse("ml:attack-list"), reverse("ml:attack-detail", args=[attack.pk]), address(classifier)]
    for url in urls:
        assert client.get(url).headers["Location"].startswith(reverse("login"))

    client.post(address(classifier), asked())

    assert not Run.objects.exists()
    assert Attack.objects.count() == 1
