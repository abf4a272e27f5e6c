"""An observer's session through whatever happens: reloads, tabs, double clicks, bad connections, a killed server."""

import os
import signal
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.observer.observing import (
    READY,
    begin,
    click,
    expect_position,
    press,
    stored_answers,
    stored_responses,
)
from tests.browser.visitors import PHONE, Visitors
from tests.processes import Server, eventually, rows_in, serving

# As static/observer/answer_form.js has it.
DOUBLE_CLICK_MS = 500


def sent_answers(page: Page, deal_with: Callable[[Route, int], None]) -> None:
    """Call `deal_with(route, n)` with the n-th answer that the page sends, from 1."""
    count = 0

    def route(each: Route) -> None:
        nonlocal count
        if each.request.method != "POST":
            each.continue_()
            return
        count += 1
        deal_with(each, count)

    page.route("**/trial/*/", route)


def test_it_works_with_the_keyboard_and_never_loads_the_page_again(page: Page, served: Server, link: str) -> None:
    begin(page, link)
    page.evaluate("window.stillHere = true")
    for position, key in enumerate(["p", "c", "ArrowLeft", "ArrowRight"], start=1):
        expect_position(page, position)
        assert page.evaluate("window.stillHere")
        press(page, key)
    page.locator("#session-complete").wait_for()

    answers = stored_answers(served, link)
    assert [answer.response for answer in answers] == ["perturbed", "clean", "perturbed", "clean"]
    assert all(answer.rt_ms is not None and 150 <= answer.rt_ms < 10_000 for answer in answers)
    assert all(answer.display["pixel_ratio"] == 1 and answer.display["visible"] == 1 for answer in answers)
    assert all(answer.display["shown_width"] == 64 for answer in answers)


def test_without_javascript_the_plain_form_does_the_same(visitors: Visitors, served: Server, link: str) -> None:
    page = visitors.open(java_script_enabled=False)
    begin(page, link)
    for position in (1, 2, 3, 4):
        assert page.locator("#position").inner_text() == str(position)
        assert page.locator("#stimulus").is_visible()
        page.locator('#trial-form button[value="perturbed"]').click()
    assert page.locator("#session-complete").is_visible()
    assert [answer.response for answer in stored_answers(served, link)] == ["perturbed"] * 4


def test_a_reload_the_back_button_and_a_second_browser_go_on_at_the_same_trial(
    visitors: Visitors, served: Server, link: str
) -> None:
    page = visitors.open()
    begin(page, link)
    click(page, "Clean")
    expect_position(page, 2)

    page.reload()
    expect_position(page, 2)
    page.go_back()
    expect_position(page, 2)
    page.go_forward()
    expect_position(page, 2)
    other = visitors.open(PHONE)
    other.goto(link)
    expect_position(other, 2)
    assert len(stored_answers(served, link)) == 1


def test_two_tabs_store_one_answer_a_trial(visitors: Visitors, served: Server, link: str) -> None:
    first = visitors.open()
    second = first.context.new_page()
    begin(first, link)
    second.goto(link)
    second.locator(READY).wait_for()

    click(first, "Perturbed")
    expect_position(first, 2)
    press(first, "p")
    expect_position(first, 3)
    click(second, "Clean")
    expect_position(second, 3)

    assert stored_responses(served, link) == [(1, "perturbed"), (2, "perturbed")]


def test_a_double_click_answers_one_trial_and_an_early_press_is_counted(page: Page, served: Server, link: str) -> None:
    begin(page, link)
    page.locator(READY).wait_for()
    button = page.get_by_role("button", name="Clean").bounding_box()
    assert button is not None
    page.mouse.move(button["x"] + 9, button["y"] + 9)

    answered = slow_double_click(page)
    if answered == 2:
        # So slow on this machine that it was two clicks, each of which answers: told by the time of the second.
        second = stored_answers(served, link)[1]
        assert second.rt_ms is not None
        assert second.rt_ms >= DOUBLE_CLICK_MS
        answered += slow_double_click(page)
    assert answered in {1, 3}
    expect_position(page, answered + 1)
    press(page, "p")

    eventually(lambda: len(stored_answers(served, link)) == answered + 1, "all are stored")
    assert [answer.display["early"] for answer in stored_answers(served, link)[-2:]] == [0, 1]


def slow_double_click(page: Page) -> int:
    """Click twice, the second time once the next image takes answers; return how many trials that answered."""
    before = int(page.locator("#position").inner_text())
    page.mouse.down(click_count=1)
    page.mouse.up(click_count=1)
    expect_position(page, before + 1)
    page.locator(READY).wait_for()
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    page.wait_for_timeout(500)
    return int(page.locator("#position").inner_text()) - before


def test_a_key_means_nothing_once_the_shortcuts_are_off(page: Page, served: Server, link: str) -> None:
    begin(page, link)
    page.get_by_role("button", name="Shortcut keys").click()
    press(page, "p")
    page.reload()
    press(page, "p")
    page.wait_for_timeout(100)
    expect_position(page, 1)

    page.get_by_role("button", name="Shortcut keys").click()
    press(page, "p")
    expect_position(page, 2)


def test_a_lost_connection_is_said_and_the_answer_is_sent_again(visitors: Visitors, served: Server, link: str) -> None:
    """The next image is there meanwhile; a reply that is lost after saving stores nothing twice."""
    page = visitors.open()
    begin(page, link)

    def fail_and_lose(route: Route, number: int) -> None:
        if number == 1:
            route.abort("connectionfailed")
        elif number == 2:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    sent_answers(page, fail_and_lose)
    click(page, "Perturbed")
    expect_position(page, 2)
    expect(page.locator("#stimulus")).to_be_visible()
    expect(page.locator("#status")).to_contain_text("Your last answer is kept")
    assert_accessible(page)
    expect(page.locator("#status")).to_have_text("")

    assert stored_responses(served, link) == [(1, "perturbed")]
    visitors.forgive("net::ERR_CONNECTION_FAILED")
    visitors.forgive("net::ERR_CONNECTION_RESET")


def test_offline_the_study_waits_one_trial_ahead_and_goes_on_by_itself(
    visitors: Visitors, served: Server, link: str
) -> None:
    page = visitors.open()
    begin(page, link)
    page.locator(READY).wait_for()
    page.wait_for_load_state("networkidle")

    page.context.set_offline(True)
    press(page, "p")
    expect_position(page, 2)
    press(page, "c")
    expect(page.locator("#status")).to_contain_text("The study goes on by itself")
    expect(page.locator("#stimulus")).to_be_hidden()
    assert_accessible(page)
    press_all = ["p", "c", "p"]
    for key in press_all:
        page.keyboard.press(key)
    assert stored_answers(served, link) == []
    page.context.set_offline(False)
    expect_position(page, 3)
    expect(page.locator("#stimulus")).to_be_visible()
    press(page, "p")
    expect_position(page, 4)

    eventually(lambda: len(stored_answers(served, link)) == 3, "the third is stored")
    assert stored_responses(served, link) == [(1, "perturbed"), (2, "clean"), (3, "perturbed")]
    visitors.forgive("net::ERR_INTERNET_DISCONNECTED")


def test_an_answer_that_is_not_sent_outlives_the_page(visitors: Visitors, served: Server, link: str) -> None:
    """The tab is closed without a connection; the same link, opened later, sends the answer before anything else."""
    page = visitors.open()
    begin(page, link)
    page.locator(READY).wait_for()
    page.context.route("**/trial/*/", lambda route: route.abort("connectionfailed"))
    click(page, "Perturbed")
    expect(page.locator("#status")).to_contain_text("Your last answer is kept")
    assert stored_answers(served, link) == []

    again = page.context.new_page()
    page.close()
    again.context.unroute_all()
    again.goto(link)

    expect_position(again, 2)
    expect(again.locator("#stimulus")).to_be_visible()
    assert stored_responses(served, link) == [(1, "perturbed")]
    assert again.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('answer:'))") == []
    visitors.forgive("net::ERR_CONNECTION_FAILED")


def test_a_server_that_is_killed_loses_nothing(browser: Browser, served: Server, link: str) -> None:
    """kill -9 in the middle of a session; the observer sees a message, and goes on where they were."""
    options = ("--workers", "1", "--no-worker")
    with serving(served.data_dir, *options) as doomed:
        visitors = Visitors(browser, site=doomed.url)
        page = visitors.open()
        begin(page, link)
        press(page, "p")
        expect_position(page, 2)
        page.locator(READY).wait_for()
        page.wait_for_load_state("networkidle")
        os.kill(doomed.process.pid, signal.SIGKILL)  # its children are killed with it
        doomed.process.wait()
        eventually(lambda: not is_listening(doomed.url), "it is gone")
        press(page, "c")
        expect_position(page, 3)
        expect(page.locator("#status")).to_contain_text("Your last answer is kept")

    with serving(served.data_dir, *options, "--bind", urlsplit(doomed.url).netloc):
        expect(page.locator("#status")).to_have_text("")
        press(page, "p")
        expect_position(page, 4)
        press(page, "c")
        page.locator("#session-complete").wait_for()
        visitors.leave()
    expected = [(1, "perturbed"), (2, "clean"), (3, "perturbed"), (4, "clean")]
    assert stored_responses(served, link) == expected
    visitors.forgive("net::ERR_CONNECTION_REFUSED")
    assert visitors.faults == []


def is_listening(url: str) -> bool:
    address = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((str(address.hostname), int(address.port or 0))) == 0


def test_an_image_that_does_not_fit_is_not_shown_where_the_study_refuses_it(
    visitors: Visitors, links: dict[str, list[str]], served: Server
) -> None:
    page = visitors.open(PHONE)
    link = links["too_large"].pop()
    page.goto(link)
    expect(page.get_by_text("The images do not fit into this window. Please make it larger")).to_be_visible()
    expect(page.get_by_role("button", name="I consent")).to_be_disabled()
    assert_accessible(page)

    page.set_viewport_size({"width": 900, "height": 900})
    begin(page, link)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(page.locator("#status")).to_contain_text("does not fit")
    expect(page.locator("#stimulus")).to_be_hidden()
    page.keyboard.press("p")
    page.wait_for_timeout(200)
    assert stored_answers(served, link) == []

    page.set_viewport_size({"width": 900, "height": 900})
    expect(page.locator("#stimulus")).to_be_visible()
    press(page, "p")
    expect_position(page, 2)


def test_withdrawing(page: Page, served: Server, link: str) -> None:
    begin(page, link)
    click(page, "Clean")
    expect_position(page, 2)
    page.get_by_role("link", name="Withdraw").click()
    assert_accessible(page)

    page.get_by_role("button", name="Withdraw and delete").click()

    page.locator("#session-withdrawn").wait_for()
    assert stored_answers(served, link) == []


def test_an_image_whose_file_was_altered_meanwhile_leads_to_a_page_that_says_so(
    visitors: Visitors, served: Server, link: str
) -> None:
    page = visitors.open()
    begin(page, link)
    page.locator(READY).wait_for()
    query = """
        SELECT studies_stimulus.file FROM studies_trial
        JOIN studies_session ON session_id = studies_session.id
        JOIN studies_observer ON observer_id = studies_observer.id
        JOIN studies_stimulus ON stimulus_id = studies_stimulus.id WHERE studies_observer.token = %s AND position = 3
    """
    (row,) = rows_in(served.data_dir, query, link.split("/")[2])
    file = served.data_dir / "media" / row["file"]
    data = file.read_bytes()
    file.write_bytes(data[:-1] + b"\0")
    try:
        for position in (1, 2):
            expect_position(page, position)
            press(page, "c")
        expect(page.get_by_role("heading", name="An image cannot be shown")).to_be_visible()
        assert_accessible(page)
        assert stored_responses(served, link) == [(1, "clean"), (2, "clean")]
        page.get_by_role("button", name="Go on").click()
        expect_position(page, 4)
    finally:
        file.write_bytes(data)
    visitors.forgive("409")
