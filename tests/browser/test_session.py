"""A whole session, as people go through it: with keys, with a mouse, without JavaScript, with a bad connection."""

import io
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import CHROMIUM_OPTIONS, Prepare
from tests.browser.prepared_studies import prepare_studies, studies_in
from tests.browser.visitors import PHONE, Visitors
from tests.processes import Server

SMALL: dict[str, Any] = {"n_perturbed": 2, "n_clean": 2}


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Make a study with enough observers for every test."""

    def fill(data_dir: Path) -> None:
        prepare_studies(
            data_dir,
            small=SMALL | {"observers": 20, "scale": 3},
            large=SMALL | {"observers": 2, "scale": 8, "display_rule": "refuse"},
        )

    return fill


@pytest.fixture(scope="module")
def links(served: Server) -> dict[str, list[str]]:
    """Return the observers' links that are not used yet, by study."""
    return {title: [f"/o/{token}/" for token in made["tokens"]] for title, made in studies_in(served.data_dir).items()}


@pytest.fixture
def link(links: dict[str, list[str]]) -> str:
    """Return the link of an observer who has not come yet."""
    return links["small"].pop()


def consent(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="I consent").click()
    page.locator("#stimulus").wait_for()


def press(page: Page, key: str) -> None:
    """Press a key once the image is painted and an answer is taken."""
    page.locator('#trial[aria-busy="false"]').wait_for()
    page.keyboard.press(key)


def click(page: Page, name: str) -> None:
    """Click a choice once the image is painted and an answer is taken."""
    page.locator('#trial[aria-busy="false"]').wait_for()
    page.get_by_role("button", name=name).click()


def stored_answers(server: Server, link: str) -> list[tuple[int, str, int | None, dict[str, Any]]]:
    """Return position, response, time and display of every stored answer, read from the database itself."""
    query = """
        SELECT position, response, rt_ms, display FROM studies_answer
        JOIN studies_trial ON trial_id = studies_trial.id JOIN studies_session ON session_id = studies_session.id
        JOIN studies_observer ON observer_id = studies_observer.id WHERE studies_observer.token = ? ORDER BY position
    """
    with sqlite3.connect(server.data_dir / "db.sqlite3") as database:
        rows = database.execute(query, [link.split("/")[2]]).fetchall()
    return [(position, response, rt_ms, json.loads(display)) for position, response, rt_ms, display in rows]


def test_it_works_with_the_keyboard(page: Page, served: Server, link: str) -> None:
    consent(page, link)
    for position, key in enumerate(["p", "c", "ArrowLeft", "ArrowRight"], start=1):
        expect(page.locator("#position")).to_have_text(str(position))
        page.locator('#trial[aria-busy="false"]').wait_for()
        page.wait_for_timeout(120)
        page.keyboard.press(key)
    page.locator("#session-complete").wait_for()

    answers = stored_answers(served, link)
    assert [response for _, response, _, _ in answers] == ["perturbed", "clean", "perturbed", "clean"]
    assert all(rt_ms is not None and 50 < rt_ms < 10_000 for _, _, rt_ms, _ in answers)
    assert all(display["pixel_ratio"] == 1 and display["visible"] == 1 for *_, display in answers)
    assert all(display["shown_width"] == 3 * 64 for *_, display in answers)


def test_with_javascript_the_page_is_never_loaded_again(page: Page, link: str) -> None:
    consent(page, link)
    page.evaluate("window.stillHere = true")
    for position in (2, 3, 4):
        click(page, "Clean")
        expect(page.locator("#position")).to_have_text(str(position))

    assert page.evaluate("window.stillHere")


def test_without_javascript_the_plain_form_does_the_same(visitors: Visitors, served: Server, link: str) -> None:
    page = visitors.open(java_script_enabled=False)
    consent(page, link)
    for position in (1, 2, 3, 4):
        assert page.locator("#position").inner_text() == str(position)
        page.locator('#trial-form button[name="response"][value="perturbed"]').click()
    assert page.locator("#session-complete").is_visible()
    assert [answer[1] for answer in stored_answers(served, link)] == ["perturbed"] * 4


def test_a_reload_the_back_button_and_a_second_browser_go_on_at_the_same_trial(
    visitors: Visitors, served: Server, link: str
) -> None:
    page = visitors.open()
    consent(page, link)
    click(page, "Clean")
    expect(page.locator("#position")).to_have_text("2")

    page.reload()
    expect(page.locator("#position")).to_have_text("2")
    page.go_back()
    page.go_forward()
    expect(page.locator("#position")).to_have_text("2")
    other = visitors.open(PHONE)
    other.goto(link)
    expect(other.locator("#position")).to_have_text("2")
    assert len(stored_answers(served, link)) == 1


def test_two_tabs_store_one_answer_a_trial(visitors: Visitors, served: Server, link: str) -> None:
    first, second = visitors.open(), visitors.open()
    consent(first, link)
    second.goto(link)

    click(first, "Perturbed")
    expect(first.locator("#position")).to_have_text("2")
    click(second, "Clean")
    expect(second.locator("#position")).to_have_text("2")

    assert [answer[:2] for answer in stored_answers(served, link)] == [(1, "perturbed")]


def test_a_double_click_answers_one_trial(page: Page, served: Server, link: str) -> None:
    consent(page, link)

    page.locator('#trial[aria-busy="false"]').wait_for()
    page.get_by_role("button", name="Clean").dblclick()
    expect(page.locator("#position")).to_have_text("2")
    page.wait_for_timeout(300)

    assert len(stored_answers(served, link)) == 1


def test_a_lost_connection_is_said_and_the_answer_is_sent_again(visitors: Visitors, served: Server, link: str) -> None:
    page = visitors.open()
    consent(page, link)
    failures: list[str] = []

    def fail_twice(route: Route) -> None:
        if route.request.method == "POST" and len(failures) < 2:
            failures.append(route.request.url)
            route.abort("connectionfailed")
        else:
            route.continue_()

    page.route("**/trial/**", fail_twice)
    click(page, "Perturbed")
    expect(page.locator("#status")).to_contain_text("Not saved yet")
    expect(page.locator("#position")).to_have_text("2")
    expect(page.locator("#status")).to_have_text("")

    assert len(failures) == 2
    assert [answer[1] for answer in stored_answers(served, link)] == ["perturbed"]
    visitors.forgive("net::ERR_CONNECTION_FAILED")


def test_a_reply_that_is_lost_after_saving_stores_nothing_twice(visitors: Visitors, served: Server, link: str) -> None:
    page = visitors.open()
    consent(page, link)
    lost: list[str] = []

    def lose_the_first_reply(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            route.fetch()
            lost.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/trial/**", lose_the_first_reply)
    click(page, "Perturbed")
    expect(page.locator("#position")).to_have_text("2")

    assert [answer[:2] for answer in stored_answers(served, link)] == [(1, "perturbed")]
    visitors.forgive("net::ERR_CONNECTION_RESET")


@pytest.mark.parametrize("pixel_ratio", [1, 1.25, 1.5, 2, 3])
def test_the_image_is_shown_pixel_for_pixel(
    browser: Browser, chromium: str, served: Server, link: str, pixel_ratio: float
) -> None:
    """What stands on the screen is the file, each pixel three times in each direction, at any pixel ratio.

    A real window with a real ratio (as with the browser's zoom), not Playwright's emulation of one.
    """
    options = [*CHROMIUM_OPTIONS, f"--force-device-scale-factor={pixel_ratio}", "--window-size=901,803"]
    scaled = browser.browser_type.launch(executable_path=chromium, headless=True, args=options)
    page = scaled.new_context(no_viewport=True, base_url=served.url).new_page()
    consent(page, link)
    page.locator('#trial[aria-busy="false"]').wait_for()
    source = page.locator("#stimulus").get_attribute("src")
    box = page.locator("#stimulus").bounding_box()
    assert source is not None
    assert box is not None
    file = pixels(page.request.get(source).body())
    screen = pixels(page.screenshot())
    scaled.close()

    left, top = round(box["x"] * pixel_ratio), round(box["y"] * pixel_ratio)
    shown = screen[top : top + 3 * 64, left : left + 3 * 64]

    different = (shown != file.repeat(3, axis=0).repeat(3, axis=1)).any(axis=2).mean()
    assert different == 0, f"{different:.0%} of the screen pixels differ from the file's"


def pixels(png: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_an_image_that_does_not_fit_is_not_shown_where_the_study_refuses_it(
    visitors: Visitors, links: dict[str, list[str]], served: Server
) -> None:
    page = visitors.open(PHONE)
    link = links["large"].pop()
    page.goto(link)
    page.get_by_role("button", name="I consent").click()

    expect(page.locator("#status")).to_contain_text("does not fit")
    assert not page.locator("#stimulus").is_visible()
    page.keyboard.press("p")
    page.wait_for_timeout(200)
    assert stored_answers(served, link) == []

    page.set_viewport_size({"width": 900, "height": 900})
    expect(page.locator("#stimulus")).to_be_visible()
    page.wait_for_timeout(100)
    press(page, "p")
    expect(page.locator("#position")).to_have_text("2")


def test_withdrawing(page: Page, served: Server, link: str) -> None:
    consent(page, link)
    click(page, "Clean")
    expect(page.locator("#position")).to_have_text("2")
    page.get_by_role("link", name="Withdraw").click()
    assert_accessible(page)

    page.get_by_role("button", name="Withdraw and delete").click()

    page.locator("#session-withdrawn").wait_for()
    assert stored_answers(served, link) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [(1280, 800), PHONE])
def test_every_page_is_accessible_and_fits(visitors: Visitors, link: str, width: tuple[int, int], scheme: str) -> None:
    page = visitors.open(width, color_scheme=scheme)

    def check() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width[0]
        assert_accessible(page)

    page.goto(link)
    check()
    page.get_by_role("button", name="I consent").click()
    page.locator("#stimulus").wait_for()
    check()
    grey = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert re.fullmatch(r"rgb\((\d+), \1, \1\)", grey), "the surround is neutral, whatever the colour scheme"
    for position in (1, 2, 3, 4):
        expect(page.locator("#position")).to_have_text(str(position))
        press(page, "c")
    page.locator("#session-complete").wait_for()
    check()
