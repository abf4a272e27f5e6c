"""The page on which a study is planned: first that it works, then whom and what it refuses."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from ml.models import PairSet
from studies.models import Study
from studies.planning.links import plan_address
from tests.studies.factories import (
    make_open_study,
    make_pair_set,
    make_pair_set_of_strength,
    make_researcher,
    make_study,
)

pytestmark = pytest.mark.django_db

PLAN = "/studies/plan/"


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


def text_of(browser: Client, **query: object) -> str:
    page = browser.get(PLAN, {name: str(value) for name, value in query.items()})
    assert page.status_code == 200
    return unescape(page.content.decode())


def link_of(text: str, words: str) -> str:
    found = re.search(rf'<a [^>]*href="([^"]*)">{words}', text)
    assert found, f"no link “{words}”"
    return found[1]


@pytest.mark.usefixtures("drawn_plots")
def test_it_works(browser: Client) -> None:
    """From the list by an empty page to a plan, its simulation, and a new study with its numbers."""
    make_pair_set(n=4)
    assert link_of(browser.get(reverse("studies:study-list")).content.decode(), "Plan a study") == PLAN
    assert "Nothing planned yet" in text_of(browser)

    text = text_of(browser, goal="equivalence", margin=0.05, observers=4, icc=0.1)
    assert "279 images for 80% power." in text
    assert "140 perturbed + 140 clean images × 4 observers = 1,120 answers" in text
    assert "<svg" in text
    assert 'name="margin" value="0.05"' in text

    simulated = text_of(browser, **{key: value[0] for key, value in parse_qs(link_of(text, "Check by")[1:]).items()})
    assert "1,000 studies, seed 1" in simulated
    assert "Monte Carlo error" in simulated
    assert "Check by simulation" not in simulated

    address = unescape(link_of(text, "Start a study"))
    assert "your plan" in browser.get(address).content.decode()
    plan = parse_qs(urlsplit(address).query)["plan"][0]
    new = {"title": "T", "pair_set": PairSet.objects.get().pk, "template": "paper", "plan": plan}
    browser.post(reverse("studies:study-create"), new)
    study = Study.objects.get()
    assert (study.n_perturbed, study.n_clean, study.margin) == (140, 140, 0.05)


def test_a_plan_without_simulation_simulates_nothing(browser: Client) -> None:
    assert "Monte Carlo" not in text_of(browser, margin=0.05)


def test_a_link_need_not_hold_every_value(browser: Client) -> None:
    assert "279 images" in text_of(browser, margin=0.05)
    assert "279 images" in text_of(browser, image_sd=0.4306)


def test_what_a_design_shows(browser: Client) -> None:
    text = text_of(browser, goal="detection", dprime=0.3, images=120, observers=6)

    assert "60 perturbed + 60 clean images × 6 observers" in text
    assert "detected: the 95% interval of d′ excludes 0" in text


def test_what_no_number_of_images_shows(browser: Client) -> None:
    text = text_of(browser, observer_sd=0.2, observers_random="on")

    assert "No number of images gives 80% power" in text
    assert "8 observers would do" in text
    assert "Start a study" not in text
    assert "Check by simulation" not in text


def test_a_study_cannot_show_more_than_a_thousand_of_each(browser: Client) -> None:
    text = text_of(browser, margin=0.01)

    assert "6,959 images" in text
    assert "Start a study" not in text


@pytest.mark.parametrize(("simulate", "studies"), [("400", "400 studies"), ("999999999", "1,000 studies")])
def test_what_a_page_simulates_is_bounded(browser: Client, simulate: str, studies: str) -> None:
    assert studies in text_of(browser, images=10, observers=1, simulate=simulate)


def test_large_designs_are_simulated_less_often(browser: Client) -> None:
    """200 observers × 2,000 images are 400,000 answers: 20 million allow 48 studies."""
    assert "48 studies" in text_of(browser, images=2000, observers=200, simulate=1000)


def test_designs_that_are_too_large_for_a_page_are_not_simulated(browser: Client) -> None:
    """δ = .005 and ρ = .9: some 77,000 images × 200 observers."""
    text = text_of(browser, margin=0.005, icc=0.9, observers=200, simulate=1000)

    assert "too large to be simulated while a page waits" in text
    assert "studies, seed" not in text


@pytest.mark.parametrize("simulate", ["x", "-5", "²", "9" * 5000])
def test_nonsense_simulates_nothing(browser: Client, simulate: str) -> None:
    assert "Monte Carlo" not in text_of(browser, margin=0.05, simulate=simulate)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"margin": ""}, "Give the margin"),
        ({"margin": "0.6"}, "less than or equal to 0.49"),
        ({"margin": "nan"}, "Enter a number"),
        ({"goal": "detection", "dprime": "0"}, "Give the d′ to be detected"),
        ({"goal": "else"}, "Select a valid choice"),
        ({"observers": "0"}, "greater than or equal to 1"),
        ({"observers": "2", "observers_random": "on"}, "fewer than 3 observers"),
        ({"images": "13", "prevalence": "0.1"}, "at least two perturbed and two clean images"),
        ({"images": "10", "prevalence": "0.95"}, "at least two perturbed and two clean images"),
        ({"icc": "0.1", "image_sd": "0.4"}, "not both"),
        ({"icc": "", "image_sd": ""}, "Give ρ, such as 0.1"),
        ({"level": "95"}, "less than or equal to"),
        ({"power": "80"}, "less than or equal to"),
    ],
)
def test_mistakes_are_told_beside_their_fields(browser: Client, query: dict[str, str], message: str) -> None:
    page = browser.get(PLAN, query)
    text = unescape(page.content.decode())

    assert page.status_code == 422
    assert message in text
    assert "Not planned yet" in text
    assert 'class="invalid-feedback"' in text


@pytest.mark.parametrize(("images", "share"), [(4, 0.5), (5, 0.5), (15, 0.1), (75, 0.02), (76, 0.98), (2000, 0.5)])
def test_every_design_that_the_form_takes_can_be_planned(browser: Client, images: int, share: float) -> None:
    assert "The plan" in text_of(browser, images=images, prevalence=share, simulate=20)


def test_a_studys_page_leads_to_what_its_design_shows(browser: Client) -> None:
    researcher = make_researcher()
    study = make_open_study(owner=researcher, n_perturbed=3, n_clean=2, observers=2, margin=0.1)
    browser.force_login(researcher)

    page = browser.get(reverse("studies:study-detail", args=[study.pk])).content.decode()
    text = unescape(browser.get(unescape(link_of(page, "What can a study"))).content.decode())

    assert "3 perturbed + 2 clean images × 2 observers" in text
    assert "undetectable within 10 points" in text


def test_sets_of_images_count_together_and_their_observers_apart() -> None:
    study = Study(n_perturbed=30, n_clean=20, n_subsets=3, trial_type="yes_no", margin=0.05)

    query = parse_qs(urlsplit(plan_address(study, observers=7)).query)

    assert query == {
        "goal": ["equivalence"],
        "margin": ["0.05"],
        "images": ["150"],
        "prevalence": ["0.6"],
        "observers": ["2"],
    }
    assert "observers" not in plan_address(study, observers=0)
    assert "prevalence=0.5" in plan_address(Study(trial_type="two_afc", n_perturbed=1, n_clean=2), observers=1)


def test_of_several_strengths_the_plan_is_of_one_verdict() -> None:
    pair_set = make_pair_set(n=2)
    study = make_study(
        pair_set=pair_set, further_pair_sets=[make_pair_set_of_strength(pair_set, 8)], n_perturbed=30, n_clean=20
    )
    query = parse_qs(urlsplit(plan_address(study, observers=0)).query)
    assert (query["images"], query["prevalence"]) == (["35"], ["0.4286"])
    study.trial_type = "two_afc"
    query = parse_qs(urlsplit(plan_address(study, observers=0)).query)
    assert (query["images"], query["prevalence"]) == (["25"], ["0.5"])


def test_from_a_drafts_page_the_plan_can_be_kept_with_it(browser: Client) -> None:
    study = make_study()

    for address in (plan_address(study, observers=2), f"{PLAN}?study={study.pk}&observers=0"):
        page = browser.get(address).content.decode()
        assert f'<input type="hidden" name="study" value="{study.pk}">' in page
        assert ("Keep this plan with the study" in page) == ("observers=0" not in address)
    assert "study=" not in plan_address(make_open_study(), observers=2)
    assert 'name="study"' not in text_of(browser, margin=0.05, study="<b>")


def test_nobody_else_sees_it(client: Client) -> None:
    page = client.get(PLAN)

    assert page.status_code == 302
    assert page.headers["Location"].startswith(reverse("login"))
    client.force_login(make_researcher())
    assert client.post(PLAN).status_code == 405
