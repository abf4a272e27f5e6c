"""The browser that the tests and the measurements drive: Debian's Chromium, which fetches nothing of its own."""

import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    # Chromium refuses to sandbox itself for root, which is who runs the tests in a container.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Nothing but the pages under test is fetched.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def find_chromium() -> str | None:
    """Return the path of Chromium; None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)
