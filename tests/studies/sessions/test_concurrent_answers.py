"""Answers that arrive at the same moment, on the production server: one is stored, none is lost or doubled."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.browser.prepared_studies import prepare_studies, studies_in
from tests.processes import Server, make_data_folder, rows_in, serving

OBSERVERS, TRIALS = 6, 6


def post(url: str, response: str) -> dict[str, object]:
    data = urllib.parse.urlencode({"response": response}).encode()
    request = urllib.request.Request(url, data=data, headers={"Accept": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
            return {"status": reply.status, **json.load(reply)}
    except urllib.error.HTTPError as error:
        with error:
            return {"status": error.code, **json.load(error)}


def begin(server: Server, token: str) -> str:
    """Consent, leave the instructions, and return the address of the first trial's answer."""
    for address in (f"{server.url}/o/{token}/", f"{server.url}/o/{token}/instructions/"):
        with urllib.request.urlopen(address, data=b"", timeout=60) as reply:  # noqa: S310
            page = reply.read().decode()
    found = re.search(r'<form id="trial-form" method="post" action="([^"]+)"', page)
    assert found is not None
    return found[1]


def stored(server: Server) -> list[tuple[str, int, str]]:
    query = """
        SELECT studies_observer.token, position, response FROM studies_answer
        JOIN studies_trial ON trial_id = studies_trial.id JOIN studies_session ON session_id = studies_session.id
        JOIN studies_observer ON observer_id = studies_observer.id
    """
    return [(row["token"], row["position"], row["response"]) for row in rows_in(server.data_dir, query)]


@pytest.mark.process
def test_simultaneous_answers(tmp_path: Path) -> None:
    """Several observers, each answer sent four times at once, with both words."""
    data_dir = tmp_path / "data"
    make_data_folder(data_dir)
    prepare_studies(data_dir, study={"n_perturbed": 3, "n_clean": TRIALS - 3, "observers": OBSERVERS})
    tokens = studies_in(data_dir)["study"]["tokens"]
    acknowledged: list[tuple[str, int]] = []

    def run_through(token: str) -> None:
        url = begin(server, token)
        for position in range(1, TRIALS + 1):
            with ThreadPoolExecutor(3) as hands:
                replies = list(
                    hands.map(lambda word, url=url: post(server.url + url, word), ["perturbed", "clean"] * 2)
                )
            assert all(reply["stored"] for reply in replies), replies
            assert {reply["status"] for reply in replies} == {200}
            acknowledged.append((token, position))
            url = str(replies[0].get("answer_url", ""))

    with serving(data_dir, "--workers", "2", "--threads", "4") as server, ThreadPoolExecutor(OBSERVERS) as people:
        list(people.map(run_through, tokens))
    answers = stored(server)
    places = [(token, position) for token, position, _ in answers]
    assert sorted(places) == sorted(acknowledged)
    assert len(places) == len(set(places)) == TRIALS * OBSERVERS
