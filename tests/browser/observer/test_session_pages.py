"""Every page and every trial type that an observer can meet: walked through, in both languages."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.observer.moving_on import move_to_trials
from tests.browser.observer.observing import (
    READY,
    begin,
    expect_position,
    press,
    stored_answers,
    stored_session,
)
from tests.browser.visitors import DESKTOP, PHONE, Visitors
from tests.processes import Server, eventually

NARROW = (360, 640)


def check(page: Page) -> None:
    """Fail if the page as it stands is wider than the window or has barriers."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert_accessible(page)


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (NARROW, "dark")])
def test_a_session_with_everything(
    visitors: Visitors, served: Server, links: dict[str, list[str]], size: tuple[int, int], scheme: str
) -> None:
    """From the link to the end, and all that was said is stored; `test_every_state` looks at each page for barriers."""
    link = links["everything"].pop()
    page = visitors.open(size, color_scheme=scheme, reduced_motion="reduce")
    page.goto(link)
    expect(page.get_by_text("pixel for pixel")).to_be_visible()
    page.get_by_label("Size of the rectangle").press("ArrowRight")
    expect(page.get_by_text("One millimetre is")).to_be_visible()
    check(page)
    page.get_by_role("button", name="I consent").press("Enter")

    page.get_by_role("heading", name="About you").wait_for()
    page.evaluate("document.querySelector('form').noValidate = true")
    page.get_by_label("dermatology").check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("Years of practice")
    visitors.forgive("422")
    expect(page.get_by_label("dermatology")).to_be_checked()
    page.get_by_label("Years of practice").fill("7")
    page.get_by_role("button", name="Go on").click()

    page.get_by_role("heading", name="Instructions").wait_for()
    page.get_by_role("button", name="Begin with the practice").press("Enter")

    answer_in_steps(page, "p", "2", "1")
    page.locator("#feedback").wait_for()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^(Right|Not right)\. The image was "))
    assert page.locator("#feedback img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 64
    page.keyboard.press("Enter")

    for position, keys in enumerate(["p31", "c12", "p23", "c11"], start=1):
        if position == 3:
            page.locator("#break").wait_for()
            page.keyboard.press("Enter")
        expect_position(page, position)
        expect(page.locator("body")).to_have_css("background-color", "rgb(128, 128, 128)")
        answer_in_steps(page, *keys, look=position == 1)

    page.get_by_role("heading", name="Your comments").wait_for()
    page.get_by_label("Comments").fill("p and c were hard to tell apart")  # keys that are shortcuts elsewhere
    page.get_by_role("button", name="Finish").click()
    page.locator("#session-complete").wait_for()
    expect(page.locator("#score")).to_contain_text("of 4 right")

    practice, *series = stored_answers(served, link)
    assert (practice.phase, practice.response, practice.confidence) == ("practice", "perturbed", 2)
    assert [(answer.response[0], answer.confidence) for answer in series] == [("p", 3), ("c", 1), ("p", 2), ("c", 1)]
    assert len({answer.diagnosis for answer in series}) == 3
    session = stored_session(served, link)
    assert [each["answer"] for each in json.loads(session["questionnaire"])] == ["7", "dermatology", ""]
    assert session["comments"] == "p and c were hard to tell apart"
    display = json.loads(session["display"])
    assert (display["fits"], display["window_width"]) == (1, size[0])
    assert display["css_px_per_mm"] == pytest.approx(96 / 25.4, rel=0.02)


def answer_in_steps(page: Page, response: str, confidence: str, diagnosis: str, *, look: bool = False) -> None:
    """Give the three answers of a trial; the image stays where it is meanwhile."""
    page.locator(READY).wait_for()
    where = page.locator("#stimulus").bounding_box()
    page.keyboard.press(response)
    expect(page.get_by_role("group", name="How sure are you?")).to_be_visible()
    page.keyboard.press(confidence)
    expect(page.get_by_role("group", name="Which diagnosis")).to_be_visible()
    assert page.locator("#stimulus").bounding_box() == where
    if look:
        check(page)
    page.keyboard.press(diagnosis)


@pytest.mark.parametrize(
    ("study", "keys", "expected"),
    [
        ("rating", "1634", [("clean", 1), ("perturbed", 6), ("clean", 3), ("perturbed", 4)]),
        ("two_afc", ["1", "2", "ArrowLeft", "ArrowRight"], [("first", None), ("second", None)] * 2),
        ("same_different", ["s", "d", "ArrowLeft", "ArrowRight"], [("same", None), ("different", None)] * 2),
        ("degradation", "5143", [("same", None), *[("different", None)] * 3]),
    ],
)
def test_a_trial_type_by_keyboard_and_by_hand(
    visitors: Visitors,
    served: Server,
    links: dict[str, list[str]],
    study: str,
    keys: list[str],
    expected: list[tuple[str, int | None]],
) -> None:
    link = links[study].pop()
    page = visitors.open(NARROW)
    begin(page, link)
    practice = 1 if study in {"two_afc", "degradation"} else 0
    if practice:
        press(page, "1")
        page.locator("#feedback").wait_for()
        assert page.locator("#feedback img").count() == 2
        check(page)
        page.keyboard.press("Enter")
    for position, key in enumerate(keys, start=1):
        expect_position(page, position)
        press(page, key)
        if position == 1:
            page.locator(READY).wait_for()
            check(page)
    page.locator("#session-complete").wait_for()
    stored = [(answer.response, answer.rating) for answer in stored_answers(served, link) if answer.phase == "series"]
    assert stored == expected

    link = links[study].pop()
    page = visitors.open(PHONE, has_touch=True, is_mobile=True)
    begin(page, link)
    if practice:
        press(page, "1")
        page.locator("#feedback").wait_for()
        page.keyboard.press("Enter")
    expect_position(page, 1)
    page.locator(READY).wait_for()
    # On a trial after which no other page comes: Chromium may leave a tap, or a click on a touch screen, that leads to
    # another page unanswered, and the test would wait for ever.
    page.locator(".ask button").last.click()
    expect_position(page, 2)
    eventually(lambda: len(stored_answers(served, link)) == practice + 1, "the choice is stored")


def test_without_javascript_all_questions_of_a_trial_are_asked_at_once(
    visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    """What is missing is said, and what was chosen is kept."""
    link = links["everything"].pop()
    page = visitors.open(PHONE, java_script_enabled=False)
    page.goto(link)
    page.get_by_role("button", name="I consent").click()
    page.get_by_label("Years of practice").fill("7")
    page.get_by_label("other").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Perturbed").check()
    page.get_by_label("Fairly sure").check()
    page.locator("#trial-form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Save and go on").click()

    expect(page.get_by_role("alert")).to_contain_text("diagnosis")
    expect(page.get_by_label("Fairly sure")).to_be_checked()
    page.get_by_label("Melanoma").check()
    page.get_by_role("button", name="Save and go on").click()
    page.locator("#feedback").wait_for()
    page.get_by_role("button", name="Begin the series").click()
    expect_position(page, 1)
    stored = [(answer.response, answer.confidence, answer.diagnosis) for answer in stored_answers(served, link)]
    assert stored == [("perturbed", 2, "mel")]
    visitors.forgive("422")


def test_in_french(visitors: Visitors, links: dict[str, list[str]]) -> None:
    """The observer switches the language on the first page, and it stays."""
    page = visitors.open()
    page.goto(links["two_afc"].pop())
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    check(page)
    page.locator("#consent-form button").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.locator("form.start button").click()

    expect(page.get_by_role("group", name="Laquelle des deux images a été modifiée ?")).to_be_visible()
    check(page)


@pytest.mark.parametrize("size", [DESKTOP, (768, 1024), PHONE, (320, 700)])
def test_the_steps_of_a_rating_are_read_and_reached_in_their_order(
    visitors: Visitors, links: dict[str, list[str]], size: tuple[int, int]
) -> None:
    page = visitors.open(size, has_touch=size != DESKTOP, is_mobile=size != DESKTOP)
    link = links["rating"][0]
    move_to_trials(page, link)
    page.goto(f"{link}trial/")
    page.locator(READY).wait_for()
    buttons = page.get_by_role("group").get_by_role("button")
    boxes = [button.bounding_box() for button in buttons.all()]
    read = sorted(range(6), key=lambda place: (round(boxes[place]["y"]), boxes[place]["x"]))  # type: ignore[index]

    assert [buttons.nth(place).get_attribute("value") for place in read] == list("123456")
    assert [buttons.nth(place).inner_text().split()[0] for place in (0, 5)] == ["Surely", "Surely"]
    buttons.first.focus()
    for value in "23456":
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.value") == value
    check(page)


@pytest.mark.parametrize(("size", "rows"), [(DESKTOP, 1), (PHONE, 2)])
def test_examples_stand_side_by_side_where_there_is_room(
    visitors: Visitors, links: dict[str, list[str]], size: tuple[int, int], rows: int
) -> None:
    page = visitors.open(size)
    link = links["large_examples"].pop()
    page.request.post(link, form={}, headers={"Accept": "text/html"})
    page.goto(f"{link}instructions/")
    page.locator(".examples img").last.evaluate("image => image.decode()")
    tops = [round(box["y"]) for box in (each.bounding_box() for each in page.locator(".examples img").all()) if box]

    assert len(set(tops)) == rows
    assert_accessible(page)
    if rows == 1:
        check(page)


def test_grades_by_mouse_on_a_phone_and_without_javascript(
    visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    """The reference is named and stands first; each grade is stored as it was given."""
    for window, options in ((DESKTOP, {}), (PHONE, {"has_touch": True, "is_mobile": True})):
        link = links["degradation"].pop()
        page = visitors.open(window, **options)
        begin(page, link)
        page.locator(READY).wait_for()
        assert page.locator("#stage figcaption").all_inner_texts() == ["Reference", "Test image"]
        assert page.locator("#stage img").first.get_attribute("alt") == "The reference"
        expect(page.locator(".ask button")).to_have_count(5)
        first, second = (page.locator("#stage figure").nth(place).bounding_box() for place in (0, 1))
        assert first is not None
        assert second is not None
        assert (first["y"], first["x"]) < (second["y"], second["x"])
        check(page)
        page.get_by_role("button", name="Slightly annoying").click()
        page.locator("#feedback").wait_for()
        expect(page.get_by_role("heading", level=1)).to_contain_text("The test image was")
        assert "Right" not in page.locator("#feedback").inner_text()
        check(page)

    link = links["degradation"].pop()
    page = visitors.open(PHONE, java_script_enabled=False)
    page.goto(link)
    page.get_by_role("button", name="I consent").click()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Perceptible but not annoying").click()
    page.locator("#feedback").wait_for()
    page.get_by_role("button", name="Begin the series").click()
    page.get_by_role("button", name="Imperceptible").click()
    expect_position(page, 2)
    assert [(answer.response, answer.grade) for answer in stored_answers(served, link)] == [
        ("different", 4),
        ("same", 5),
    ]
