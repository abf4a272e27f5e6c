"""Every page and state that an observer can meet, on three widths, light and dark: no barrier, nothing cut off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.observer.moving_on import answer_address, answer_trials, move_to_trials, send_form
from tests.browser.observer.observing import READY, expect_position, press, stored_responses
from tests.browser.visitors import Visitors
from tests.processes import Server, manage

# Colours depend on the scheme, room on the width: each of both is seen, not each with each.
LOOKS = [((1280, 800), "light"), ((768, 1024), "dark"), ((360, 640), "light")]
HEIGHT_OF_A_TARGET = 24  # CSS pixels: WCAG 2.2, 2.5.8
SMALL_TARGETS = """least => [...document.querySelectorAll("a, button, input:not([type=hidden]), textarea")]
    .filter((target) => target.checkVisibility({visibilityProperty: true}))
    .map((target) => [target.outerHTML, (target.closest("label") ?? target).getBoundingClientRect()])
    .filter(([, box]) => box.height < least || box.width < least)
    .map(([markup]) => markup)"""
MOVING = """() => [...document.querySelectorAll("body *")].filter((element) => {
    const style = getComputedStyle(element);
    return style.animationName !== "none" || style.transitionDuration !== "0s" || style.scrollBehavior !== "auto";
}).length"""

Links = dict[str, list[str]]


@pytest.fixture
def page(visitors: Visitors) -> Iterator[Page]:
    """Open a page whose states answer with errors now and then, as they should."""
    page = visitors.open()
    yield page
    visitors.faults = [fault for fault in visitors.faults if "status of 4" not in fault and "net::ERR_" not in fault]


def look(page: Page, *, fits: bool = True) -> None:
    """Fail if the page as it stands has barriers, targets too small to hit, moves, or is wider than the window."""
    assert page.evaluate(MOVING) == 0, page.url
    for (width, height), scheme in LOOKS:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        assert_accessible(page)
        if fits:
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} at {width}"
        assert page.evaluate(SMALL_TARGETS, HEIGHT_OF_A_TARGET) == [], f"{page.url} at {width}"


def test_before_the_session_and_beside_it(page: Page, links: Links) -> None:
    for address, heading in (
        (links["draft"].pop(), "Not open yet"),
        (links["closed"].pop(), "This study is closed"),
        ("/o/mistyped/", "There is nothing here"),
    ):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        look(page)

    link = links["too_large"].pop()
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(link)
    expect(page.get_by_role("button", name="I consent")).to_be_disabled()
    look(page)
    move_to_trials(page, link)
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(link)
    expect(page.locator("#status")).to_contain_text("does not fit")
    expect(page.locator("#status")).to_be_in_viewport(ratio=1)
    assert_accessible(page)


def test_from_the_questions_to_the_end(page: Page, links: Links) -> None:
    link = links["everything"].pop()
    page.goto(link)
    look(page)
    assert page.request.post(link).ok
    page.goto(f"{link}questions/")
    look(page)
    send_form(page, f"{link}questions/", q1="-1")
    expect(page.get_by_role("alert")).to_contain_text("Specialty")
    look(page)
    move_to_trials(page, link, q1="3", q2="0")
    page.goto(f"{link}trial/")
    page.locator(READY).wait_for()
    look(page)
    said = {"response": "clean", "confidence": "1", "diagnosis": "nv"}
    answer_trials(page, link, 3, **said)
    page.goto(f"{link}trial/")
    page.locator("#break").wait_for()
    look(page)
    send_form(page, answer_address(page, link), response="clean")
    expect(page.get_by_role("alert")).to_contain_text("sure")
    look(page)
    page.goto(f"{link}withdraw/")
    look(page)
    answer_trials(page, link, 2, **said)
    page.goto(link)
    page.get_by_role("heading", name="Your comments").wait_for()
    look(page)
    send_form(page, f"{link}comments/", comments="")
    page.locator("#score").wait_for()
    expect(page.get_by_role("region", name="What this study was about")).to_contain_text("What it was about.")
    look(page)


def test_what_is_stored_and_withdrawing_after_the_end(page: Page, links: Links) -> None:
    link = links["leaving"].pop()
    page.goto(link)
    page.get_by_role("link", name="What is stored of you").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data")
    look(page)
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos données")
    look(page)
    move_to_trials(page, link)
    answer_trials(page, link, 4, response="clean")
    page.goto(link)
    page.get_by_role("link", name="Your data").click()
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos données")
    page.get_by_role("button", name="English").click()
    look(page)
    page.get_by_role("link", name="What you agreed to").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What you agreed to")
    look(page)
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce à quoi vous avez consenti")
    look(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Enregistrer").click()
    assert "Taking part is voluntary." in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="English").click()
    page.get_by_role("link", name="Your data").click()
    page.get_by_role("link", name="Withdraw", exact=True).click()
    look(page)
    page.get_by_role("button", name="Withdraw and erase my data").click()
    page.locator("#data-gone").wait_for()
    look(page)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")


def test_instructions_and_practice_right_and_wrong(page: Page, links: Links) -> None:
    link = links["practised"].pop()
    assert page.request.post(link).ok
    page.goto(f"{link}instructions/")
    page.get_by_role("heading", name="An example").wait_for()
    look(page)
    move_to_trials(page, link)
    told = []
    for _ in range(2):
        answered = answer_trials(page, link, 1, response="clean")
        page.goto(answered.replace("/trial/", "/feedback/"))
        told.append(page.title())
        look(page)
    assert sorted(told) == ["Not right", "Right"]


@pytest.mark.parametrize("study", ["small", "rating", "two_afc", "same_different", "degradation"])
def test_a_trial_of_each_type(page: Page, links: Links, study: str) -> None:
    """The remaining one, with its three questions, is in `everything`."""
    link = links[study].pop()
    move_to_trials(page, link)
    page.goto(link)
    page.locator(READY).wait_for()
    look(page)
    page.get_by_role("button", name="Shortcut keys").click()
    assert_accessible(page)


def test_a_timed_trial_and_its_mask(page: Page, links: Links) -> None:
    link = links["timed"].pop()
    move_to_trials(page, link)
    page.goto(link)
    page.locator('#stage[data-shows="mask"]').wait_for()
    look(page)


def test_without_a_connection(page: Page, links: Links) -> None:
    link = links["small"].pop()
    move_to_trials(page, link)
    page.goto(link)
    page.locator(READY).wait_for()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    press(page, "p")
    expect(page.locator("#status")).to_contain_text("Your last answer is kept")
    look(page)
    press(page, "p")
    expect(page.locator("#status")).to_contain_text("The study goes on by itself")
    look(page)


def test_a_pause_keeps_the_answer_and_goes_on_where_it_was(page: Page, links: Links, served: Server) -> None:
    link = links["pausing"].pop()
    move_to_trials(page, link)
    page.goto(link)
    press(page, "p")
    expect_position(page, 2)
    manage(served.data_dir, "study_lifecycle", "pausing", "pause", "--reason", "an alarm")
    press(page, "c")
    expect(page.get_by_role("heading", level=1)).to_have_text("This study is paused")
    look(page)
    assert stored_responses(served, link) == [(1, "perturbed")]
    page.get_by_role("link", name="Look whether it goes on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This study is paused")

    manage(served.data_dir, "study_lifecycle", "pausing", "resume")
    page.get_by_role("link", name="Look whether it goes on").click()
    expect_position(page, 3)
    assert stored_responses(served, link) == [(1, "perturbed"), (2, "clean")]


def test_the_ends_and_a_refusal(page: Page, links: Links) -> None:
    link = links["small"].pop()
    move_to_trials(page, link)
    answer_trials(page, link, 4, response="clean")
    page.goto(link)
    page.locator("#session-complete").wait_for()
    assert page.locator("#score").count() == 0
    look(page)

    link = links["small"].pop()
    move_to_trials(page, link)
    address = answer_address(page, link)
    send_form(page, f"{link}withdraw/")
    page.locator("#session-withdrawn").wait_for()
    look(page)
    send_form(page, address, response="clean")
    page.get_by_role("heading", name="Not saved").wait_for()
    look(page)
