"""Images that flicker: the warning, the alternation by frames, the way out; by keyboard, mouse, finger, no script."""

import json
import math
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.browser.observer.observing import READY, expect_position, press, stored_answers, stored_session
from tests.browser.observer.test_session_display import pixels
from tests.browser.visitors import PHONE, Visitors
from tests.processes import Server, eventually

Links = dict[str, list[str]]

# Notes, frame by frame, when it began and which of its two images each place shows.
WATCH = """
window.turns = [];
(function frame(now) {
    const stage = document.querySelector("#stage[data-shows='images']");
    if (stage) {
        const places = [...stage.querySelectorAll("img")];
        const isMoved = (image) => image.getBoundingClientRect().top < image.parentElement.getBoundingClientRect().top;
        window.turns.push([now, places.map(isMoved)]);
    }
    requestAnimationFrame(frame);
})(performance.now());
"""
CLEAN, OTHER = False, True
HALF_CYCLE_MS = 100


def come_to_trials(page: Page, link: str, *, practice: bool = True) -> None:
    """Read the warning, consent, read the instructions, and answer the practice trial."""
    page.goto(link)
    page.get_by_role("button", name="I have read this").click()
    page.get_by_role("button", name="I consent").click()
    page.get_by_role("button", name="Begin").click()
    if practice:
        press(page, "1")
        page.get_by_role("button", name="Begin the series").click()
    page.locator("#stage").wait_for()


def turns_of(page: Page) -> list[tuple[bool, float]]:
    """Return which image stood there for how long, ms, over about a second; the first and the last are cut off."""
    page.evaluate("window.turns = []")
    page.wait_for_timeout(1_100)
    frames = page.evaluate("window.turns")
    assert all(first == second for _, (first, second) in frames), "both places change in one frame"
    runs = [(shown, list(run)) for shown, run in groupby(frames, key=lambda frame: frame[1][0])]
    starts = [run[0][0] for _, run in runs]
    return [(shown, end - start) for (shown, _), start, end in zip(runs, starts, starts[1:], strict=False)][1:]


def test_a_session_by_keyboard_and_what_is_told_of_its_frames(visitors: Visitors, served: Server, links: Links) -> None:
    link = links["flicker"].pop()
    page = visitors.open()
    page.add_init_script(WATCH)
    come_to_trials(page, link)
    page.locator(READY).wait_for()

    turns = turns_of(page)
    assert {shown for shown, _ in turns} == {CLEAN, OTHER}
    assert np.median([ms for _, ms in turns]) == pytest.approx(HALF_CYCLE_MS, abs=9)
    for position, key in enumerate(["1", "ArrowRight", "2", "ArrowLeft"], start=1):
        expect_position(page, position)
        press(page, key)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")

    eventually(lambda: len(stored_answers(served, link)) == 5, "all answers are stored")
    series = [answer for answer in stored_answers(served, link) if answer.phase == "series"]
    assert [answer.response for answer in series] == ["first", "second", "second", "first"]
    for answer in series:
        told = answer.display
        assert told["refresh_hz"] == pytest.approx(60, abs=3)
        assert 4 < told["flicker_hz"] <= 5.15
        assert told["stopped"] == 0
        assert 0 <= told["late_frames"] <= told["frames"]
        assert (told["shown_width"], told["shown_height"]) == (128, 128)
    assert series[0].display["frames"] > 60


def test_a_session_by_mouse_in_which_the_flicker_is_stopped(visitors: Visitors, served: Server, links: Links) -> None:
    link = links["flicker"].pop()
    page = visitors.open()
    page.add_init_script(WATCH)
    come_to_trials(page, link)
    page.locator(READY).wait_for()
    images = page.locator("#stage img")

    page.get_by_label("Stop the flicker").click()
    expect(images.first).to_be_hidden()
    expect(images.last).to_be_hidden()
    assert_accessible(page)
    page.get_by_role("button", name="First").click()
    expect_position(page, 2)
    page.locator(READY).wait_for()
    expect(images.first).to_be_hidden()

    page.get_by_label("Stop the flicker").click()
    expect(images.first).to_be_visible()
    assert {shown for shown, _ in turns_of(page)} == {CLEAN, OTHER}
    page.keyboard.press("Escape")
    expect(images.first).to_be_hidden()
    page.get_by_role("button", name="Second").click()
    expect_position(page, 3)

    eventually(lambda: len(stored_answers(served, link)) == 3, "the answers are stored")
    assert [answer.display["stopped"] for answer in stored_answers(served, link)] == [0, 1, 1]


def test_the_flicker_stays_stopped_on_later_pages_until_it_is_let_go_on(visitors: Visitors, links: Links) -> None:
    """The example, the practice's feedback and every trial, also one that is loaded anew."""
    page = visitors.open()
    page.goto(links["flicker"].pop())
    page.get_by_role("button", name="I have read this").click()
    page.get_by_role("button", name="I consent").click()
    example = page.locator(".examples img").first
    expect(example).to_have_css("animation-name", "turns")
    page.keyboard.press("Escape")
    expect(example).to_have_css("animation-name", "none")
    page.reload()
    expect(example).to_have_css("animation-name", "none")

    page.get_by_role("button", name="Begin").click()
    image, box = page.locator("#stimulus"), page.get_by_label("Stop the flicker")
    page.locator(READY).wait_for()
    expect(box).to_be_checked()
    expect(image).to_be_hidden()
    press(page, "1")
    page.get_by_role("button", name="Begin the series").wait_for()
    expect(example).to_have_css("animation-name", "none")
    page.get_by_role("button", name="Show the flicker again").click()
    expect(example).to_have_css("animation-name", "turns")
    page.keyboard.press("Escape")
    expect(example).to_have_css("animation-name", "none")
    page.get_by_role("button", name="Begin the series").click()
    page.locator(READY).wait_for()
    expect(image).to_be_hidden()

    box.click()
    expect(image).to_be_visible()
    page.reload()
    page.locator(READY).wait_for()
    expect(box).not_to_be_checked()
    expect(image).to_be_visible()


def test_frames_are_late_only_until_a_slower_screen_is_known(visitors: Visitors, links: Links) -> None:
    page = visitors.open()
    page.goto(links["flicker"][0])
    told = page.evaluate(
        """async () => {
            const { Alternation } = await import("/static/observer/alternation.js");
            const alternation = new Alternation(document.createElement("div"), 5);
            alternation.intervals = Array(240).fill(1000 / 120);
            for (let frame = 0; frame < 2000; frame += 1) alternation.count(1000 / 60);
            return alternation.told();
        }"""
    )

    assert told["late_frames"] < 200
    assert float(told["refresh_hz"]) == pytest.approx(60, abs=0.1)


def test_a_session_on_a_phone(visitors: Visitors, served: Server, links: Links) -> None:
    link = links["flicker"].pop()
    page = visitors.open(PHONE, has_touch=True, is_mobile=True, device_scale_factor=3)
    page.goto(link)
    page.get_by_role("button", name="I have read this").tap()
    page.get_by_role("button", name="I consent").tap()
    page.get_by_role("button", name="Begin").tap()
    for name in ("First", "Second", "First", "Second", "First"):
        page.locator(READY).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        page.get_by_role("button", name=name, exact=True).tap()
        if page.get_by_role("button", name="Begin the series").is_visible():
            page.get_by_role("button", name="Begin the series").tap()
        page.wait_for_timeout(700)
        if page.get_by_role("button", name="Begin the series").is_visible():
            page.get_by_role("button", name="Begin the series").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")

    eventually(lambda: len(stored_answers(served, link)) == 5, "all answers are stored")
    assert all(answer.display["frames"] > 0 for answer in stored_answers(served, link))


@pytest.mark.parametrize(("pixel_ratio", "zoom"), [(1, 1.0), (1.25, 1.0), (2, 1.0), (3, 1.0), (1, 1.5)])
def test_each_place_shows_the_two_images_of_its_file_pixel_for_pixel(
    browser: Browser, chromium: str, served: Server, links: Links, tmp_path: Path, pixel_ratio: float, zoom: float
) -> None:
    """In a real window, with a real ratio and the browser's own zoom, not Playwright's emulation of them."""
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
    come_to_trials(page, links["flicker"].pop())
    page.locator(READY).wait_for()
    assert page.evaluate("devicePixelRatio") == pytest.approx(pixel_ratio * zoom)
    for turn, position in enumerate(["0", "-100%"]):
        page.evaluate(
            "at => document.querySelectorAll('#stage img').forEach("
            "(image) => image.style.setProperty('top', at, 'important'))",
            position,
        )
        screen = pixels(page.context.new_cdp_session(page).send("Page.captureScreenshot")["data"])
        for index in range(2):
            source, left, top = page.evaluate(
                """index => {
                    const image = document.querySelectorAll("#stage img")[index];
                    const box = image.parentElement.getBoundingClientRect();
                    return [image.src, box.left * devicePixelRatio, box.top * devicePixelRatio];
                }""",
                index,
            )
            frames = pixels(page.request.get(source).body())
            side = frames.shape[1]
            assert frames.shape == (2 * side, side, 3)
            frame = frames[turn * side : (turn + 1) * side].repeat(2, axis=0).repeat(2, axis=1)
            shown = screen[round(top) : round(top) + 2 * side, round(left) : round(left) + 2 * side]
            assert (shown != frame).any(axis=2).mean() == 0, f"image {index + 1}, turn {turn}"
    window.close()


def test_a_timed_flicker_ends_behind_the_mask(visitors: Visitors, served: Server, links: Links) -> None:
    link = links["flicker_timed"].pop()
    page = visitors.open()
    come_to_trials(page, link, practice=False)

    page.locator('#stage[data-shows="mask"]').wait_for()
    press(page, "1")
    expect_position(page, 2)

    eventually(lambda: len(stored_answers(served, link)) == 1, "the answer is stored")
    (answer,) = stored_answers(served, link)
    assert answer.display["shown_ms"] == pytest.approx(700, abs=100)
    # Counted while it was there, whenever the answer came.
    assert answer.display["frames"] <= 1.3 * 0.7 * answer.display["refresh_hz"]


def test_without_a_script_the_images_alternate_and_can_be_stopped(
    visitors: Visitors, served: Server, links: Links
) -> None:
    link = links["flicker"].pop()
    page = visitors.open(java_script_enabled=False)
    page.goto(link)
    page.get_by_role("button", name="I have read this").click()
    page.get_by_role("button", name="I consent").click()
    page.get_by_role("button", name="Begin").click()
    image = page.locator("#stimulus")
    expect(image).to_have_css("animation-name", "turns")
    expect(image).to_have_css("animation-duration", "0.2s")

    page.get_by_label("Stop the flicker").click()
    expect(image).to_be_hidden()
    page.get_by_role("button", name="First").click()

    eventually(lambda: len(stored_answers(served, link)) == 1, "the answer is stored")
    assert stored_answers(served, link)[0].display == {}


def test_the_warning_on_every_screen_and_the_way_out(visitors: Visitors, served: Server, links: Links) -> None:
    link = links["flicker"][0]
    page = visitors.open(reduced_motion="reduce")
    page.goto(link)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("This study shows images that flicker")
    expect(page.get_by_text("Your device is set to show less motion")).to_be_visible()
    for width, height in ((1280, 800), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_accessible(page)
    page.emulate_media(reduced_motion="no-preference")
    expect(page.get_by_text("Your device is set to show less motion")).to_be_hidden()

    page.get_by_role("button", name="I would rather not").press("Enter")
    expect(heading).to_have_text("You do not take part")
    assert_accessible(page)
    with pytest.raises(ValueError, match="unpack"):
        stored_session(served, link)
    page.get_by_role("button", name="Read the warning again").click()
    expect(heading).to_have_text("This study shows images that flicker")


def test_the_example_flickers_for_less_than_five_seconds_and_again_when_asked(visitors: Visitors, links: Links) -> None:
    page = visitors.open(reduced_motion="reduce")
    page.goto(links["flicker"].pop())
    page.get_by_role("button", name="I have read this").click()
    page.get_by_role("button", name="I consent").click()
    image = page.locator(".examples img").first
    expect(image).to_have_css("animation-name", "none")
    page.get_by_role("button", name="Show the flicker again").click()
    expect(image).to_have_css("animation-name", "turns")
    expect(image).to_have_css("animation-iteration-count", "22")
    assert_accessible(page)
