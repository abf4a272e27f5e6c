"""From `serve` on an empty data folder to an open study on uploaded images, with a mouse and at most 20 clicks."""

from pathlib import Path

import pytest

from tests.browser.observer.observing import begin, click, expect_position, stored_responses
from tests.browser.visitors import Visitors
from tests.browser.walking import link_of, practise, texts_of
from tests.processes import Server, eventually
from tools.tutorial_screenshots.synthetic_files import write_files
from tools.tutorial_screenshots.walker import WithMouse
from tools.tutorial_screenshots.walks import OBSERVERS, ON_IMAGES, clicks_of

MOST_CLICKS = 20


@pytest.mark.training
@pytest.mark.process
def test_it_takes_no_terminal_and_at_most_twenty_clicks(visitors: Visitors, served: Server, tmp_path: Path) -> None:
    page = visitors.open()
    looked: list[str] = []
    anna = WithMouse(page, files=write_files(tmp_path), texts=texts_of(served), look=looked.append)
    page.goto("/")
    anna.walk(ON_IMAGES)
    assert anna.clicks == clicks_of(ON_IMAGES)
    assert anna.clicks <= MOST_CLICKS
    links = [link_of(page, name) for name in OBSERVERS]
    assert len(set(links)) == len(OBSERVERS)

    observer = visitors.open()
    begin(observer, links[0])
    practise(observer)
    for position, word in enumerate(("Perturbed", "Clean", "Perturbed"), start=1):
        expect_position(observer, position)
        click(observer, word)
    expect_position(observer, 4)
    answers = [(1, "perturbed"), (2, "clean"), (3, "perturbed")]
    eventually(lambda: stored_responses(served, links[0]) == answers, "three answers are stored")
    page.reload()
    assert "3 of 50" in page.locator("main").inner_text()
