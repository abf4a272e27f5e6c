"""From `serve` on an empty data folder to an open study on pairs of another program, by keyboard alone."""

from pathlib import Path

import pytest

from tests.browser.accessibility import assert_accessible
from tests.browser.observer.observing import begin, expect_position, press, stored_responses
from tests.browser.visitors import Visitors
from tests.browser.walking import link_of, practise, texts_of
from tests.processes import Server, eventually
from tools.tutorial_screenshots.synthetic_files import write_files
from tools.tutorial_screenshots.walker import ByKeyboard
from tools.tutorial_screenshots.walks import OBSERVERS, ON_PAIRS, clicks_of

MOST_CLICKS = 20


@pytest.mark.process
def test_a_whole_study_is_made_by_keyboard(visitors: Visitors, served: Server, tmp_path: Path) -> None:
    page = visitors.open()
    anna = ByKeyboard(
        page, files=write_files(tmp_path), texts=texts_of(served), look=lambda picture: assert_accessible(page)
    )
    page.goto("/")
    anna.walk(ON_PAIRS)
    assert anna.clicks <= clicks_of(ON_PAIRS) <= MOST_CLICKS
    links = [link_of(page, name) for name in OBSERVERS]
    assert len(set(links)) == len(OBSERVERS)

    observer = visitors.open()
    begin(observer, links[1])
    practise(observer)
    for position, key in enumerate("pccp", start=1):
        expect_position(observer, position)
        press(observer, key)
    expect_position(observer, 5)
    answers = [(1, "perturbed"), (2, "clean"), (3, "clean"), (4, "perturbed")]
    eventually(lambda: stored_responses(served, links[1]) == answers, "four answers are stored")
