"""Where a new study begins."""

from html import unescape
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from ml.models import PairSet
from studies.design.drafts.templates import TEMPLATES
from studies.models import Study
from studies.planning.kept_plan import KeptPlan
from tests.studies.factories import make_pair_set, make_researcher, make_study

pytestmark = pytest.mark.django_db

NEW = "/studies/new/"
PLAN = urlencode({"goal": "equivalence", "margin": 0.1, "observers": 6, "icc": 0.1})


def new(**changes: object) -> dict[str, object]:
    return {"title": "A study", "pair_set": make_pair_set(n=4).pk, "template": "yes_no"} | changes


def test_it_begins_with_the_pairs_that_the_address_names_and_with_the_newest_else(browser: Client) -> None:
    private = make_pair_set(n=1)
    PairSet.objects.filter(pk=private.pk).update(owner=make_researcher())
    wanted, newest = make_pair_set(n=1), make_pair_set(n=1)

    def chosen(address: str) -> object:
        return browser.get(address).context["form"]["pair_set"].initial

    assert chosen(f"{NEW}?pair_set={wanted.pk}") == wanted
    for address in (NEW, f"{NEW}?pair_set={private.pk}", f"{NEW}?pair_set=x", f"{NEW}?pair_set=99999"):
        assert chosen(address) == newest


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_a_draft_has_what_its_template_sets(browser: Client, template: "object") -> None:
    browser.post(NEW, new(template=template.key))  # type: ignore[attr-defined]

    study = Study.objects.get()
    for name, value in template.options.items():  # type: ignore[attr-defined]
        assert getattr(study, name) == value


def test_the_templates_say_what_they_set(browser: Client) -> None:
    make_pair_set(n=4)

    text = unescape(browser.get(NEW).content.decode())

    assert text.count('name="template"') == len(TEMPLATES)
    assert "trial type: Six-point rating; perturbed images: 30; clean images: 30; practice trials: 4" in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "This field is required"),
        ({"pair_set": 999_999}, "Select a valid choice"),
        ({"template": "another"}, "Select a valid choice"),
        ({"plan": "margin=nothing"}, "The address holds no plan. Margin δ: Enter a number."),
        ({"plan": "margin=0.01&observers=1"}, "a study shows at most 1,000 perturbed"),
        ({"plan": "observers_random=on&observer_sd=1"}, "A plan without a design"),
    ],
)
def test_what_cannot_be_is_shown_again_with_the_reason(
    browser: Client, changes: dict[str, object], message: str
) -> None:
    page = browser.post(NEW, new() | changes)

    assert page.status_code == 422
    assert message in unescape(page.content.decode())
    assert not Study.objects.exists()


def test_a_plan_comes_into_the_study_whole(browser: Client) -> None:
    make_pair_set(n=4)
    assert "your plan" in browser.get(NEW, {"plan": PLAN}).content.decode()

    browser.post(NEW, new(plan=PLAN, template="rating"))

    study = Study.objects.get()
    plan = KeptPlan.of(study)
    assert plan is not None
    assert (study.trial_type, study.margin) == ("rating", 0.1)
    assert (study.n_perturbed, study.n_clean) == (plan.perturbed, plan.clean) != (30, 30)
    text = browser.get(reverse("studies:study-detail", args=[study.pk])).content.decode()
    assert "to show that the change is undetectable within 10 points" in text
    assert "Otherwise than planned" not in text


def test_a_plan_is_kept_with_a_draft_that_is_there_and_taken_away(browser: Client, owner: User) -> None:
    study = make_study(owner=owner)
    url = reverse("studies:study-keep-plan", args=[study.pk])

    text = browser.post(url, {"plan": PLAN}, follow=True).content.decode()
    assert "The plan is kept with the study." in text
    assert "Otherwise than planned: The study has 3 perturbed + 2 clean images in the place of" in text
    text = browser.post(url, {"plan": "margin=x"}, follow=True).content.decode()
    assert "The address holds no plan" in text
    study.refresh_from_db()
    assert study.plan is not None
    browser.post(url)
    study.refresh_from_db()
    assert study.plan is None
