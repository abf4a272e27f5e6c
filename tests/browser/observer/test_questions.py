"""The questions before the series: every kind of them, and those that are asked only if another was answered so."""

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import assert_fits
from tests.browser.observer.observing import stored_session
from tests.browser.visitors import DESKTOP, PHONE, Visitors
from tests.processes import Server

ONE_ROW = "points => new Set([...points.children].map(point => Math.round(point.getBoundingClientRect().top))).size"
FOCUSED = "() => document.activeElement.labels?.[0]?.textContent.trim() ?? document.activeElement.textContent.trim()"


def come_to_the_questions(page: Page, link: str, language: str = "en") -> None:
    """Consent."""
    page.goto(f"{link}?lang={language}")
    page.locator("#consent-form button").click()
    page.wait_for_url("**/questions/")


def told(served: Server, link: str) -> dict[str, str]:
    """Return what was stored, by question."""
    return {item["question"]: item["answer"] for item in json.loads(stored_session(served, link)["questionnaire"])}


def point(page: Page, question: str, number: int) -> Locator:
    """Return one point of a scale."""
    return page.get_by_role("group", name=question).get_by_role("radio", name=str(number), exact=True)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_has_no_barrier(visitors: Visitors, links: dict[str, list[str]], language: str) -> None:
    """Before anything is answered, with all that can be due, and with what lacks."""
    page = visitors.open(DESKTOP, reduced_motion="reduce")
    come_to_the_questions(page, links["asking"].pop(), language)
    assert_fits(page, [DESKTOP, PHONE])
    page.locator("[name=q1]").nth(2).check()
    page.locator("[name=q4-2]").check()
    page.locator("[name=q6]").nth(8).check()
    expect(page.locator("[data-if]:visible")).to_have_count(3)
    assert_fits(page, [DESKTOP, PHONE])
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert [points.evaluate(ONE_ROW) for points in page.locator(".points:visible").all()] == [1, 1]

    page.locator("form .primary").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    visitors.forgive("422")
    expect(page.locator("[data-if]:visible")).to_have_count(3)
    assert_fits(page, [DESKTOP, PHONE])


def test_a_question_appears_when_it_is_due_and_is_not_sent_when_it_is_not(
    visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    link = links["asking"].pop()
    page = visitors.open(PHONE)
    come_to_the_questions(page, link)
    years, what = page.get_by_label("Years of practice"), page.get_by_label("What is it that you do?")
    sleep = page.get_by_role("group", name="How often did you sleep badly?")
    for hidden in (years, what, sleep):
        expect(hidden).to_be_hidden()
    expect(page.get_by_text("only if").locator("visible=true")).to_have_count(0)

    page.get_by_role("radio", name="dermatology").check()
    expect(years).to_be_visible()
    years.fill("12")
    page.get_by_role("radio", name="other").check()
    expect(years).to_be_hidden()
    expect(what).to_be_visible()
    what.fill("I read images.")
    point(page, "How tired", 6).check()
    expect(sleep).to_be_visible()
    point(page, "How often", 5).check()
    point(page, "How tired", 5).check()
    expect(sleep).to_be_hidden()
    page.get_by_role("button", name="Go on").click()

    page.wait_for_url("**/instructions/")
    assert told(served, link) == {
        "Specialty": "other",
        "What is it that you do?": "I read images.",
        "Languages that you read": "",
        "How tired are you at this moment?": "5",
    }


def test_by_keyboard_alone(visitors: Visitors, served: Server, links: dict[str, list[str]]) -> None:
    """The tab key comes to what has just appeared next, and never to what is hidden."""
    link = links["asking"].pop()
    page = visitors.open(DESKTOP)
    come_to_the_questions(page, link)
    page.locator("h1").click()

    def tab(expected: str) -> None:
        page.keyboard.press("Tab")
        assert expected in page.evaluate(FOCUSED)

    tab("dermatology")
    page.keyboard.press("ArrowDown")
    assert "general practice" in page.evaluate(FOCUSED)
    tab("Years of practice")
    page.keyboard.type("7")
    for name in ("English", "French", "other"):
        tab(name)
    page.keyboard.press("Space")
    tab("Why others?")
    page.keyboard.type("Greek,")
    page.keyboard.press("Enter")
    page.keyboard.type("for its plays")
    tab("0")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED) == "10"
    tab("1")
    page.keyboard.press("ArrowRight")
    tab("Go on")
    page.keyboard.press("Enter")

    page.wait_for_url("**/instructions/")
    assert told(served, link) == {
        "Specialty": "general practice",
        "Years of practice": "7",
        "Languages that you read": "other",
        "Why others?": "Greek,\nfor its plays",
        "How tired are you at this moment?": "10",
        "How often did you sleep badly?": "2",
    }


def test_a_screen_reader_hears_what_the_ends_of_a_scale_mean(visitors: Visitors, links: dict[str, list[str]]) -> None:
    page = visitors.open(DESKTOP)
    come_to_the_questions(page, links["asking"].pop())

    expect(point(page, "How tired", 0)).to_have_accessible_description("not tired at all")
    expect(point(page, "How tired", 10)).to_have_accessible_description("so tired that I can hardly keep my eyes open")
    expect(point(page, "How tired", 5)).to_have_accessible_description("")


def test_without_javascript_all_are_shown_with_when_they_are_meant(
    visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    """What was given to a question that was not due is dropped; what is due and lacks is asked for."""
    link = links["asking"].pop()
    page = visitors.open(PHONE, java_script_enabled=False)
    come_to_the_questions(page, link)
    expect(page.locator("[data-if]:visible")).to_have_count(4)
    expect(page.get_by_text("(only if “Specialty” is dermatology or general practice)")).to_be_visible()
    expect(page.get_by_text("(only if “Languages that you read” includes other)")).to_be_visible()
    expect(page.get_by_text("(only if “How tired are you at this moment?” is 6 or more)")).to_be_visible()

    page.get_by_role("radio", name="other").check()
    page.get_by_label("Years of practice").fill("7")
    page.get_by_label("Why others?").fill("Dr Secret told me to.")
    point(page, "How tired", 0).check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_text("What is it that you do?")
    visitors.forgive("422")
    expect(page.get_by_label("Years of practice")).to_have_value("7")
    page.get_by_label("What is it that you do?").fill("Research")
    page.get_by_role("button", name="Go on").click()

    page.wait_for_url("**/instructions/")
    assert told(served, link) == {
        "Specialty": "other",
        "What is it that you do?": "Research",
        "Languages that you read": "",
        "How tired are you at this moment?": "0",
    }


def test_where_the_script_cannot_be_loaded_all_are_shown(visitors: Visitors, links: dict[str, list[str]]) -> None:
    page = visitors.open(DESKTOP, reduced_motion="reduce")
    page.route("**/conditions*.js", lambda route: route.abort())
    come_to_the_questions(page, links["asking"].pop())

    expect(page.locator("[data-if]:visible")).to_have_count(4)
    expect(page.get_by_text("(only if “Specialty” is other)")).to_be_visible()
    assert_fits(page, [DESKTOP, PHONE])
    visitors.forgive("ERR_FAILED")
