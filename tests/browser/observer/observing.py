"""What an observer does in a browser, and what the server has stored of it."""

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, Response, expect

from tests.processes import Server, rows_in

# As static/observer/answer_form.js has it.
DOUBLE_CLICK_MS = 500
READY = '#trial[aria-busy="false"]'


@dataclass(frozen=True)
class StoredAnswer:
    """An answer as it is in the database."""

    phase: str
    position: int
    response: str
    rating: int | None
    confidence: int | None
    grade: int | None
    place_x: int | None
    place_y: int | None
    diagnosis: str
    rt_ms: int | None
    display: dict[str, Any]


def stored_answers(server: Server, link: str) -> list[StoredAnswer]:
    """Return what the observer with this link has answered, in order, read from the database itself."""
    query = """
        SELECT phase, position, response, rating, confidence, grade, place_x, place_y, diagnosis, rt_ms,
            studies_answer.display
        FROM studies_answer
        JOIN studies_trial ON trial_id = studies_trial.id JOIN studies_session ON session_id = studies_session.id
        JOIN studies_observer ON observer_id = studies_observer.id WHERE studies_observer.token = %s
        ORDER BY phase, position
    """
    rows = rows_in(server.data_dir, query, link.split("/")[2])
    return [StoredAnswer(**{**row, "display": json.loads(row["display"])}) for row in rows]


def stored_responses(server: Server, link: str) -> list[tuple[int, str]]:
    """Return position and response of every answer in the series."""
    return [(answer.position, answer.response) for answer in stored_answers(server, link) if answer.phase == "series"]


def stored_session(server: Server, link: str) -> dict[str, Any]:
    """Return the row of the observer's session."""
    query = """
        SELECT studies_session.* FROM studies_session JOIN studies_observer ON observer_id = studies_observer.id
        WHERE studies_observer.token = %s
    """
    (row,) = rows_in(server.data_dir, query, link.split("/")[2])
    return row


def begin(page: Page, link: str) -> None:
    """Open a link, consent, read the instructions, and come to the first trial (of a study without questionnaire)."""
    page.goto(link)
    page.get_by_role("button", name="I consent").click()
    page.get_by_role("button", name="Begin").click()
    page.locator("#stage").wait_for()


def press(page: Page, key: str) -> None:
    """Press a key once the image is painted and an answer is taken."""
    page.locator(READY).wait_for()
    page.keyboard.press(key)


def click(page: Page, name: str) -> None:
    """Click a choice once the image is painted and an answer is taken."""
    page.locator(READY).wait_for()
    page.get_by_role("button", name=name).click()


def expect_position(page: Page, position: int) -> None:
    """Wait until the page says that this is the image."""
    expect(page.locator("#position")).to_have_text(str(position))


def sent_images(page: Page) -> list[Response]:
    """Collect every image that is sent for a trial from now on."""
    sent: list[Response] = []
    page.on("response", lambda response: sent.append(response) if "/image/" in response.url else None)
    return sent


def assert_sent_alike(sent: list[Response]) -> None:
    """Check that neither length nor headers tell one image from another."""
    assert len({response.headers["content-length"] for response in sent}) == 1
    told = [
        {name: value for name, value in response.headers.items() if name not in {"date", "expires"}}
        for response in sent
    ]
    assert all(headers == told[0] for headers in told)
