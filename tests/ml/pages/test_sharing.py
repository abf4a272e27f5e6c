"""What somebody made is theirs alone until they share it; what it was made from is told, and not offered."""

from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from ml.attacks.training import AttackTraining
from ml.errors import MlError
from ml.models import Attack, Classifier, Dataset, PairSet, Run
from ml.models.owned import Owned
from ml.runs.lifecycle import new_run
from ml.sharing import set_shared
from studies.design.lifecycle import change_study, create_study
from tests.ml.factories import make_dataset
from tests.studies.factories import make_pair_set, make_researcher, make_study

pytestmark = pytest.mark.django_db
MODELS: list[type[Owned]] = [Dataset, Classifier, Attack, PairSet]
FORMS = ["/classifiers/new/", "/classifiers/add/", "/attacks/new/", "/pairs/new/", "/studies/new/"]


@pytest.fixture
def owner() -> User:
    return make_researcher()


@pytest.fixture
def pair_set(owner: User) -> PairSet:
    """Return pairs that are private with all that they were made from."""
    pair_set = make_pair_set(n=7)
    for model in MODELS:
        model.objects.update(owner=owner)
    pair_set.refresh_from_db()
    return pair_set


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def chain(pair_set: PairSet) -> list[Owned]:
    classifier = pair_set.attack.classifier
    assert classifier is not None
    return [pair_set.dataset, classifier, pair_set.attack, pair_set]


def test_a_shared_pair_set_tells_what_it_was_made_from_and_offers_nothing_of_it(pair_set: PairSet) -> None:
    colleague = make_researcher()
    set_shared(row=pair_set, shared=True, by=pair_set.owner)
    browser = browser_of(colleague)
    for row in chain(pair_set):
        assert type(row).objects.visible_to(colleague).filter(pk=row.pk).exists()
        assert row.may_be_used_by(colleague) is False or row == pair_set
        assert type(row).objects.usable_by(colleague).filter(pk=row.pk).exists() is (row == pair_set)
    text = browser.get(reverse("ml:pair-set-detail", args=[pair_set.pk])).content.decode()
    for link in (
        reverse("ml:dataset-detail", args=[pair_set.dataset_id]),
        reverse("ml:attack-detail", args=[pair_set.attack_id]),
    ):
        assert link in text
        page = browser.get(link)
        assert page.status_code == 200
        assert "?dataset=" not in page.content.decode()
        assert "?attack=" not in page.content.decode()


def test_a_dataset_of_which_one_knows_shows_no_image(owner: User) -> None:
    dataset = make_dataset("lesions", per_class=1)
    dataset.owner = owner
    dataset.save()
    classifier = Classifier.objects.create(
        name="net", dataset=dataset, architecture="none", classes=[], image_size=8, owner=owner, is_shared=True
    )
    page, image = f"/datasets/{dataset.pk}/", f"/datasets/image/{dataset.images.all()[0].pk}.jpg"
    assert "/datasets/image/" in browser_of(owner).get(page).content.decode()
    colleague = browser_of(make_researcher())
    assert "/datasets/image/" not in colleague.get(page).content.decode()
    assert colleague.get(image).status_code == 404
    classifier.is_shared = False
    classifier.save()
    assert colleague.get(page).status_code == 404


@pytest.mark.parametrize("form", FORMS)
def test_forms_offer_what_may_be_used(pair_set: PairSet, form: str) -> None:
    names = [str(row) for row in chain(pair_set)]
    text = browser_of(make_researcher()).get(form).content.decode()
    assert not [name for name in names if f">{name}<" in text]
    mine = browser_of(pair_set.owner or make_researcher()).get(form, follow=True).content.decode()
    assert [name for name in names if name in mine]


@pytest.mark.parametrize("section", ["datasets", "classifiers", "attacks", "pairs", "runs"])
def test_lists_show_what_may_be_used(pair_set: PairSet, section: str) -> None:
    Run.objects.create(kind=Run.Kind.MAKE_PAIRS, options={"name": pair_set.name}, owner=pair_set.owner)
    names = [str(row) for row in chain(pair_set)]
    colleague = browser_of(make_researcher()).get(f"/{section}/").content.decode()
    assert not [name for name in names if name in colleague]
    for user in (pair_set.owner, make_researcher(superuser=True)):
        assert user is not None
        assert [name for name in names if name in browser_of(user).get(f"/{section}/").content.decode()]


def test_it_is_shared_and_taken_back_by_a_click(pair_set: PairSet) -> None:
    assert pair_set.owner is not None
    browser, colleague = browser_of(pair_set.owner), browser_of(make_researcher())
    for row, kind in zip(chain(pair_set), ["dataset", "classifier", "attack", "pair-set"], strict=True):
        page = reverse(f"ml:{kind}-detail", args=[row.pk])
        assert "Yours alone" in browser.get(page).content.decode()
        browser.post(f"{page}share/", {"shared": "yes"})
        assert "Shared with all researchers" in colleague.get(page).content.decode()
        assert colleague.post(f"{page}share/", {"shared": "no"}).status_code == 403
        browser.post(f"{page}share/", {"shared": "no"})
        assert colleague.get(page).status_code == 404


def test_a_study_takes_no_private_pairs_of_others_and_keeps_those_that_it_has(pair_set: PairSet) -> None:
    colleague = make_researcher()
    with pytest.raises(ValidationError, match="that you may use"):
        create_study(by=colleague, title="T", pair_set=pair_set, n_perturbed=2, n_clean=2)
    set_shared(row=pair_set, shared=True, by=pair_set.owner)
    study = make_study(owner=colleague, pair_set=pair_set)
    set_shared(row=pair_set, shared=False, by=pair_set.owner)
    assert change_study(study=study, by=colleague, pair_set=pair_set, title="Another").title == "Another"
    other = make_pair_set(n=7)
    PairSet.objects.filter(pk=other.pk).update(owner=pair_set.owner)
    other.refresh_from_db()
    with pytest.raises(ValidationError, match="that you may use"):
        change_study(study=study, by=colleague, pair_set=other)


def test_work_takes_nothing_private_of_others(pair_set: PairSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AttackTraining, "check", lambda self: None)  # the classifier has no weights
    classifier = pair_set.attack.classifier
    assert classifier is not None
    work = AttackTraining(classifier=classifier, name="fast", kind="fgsm", strength=8.0)
    with pytest.raises(MlError, match="There is no classifier"):
        new_run(work, by=make_researcher())
    assert new_run(work, by=pair_set.owner).owner == pair_set.owner


def test_what_has_no_owner_is_everybodys(pair_set: PairSet) -> None:
    row = make_pair_set(n=1)
    assert row.may_be_used_by(make_researcher())
    assert PairSet.objects.usable_by(make_researcher()).get() == row
    with pytest.raises(MlError, match="has no owner"):
        set_shared(row=row, shared=False, by=None)
    for nobody in (AnonymousUser(), User(is_active=False)):
        assert not row.may_be_used_by(nobody)
        assert not PairSet.objects.visible_to(nobody).exists()


def test_a_command_says_whose_it_is_and_shares_it(owner: User) -> None:
    def make(name: str, *more: str) -> Dataset:
        call_command(
            "make_synthetic_dataset",
            "--name",
            name,
            "--train",
            "14",
            "--test",
            "7",
            "--size",
            "64",
            *more,
            stdout=StringIO(),
            verbosity=0,
        )
        return Dataset.objects.get(name=name)

    assert make("nobody's").owner is None
    private, shared = make("mine", "--by", owner.username), make("ours", "--by", owner.username, "--share")
    assert [(row.owner, row.is_shared) for row in (private, shared)] == [(owner, False), (owner, True)]
    with pytest.raises(CommandError, match="--share goes with --by"):
        make("other", "--share")
    with pytest.raises(CommandError, match="no user"):
        make("other", "--by", "eve")
    assert Dataset.objects.count() == 3
