"""The researcher's way through the interface, in a real browser, on a desk and on a phone."""

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible, assert_fits
from tests.browser.conftest import Prepare
from tests.browser.observer.observing import READY
from tests.browser.prepared_studies import LONG_TITLE, prepare_waiting_study, studies_in
from tests.browser.visitors import (
    DESKTOP,
    PHONE,
    Visitors,
    expect_downloads,
    expect_open,
    expect_report,
    sign_in,
)
from tests.processes import Server

SIZES = [(320, 640), PHONE, DESKTOP]
TITLE = re.compile(r"^Title\W*$")  # not “Title in French”
COUNT_CLICKS = """
addEventListener("click", (event) => {
  if (event.isTrusted && event.detail > 0) sessionStorage.clicks = 1 + Number(sessionStorage.clicks ?? 0);
}, true);
"""


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Make a study with a long title that waits for its observers."""
    return prepare_waiting_study


def judge_all(page: Page, link: str, key: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="I consent").click()
    page.get_by_role("button", name="Begin").click()
    ready, feedback, done = (page.locator(part) for part in (READY, "#feedback", "#session-complete"))
    while True:
        ready.or_(feedback).or_(done).wait_for()
        if done.is_visible():
            return
        if feedback.is_visible():
            page.get_by_role("button").press("Enter")
            feedback.wait_for(state="hidden")
        else:
            page.keyboard.press(key)


def test_from_a_new_study_to_its_report(visitors: Visitors) -> None:
    page = visitors.open(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page)
    page.evaluate(COUNT_CLICKS)
    page.add_init_script(COUNT_CLICKS)
    page.get_by_role("link", name="New study").click()
    page.get_by_role("textbox", name=TITLE).fill("Changed or not?")
    page.get_by_role("button", name="Make the draft").click()
    page.get_by_role("button", name="Next: Images").click()
    page.get_by_role("spinbutton", name="Perturbed images").fill("2")
    page.get_by_role("spinbutton", name="Clean images").fill("2")
    expect(page.get_by_text("The series needs 4 lesions, and the image pairs hold 12.")).to_be_visible()
    page.get_by_role("button", name="Next: Trials").click()
    page.get_by_role("button", name="Next: Practice").click()
    page.get_by_role("button", name="Next: People").click()
    page.get_by_label("New observers").fill("Anna\nBen")
    page.get_by_role("button", name="Next: Analysis").click()
    page.get_by_role("button", name="Next: Check").click()
    expect(page.get_by_text("With 4 images and 2 observers a change of d′ 0")).to_be_visible()
    page.get_by_role("link", name="Open the study").click()
    page.get_by_role("button", name="Open the study").click()
    expect_open(page)
    # Of the twenty that a first run, the upload of images and this may take together.
    assert page.evaluate("Number(sessionStorage.clicks)") <= 10

    page.get_by_role("button", name="Copy the link of Anna").click()
    links = [page.evaluate("navigator.clipboard.readText()"), page.get_by_label("Link of Ben").input_value()]
    for link, key in zip(links, "pc", strict=True):
        judge_all(visitors.open(), link, key)

    page.reload()
    page.get_by_role("link", name="Report").click()
    expect_report(page)
    row = page.get_by_role("row", name=re.compile("^Anna .* of "))
    expect(row).to_contain_text("2 of 2")
    expect(row).to_contain_text("0 of 2")
    expect_downloads(page)
    page.locator("summary", has_text="Download").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("link", name="Answers (CSV)").press("Enter")
    assert download.value.suggested_filename == "changed-or-not-answers.csv"
    assert len(Path(download.value.path()).read_text(encoding="utf-8").splitlines()) == 1 + 8


def press(page: Page, role: Literal["button", "link"], name: str) -> None:
    """Walk to a button or a link with the Tab key, and press it."""
    wanted = page.get_by_role(role, name=name, exact=True)
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the Tab key leads to no {role} “{name}”")


def test_a_study_is_made_with_the_keyboard_alone(page: Page) -> None:
    sign_in(page)
    page.goto("/studies/new/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_role("textbox", name=TITLE).focus()
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    # Enter in a field goes on to the next step, not to one that stands higher on the page.
    page.get_by_role("textbox", name=TITLE).press("Enter")
    press(page, "button", "Next: Trials")
    expect(
        page.get_by_text("The series needs 50 lesions, and the image pairs hold 12: 38 too few.").first
    ).to_be_visible()
    press(page, "button", "Images")
    for name in ("Perturbed images", "Clean images"):
        page.get_by_role("spinbutton", name=name).press("Control+A")
        page.keyboard.type("3")
    page.keyboard.press("Enter")
    for name in ("Next: Practice and catch trials", "Next: People"):
        press(page, "button", name)
    page.get_by_label("New observers").focus()
    page.keyboard.type("Anna")
    press(page, "button", "Next: Analysis")
    press(page, "button", "Next: Check and open")
    press(page, "link", "Open the study")
    press(page, "button", "Open the study")
    expect_open(page)
    expect(page.get_by_role("heading", name="By keyboard")).to_be_visible()


def test_a_study_is_planned_with_the_keyboard_on_a_phone(visitors: Visitors) -> None:
    page = visitors.open(PHONE)
    sign_in(page)
    page.get_by_role("link", name="Plan a study").click()
    expect(page.get_by_role("heading", name="Nothing planned yet")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("spinbutton", name="Observers", exact=True).fill("0")
    page.keyboard.press("Enter")
    expect(page.get_by_text("greater than or equal to 1")).to_be_visible()
    assert_accessible(page)
    visitors.forgive("422")

    page.get_by_role("spinbutton", name="Observers", exact=True).fill("4")
    page.keyboard.press("Enter")
    answer = page.get_by_text("279 images for 80% power.")
    expect(answer).to_be_in_viewport()  # below the form, on a phone: the page is scrolled there
    page.get_by_role("link", name="Check by simulation").press("Enter")
    expect(page.get_by_text("1,000 studies, seed 1")).to_be_visible()
    assert_fits(page, [PHONE])

    page.get_by_role("link", name="Start a study with this plan").press("Enter")
    page.get_by_role("textbox", name=TITLE).fill("As planned")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Images", exact=True).press("Enter")
    expect(page.get_by_role("spinbutton", name="Perturbed images")).to_have_value("140")
    page.get_by_role("button", name="Save and leave").press("Enter")
    expect(page.get_by_text("279 images for 80% power.")).to_be_visible()
    assert_fits(page, [PHONE])


def test_every_page_is_accessible_and_fits(visitors: Visitors, served: Server) -> None:
    page = visitors.open(SIZES[0])
    sign_in(page)
    made = studies_in(served.data_dir)[LONG_TITLE]
    for token in made["tokens"][:3]:
        judge_all(visitors.open(), f"/o/{token}/", "p")
    addresses = [
        "/studies/",
        "/studies/new/",
        "/studies/import/",
        f"/studies/{made['pk']}/",
        f"/studies/{made['pk']}/report/",
        f"/studies/{made['pk']}/data-protection/",
        "/pairs/",
    ]
    page.goto(addresses[-2])
    addresses.append(page.locator(".people a").first.get_attribute("href") or "")
    page.goto("/pairs/")
    addresses += [link.get_attribute("href") or "" for link in page.locator("main h2 a").all()]

    for address in addresses:
        page.goto(address)
        assert_fits(page, SIZES)


def test_pages_of_a_study_are_accessible_and_fit_in_french_too(visitors: Visitors, served: Server) -> None:
    page = visitors.open(SIZES[0])
    sign_in(page)
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Études")
    study = studies_in(served.data_dir)[LONG_TITLE]["pk"]

    plan = "/studies/plan/?goal=equivalence&margin=0.1&observers=3&images=80"
    for address in ("/studies/", "/studies/new/", plan, f"/studies/{study}/", f"/studies/{study}/data-protection/"):
        page.goto(address)
        assert_fits(page, [SIZES[0], DESKTOP])


def test_a_report_opened_early_is_accessible_and_fits(visitors: Visitors, served: Server) -> None:
    page = visitors.open(PHONE)
    sign_in(page)
    page.goto(f"/studies/{studies_in(served.data_dir)[LONG_TITLE]['pk']}/report/")
    page.get_by_role("link", name="Unblind").click()
    page.get_by_label("Why").fill("An observer reported pain")
    assert_fits(page, [PHONE])
    page.get_by_role("button", name="Unblind").click()
    expect_report(page)
    expect(page.get_by_role("alert").or_(page.locator(".alert-warning")).first).to_be_visible()

    assert_fits(page, [PHONE])


def test_every_step_is_accessible_and_fits_and_mistakes_in_it_are_told(visitors: Visitors) -> None:
    page = visitors.open(SIZES[0])
    sign_in(page)
    page.goto("/studies/new/")
    page.get_by_role("textbox", name=TITLE).fill("Step by step")
    page.keyboard.press("Enter")
    page.wait_for_url("**/steps/**")
    for step in ("Images", "Trials", "Practice and catch trials", "People", "Analysis", "Check and open"):
        for folded in page.locator("details.folded > summary").all():
            folded.press("Enter")
        assert_fits(page, SIZES)
        page.get_by_role("button", name=f"Next: {step}", exact=True).press("Enter")
        expect(page.get_by_role("heading", name=step, level=1)).to_be_visible()
    expect(page.get_by_text("With 50 images and 2 observers a change of d′ 0")).to_be_visible()
    assert_fits(page, SIZES)

    page.get_by_role("navigation", name="Steps").get_by_role("link", name="Images").click()
    page.get_by_role("spinbutton", name="Clean images").fill("0")
    page.get_by_role("button", name="Next: Trials").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    assert_fits(page, SIZES)
    visitors.forgive("422")
    page.get_by_role("alert").get_by_role("link").press("Enter")
    expect(page.get_by_role("spinbutton", name="Clean images")).to_be_focused()
