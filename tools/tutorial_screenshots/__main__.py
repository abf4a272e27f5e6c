"""Make the tutorial's pictures anew: walk both ways on a server of its own, and look.

The server is `manage.py serve` on an empty data folder, as a person starts it. All images are synthetic lesions, which
the program draws; a strip at the foot of each picture says so.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tools.served import serving
from tools.tutorial_screenshots.pictures import save_picture
from tools.tutorial_screenshots.synthetic_files import write_files
from tools.tutorial_screenshots.walker import WithMouse
from tools.tutorial_screenshots.walks import ON_IMAGES, ON_PAIRS, PAIRS_FROM_ELSEWHERE, Look, Walk

FOLDER = Path("docs/images/tutorial")
SIZE = {"width": 960, "height": 720}
OF_PAIRS = frozenset(step.picture for step in PAIRS_FROM_ELSEWHERE if isinstance(step, Look))
"""The pictures that the walk on pairs has and the walk on images has not."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Walk, write the pictures, say which, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.tutorial_screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="FOLDER", help="where to (%(default)s)")
    parser.add_argument("--chromium", default="/usr/bin/chromium", metavar="FILE", help="the browser (%(default)s)")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    _walk(ON_IMAGES, out=options.out, chromium=options.chromium, only=None)
    _walk(ON_PAIRS, out=options.out, chromium=options.chromium, only=OF_PAIRS)
    return 0


def _walk(walk: Walk, *, out: Path, chromium: str, only: frozenset[str] | None) -> None:
    """Walk from an empty data folder; take the pictures that are named, or all."""
    with tempfile.TemporaryDirectory(prefix="tutorial-") as folder, sync_playwright() as playwright:
        files = write_files(Path(folder))
        data_dir = Path(folder) / "data"
        data_dir.mkdir()
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PERCEPTION_", "DJANGO_"))}
        with serving(data_dir, "--workers", "1", environment=own) as served:
            code = served.said(r"with the code (\S+)\s")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(base_url=served.url, viewport=SIZE, color_scheme="light")  # type: ignore[arg-type]

            def look(picture: str) -> None:
                if only is None or picture in only:
                    sys.stdout.write(f"{save_picture(_seen(page), out / f'{picture}.png')}\n")

            page.goto("/")
            WithMouse(page, files=files, texts={"code": code}, look=look).walk(walk)
            browser.close()


def _seen(page: Page) -> bytes:
    return page.screenshot(animations="disabled", caret="hide")


if __name__ == "__main__":
    sys.exit(main())
