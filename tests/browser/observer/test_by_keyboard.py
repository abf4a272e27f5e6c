"""A whole session by the keyboard alone: all is reached, the focus is seen, and a screen reader is not talked over."""

import json
import re

from playwright.sync_api import Page, expect

from tests.browser.observer.observing import READY, begin, expect_position, press, stored_answers, stored_session
from tests.browser.visitors import Visitors
from tests.processes import Server, eventually

FOCUSED = """() => {
    const focused = document.activeElement;
    const box = focused.getBoundingClientRect();
    const label = focused.labels?.[0]?.textContent ?? focused.textContent;
    const style = getComputedStyle(focused);
    return {
        name: `${focused.tagName.toLowerCase()} ${label} ${focused.value ?? ""}`.replace(/\\s+/g, " "),
        outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        seen: box.bottom > 0 && box.top < innerHeight && box.width > 0 && style.visibility === "visible",
    };
}"""
# What a screen reader is given to say of its own accord: each change of a live region.
LISTEN = """
window.said = [];
addEventListener("DOMContentLoaded", () => {
    for (const region of document.querySelectorAll("[role=status], [role=alert], [aria-live]")) {
        new MutationObserver(() => window.said.push(region.textContent.trim())).observe(
            region, {subtree: true, childList: true, characterData: true});
    }
});
"""


def focused(page: Page) -> str:
    """Return the tag, the words and the value of what has the focus, which must be seen to have it.

    A new page gives the focus with its first picture, a moment after its words are there.
    """
    page.wait_for_function("document.activeElement !== document.body")
    found = page.evaluate(FOCUSED)
    assert found["outline"] >= 2, f"the focus on {found['name']} is not to be seen"
    assert found["seen"], f"{found['name']} has the focus and is out of sight"
    return str(found["name"])


def tab_to(page: Page, pattern: str) -> None:
    """Press the Tab key until what has the focus matches."""
    names = []
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue  # past the last one; the next is the first again
        names.append(focused(page))
        if re.search(pattern, names[-1]):
            return
    raise AssertionError(f"no Tab leads to {pattern}, only to {names}")


def answer_by_tab(page: Page, *patterns: str) -> None:
    """Answer each question of a trial with the Tab and Enter keys; the focus goes along."""
    page.locator(READY).wait_for()
    for number, pattern in enumerate(patterns):
        tab_to(page, pattern)
        page.keyboard.press("Enter")
        if number + 1 < len(patterns):
            assert focused(page).startswith("fieldset")


def test_a_session_with_everything_by_the_tab_key(
    page: Page, visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    link = links["everything"].pop()
    page.goto(link)
    tab_to(page, "Size of the rectangle")
    page.keyboard.press("ArrowRight")
    tab_to(page, "I consent")
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="About you").wait_for()
    tab_to(page, "Go on")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert "Please answer" in focused(page)
    visitors.forgive("422")
    tab_to(page, "^a Years of practice")
    page.keyboard.press("Enter")
    assert focused(page).startswith("input Years of practice")
    page.keyboard.type("7")
    tab_to(page, "input dermatology")
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith("input general practice")
    tab_to(page, "Go on")
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Instructions").wait_for()
    tab_to(page, "Begin with the practice")
    page.keyboard.press("Enter")

    page.locator("#trial").wait_for()
    answer_by_tab(page, "Perturbed", "Sure", "Melanoma")
    page.locator("#feedback").wait_for()
    assert "Begin the series" in focused(page)
    page.keyboard.press("Enter")

    expect_position(page, 1)
    answer_by_tab(page, "Clean", "A guess", "Melanoma")
    expect_position(page, 2)
    page.locator(READY).wait_for()
    assert focused(page).startswith("fieldset")  # of the first question, of the next trial
    tab_to(page, "Shortcut keys")
    page.keyboard.press("Enter")
    page.keyboard.press("p")
    expect(page.get_by_role("group", name="Was this image changed")).to_be_visible()
    page.keyboard.press("Enter")
    answer_by_tab(page, "Perturbed", "Sure", "Melanoma")

    page.locator("#break").wait_for()
    assert "Go on" in focused(page)
    page.keyboard.press("Enter")
    for position in (3, 4):
        expect_position(page, position)
        page.locator(READY).wait_for()
        for key in "p21":
            page.keyboard.press(key)

    page.get_by_role("heading", name="Your comments").wait_for()
    tab_to(page, "textarea")
    page.keyboard.type("by hand")
    tab_to(page, "Finish")
    page.keyboard.press("Enter")
    page.locator("#session-complete").wait_for()

    given = [(answer.response, answer.confidence, answer.diagnosis) for answer in stored_answers(served, link)]
    assert given[:3] == [("perturbed", 3, "mel"), ("clean", 1, "mel"), ("perturbed", 3, "mel")]
    assert len(given) == 5
    session = stored_session(served, link)
    assert [each["answer"] for each in json.loads(session["questionnaire"])][:2] == ["7", "general practice"]
    assert session["comments"] == "by hand"


def test_the_focus_stays_on_the_button_and_the_place_is_said_once(page: Page, served: Server, link: str) -> None:
    """From image to image nothing is said but “Image 2 of 4”; a key that is held down answers once."""
    page.add_init_script(LISTEN)
    begin(page, link)
    tab_to(page, "Clean")
    for position in (1, 2, 3):
        expect_position(page, position)
        page.locator(READY).wait_for()
        assert focused(page).startswith("button Clean")
        page.keyboard.down("Enter")
        expect_position(page, position + 1)
        page.locator(READY).wait_for()
        page.keyboard.down("Enter")  # held: the browser repeats the press
        page.keyboard.up("Enter")
    page.wait_for_timeout(100)
    expect_position(page, 4)
    eventually(lambda: len(stored_answers(served, link)) == 3, "three answers are stored")
    # “Saving …” comes only after a second without a reply, and goes again.
    said = [text for text in page.evaluate("window.said") if text not in {"", "Saving …"}]
    assert said == ["Image 2 of 4", "Image 3 of 4", "Image 4 of 4"]


def test_withdrawing_by_the_tab_key(page: Page, link: str) -> None:
    begin(page, link)
    press(page, "p")
    expect_position(page, 2)
    tab_to(page, "Withdraw")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Withdraw from the study?").wait_for()
    tab_to(page, "Go on with the study")
    tab_to(page, "Withdraw and delete")
    page.keyboard.press("Enter")
    page.locator("#session-withdrawn").wait_for()
