"""Observers who answer by HTTP, each sending an answer until it is acknowledged, as the pages' script does."""

import http.client
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from tests.faults.site import TRIALS, Place, Site
from tests.processes import PATIENCE, eventually

UNAVAILABLE = 503
PAUSE = 0.25  # seconds before an answer is sent again
LIMIT = 60.0  # seconds for one attempt


class Crowd:
    """The observers of a site's study, and what the server has told them.

    Parameters
    ----------
    site
        Whose observers answer.
    url
        Where it is served now; `move_to` says when that has changed.
    thinking
        Seconds between an acknowledgement and the next answer.
    """

    def __init__(self, site: Site, url: str, *, thinking: float = 0.2) -> None:
        """Bring each observer to the first trial."""
        self.acknowledged: dict[Place, str] = {}
        self.refused: Counter[object] = Counter()
        """Statuses, and kinds of errors of a connection, after which an answer was sent again."""
        self._site = site
        self._url = url
        self._thinking = thinking
        with ThreadPoolExecutor(4) as hands:
            self._first = dict(zip(site.tokens, hands.map(self._begin, site.tokens), strict=True))

    def move_to(self, url: str) -> None:
        """Send what is still to be sent to another address."""
        self._url = url

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Answer while the block runs, and to the end after it; whoever gets stuck fails the test."""
        with ThreadPoolExecutor(len(self._first)) as people:
            sessions: list[Future[None]] = [people.submit(self._answer_all, *one) for one in self._first.items()]
            yield
            for session in sessions:
                session.result(PATIENCE)

    def wait_for(self, answers: int) -> None:
        """Wait until so many answers are acknowledged."""
        eventually(lambda: len(self.acknowledged) >= answers, f"{answers} answers; so far {self.refused}")

    def assert_kept(self) -> None:
        """Everybody has finished; what was acknowledged is stored, once, and nothing else; nobody met a broken page.

        A server that is not there is met, and one that says that it cannot store an answer now.
        """
        answers = self._site.answers()
        assert answers == self.acknowledged
        assert len(answers) == len(self._first) * TRIALS
        unfinished = self._site.rows("SELECT count(*) FROM studies_session WHERE finished_at IS NULL")
        assert unfinished == [(0,)]
        broken = {status: count for status, count in self.refused.items() if status != UNAVAILABLE}
        assert not any(isinstance(status, int) for status in broken), broken
        self._site.assert_whole()
        print(f"{len(answers)} answers are there, once each; sent again after {dict(self.refused)}")  # noqa: T201

    def _begin(self, token: str) -> str:
        for part in ("", "instructions/"):
            with urllib.request.urlopen(f"{self._url}/o/{token}/{part}", data=b"", timeout=LIMIT) as reply:  # noqa: S310
                page = reply.read().decode()
        found = re.search(r'<form id="trial-form" method="post" action="([^"]+)"', page)
        assert found is not None, page
        return found[1]

    def _answer_all(self, token: str, address: str) -> None:
        for position in range(1, TRIALS + 1):
            word = "perturbed" if (len(token + address) + position) % 2 else "clean"
            reply = self._acknowledgement(address, word)
            self.acknowledged[token, position] = word
            address = str(reply.get("answer_url", ""))
            time.sleep(self._thinking)

    def _acknowledgement(self, address: str, word: str) -> dict[str, object]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                reply = self._sent(address, word)
                assert reply["stored"] is True, reply
            except urllib.error.HTTPError as error:
                with error:
                    self.refused[error.code] += 1
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.refused[type(error).__name__] += 1
            else:
                return reply
            time.sleep(PAUSE)
        raise AssertionError(f"{address}: never acknowledged; {self.refused}")

    def _sent(self, address: str, word: str) -> dict[str, object]:
        data = urllib.parse.urlencode({"response": word}).encode()
        request = urllib.request.Request(self._url + address, data=data, headers={"Accept": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=LIMIT) as reply:  # noqa: S310
            said: dict[str, object] = json.load(reply)
        return said
