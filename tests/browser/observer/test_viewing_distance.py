"""The viewing distance in a browser: measured by keyboard, mouse and touch, told without a script, without barriers."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_fits
from tests.browser.observer.observing import stored_session
from tests.browser.observer.test_screening import consent, results_of
from tests.browser.visitors import DESKTOP, PHONE, Visitors
from tests.processes import Server

RUNNING = "#blind-spot.running"
# Where the dot is when the button is pressed: both in one go, so that it has not moved between.
PRESS_AND_MEASURE = """() => {
    const box = (name) => document.querySelector(name).getBoundingClientRect();
    const middle = (name) => box(name).left + box(name).width / 2;
    const separation = middle('.square') - middle('.dot');
    document.querySelector('#blind-spot button').click();
    return separation;
}"""
LONG_ENOUGH_MS = 700


def distance_of(server: Server, link: str) -> tuple[bool | None, dict[str, Any]]:
    """Return whether the check was passed, and what was measured."""
    return results_of(server, link)["viewing_distance"]


def press_five_times(page: Page, key: str, *, wait_ms: int) -> None:
    """Start the dot and say that it is gone, five times, on the button that has the focus."""
    for _ in range(5):
        page.keyboard.press(key)
        page.locator(RUNNING).wait_for()
        page.wait_for_timeout(wait_ms)
        page.keyboard.press(key)
        expect(page.locator(RUNNING)).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_has_no_barrier(visitors: Visitors, links: dict[str, list[str]], language: str) -> None:
    page = visitors.open(DESKTOP, reduced_motion="reduce")
    consent(page, links["display"].pop(), language)
    expect(page.locator("#blind-spot")).to_be_visible()
    assert_fits(page, [DESKTOP, PHONE, (320, 640)])
    page.locator("form .primary").click()
    expect(page.get_by_role("alert")).to_be_focused()
    visitors.forgive("422")
    assert_fits(page, [DESKTOP, PHONE])


def test_it_is_measured_by_keys_alone_and_again(
    visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    link = links["display"].pop()
    page = visitors.open(DESKTOP)
    consent(page, link)
    status = page.locator("#measured-so-far")
    page.locator("#blind-spot button").focus()
    press_five_times(page, "Space", wait_ms=LONG_ENOUGH_MS)  # so soon it is nearer than 20 cm
    expect(status).to_contain_text("nearer than this study asks for")
    expect(page.get_by_role("button", name="Measure again")).to_be_focused()
    press_five_times(page, "Enter", wait_ms=3_500)
    expect(status).to_contain_text("Stay like this, and go on")
    said = status.inner_text()
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    expect(page.locator("#told")).to_be_disabled()
    page.keyboard.press("Enter")
    page.wait_for_url("**/instructions/")
    passed, measured = distance_of(served, link)
    assert passed
    assert (measured["how"], measured["repetitions"]) == ("blind spot", 5)
    assert f"about {measured['cm']:.0f} cm" in said


def test_what_is_stored_is_how_far_the_dot_was_on_the_screen(
    visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    link = links["display"].pop()
    page = visitors.open(DESKTOP)
    consent(page, link)
    shown = []
    for _ in range(5):
        page.locator("#blind-spot button").click()
        page.locator(RUNNING).wait_for()
        page.wait_for_timeout(LONG_ENOUGH_MS)
        shown.append(page.evaluate(PRESS_AND_MEASURE))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/instructions/")
    px_per_mm = json.loads(stored_session(served, link)["display"])["css_px_per_mm"]
    _, measured = distance_of(served, link)
    assert measured["separations_mm"] == pytest.approx([px / px_per_mm for px in shown], abs=0.15)


def test_a_finger_on_a_phone_measures_it_and_an_edge_is_told(
    visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    link = links["display"].pop()
    page = visitors.open(PHONE, has_touch=True, is_mobile=True)
    consent(page, link)
    button, track = page.locator("#blind-spot button"), page.locator("#blind-spot .track")
    button.tap()
    expect(page.locator("#measured-so-far")).to_contain_text("reached the edge", timeout=15_000)
    for number in range(1, 6):
        button.tap()
        page.locator(RUNNING).wait_for()
        page.wait_for_timeout(LONG_ENOUGH_MS)
        track.tap()
        if number < 5:
            expect(page.locator("#measured-so-far")).to_contain_text(f"{number} of 5 done")
    expect(page.locator("#measured-so-far")).to_contain_text("Measured")
    page.get_by_role("button", name="Go on").tap()
    page.wait_for_url("**/instructions/")
    passed, measured = distance_of(served, link)
    assert (passed, measured["how"]) == (False, "blind spot")


def test_the_escape_key_stops_the_dot_and_nothing_moves_before_it_is_started(
    visitors: Visitors, links: dict[str, list[str]]
) -> None:
    page = visitors.open(DESKTOP)
    consent(page, links["display"].pop())
    expect(page.locator(".dot")).to_be_hidden()
    page.locator("#blind-spot button").click()
    page.locator(RUNNING).wait_for()
    expect(page.locator(".dot")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".dot")).to_be_hidden()
    expect(page.locator("#measured-so-far")).to_contain_text("Stopped")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_focused()


def test_without_a_script_the_distance_is_told(visitors: Visitors, served: Server, links: dict[str, list[str]]) -> None:
    link = links["display"].pop()
    page = visitors.open(DESKTOP, java_script_enabled=False)
    consent(page, link, measured=False)
    page.get_by_label("Tell the distance").fill("55")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/instructions/")
    assert distance_of(served, link) == (True, {"cm": 55.0, "how": "told"})
    assert results_of(served, link)["screen_colours"] == (None, {})


def test_the_browser_tells_the_colours_of_the_screen(
    visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    link = links["display"].pop()
    page = visitors.open(DESKTOP, forced_colors="active")
    page.goto(link)
    expect(page.locator("[data-check=screen_colours] [data-unmet]")).to_be_visible()
    page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": DESKTOP[0] - 1, "height": DESKTOP[1]})  # it looks again
    expect(page.locator("[data-check=screen_colours] [data-met]")).to_be_visible()
    page.locator("#consent-form button").click()
    page.wait_for_url("**/check/")
    passed, measured = results_of(served, link)["screen_colours"]
    assert passed
    assert (measured["colour_depth"], measured["forced_colours"], measured["high_dynamic_range"]) == (24, 0, 0)
    assert measured["gamut"] in {1, 2, 3}
