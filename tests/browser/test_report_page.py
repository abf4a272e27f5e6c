"""The report in a real browser: without barriers on any width, whole on paper, its methods to be taken away."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import Prepare
from tests.browser.visitors import DESKTOP, Visitors, expect_report, sign_in
from tests.processes import Server, manage

SIZES = [DESKTOP, (768, 1024), (360, 740)]
# A4 less the margins of the style sheet, in CSS pixels.
PAPER = (688, 1000)
CUT = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth).map(one => one.innerText)"
SCRIPT = """
from django.contrib.auth.models import User
from tests.studies.answered import with_everything
researcher = User.objects.create_user("researcher", password="a long password")
for trial_type in ("rating", "two_afc"):
    with_everything(trial_type, owner=researcher, observers=12, questionnaire="Years of practice: number 0-60")
"""


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Make studies that twelve simulated observers have answered."""

    def fill(data_dir: Path) -> None:
        manage(data_dir, "shell", "--verbosity", "0", "--command", SCRIPT)

    return fill


def open_reports(page: Page) -> list[str]:
    """Sign in and return the addresses of the studies' reports."""
    sign_in(page)
    links = page.locator("table.rows tbody th a")
    expect(links).to_have_count(2)
    return [f"{link.get_attribute('href')}report/" for link in links.all()]


@pytest.mark.parametrize("size", SIZES)
def test_it_has_no_barriers_and_fits(visitors: Visitors, size: tuple[int, int]) -> None:
    page = visitors.open(size)
    addresses = open_reports(page)

    assert len(addresses) == 2
    for address in addresses:
        page.goto(address)
        expect_report(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert_accessible(page)


def test_on_paper_nothing_is_cut_and_nothing_but_the_report_is_printed(visitors: Visitors) -> None:
    page = visitors.open(PAPER)
    addresses = open_reports(page)
    page.emulate_media(media="print")

    for address in addresses:
        page.goto(address)
        expect_report(page)
        expect(page.locator(".report-head h1")).to_be_visible()
        expect(page.locator(".report-head .verdict")).to_be_visible()
        for part in (".site-head", ".contents", ".actions", ".copy", ".crumb"):
            for hidden in page.locator(part).all():
                expect(hidden).to_be_hidden()
        assert page.locator("table").evaluate_all(CUT) == []
        # Every picture is there before somebody scrolls to it.
        page.wait_for_load_state("networkidle")
        assert page.locator(".trio img").evaluate_all("all => all.length > 0 && all.every(one => one.naturalWidth > 0)")


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_verdict_and_figures_are_on_the_first_screen(visitors: Visitors, size: tuple[int, int]) -> None:
    page = visitors.open(size)
    for address in open_reports(page):
        page.goto(address)
        expect_report(page)
        for part in (".report-head h1", ".asked", ".verdict", ".report-head .headline dl > div:last-child dd >> nth=0"):
            box = page.locator(part).first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= size[1], part
        page.locator(".report-bar summary").click()
        menu = page.locator(".report-bar .menu > ul").bounding_box()
        assert menu is not None
        assert menu["x"] >= 0
        assert menu["x"] + menu["width"] <= size[0]


def test_a_table_is_a_stop_for_the_keyboard_only_where_it_goes_on(visitors: Visitors) -> None:
    page = visitors.open((390, 844))
    page.goto(open_reports(page)[0])
    expect_report(page)

    places = page.locator(".table-responsive:visible").evaluate_all(
        "all => all.map(one => [one.scrollWidth > one.clientWidth, one.tabIndex === 0, one.getAttribute('role')])"
    )

    assert {wide for wide, _, _ in places} == {True, False}
    assert all((stops, role) == ((True, "region") if wide else (False, None)) for wide, stops, role in places)


def test_contents_lead_to_every_section(visitors: Visitors) -> None:
    page = visitors.open()
    page.goto(open_reports(page)[0])
    expect_report(page)

    links = page.locator(".contents a")
    assert links.count() == page.locator("main section").count() > 12
    for link in links.all():
        expect(page.locator(link.get_attribute("href") or "")).to_have_text(link.inner_text())


def test_the_methods_are_copied_with_their_references(visitors: Visitors, served: Server) -> None:
    page = visitors.open(permissions=["clipboard-read", "clipboard-write"])
    page.goto(open_reports(page)[0])
    expect_report(page)

    page.get_by_role("button", name="Copy the methods and references").click()

    text = page.evaluate("navigator.clipboard.readText()")
    assert page.locator("section[aria-labelledby=methods] > p").first.inner_text() in text
    assert page.locator(".references li").last.inner_text() in text
