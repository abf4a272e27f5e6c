"""The live page renews itself: the focus stays, a lost server and an ended sign-in are told, and nobody is hurried."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_fits
from tests.browser.conftest import Prepare
from tests.browser.visitors import DESKTOP, PHONE, Visitors, sign_in
from tests.processes import Server, manage

SCRIPT = """
from django.contrib.auth.models import User
from tests.studies.factories import answer_trials, arrive_by, make_open_link, make_open_study, make_pair_set
User.objects.create_user("researcher", password="a long password")
study = make_open_study(
    owner=User.objects.get(), observers=1, pair_set=make_pair_set(n=8), abandoned_after_minutes=20,
    groups="doctors\\nnurses", closes_when_finished=False, title="The study",
)
link = make_open_link(study, name="Prolific", places=3, group="doctors", recruiter="prolific")
for number in range(2):
    answer_trials(arrive_by(link, f"id {number}").session, count=2)
"""
FINISH = """
from tests.studies.factories import answer_trials
from studies.models import Session
answer_trials(Session.objects.order_by("pk")[0])
"""
LIVE = "/studies/1/live/"
SIZES = [DESKTOP, PHONE, (320, 640)]
A_WHILE = 9_000
"""Milliseconds, in which the page asks anew."""
FINISHED = "[data-live=figures] dd >> nth=0"


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Make an open study with two people on the way."""

    def fill(data_dir: Path) -> None:
        manage(data_dir, "shell", "--verbosity", "0", "--command", SCRIPT)

    return fill


def open_live(page: Page) -> None:
    sign_in(page)
    page.clock.install()
    page.goto(LIVE)


def test_it_renews_itself_and_leaves_the_focus_where_it_is(page: Page, served: Server) -> None:
    open_live(page)
    expect(page.locator(FINISHED)).to_contain_text("0 of 4")
    assert_fits(page, SIZES)
    sort = page.get_by_role("link", name="Last seen")
    sort.focus()
    manage(served.data_dir, "shell", "--verbosity", "0", "--command", FINISH)
    page.clock.fast_forward(A_WHILE)
    expect(page.locator(FINISHED)).to_contain_text("1 of 4")
    expect(page.get_by_role("row", name="trial 3 of 5")).to_have_count(1)
    expect(sort).to_be_focused()
    assert_fits(page, SIZES)


def test_it_says_when_it_is_not_up_to_date_and_when_it_is_again(visitors: Visitors) -> None:
    page = visitors.open()
    open_live(page)
    page.route("**/live/now/", lambda route: route.abort())
    page.clock.fast_forward(A_WHILE)
    expect(page.get_by_text("the server does not answer just now")).to_be_visible()
    assert_fits(page, SIZES)
    page.unroute("**/live/now/")
    page.clock.fast_forward(2 * A_WHILE)
    expect(page.get_by_text("the server does not answer just now")).to_be_hidden()
    visitors.forgive("/live/now/")


def test_an_ended_sign_in_is_told_and_nothing_is_asked_any_more(page: Page) -> None:
    open_live(page)
    page.context.clear_cookies()
    page.clock.fast_forward(A_WHILE)
    expect(page.get_by_text("you are signed out")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(20 * A_WHILE)
    page.evaluate("1")
    assert asked == []


def test_it_can_be_paused(page: Page) -> None:
    open_live(page)
    pause = page.get_by_role("button", name="Pause the updates")
    pause.press("Enter")
    expect(pause).to_have_attribute("aria-pressed", "true")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(10 * A_WHILE)
    page.evaluate("1")
    assert asked == []
    with page.expect_response("**/live/now/"):
        pause.press("Enter")


def test_without_javascript_a_link_loads_it_anew(visitors: Visitors) -> None:
    page = visitors.open(java_script_enabled=False)
    sign_in(page)
    page.goto(f"{LIVE}?who=everybody")
    expect(page.get_by_role("button", name="Pause the updates")).to_have_count(0)
    page.get_by_role("link", name="Load anew").click()
    assert page.url.endswith(f"{LIVE}?who=everybody")
    assert page.get_by_role("row").count() > 2
