"""One observer at a browser: looks at each image for a moment, presses a key, and Chromium traces what came of it."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from playwright.sync_api import Browser, Page, Request

from tools.key_benchmark.trace import CATEGORIES, PICTURES, Answered, Box, answered_keys

WINDOW = {"width": 1280, "height": 800}
LOOKS_MS = (300, 700)  # for how long an image is looked at: no lock-step with frames
KEY = "p"
PATIENCE_MS = 15_000
BOX_OF = """select => {
    const box = document.querySelector(select).getBoundingClientRect();
    return [box.left / innerWidth, box.top / innerHeight, box.right / innerWidth, box.bottom / innerHeight];
}"""


@dataclass(frozen=True, slots=True)
class Program:
    """What is measured."""

    name: str
    select: str
    """Finds the element that shows the image, once the page takes a key."""
    begin: Callable[[Page, int], None]
    """Brings a new page to the first image of the session with this number."""
    told_ms: Callable[[Page], list[float]] | None = None
    """What the page itself holds for the response times; None where it sends them (`rt_ms`)."""


@dataclass(slots=True)
class Measured:
    """What was measured of one program under one condition, ms."""

    pictured: int = 0
    """Keys in sessions with pictures."""
    proved: int = 0
    """After how many of them the picture of the frame that answered the key shows the next image, and none before."""
    to_pictured: list[float] = field(default_factory=list)
    """From the key to the presentation of that frame, in those sessions."""
    keys: int = 0
    """Keys in sessions without pictures."""
    to_image: list[float] = field(default_factory=list)
    """From the key to the presentation of the frame that answered it."""
    rt_errors: list[float] = field(default_factory=list)
    """What the program takes for the response time, less the time from the presentation of the image to the key."""


def measure(
    browser: Browser,
    program: Program,
    number: int,
    *,
    trials: int,
    slowed: float,
    has_pictures: bool,
    into: Measured,
) -> None:
    """Let an observer answer; add what was measured.

    Parameters
    ----------
    number
        Of the session.
    trials
        How many images the session has, all different.
    slowed
        How many times slower the page's main thread runs.
    has_pictures
        Whether frames are pictured.

    Raises
    ------
    RuntimeError
        An image did not come, or a key is not in the trace.
    """
    context = browser.new_context(viewport=WINDOW)  # type: ignore[arg-type]
    page = context.new_page()
    told: list[float] = []
    page.on("request", lambda request: told.extend(_told_by(request)))
    program.begin(page, number)
    _wait_until_ready(page, program)
    page.wait_for_timeout(1000)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    box = Box(*page.evaluate(BOX_OF, program.select))
    browser.start_tracing(page=page, categories=[*CATEGORIES, *([PICTURES] if has_pictures else [])])
    for _ in range(trials - 1):
        page.wait_for_timeout(random.uniform(*LOOKS_MS))
        _wait_until_ready(page, program)
        page.keyboard.press(KEY)
    page.wait_for_timeout(LOOKS_MS[1])
    answered = answered_keys(json.loads(browser.stop_tracing())["traceEvents"], box=box)
    if program.told_ms is not None:
        told = program.told_ms(page)
    context.close()
    if len(answered) != trials - 1:
        raise RuntimeError(f"{trials - 1} keys were pressed, and {len(answered)} are in the trace")
    waits = [one.presented - one.key for one in answered if one.presented is not None]
    if has_pictures:
        into.pictured += len(answered)
        into.proved += sum(one.is_proved for one in answered)
        into.to_pictured += waits
    else:
        into.keys += len(answered)
        into.to_image += waits
        into.rt_errors += _rt_errors(answered, told)


def _rt_errors(answered: Sequence[Answered], told: Sequence[float]) -> list[float]:
    """Compare the response times with the trace; the first image came before it, and is left out.

    The image that a key brought is answered by the next key.
    """
    return [
        rt - (answer.key - image.presented)
        for image, answer, rt in zip(answered, answered[1:], told[1:], strict=False)
        if image.presented is not None
    ]


def _wait_until_ready(page: Page, program: Program) -> None:
    """Ask the page now and then, which takes none of its frames as Playwright's own waiting does."""
    for _ in range(PATIENCE_MS // 50):
        if page.evaluate("select => document.querySelector(select) !== null", program.select):
            return
        page.wait_for_timeout(50)
    raise RuntimeError(f"{program.name}: no image within {PATIENCE_MS / 1000:g} s")


def _told_by(request: Request) -> list[float]:
    if request.method != "POST":
        return []
    return [float(value) for value in parse_qs(request.post_data or "").get("rt_ms", [])]
