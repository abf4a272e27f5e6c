"""Trials that come back: a session by keyboard, by mouse and by finger, in which nothing but the image tells them."""

from collections import Counter

import pytest

from tests.browser.observer.observing import (
    DOUBLE_CLICK_MS,
    READY,
    assert_sent_alike,
    begin,
    click,
    expect_position,
    press,
    sent_images,
    stored_responses,
)
from tests.browser.visitors import PHONE, Visitors
from tests.processes import Server, rows_in


def showings(server: Server, link: str) -> list[int]:
    query = """
        SELECT showing FROM studies_trial JOIN studies_session ON session_id = studies_session.id
        JOIN studies_observer ON observer_id = studies_observer.id WHERE studies_observer.token = %s
        ORDER BY phase, position
    """
    return [row["showing"] for row in rows_in(server.data_dir, query, link.split("/")[2])]


@pytest.mark.parametrize("way", ["keyboard", "mouse", "phone"])
def test_a_session_with_repeats_is_as_any_other(
    way: str, visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    link = links["repeated"].pop()
    page = visitors.open(PHONE, has_touch=True, is_mobile=True) if way == "phone" else visitors.open()
    sent = sent_images(page)
    begin(page, link)
    for position in range(1, 7):
        expect_position(page, position)
        assert "again" not in page.locator("main").inner_text().lower()
        if way != "keyboard":
            page.wait_for_timeout(DOUBLE_CLICK_MS + 200)  # sooner, it would be taken for a double click
        if way == "keyboard":
            press(page, "p")
        elif way == "mouse":
            click(page, "Perturbed")
        else:
            page.locator(READY).wait_for()
            page.get_by_role("button", name="Perturbed").tap()
    page.locator("#session-complete").wait_for()

    assert stored_responses(served, link) == [(position, "perturbed") for position in range(1, 7)]
    assert Counter(showings(served, link)) == {1: 4, 2: 2}
    assert len({response.url for response in sent}) == 6, "each showing has an address of its own"
    assert_sent_alike(sent)
    # Both showings count in the score.
    assert "of 6" in page.locator("main").inner_text()


def test_a_pair_comes_back_with_each_image_at_its_place(
    visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    link = links["repeated_pairs"].pop()
    page = visitors.open()
    begin(page, link)
    seen: list[tuple[bytes, ...]] = []
    for position in range(1, 7):
        expect_position(page, position)
        page.locator(READY).wait_for()
        addresses = page.locator("#stage img").evaluate_all("images => images.map(image => image.src)")
        seen.append(tuple(page.request.get(address).body() for address in addresses))
        page.keyboard.press("ArrowLeft")
    page.locator("#session-complete").wait_for()

    assert all(len(pair) == 2 for pair in seen)
    assert sorted(Counter(seen).values()) == [1, 1, 2, 2]
