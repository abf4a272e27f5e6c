"""What a key does in its own frame, and from when response times count."""

import math

from playwright.sync_api import Page

from tests.browser.observer.observing import READY, begin, expect_position, press, stored_answers
from tests.processes import Server, eventually

IN_TIME_MS = 100

# Notes when the browser presented each image, when each key was pressed on which one, and what stood on the page in the
# frame that followed.
WATCH = """
window.presented = {};
window.keys = [];
new PerformanceObserver((list) => {
    for (const { element, renderTime } of list.getEntries()) {
        presented[element.src] = { at: renderTime, late: performance.now() - renderTime };
    }
}).observe({ type: "element" });
addEventListener("keydown", ({ timeStamp }) => {
    const shown = () => [document.querySelector("#stimulus").src, document.querySelector("#position").textContent];
    const key = { at: timeStamp, before: shown() };
    keys.push(key);
    requestAnimationFrame(() => { key.after = shown(); });
}, true);
"""


def test_the_image_alone_changes_in_the_frame_of_the_key(page: Page, link: str) -> None:
    """Everything else that is drawn anew in that frame keeps the image from the screen."""
    page.add_init_script(WATCH)
    begin(page, link)
    page.locator(READY).wait_for()
    page.wait_for_load_state("networkidle")

    press(page, "p")
    expect_position(page, 2)

    (key,) = page.evaluate("keys")
    (image_before, position_before), (image_after, position_after) = key["before"], key["after"]
    assert image_after != image_before
    assert position_after == position_before == "1"


def test_response_times_count_from_when_the_browser_presented_the_image(page: Page, served: Server, link: str) -> None:
    """Unless it says so when answers are taken already, which a busy machine brings about."""
    page.add_init_script(WATCH)
    begin(page, link)
    expected = []
    for position, key in enumerate("pcp", start=1):
        expect_position(page, position)
        press(page, key)
        pressed = page.evaluate("keys.at(-1)")
        shown = page.evaluate("src => presented[src]", pressed["before"][0])
        expected.append(math.floor(pressed["at"] - shown["at"] + 0.5) if shown["late"] < IN_TIME_MS else None)

    eventually(lambda: len(stored_answers(served, link)) == 3, "the answers are stored")
    told = [answer.rt_ms for answer in stored_answers(served, link)]
    assert any(expected), "the browser is too late to judge by"
    assert [rt for rt, known in zip(told, expected, strict=True) if known] == [known for known in expected if known]
