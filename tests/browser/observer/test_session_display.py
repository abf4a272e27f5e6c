"""What stands on the observer's screen, to the pixel and to the frame: exact images, timed display, the next image."""

import io
import json
import math
from base64 import b64decode
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.browser.observer.conftest import DISPLAY_MS
from tests.browser.observer.observing import READY, begin, expect_position, press, stored_answers
from tests.browser.visitors import Visitors
from tests.processes import Server, eventually

FRAME_MS = 1000 / 60

# Notes, frame by frame, whether the image is there to be seen.
WATCH = """
window.frames_seen = [];
(function frame(now) {
    const image = document.querySelector("#stage img");
    const shown = image && image.complete && getComputedStyle(image).visibility === "visible";
    window.frames_seen.push([now, Boolean(shown)]);
    requestAnimationFrame(frame);
})(performance.now());
"""


@pytest.mark.parametrize(("pixel_ratio", "zoom"), [(1, 1.0), (1.25, 1.0), (2, 1.0), (3, 1.0), (1, 1.5), (2, 1.1)])
def test_images_are_shown_pixel_for_pixel(
    browser: Browser,
    chromium: str,
    served: Server,
    links: dict[str, list[str]],
    tmp_path: Path,
    pixel_ratio: float,
    zoom: float,
) -> None:
    """What stands on the screen is the file, each pixel three times in each direction, at any pixel ratio and zoom.

    A real window, with a real ratio and the browser's own zoom, not Playwright's emulation of them.
    """
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps({"partition": {"default_zoom_level": {"x": math.log(zoom) / math.log(1.2)}}}))
    window = browser.browser_type.launch_persistent_context(
        tmp_path,
        executable_path=chromium,
        headless=True,
        args=[*CHROMIUM_OPTIONS, f"--force-device-scale-factor={pixel_ratio}", "--window-size=901,803"],
        no_viewport=True,
        base_url=served.url,
    )
    page = window.pages[0]
    for study, count in (("one", 1), ("two", 2)):
        begin(page, links[study].pop())
        page.locator(READY).wait_for()
        assert page.evaluate("devicePixelRatio") == pytest.approx(pixel_ratio * zoom)
        screen = pixels(page.context.new_cdp_session(page).send("Page.captureScreenshot")["data"])
        images = page.locator("#stage img")
        assert images.count() == count
        for index in range(count):
            assert_stands_on(screen, page, index)
    window.close()


def assert_stands_on(screen: NDArray[np.uint8], page: Page, index: int) -> None:
    where = page.evaluate(
        """index => {
            const image = document.querySelectorAll("#stage img")[index];
            const box = image.getBoundingClientRect();
            return [image.src, box.left * devicePixelRatio, box.top * devicePixelRatio];
        }""",
        index,
    )
    file = pixels(page.request.get(where[0]).body()).repeat(3, axis=0).repeat(3, axis=1)
    left, top = round(where[1]), round(where[2])
    shown = screen[top : top + file.shape[0], left : left + file.shape[1]]
    assert shown.shape == file.shape
    different = (shown != file).any(axis=2).mean()
    assert different == 0, f"image {index + 1}: {different:.0%} of the screen pixels differ from the file's"


def pixels(png: bytes | str) -> NDArray[np.uint8]:
    """Return RGB of a PNG, which the debugging protocol gives in base 64."""
    if isinstance(png, str):
        png = b64decode(png)
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_a_timed_image_is_gone_after_its_time(visitors: Visitors, served: Server, links: dict[str, list[str]]) -> None:
    """Cross, image for the set time to the frame, and the same mask whatever the image was.

    Where the machine is busy, the frame in which the image should go comes late, and so much longer the image stays.
    That is granted, and sessions are added until three images have come and gone in time.
    """
    in_time = 0
    for _ in range(4):
        link = links["timed"].pop()
        masks, seen = watch_timed_images(visitors.open(), link, served)
        answers = stored_answers(served, link)
        assert len(set(masks)) == 1
        assert all(answer.rt_ms is not None and answer.rt_ms > DISPLAY_MS for answer in answers)
        for stamps, answer in zip(seen, answers, strict=True):
            told, late = answer.display["shown_ms"], lateness(stamps)
            assert DISPLAY_MS - 1.5 * FRAME_MS <= told <= DISPLAY_MS + 1.5 * FRAME_MS + late, stamps
            # It is painted at the end of the first of these frames, and on the screen when the second begins.
            assert told == pytest.approx(stamps[-1] - stamps[1], abs=1.5 * FRAME_MS), stamps
            in_time += late < FRAME_MS
        if in_time >= 3:
            return
    pytest.fail(f"the frames are too late to judge by: {in_time} images in time")


def watch_timed_images(page: Page, link: str, served: Server) -> tuple[list[bytes], list[list[float]]]:
    """Answer four trials; return the masks, and the frames from the first with the image to the first without."""
    page.add_init_script(WATCH)
    begin(page, link)
    seen, masks = [], []
    for position, key in enumerate(["p", "c", "p", "c"], start=1):
        expect_position(page, position)
        page.locator('#stage[data-shows="mask"]').wait_for()
        masks.append(page.locator("#stage").screenshot())
        page.locator(READY).wait_for()
        seen.append(frames_of_last_image(page.evaluate("window.frames_seen")))
        press(page, key)
    eventually(lambda: len(stored_answers(served, link)) == 4, "four answers are stored")
    return masks, seen


def frames_of_last_image(frames: list[tuple[float, bool]]) -> list[float]:
    end = max(number for number, (_, is_shown) in enumerate(frames) if is_shown) + 1
    start = max((number for number, (_, is_shown) in enumerate(frames[:end]) if not is_shown), default=-1) + 1
    return [now for now, _ in frames[start : end + 1]]


def lateness(stamps: list[float]) -> float:
    """Return by how many ms the last frames came late, in one of which the image was due to go."""
    return sum(max(0.0, later - sooner - FRAME_MS) for sooner, later in pairwise(stamps[-4:]))


def test_without_javascript_a_timed_image_is_not_shown(visitors: Visitors, links: dict[str, list[str]]) -> None:
    """There is no set time then, and the page says so."""
    link = links["timed"].pop()
    begin(visitors.open(), link)
    page = visitors.open(java_script_enabled=False)
    page.goto(link)

    expect(page.get_by_text("JavaScript has to be switched on")).to_be_visible()
    expect(page.locator("#stimulus")).to_be_hidden()


def test_the_next_image_does_not_wait_for_the_server(
    visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    link = links["one"].pop()
    page = visitors.open()
    begin(page, link)
    page.locator(READY).wait_for()
    page.wait_for_load_state("networkidle")
    held: list[Route] = []
    page.route("**/trial/*/", lambda route: held.append(route))
    first = page.locator("#stimulus").get_attribute("src")

    press(page, "p")
    expect_position(page, 2)
    page.locator(READY).wait_for()

    assert page.locator("#stimulus").get_attribute("src") != first
    assert len(held) == 1
    assert stored_answers(served, link) == []
    with page.expect_response(lambda response: response.request.method == "POST"):
        held[0].continue_()
    assert len(stored_answers(served, link)) == 1
