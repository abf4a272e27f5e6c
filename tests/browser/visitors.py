"""People at browsers: pages of which everything that should not have happened on them is remembered."""

from contextlib import suppress
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, expect

DESKTOP = (1280, 800)
PHONE = (390, 844)

LONG_WORK = 180_000
"""Milliseconds that are waited for a worker, which may have to start first."""

# What a page may load without asking anybody.
LOCAL_SCHEMES = frozenset({"data", "blob", "about"})


class Visitors:
    """Opens pages on one site and collects their faults.

    A fault is an error or a warning on the console, an uncaught exception, or a request to another host.
    """

    def __init__(self, browser: Browser, *, site: str) -> None:
        """`site` is the address of the server, `http://HOST:PORT`."""
        self.faults: list[str] = []
        self._browser = browser
        self._site = site
        self._contexts: list[BrowserContext] = []

    def open(self, size: tuple[int, int] = DESKTOP, **options: object) -> Page:
        """Open an empty page of the given width and height for a new person: no cookies, no cache.

        `options` are Playwright's for a browser context, such as `java_script_enabled=False`.
        """
        width, height = size
        context = self._browser.new_context(
            base_url=self._site,
            viewport={"width": width, "height": height},
            **options,  # type: ignore[arg-type]
        )
        self._contexts.append(context)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._exception(error.error))
        context.on("request", self._request)
        return context.new_page()

    def forgive(self, part: str) -> None:
        """Forget the faults that contain `part`; an AssertionError if there are none.

        For a page that is meant to answer with an error status: Chromium reports it on the console.
        """
        kept = [fault for fault in self.faults if part not in fault]
        assert len(kept) < len(self.faults), f"no fault contains {part!r}; there are: {self.faults}"
        self.faults = kept

    def leave(self) -> None:
        """Close every page, at rest.

        Chromium 156 never answers Playwright 1.65 that a window is closed where a page is about to be replaced by the
        next, as it is after a last answer, and Playwright waits for ever.
        """
        for context in self._contexts:
            for page in context.pages:
                # A page that asks whether to be left, and one that has crashed, stay: neither is being replaced.
                with suppress(Error):
                    page.goto("about:blank")
            context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            place = message.location
            self.faults.append(f"console {message.type}: {message.text} ({place['url']}:{place['lineNumber']})")

    def _exception(self, error: Error) -> None:
        self.faults.append(f"uncaught exception: {error}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in LOCAL_SCHEMES and address[:2] != urlsplit(self._site)[:2]:
            self.faults.append(f"request to another host: {request.url}")


def sign_in(page: Page) -> None:
    """Sign the researcher in."""
    page.goto("/")
    page.get_by_label("Username").fill("researcher")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Studies").wait_for()


def expect_open(page: Page) -> None:
    """Wait until the page of a study says that it is open: a worker opens it."""
    expect(page.locator(".page-head .state")).to_have_text("open", timeout=LONG_WORK)


def expect_report(page: Page) -> None:
    """Wait until the page has the report: a worker makes it."""
    expect(page.locator(".report-head h1")).to_be_visible(timeout=LONG_WORK)


def expect_downloads(page: Page) -> None:
    """Wait until all that can be downloaded of a report is there: its files come after the page, which adds them."""
    expect(page.locator(".report-bar .menu li").filter(has_not=page.locator("a"))).to_have_count(0, timeout=LONG_WORK)
