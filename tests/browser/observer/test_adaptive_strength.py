"""Strengths chosen from answers: a session by keyboard, by mouse and by finger, in which nothing tells them."""

import pytest
from playwright.sync_api import Page

from studies.answers.adaptive_strength import AHEAD, GivenAnswer, given_answer, strength_after
from studies.trial_types import TRIAL_TYPES
from tests.browser.observer.observing import (
    DOUBLE_CLICK_MS,
    READY,
    assert_sent_alike,
    begin,
    expect_position,
    sent_images,
    stored_responses,
)
from tests.browser.visitors import PHONE, Visitors
from tests.processes import Server, rows_in

STRENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0)
TRIALS = 10
ANSWERS = {"yes_no": ("p", "Perturbed", "perturbed"), "two_afc": ("ArrowLeft", "First", "first")}


def shown_to(server: Server, link: str) -> list[tuple[bool, float]]:
    """Return of each trial whether its first image is perturbed, and its strength, 0 where none is."""
    query = """
        SELECT position,
            MAX(CASE WHEN perturbed AND studies_truth.stimulus_id = studies_trial.stimulus_id THEN 1 ELSE 0 END)
                AS first,
            MAX(CASE WHEN perturbed THEN strength ELSE 0 END) AS strength
        FROM studies_trial JOIN studies_truth
            ON studies_truth.stimulus_id IN (studies_trial.stimulus_id, studies_trial.second_stimulus_id)
        JOIN ml_imagepair ON ml_imagepair.id = pair_id JOIN ml_pairset ON ml_pairset.id = pair_set_id
        JOIN studies_session ON session_id = studies_session.id
        JOIN studies_observer ON observer_id = studies_observer.id WHERE studies_observer.token = %s
        GROUP BY position ORDER BY position
    """
    rows = rows_in(server.data_dir, query, link.split("/")[2])
    return [(bool(row["first"]), row["strength"]) for row in rows]


def give(page: Page, way: str, trial_type: str) -> None:
    """Say that the image is perturbed; of two, that the first one is."""
    key, button, _ = ANSWERS[trial_type]
    page.locator(READY).wait_for()
    if way == "keyboard":
        page.keyboard.press(key)
        return
    page.wait_for_timeout(DOUBLE_CLICK_MS + 200)  # sooner, it would be taken for a double click
    choice = page.get_by_role("button", name=button)
    (choice.tap if way == "phone" else choice.click)()


@pytest.mark.parametrize("way", ["keyboard", "mouse", "phone"])
@pytest.mark.parametrize(("study", "trial_type"), [("adaptive", "yes_no"), ("adaptive_pairs", "two_afc")])
def test_a_session_whose_strengths_are_chosen_is_as_any_other(
    way: str, study: str, trial_type: str, visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    link = links[study].pop()
    page = visitors.open(PHONE, has_touch=True, is_mobile=True) if way == "phone" else visitors.open()
    sent = sent_images(page)
    begin(page, link)
    for position in range(1, TRIALS + 1):
        expect_position(page, position)
        give(page, way, trial_type)
    page.locator("#session-complete").wait_for()

    response = ANSWERS[trial_type][2]
    assert stored_responses(served, link) == [(position, response) for position in range(1, TRIALS + 1)]
    shown = shown_to(served, link)
    trials = TRIAL_TYPES[trial_type]
    given: list[GivenAnswer] = []
    for position, (is_first, strength) in enumerate(shown, start=1):
        if strength and position > AHEAD:
            chosen = strength_after(given[: position - AHEAD], STRENGTHS, trial_type=trials)
            assert strength == chosen, f"trial {position}"
        truth = trials.expected((is_first, not is_first) if trials.images > 1 else (is_first,))
        given.append(given_answer(trials, response=response, truth=truth, strength=strength))
    assert len({strength for _, strength in shown}) > 2, "more than one strength was shown, and the choice had a part"

    assert len({image.url for image in sent}) == TRIALS * trials.images, "each image has an address of its own"
    assert_sent_alike(sent)
