"""Answers from a real browser: over a connection that breaks, and from two tabs clicked fifty times at once."""

from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import Prepare
from tests.browser.observer.observing import READY, begin, press, stored_responses
from tests.browser.prepared_studies import prepare_studies, studies_in
from tests.browser.visitors import Visitors
from tests.faults.proxy import bad_connection
from tests.processes import Server, eventually

pytestmark = pytest.mark.faults

TRIALS = 8
STUDY = {"n_perturbed": TRIALS // 2, "n_clean": TRIALS // 2, "closes_when_finished": False, "observers": 2}
CLICK_FIFTY_TIMES = """word => {
    for (let time = 0; time < 50; time += 1) {
        const button = document.querySelector(`#trial-form button[value="${word}"]`);
        for (const detail of [1, 2]) {
            button?.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, detail}));
        }
    }
}"""


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Return what makes a study."""

    def fill(data_dir: Path) -> None:
        prepare_studies(data_dir, study=STUDY)

    return fill


def link_of(served: Server, number: int) -> str:
    """Return the link of one of the observers."""
    return f"/o/{studies_in(served.data_dir)['study']['tokens'][number]}/"


def test_the_outbox_over_a_connection_that_breaks(browser: Browser, served: Server) -> None:
    link = link_of(served, 0)
    with bad_connection(served.url) as connection:
        people = Visitors(browser, site=connection.url)
        page = people.open()
        connection.is_bad = False
        begin(page, link)
        connection.is_bad = True
        given = []
        for number in range(TRIALS):
            key = "pc"[number % 2]
            press(page, key)
            given.append((number + 1, {"p": "perturbed", "c": "clean"}[key]))
        page.locator("#session-complete").wait_for()
        people.leave()
    assert connection.happened["cut off before"] >= 2
    assert connection.happened["cut off after"] >= 2
    assert stored_responses(served, link) == given
    # What Chromium says of a connection on the console; it tries some again by itself, and says nothing.
    assert not [fault for fault in people.faults if "net::ERR" not in fault]


def test_two_tabs_and_fifty_double_clicks_at_once(page: Page, served: Server) -> None:
    """Whatever the tabs show and however often they are clicked: one answer a trial, and the session ends."""
    link = link_of(served, 1)
    begin(page, link)
    other = page.context.new_page()
    other.goto(f"{link}trial/")
    other.locator(READY).wait_for()
    tabs = {page: "perturbed", other: "clean"}
    while (before := len(stored_responses(served, link))) < TRIALS:
        eventually(partial(is_answered_by_clicks, tabs, served, link, before), "an answer is stored")
        for tab in tabs:
            expect(tab.locator(f"{READY}, #session-complete")).to_be_visible()
    for tab in tabs:
        tab.goto(f"{link}trial/")
        tab.locator("#session-complete").wait_for()
    stored = stored_responses(served, link)
    assert Counter(position for position, _ in stored) == dict.fromkeys(range(1, TRIALS + 1), 1)


def is_answered_by_clicks(tabs: dict[Page, str], served: Server, link: str, before: int) -> bool:
    """Click in every tab, fifty times, the word that it says; say whether there are more answers than before.

    The first moments of an image take no answer: a click then was meant for the one before.
    """
    for tab, word in tabs.items():
        with suppress(Error):  # the page goes on to another while it is clicked
            tab.evaluate(CLICK_FIFTY_TIMES, word)
    return len(stored_responses(served, link)) > before
