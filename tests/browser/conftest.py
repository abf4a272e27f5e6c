"""A real Chromium on a real server.

A test module gets a server on an empty data folder; modules one after the other that fill it by the same function
share one. To put something into it, override `prepare`:

    @pytest.fixture(scope="module")
    def prepare() -> Prepare:
        def fill(data_dir: Path) -> None:
            manage(data_dir, "demo", "--no-serve")

        return fill

and take `page` (desktop) or `phone_page`. A page that logs an error, throws, or asks another host fails its test.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.visitors import DESKTOP, PHONE, Visitors
from tests.processes import Server, make_data_folder, serving
from tools.chromium import OPTIONS, find_chromium

Prepare = Callable[[Path], None]

# As long as Playwright waits for anything else: five seconds are few on a busy machine.
expect.set_options(timeout=30_000)

HERE = Path(__file__).parent
# Chromium obeys the last list alone, so that ours replaces Playwright's: what of that changes a page is repeated.
SWITCHED_OFF = [
    # Pages that Chromium loads behind the address bar of every window, in processes of their own: half of what a window
    # costs, and nobody types an address.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "MediaRouter", "Translate"),
    *("NetworkTimeServiceQuerying", "ThirdPartyStoragePartitioning", "LensOverlay", "AimEnabled"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin"),
]
CHROMIUM_OPTIONS = [*OPTIONS, f"--disable-features={','.join(SWITCHED_OFF)}"]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder as `browser`; keep those of one server on one process."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(item.path.relative_to(HERE).parts[0]))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium; without one the test is skipped, and fails where CI says that it must be there."""
    found = find_chromium()
    if found is None:
        reason = "no Chromium: install the package `chromium` to run the browser tests"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """Start Chromium for the tests of this folder; it is gone before a test of another folder runs.

    Not once for all: while Playwright is there, an event loop runs in this process, and Django would refuse the
    database to other tests that come after ("You cannot call this from an async context").
    """
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, headless=True, args=CHROMIUM_OPTIONS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Return what fills the data folder before the server starts; nothing, unless a module overrides this."""
    return lambda data_dir: None


@pytest.fixture(scope="package")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Prepare], Server]]:
    """Return what serves a data folder that a function has filled; the server before is stopped if it was another's."""
    running: dict[Prepare, tuple[Server, ExitStack]] = {}

    def start(prepare: Prepare) -> Server:
        if prepare not in running:
            stop()
            data_dir = tmp_path_factory.mktemp("site") / "data"
            make_data_folder(data_dir)
            prepare(data_dir)
            with ExitStack() as stack:
                # A run that is shown as being done is done by nobody: its lease is not renewed.
                for_a_day = {"PERCEPTION_LEASE_SECONDS": "86400"}
                server = stack.enter_context(serving(data_dir, "--workers", "1", **for_a_day))
                running[prepare] = server, stack.pop_all()
        return running[prepare][0]

    def stop() -> None:
        while running:
            running.popitem()[1][1].close()

    yield start
    stop()


@pytest.fixture(scope="module")
def served(serve: Callable[[Prepare], Server], prepare: Prepare) -> Server:
    """Run `manage.py serve` on a data folder that `prepare` has filled."""
    return serve(prepare)


@pytest.fixture
def visitors(browser: Browser, served: Server) -> Iterator[Visitors]:
    """Return what opens pages on the server; their faults fail the test.

    For tests with several people or with faults to forgive; one person has `page` or `phone_page`.
    """
    people = Visitors(browser, site=served.url)
    try:
        yield people
    finally:
        people.leave()
    assert not people.faults, "on the pages:\n" + "\n".join(people.faults)


@pytest.fixture
def page(visitors: Visitors) -> Page:
    """Open a page as wide as on a desk."""
    return visitors.open(DESKTOP)


@pytest.fixture
def phone_page(visitors: Visitors) -> Page:
    """Open a page as wide as on a phone."""
    return visitors.open(PHONE)
