"""What a press means: one press answers one question, and a key does what is printed on it on any keyboard."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.observer.observing import READY, begin, expect_position, press, stored_answers
from tests.browser.visitors import PHONE, Visitors
from tests.processes import Server, eventually

DOUBLE_CLICK_S = 0.12
CONFIDENCE = "How sure"


def middle(button: Locator) -> tuple[float, float]:
    """Return the middle of a button, in CSS pixels."""
    box = button.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def press_at_place(page: Page, *, code: str, key: str, shift: bool = False) -> None:
    """Press the key that stands at a place and writes something else than a US keyboard writes there."""
    page.locator(READY).wait_for()
    devtools = page.context.new_cdp_session(page)
    for kind in ("keyDown", "keyUp"):
        fields = {"type": kind, "code": code, "key": key, "modifiers": 8 if shift else 0}
        devtools.send("Input.dispatchKeyEvent", fields)


def test_a_double_click_leaves_the_next_question_open(page: Page, served: Server, links: dict[str, list[str]]) -> None:
    """The image has been there for long: only when the question was asked tells that it was not read."""
    link = links["confidence"].pop()
    begin(page, link)
    page.locator(READY).wait_for()
    page.wait_for_timeout(700)
    page.mouse.dblclick(*middle(page.get_by_role("button", name="Clean")), delay=DOUBLE_CLICK_S * 1000)
    page.wait_for_timeout(200)
    expect_position(page, 1)
    expect(page.get_by_role("group", name=CONFIDENCE)).to_be_visible()

    page.get_by_role("button", name="Sure", exact=True).click()
    expect_position(page, 2)
    eventually(lambda: len(stored_answers(served, link)) == 1, "the answer is stored")
    [answer] = stored_answers(served, link)
    assert (answer.response, answer.confidence, answer.display["early"]) == ("clean", 3, 1)


def test_a_double_tap_leaves_the_next_question_open(visitors: Visitors, links: dict[str, list[str]]) -> None:
    """A touch screen tells two clicks of one press each."""
    page = visitors.open(PHONE, has_touch=True, is_mobile=True)
    begin(page, links["confidence"].pop())
    page.locator(READY).wait_for()
    page.wait_for_timeout(700)
    where = middle(page.get_by_role("button", name="Clean"))
    page.touchscreen.tap(*where)
    page.touchscreen.tap(*where)
    page.wait_for_timeout(300)
    expect_position(page, 1)
    expect(page.get_by_role("group", name=CONFIDENCE)).to_be_visible()


def test_two_keys_one_after_the_other_answer_two_questions(page: Page, links: dict[str, list[str]]) -> None:
    """Whoever knows the keys presses them faster than anybody clicks twice."""
    begin(page, links["confidence"].pop())
    page.locator(READY).wait_for()
    page.keyboard.press("p")
    page.keyboard.press("2")
    expect_position(page, 2)


@pytest.mark.parametrize("numpad", [False, True])
def test_the_digit_row_of_a_french_keyboard_rates(
    page: Page, served: Server, links: dict[str, list[str]], numpad: bool
) -> None:
    link = links["rating"].pop()
    begin(page, link)
    place = "Numpad" if numpad else "Digit"
    # AZERTY without Shift; the number pad without its lock.
    written = ("End", "ArrowRight", "PageDown", "ArrowLeft") if numpad else ("&", "-", '"', "'")
    for position, (digit, key) in enumerate(zip("1634", written, strict=True), start=1):
        expect_position(page, position)
        press_at_place(page, code=f"{place}{digit}", key=key)
    page.locator("#session-complete").wait_for()
    assert [answer.rating for answer in stored_answers(served, link)] == [1, 6, 3, 4]


def test_shift_and_the_letters_mean_what_they_write(page: Page, link: str, links: dict[str, list[str]]) -> None:
    """Shift + 1 is "!" on QWERTY and no rating, and "1" on AZERTY; "p" is the key that writes it, wherever it lies."""
    begin(page, links["rating"].pop())
    press_at_place(page, code="Digit1", key="!", shift=True)
    page.wait_for_timeout(100)
    expect_position(page, 1)
    press_at_place(page, code="Digit1", key="1", shift=True)
    expect_position(page, 2)

    begin(page, link)
    press_at_place(page, code="KeyP", key="l")  # Dvorak
    page.wait_for_timeout(100)
    expect_position(page, 1)
    press_at_place(page, code="KeyR", key="p")
    expect_position(page, 2)
    press_at_place(page, code="KeyP", key="з")  # Russian
    expect_position(page, 3)
    press(page, "P")
    expect_position(page, 4)
