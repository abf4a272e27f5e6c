"""The researcher's pages of the image side, in a real browser, on a desk and on a phone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.accessibility import assert_accessible, assert_fits
from tests.browser.conftest import Prepare
from tests.browser.image_side import (
    CANCELLED,
    FAILED,
    RUNNING,
    SUCCEEDED,
    change_run,
    prepare_image_side,
)
from tests.browser.visitors import DESKTOP, PHONE, Visitors, sign_in
from tests.processes import Server

ADDRESSES = [
    "/datasets/",
    "/datasets/1/",
    "/datasets/new/",
    *(f"/datasets/new/?source={source}" for source in ("folder", "ham10000", "synthetic")),
    "/classifiers/",
    "/classifiers/1/",
    "/classifiers/3/",  # with its attacks side by side
    "/classifiers/new/",
    "/classifiers/add/",
    "/attacks/",
    "/attacks/1/",
    "/attacks/new/",
    "/attacks/new/?classifier=1&kind=generator",
    "/pairs/",
    "/pairs/1/",
    "/pairs/2/?fooled=yes",
    "/pairs/new/",
    "/pairs/pair/4/",
    "/runs/",
    *(f"/runs/{run}/" for run in (SUCCEEDED, FAILED, RUNNING, CANCELLED)),
]
SIZES = [(320, 640), PHONE, DESKTOP]
LINKS = ["Studies", "Datasets", "Classifiers", "Attacks", "Image pairs", "Runs"]


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Make one of each."""
    return prepare_image_side


def test_every_page_is_accessible_and_fits(visitors: Visitors) -> None:
    page = visitors.open(SIZES[0])
    sign_in(page)

    for address in ADDRESSES:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert_fits(page, SIZES)


def test_every_page_is_accessible_and_fits_in_french_too(visitors: Visitors) -> None:
    """French is a quarter longer."""
    page = visitors.open(SIZES[0])
    sign_in(page)
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Études")

    for address in ADDRESSES:
        page.goto(address)
        assert_fits(page, [SIZES[0]])


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_links_at_the_head_lead_everywhere_and_say_where_one_is(visitors: Visitors, size: tuple[int, int]) -> None:
    page = visitors.open(size)
    sign_in(page)
    head = page.get_by_role("navigation", name="Main")

    for name in LINKS:
        head.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(head.locator("[aria-current=page]")).to_have_text(name)
    page.goto("/runs/1/")
    expect(head.locator("[aria-current]")).to_have_text("Runs")


def test_a_run_is_watched_to_its_end(page: Page, served: Server) -> None:
    """What its worker writes appears without a reload; at the end the page says how it ended."""
    sign_in(page)
    page.goto(f"/runs/{RUNNING}/")
    progress = page.get_by_role("progressbar", name="Steps done")
    expect(progress).to_have_attribute("value", "5")
    page.evaluate("window.same = true")
    curve = [[step, {"loss": 2 / step, "fooled": step / 20}] for step in range(1, 21)]

    change_run(served, RUNNING, done=20, note="loss 0.1", curve=json.dumps(curve))

    expect(page.get_by_text("20 of 50")).to_be_visible()
    expect(page.get_by_text("loss 0.1", exact=True)).to_be_visible()
    expect(progress).to_have_attribute("value", "20")
    drawn = page.get_by_role("img", name="fooled: 0.05 at step 1, 1 at step 20; lowest 0.05, highest 1")
    expect(drawn.locator("polyline")).to_have_count(1)
    assert page.evaluate("window.same")
    assert_accessible(page)

    change_run(served, RUNNING, state="failed", error="Out of memory.")

    expect(page.get_by_role("region", name="How it ended")).to_contain_text("Out of memory.")
    expect(progress).to_have_count(0)
    change_run(served, RUNNING, state="running", error="")


@contextmanager
def questions(page: Page) -> Iterator[list[str]]:
    """Collect the addresses that the page asks how far the run is."""
    asked: list[str] = []

    def remember(request: Request) -> None:
        if request.url.endswith("state.json"):
            asked.append(request.url)

    page.on("request", remember)
    yield asked
    page.remove_listener("request", remember)


def test_nobody_asks_while_nobody_looks_or_once_it_has_ended(page: Page) -> None:
    sign_in(page)
    with questions(page) as asked:
        page.goto(f"/runs/{RUNNING}/")
        with page.expect_request("**/state.json"):
            pass
        page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.wait_for_timeout(300)  # an answer that is on its way
        before = len(asked)
        page.wait_for_timeout(2500)
        assert len(asked) == before

        page.evaluate("Object.defineProperty(document, 'hidden', {value: false})")
        with page.expect_request("**/state.json"):
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

        page.goto(f"/runs/{SUCCEEDED}/")
        before = len(asked)
        page.wait_for_timeout(2500)
        assert len(asked) == before


def test_the_time_left_is_told_from_the_pace(page: Page, served: Server) -> None:
    sign_in(page)
    change_run(served, RUNNING, done=10, total=50, heartbeat_at="2036-01-01 10:00:00")
    page.goto(f"/runs/{RUNNING}/")
    with page.expect_response("**/state.json"):
        pass

    change_run(served, RUNNING, done=20, heartbeat_at="2036-01-01 10:00:30")

    expect(page.get_by_text("about 2 min left")).to_be_visible()  # 30 steps at a third of a step a second


def test_a_server_that_is_away_is_told_and_asked_again(visitors: Visitors) -> None:
    page = visitors.open()
    sign_in(page)
    page.goto(f"/runs/{RUNNING}/")
    page.route("**/state.json", lambda route: route.abort())
    lost = page.get_by_text("The server does not answer just now.")
    expect(lost).to_be_visible()
    page.unroute("**/state.json")
    expect(lost).to_be_hidden()
    visitors.forgive("ERR_FAILED")


def test_without_javascript_everything_is_there(visitors: Visitors) -> None:
    """Figures as a table, the run as it was, both twins side by side, the attack's form in two steps."""
    page = visitors.open(java_script_enabled=False)
    sign_in(page)

    page.goto(f"/runs/{RUNNING}/")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("link", name="Reload")).to_be_visible()
    page.goto(f"/runs/{SUCCEEDED}/")
    page.get_by_text("As a table").click()
    expect(page.get_by_role("row", name="39 -2.8750 0.9750")).to_be_visible()
    page.goto("/pairs/pair/4/")
    expect(page.get_by_role("img", name="perturbed")).to_be_visible()
    expect(page.get_by_role("button", name="Change over")).to_be_hidden()

    page.goto("/attacks/new/?classifier=1")
    page.get_by_label("Universal").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Strength").fill("2, 400")
    page.get_by_label("Filters").fill("5")
    page.get_by_role("button", name="Start the training").click()
    expect(page.get_by_text("“Strength” is 1 to 255 levels, not 400")).to_be_visible()
    expect(page.get_by_label("Filters")).to_have_value("5")
    expect(page.get_by_text("Universal (Poursaeed")).to_be_visible()
    visitors.forgive("422")


def test_mistakes_in_the_forms_are_told_accessibly(visitors: Visitors) -> None:
    page = visitors.open(PHONE)
    sign_in(page)
    page.goto("/classifiers/new/")
    page.get_by_label("Image size").fill("7")
    page.get_by_role("button", name="Start the training").click()

    expect(page.get_by_text("“Image size” of densenet201 is 32 to 1024 pixels, not 7.")).to_be_visible()
    assert_fits(page, [PHONE, DESKTOP])
    visitors.forgive("422")
