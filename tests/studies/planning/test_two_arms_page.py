"""The page on which a study of two arms is planned: it says what the command says, and refuses beside the fields."""

import io
import re
from html import unescape
from urllib.parse import parse_qs

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tests.studies.factories import make_pair_set, make_researcher

pytestmark = pytest.mark.django_db

PLAN = "/studies/plan/two-arms/"


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


def text_of(browser: Client, **query: object) -> str:
    page = browser.get(PLAN, {name: str(value) for name, value in query.items()})
    assert page.status_code == 200
    return unescape(page.content.decode())


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("plan_study", *arguments, stdout=out)
    return out.getvalue()


def test_it_works(browser: Client) -> None:
    """From the list by the plan of a study to this one, and its simulation."""
    make_pair_set(n=4)
    assert f'href="{PLAN}"' in browser.get(reverse("studies:study-plan")).content.decode()
    assert "Nothing planned yet" in text_of(browser)

    text = text_of(browser, dprime=1, two_arms=1.5, observers=5)
    assert re.search(r"[\d,]+ images of each attack for 80% power\.", text)
    assert "this design" in text

    found = re.search(r'href="(\?[^"]*)">Check by simulation', text)
    assert found
    simulated = text_of(browser, **{key: value[0] for key, value in parse_qs(found[1][1:]).items()})
    assert "1,000 studies, seed 1" in simulated
    assert "Check by simulation" not in simulated


@pytest.mark.parametrize(
    ("query", "arguments"),
    [
        ({"dprime": 1, "two_arms": 1.5, "observers": 5}, ("--dprime", "1", "--two-arms", "1.5", "--observers", "5")),
        (
            {"dprime": 0.5, "two_arms": 2, "observers": 1, "images": 80, "other_images": "on", "likeness": 0.2},
            ("--dprime=0.5", "--two-arms=2", "--observers=1", "--images=80", "--other-images", "--likeness=0.2"),
        ),
        (
            {"dprime": 1, "two_arms": 1.2, "observers": 3, "observers_random": "on", "observer_sd": 0.5},
            ("--dprime=1", "--two-arms=1.2", "--observers=3", "--observers-random", "--observer-sd=0.5"),
        ),
    ],
)
def test_it_says_what_the_command_says(browser: Client, query: dict[str, object], arguments: tuple[str, ...]) -> None:
    text = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", text_of(browser, **query)))
    for line in printed(*arguments).splitlines():
        said = line.removeprefix("To show: ").removeprefix("Assumed: ").removeprefix("Design: ").strip()
        if by_formula := re.match(r"power by formula +(\S.*\S) +\((.*)\)$", said):
            assert f"Power by formula {by_formula[1]} {by_formula[2]}" in text
        else:
            assert said in text, said


def test_the_table_has_the_designs_power_among_its_neighbours(browser: Client) -> None:
    text = text_of(browser, dprime=1, two_arms=1.5, observers=5, images=100)
    rows = re.findall(r'<th scope="row">(\d+).*?</th><td>([^<]*)</td>', text)
    sizes = [int(size) for size, _ in rows]
    assert sizes == sorted(sizes)
    assert {25, 50, 75, 100, 150, 200} <= set(sizes)
    powers = [float(power.strip("> %")) for _, power in rows]
    assert powers == sorted(powers)
    assert text.count("this design") == 1


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"two_arms": 1}, "between equal ones there is nothing to show"),
        ({"two_arms": ""}, "This field is required"),
        ({"two_arms": 6}, "less than or equal to 5"),
        ({"likeness": 1.5}, "less than or equal to 1"),
        ({"observers": 2, "observers_random": "on"}, "fewer than 3 observers"),
        ({"icc": 0.1, "image_sd": 0.5}, "Give ρ or the image SD, not both"),
        ({"images": 4, "prevalence": 0.9}, "at least two perturbed and two clean images"),
        ({"dprime": "nan"}, "Enter a number"),
    ],
)
def test_mistakes_are_told_beside_their_fields(browser: Client, query: dict[str, object], message: str) -> None:
    page = browser.get(PLAN, {"dprime": "1", "two_arms": "1.5", **{key: str(value) for key, value in query.items()}})

    assert page.status_code == 422
    text = unescape(page.content.decode())
    assert message in text
    assert "Not planned yet" in text
    assert 'aria-invalid="true"' in text


@pytest.mark.parametrize(("images", "share"), [(4, 0.5), (100, 0.02), (10_000, 0.98)])
def test_every_design_that_the_form_takes_can_be_planned(browser: Client, images: int, share: float) -> None:
    text_of(browser, dprime=0, two_arms=5, observers=200, images=images, prevalence=share, icc=1)


def test_no_number_of_images_is_said(browser: Client) -> None:
    query = {"dprime": 1, "two_arms": 1.01, "observers": 3, "observers_random": "on", "observer_sd": 2}
    text = text_of(browser, **query)
    assert "No number of images up to" in text
    assert "Check by simulation" not in text


def test_designs_that_are_too_large_for_a_page_are_not_simulated(browser: Client) -> None:
    text = text_of(browser, dprime=1, two_arms=1.5, observers=60, images=400, simulate=1000)
    assert "too large to be simulated while a page waits" in text
    fewer = text_of(browser, dprime=1, two_arms=1.5, observers=20, images=40, simulate=1000)
    assert "62 studies, seed 1" in fewer


def test_nobody_else_sees_it(client: Client) -> None:
    assert client.get(PLAN).status_code == 302
