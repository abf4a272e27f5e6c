"""One observer's browser: a whole session, from the welcome page to the last, over kept-alive HTTP.

With a script (`Browser.SCRIPT`), as nearly every browser goes through a study: one trial page, then for each trial
the next image fetched ahead and the answer sent for JSON, which names the next step. Without one (`Browser.FORM`): a
page, an image and a form for each trial.
"""

import asyncio
import enum
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from tools.web_benchmark.http_connection import BrokenReplyError, Connection, Reply
from tools.web_benchmark.page_reading import Page, Step, files_of, read_page

PNG = b"\x89PNG\r\n\x1a\n"
RESPONSES = ["perturbed", "clean"]
# Pages between the consent and the first trial, or between the last and the end, that are gone through by a button.
MOST_PAGES_BETWEEN = 6
PATIENCE = 20  # failed requests after which an observer gives up
# What a browser sends with every request.
HEADERS = {"User-Agent": "Mozilla/5.0 (benchmark)", "Accept-Encoding": "gzip, deflate, br", "Accept-Language": "en"}


class Browser(enum.StrEnum):
    """Whether the observer's browser runs scripts."""

    SCRIPT = "script"
    FORM = "form"


@dataclass
class Notes:
    """What the observers of one run met."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """By kind of request (page, image, answer, file): from sending it to the last byte of the reply."""
    errors: Counter[str] = field(default_factory=Counter)
    acknowledged: list[tuple[str, str, str]] = field(default_factory=list)
    """Invitation, trial and response of each answer that the server said it has."""
    finished: int = 0
    """Sessions that came to their end."""


class UnexpectedError(Exception):
    """The server answered, and not with what a browser can go on with."""


@dataclass
class Observer:
    """One person in front of one browser."""

    host: str
    port: int
    token: str
    browser: Browser
    notes: Notes
    think: float = 0.0
    """Seconds that an image is looked at, on average (each time between half of it and one and a half)."""

    def __post_init__(self) -> None:
        """Open no connection yet."""
        self._connection = Connection(self.host, self.port)
        self._random = random.Random(self.token)
        self._cached: set[str] = set()
        self._pause = 0.05

    async def take_part(self) -> None:
        """Go through the session; after an error ask the server again where it stands, as a person who reloads."""
        for _ in range(PATIENCE):
            try:
                page = await self._to_trial()
                while not page.is_end:
                    page = await (self._by_script(page) if self.browser is Browser.SCRIPT else self._by_form(page))
                self.notes.finished += 1
                break
            except (OSError, BrokenReplyError, UnexpectedError) as error:
                self.notes.errors[f"{type(error).__name__}: {error}"] += 1
                await asyncio.sleep(self._pause)
                self._pause = min(2 * self._pause, 1.0)
        else:
            self.notes.errors["an observer gave up"] += 1
        self._connection.close()

    async def _to_trial(self) -> Page:
        """From the link through consent and instructions to the current trial."""
        url = f"/o/{self.token}/"
        page = await self._page(url)
        return await self._through(page)

    async def _through(self, page: Page) -> Page:
        """Press the button of one page after the other, to the next trial or the end."""
        for _ in range(MOST_PAGES_BETWEEN):
            if page.is_end or (page.form is not None and page.form.is_trial):
                return page
            if page.form is None:
                break
            page = await self._page(page.form.action or self._at, form=page.form.fields)
        raise UnexpectedError("a page that leads nowhere")

    async def _by_form(self, page: Page) -> Page:
        """Judge the image of one page and send its form."""
        if page.form is None:
            raise UnexpectedError("a trial page without a form")
        for url in page.images:
            await self._image(url)
        await self._look()
        response = self._random.choice(RESPONSES)
        reply = await self._request("answer", page.form.action, form={**page.form.fields, "response": response})
        if reply.status != 303:
            raise UnexpectedError(f"an answer with status {reply.status}")
        self._acknowledge(page.form.action, response)
        return await self._through(await self._page(reply.headers["location"]))

    async def _by_script(self, page: Page) -> Page:
        """Judge the images of one trial page, one after the other, until the server asks for another page."""
        step = page.step
        if step is None or page.form is None:
            raise UnexpectedError("a trial page without a step")
        display = {**page.form.fields, "rt_ms": "1234", "pixel_ratio": "1", "window_width": "1280", "visible": "1"}
        for url in step["image_urls"]:
            await self._image(url)
        while True:
            for url in step["next"]["image_urls"] if step["next"] else []:  # fetched ahead, while the person looks
                await self._image(url)
            await self._look()
            response = self._random.choice(RESPONSES)
            reply = await self._request(
                "answer", step["answer_url"], form={**display, "response": response}, accept="application/json"
            )
            answered, step = step["answer_url"], _step_in(reply)
            self._acknowledge(answered, response)
            if step["reload"] or step["finished"]:
                return await self._through(await self._page(step["url"]))

    def _acknowledge(self, answer_url: str, response: str) -> None:
        trial = answer_url.rstrip("/").rpartition("/")[2]
        self.notes.acknowledged.append((self.token, trial, response))

    async def _look(self) -> None:
        if self.think:
            await asyncio.sleep(self.think * self._random.uniform(0.5, 1.5))

    async def _page(self, url: str, *, form: Mapping[str, str] | None = None) -> Page:
        reply = await self._request("page", url, form=form)
        while reply.status in {301, 302, 303}:
            url = reply.headers["location"]
            reply = await self._request("page", url)
        if reply.status != 200:
            raise UnexpectedError(f"a page with status {reply.status}")
        self._at = url
        for file in files_of(reply.body):
            if file not in self._cached:  # as a browser keeps what may be kept for ever
                self._cached.add(file)
                await self._request("file", file)
        return read_page(reply.body)

    async def _image(self, url: str) -> None:
        reply = await self._request("image", url)
        if reply.status != 200 or not reply.body.startswith(PNG):
            raise UnexpectedError(f"an image with status {reply.status}")

    async def _request(
        self, kind: str, url: str, *, form: Mapping[str, str] | None = None, accept: str = "*/*"
    ) -> Reply:
        began = time.perf_counter()
        try:
            return await self._connection.request(
                "GET" if form is None else "POST",
                urlsplit(url).path + (f"?{query}" if (query := urlsplit(url).query) else ""),
                headers={**HEADERS, "Accept": accept},
                body=None if form is None else urlencode(form).encode(),
            )
        finally:
            self.notes.seconds[kind].append(time.perf_counter() - began)


def _step_in(reply: Reply) -> Step:
    if reply.status != 200:
        raise UnexpectedError(f"an answer with status {reply.status}")
    step: Step = json.loads(reply.body)
    return step
