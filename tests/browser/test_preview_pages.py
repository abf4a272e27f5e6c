"""The preview in a browser: walked through by keyboard from a draft's page to the end, with a script and without."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_fits
from tests.browser.conftest import Prepare
from tests.browser.observer.observing import READY
from tests.browser.prepared_studies import prepare_studies
from tests.browser.visitors import DESKTOP, Visitors, sign_in

SIZES = [DESKTOP, (390, 844), (320, 640)]
TITLE = "Changes in lesions"
WAY = [
    "Welcome and consent",
    "Questions",
    "Questions, an answer lacking",
    "Instructions",
    "Practice trial",
    "Practice, after a right answer",
    "Practice, after a wrong answer to the last trial",
    "Trial",
    "A further trial",
    "Break",
    "Comments",
    "Thank you",
]


def _prepare(data_dir: Path) -> None:
    fields = {
        "state": "draft",
        "trial_type": "yes_no_confidence",
        "n_perturbed": 3,
        "n_clean": 2,
        "n_practice": 2,
        "break_every": 2,
        "questionnaire": "Years of practice: number 0-60 *\nGlasses?: yes | no\nSince?: text 9\nif Glasses? = yes",
        "asks_comments": True,
        "asks_calibration": True,
        "shows_score": True,
    }
    prepare_studies(data_dir, **{TITLE: fields})


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Make a draft whose observers meet nearly every page."""
    return _prepare


def open_preview(page: Page) -> None:
    """Go from the list of studies to the first page of the preview."""
    sign_in(page)
    for name in (TITLE, "Preview", "Walk through it"):
        page.get_by_role("link", name=name, exact=True).press("Enter")


def expect_page(page: Page, title: str) -> None:
    """Wait for a page of the preview."""
    expect(page.get_by_role("navigation", name="Preview")).to_contain_text(f": {title}.")


def go_on(page: Page, title: str) -> None:
    """Do what leads an observer on from a page, by keyboard."""
    if page.locator("#trial").count():
        for key in ("p", "2"):
            page.locator(READY).wait_for()
            page.keyboard.press(key)
    elif title == "Questions":
        page.get_by_label("Years of practice").press("Enter")
    else:
        page.locator("main form button.primary").press("Enter")


def test_the_way_is_walked_by_keyboard_and_each_page_is_accessible_and_fits(page: Page) -> None:
    open_preview(page)
    for title, following in zip(WAY, [*WAY[1:], None], strict=True):
        expect_page(page, title)
        assert page.title().startswith("Preview · ")
        assert_fits(page, SIZES)
        if following is not None:
            go_on(page, title)
    page.get_by_role("link", name="All pages").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Preview")
    assert_fits(page, SIZES)


def test_a_question_appears_when_it_is_due_as_for_observers(page: Page) -> None:
    open_preview(page)
    page.get_by_role("link", name="Next page").click()
    expect_page(page, "Questions")
    expect(page.get_by_label("Since?")).to_be_hidden()

    page.get_by_role("radio", name="yes").check()

    expect(page.get_by_label("Since?")).to_be_visible()


def test_the_pages_beside_the_way_are_accessible_and_fit(page: Page) -> None:
    open_preview(page)
    page.get_by_role("link", name="All pages").click()
    section = page.get_by_role("region", name="Beside the way")
    titles = [text.partition(" (")[0] for text in section.get_by_role("listitem").all_inner_texts()]
    assert "Withdrawing" in titles
    section.get_by_role("link", name="English").first.press("Enter")
    for title in titles:
        expect_page(page, title)
        assert_fits(page, SIZES)
        if title != titles[-1]:
            page.get_by_role("link", name="Next page").press("Enter")


def test_it_is_walked_without_javascript_and_in_french(visitors: Visitors) -> None:
    page = visitors.open(java_script_enabled=False)
    open_preview(page)
    page.get_by_role("navigation", name="Preview").get_by_role("link", name="Français").click()
    for title, following in zip(WAY, [*WAY[1:], None], strict=True):
        expect_page(page, title)
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        if following is None:
            break
        if title == "Questions":
            page.get_by_label("Years of practice").fill("5")
        for choice in ("Perturbée", "Sûre de moi", "Sûr"):
            if page.get_by_role("radio", name=choice).count():
                page.get_by_role("radio", name=choice).first.check()
        page.locator("main form button.primary").last.click()
