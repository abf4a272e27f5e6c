"""A place is marked in the image: by mouse, by keyboard, by finger, and without a script."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.observer.observing import READY, begin, expect_position, press, stored_answers
from tests.browser.visitors import PHONE, Visitors
from tests.processes import Server, eventually

Links = dict[str, list[str]]
SIDE = 64
"""Of a stimulus, pixels; the study shows two pixels of the screen for one."""


def point(page: Page, x: float, y: float, *, finger: bool = False) -> None:
    """Press or tap at a place of the image, in its pixels."""
    box = page.locator("#stimulus").bounding_box()
    assert box is not None
    at = (box["x"] + (x + 0.5) * box["width"] / SIDE, box["y"] + (y + 0.5) * box["height"] / SIDE)
    (page.touchscreen.tap if finger else page.mouse.click)(*at)


def test_a_session_by_mouse(visitors: Visitors, served: Server, links: Links) -> None:
    link = links["marked_place"].pop()
    page = visitors.open()
    begin(page, link)
    page.locator(READY).wait_for()
    confirm = page.get_by_role("button", name="Confirm this place")

    for position, (x, y) in enumerate([(3, 60), (40, 20), (0, 0), (63, 63)], start=1):
        expect_position(page, position)
        page.locator(READY).wait_for()
        expect(confirm).to_be_hidden()
        before = page.locator("#stimulus").bounding_box()
        page.wait_for_timeout(550)  # later than the second press of a double click
        page.get_by_role("button", name="Perhaps perturbed").click()
        expect(confirm).to_be_disabled()
        assert page.locator("#stimulus").bounding_box() == before
        point(page, 10, 10)
        point(page, x, y)  # a mark can be corrected
        if position == 1:
            assert_accessible(page)
        page.wait_for_timeout(550)
        confirm.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")

    eventually(lambda: len(stored_answers(served, link)) == 4, "all answers are stored")
    answers = stored_answers(served, link)
    assert [(answer.place_x, answer.place_y) for answer in answers] == [(3, 60), (40, 20), (0, 0), (63, 63)]
    assert {(answer.response, answer.rating) for answer in answers} == {("perturbed", 4)}


def test_a_session_by_keyboard(visitors: Visitors, served: Server, links: Links) -> None:
    link = links["marked_place"].pop()
    page = visitors.open()
    begin(page, link)

    for position, keys in enumerate(
        [
            ["ArrowUp"],
            ["ArrowLeft", "ArrowLeft", "Shift+ArrowDown"],
            ["ArrowRight"] + ["Shift+ArrowRight"] * 9,
            ["ArrowUp"],
        ],
        start=1,
    ):
        expect_position(page, position)
        page.locator(READY).wait_for()
        press(page, "2")
        marker = page.locator(".marker")
        expect(marker).to_be_focused()
        press(page, "Enter")  # nothing is marked yet
        for key in keys:
            page.keyboard.press(key)
        expect(page.locator("[data-told]")).to_contain_text("Marked:")
        press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")

    eventually(lambda: len(stored_answers(served, link)) == 4, "all answers are stored")
    answers = stored_answers(served, link)
    # The first press shows the cross in the middle; a step is a fiftieth of the side, with Shift a tenth.
    assert [(answer.place_x, answer.place_y) for answer in answers] == [(32, 32), (31, 38), (63, 32), (32, 32)]
    assert {(answer.response, answer.rating) for answer in answers} == {("clean", 2)}


def test_a_session_on_a_phone(visitors: Visitors, served: Server, links: Links) -> None:
    link = links["marked_place"].pop()
    page = visitors.open(PHONE, has_touch=True, is_mobile=True, device_scale_factor=3)
    begin(page, link)

    for position in range(1, 5):
        expect_position(page, position)
        page.locator(READY).wait_for()
        page.wait_for_timeout(550)
        page.get_by_role("button", name="Surely perturbed").tap()
        point(page, 20, 30, finger=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        box = page.get_by_role("button", name="Confirm this place").bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        page.wait_for_timeout(550)
        page.get_by_role("button", name="Confirm this place").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")

    eventually(lambda: len(stored_answers(served, link)) == 4, "all answers are stored")
    for answer in stored_answers(served, link):
        assert (answer.place_x, answer.place_y) == pytest.approx((20, 30), abs=1)


def test_without_a_script_two_sliders_say_the_place(visitors: Visitors, served: Server, links: Links) -> None:
    link = links["marked_place"].pop()
    page = visitors.open(java_script_enabled=False)
    begin(page, link)

    page.get_by_label("Probably perturbed").check()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("Mark a place in the image")
    visitors.forgive("422")
    expect(page.get_by_label("Probably perturbed")).to_be_checked()

    page.get_by_label("From the left edge").fill("12")
    page.get_by_label("From the top edge").fill("50")
    page.get_by_role("button", name="Save and go on").click()
    expect_position(page, 2)

    (answer,) = stored_answers(served, link)
    assert (answer.rating, answer.place_x, answer.place_y) == (5, 12, 50)
