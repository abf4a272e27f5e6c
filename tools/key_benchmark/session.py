"""One observer at a browser: looks at each image for a moment, presses a key, and Chromium traces what came of it."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from playwright.sync_api import Browser, Page, Request

from tools.key_benchmark.trace import CATEGORIES, Box, Shown, shown_after_keys

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

    keys: int = 0
    unproved: int = 0
    """Keys after which no picture proves the new image."""
    to_image: list[float] = field(default_factory=list)
    """From the key to the presentation of the image."""
    first_frames: int = 0
    """How many images came with the first frame after the key."""
    rt_errors: list[float] = field(default_factory=list)
    """What the program takes for the response time, less the time from the presentation of the image to the key."""


def measure(browser: Browser, program: Program, number: int, *, trials: int, slowed: float, into: Measured) -> None:
    """Let an observer answer; add what was measured.

    Parameters
    ----------
    number
        Of the session.
    trials
        How many images the session has, all different.
    slowed
        How many times slower the page's main thread runs.

    Raises
    ------
    RuntimeError
        An image did not come, or one came twice.
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
    browser.start_tracing(page=page, categories=list(CATEGORIES))
    for _ in range(trials - 1):
        page.wait_for_timeout(random.uniform(*LOOKS_MS))
        _wait_until_ready(page, program)
        page.keyboard.press(KEY)
    page.wait_for_timeout(LOOKS_MS[1])
    events = json.loads(browser.stop_tracing())["traceEvents"]
    if program.told_ms is not None:
        told = program.told_ms(page)
    context.close()
    _add(shown_after_keys(events, box=box, first=-1), told, trials=trials, into=into)


def _add(shown: Sequence[Shown | None], told: Sequence[float], *, trials: int, into: Measured) -> None:
    if len(shown) != trials - 1:
        raise RuntimeError(f"{trials - 1} keys were pressed, and {len(shown)} are in the trace")
    proved = [one for one in shown if one is not None]
    if len({one.image for one in proved}) != len(proved):
        raise RuntimeError(f"an image came twice: {[one.image for one in proved]}")
    into.keys += len(shown)
    into.unproved += len(shown) - len(proved)
    into.to_image += [one.presented - one.key for one in proved]
    into.first_frames += sum(one.is_first_frame for one in proved)
    # The image that a key brought is answered by the next key; the first image came before the trace.
    for image, answer, rt in zip(shown, shown[1:], told[1:], strict=False):
        if image is not None and answer is not None:
            into.rt_errors.append(rt - (answer.key - image.presented))


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
