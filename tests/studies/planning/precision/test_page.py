"""The pages on which a method's precision is planned: they say what the commands say, and refuse beside the fields."""

import io
from html import unescape

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from studies.planning.precision.methods import METHODS
from tests.studies.factories import make_researcher

pytestmark = pytest.mark.django_db

SMALL: dict[str, dict[str, str]] = {
    "thresholds": {"trials": "20, 40", "observers": "3"},
    "places": {"observers": "3 4", "images": "10"},
    "repeats": {"repeats": "5;10", "observers": "3", "images": "20"},
    "grades": {"half_width": "0.2"},
}


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


def page_of(browser: Client, key: str, query: dict[str, str], *, status: int = 200) -> str:
    page = browser.get(reverse("studies:precision-plan", args=[key]), query)
    assert page.status_code == status
    return unescape(page.content.decode())


def printed(key: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(f"plan_{key}", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("key", METHODS)
def test_it_is_found_from_the_plan_of_a_study_and_says_nothing_unasked(browser: Client, key: str) -> None:
    assert reverse("studies:precision-plan", args=[key]) in page_of_a_study(browser)
    assert "Nothing planned yet" in page_of(browser, key, {})


def page_of_a_study(browser: Client) -> str:
    return browser.get(reverse("studies:study-plan")).content.decode()


@pytest.mark.parametrize("key", METHODS)
def test_it_says_what_the_command_says(browser: Client, key: str) -> None:
    text = page_of(browser, key, SMALL[key])

    arguments = []
    for asked in METHODS[key].quantities:
        for value in SMALL[key].get(asked.name, "").replace(";", " ").replace(",", " ").split():
            arguments += [asked.flag, value]
    command = printed(key, *arguments)
    assumed = next(line for line in command.splitlines() if "observers" in line or "images" in line)
    assert assumed in text
    for row in command.splitlines():
        size, colon, _ = row.strip().partition(":")
        if colon and size[:1].isdigit() and row.startswith("  "):
            assert f'<th scope="row">{size}</th>' in text


@pytest.mark.parametrize(
    ("key", "query", "told"),
    [
        ("places", {"observers": "2"}, "Each lies between 3 and 500, and 2 does not."),
        ("places", {"observers": "three"}, "“three” is no number of this kind."),
        ("places", {"observers": "3.5"}, "“3.5” is no number of this kind."),
        ("places", {"observers": "3 4 5 6 7 8 9 10 11"}, "No more than 8 values at one time."),
        ("places", {"observers": ""}, "This field is required."),
        ("places", {"images": ""}, "This field is required."),
        ("places", {"dprime": "6"}, "less than or equal to 5"),
        ("places", {"images": "4", "prevalence": "0.3", "observers": "3"}, "at least 2 images of either kind"),
        ("thresholds", {"strength": "4"}, "two strengths or more"),
        ("thresholds", {"task": "same"}, "Select a valid choice"),
        ("thresholds", {"strength": "nan"}, "Each lies between 0.01 and 255, and nan does not."),
        ("repeats", {"repeats": "30", "images": "20", "observers": "3"}, "can be shown twice, not 30"),
        ("grades", {"images": "30"}, "Give the half width, or the observers: the other follows."),
        ("grades", {"half_width": "0.2", "observers": "4"}, "Give the half width, or the observers"),
        ("grades", {"half_width": "0.2", "observer_sd": "0", "image_sd": "0", "rest_sd": "0"}, "do not vary"),
    ],
)
def test_it_refuses_in_words(browser: Client, key: str, query: dict[str, str], told: str) -> None:
    text = page_of(browser, key, query, status=422)

    assert told in text
    assert "Not planned yet" in text


def test_what_takes_too_long_is_left_to_the_command(browser: Client) -> None:
    text = page_of(browser, "thresholds", {"trials": "2000", "observers": "200"})

    assert "too large to be simulated while a page waits" in text
    assert "manage.py plan_thresholds" in text


def test_where_no_number_of_observers_suffices_it_says_so(browser: Client) -> None:
    text = page_of(browser, "grades", {"half_width": "0.05", "images": "10"})

    assert "these images alone vary too much" in text
    assert '<th scope="row">No number of observers</th>' in text


def test_in_french_it_is_french(browser: Client) -> None:
    address = reverse("studies:precision-plan", args=["places"])

    page = browser.get(address, SMALL["places"] | {"dprime": "1.25"}, headers={"Accept-Language": "fr"})

    text = unescape(page.content.decode())
    assert "Planifier des endroits marqués" in text
    assert "6 images perturbées et 4 intactes, d′ 1,25 à l’endroit de la modification" in text
    assert '<th scope="row">3 observateurs</th>' in text


def test_several_values_may_stand_each_for_itself(browser: Client) -> None:
    address = reverse("studies:precision-plan", args=["places"])

    page = browser.get(f"{address}?observers=3&observers=4&images=10").content.decode()

    assert '<th scope="row">3 observers</th>' in page
    assert '<th scope="row">4 observers</th>' in page


def test_there_is_no_other_method(browser: Client) -> None:
    assert browser.get("/studies/plan/colours/").status_code == 404
