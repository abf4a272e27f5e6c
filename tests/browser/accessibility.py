"""Look for barriers on a page, with axe-core (`vendor/`)."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
# WCAG 2.2, levels A and AA, as axe names its rules' criteria.
CRITERIA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = "criteria => axe.run(document, {runOnly: {type: 'tag', values: criteria}, resultTypes: ['violations']})"
# What follows the size of the window follows within a frame.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"

# Colours change over a moment.
CHANGED = "() => Promise.all(document.getAnimations().map(animation => animation.finished))"


def assert_accessible(page: Page) -> None:
    """Fail with a list of what breaks WCAG 2.2 AA on the page as it stands now."""
    # By the debugging protocol, not by a script element: the site's Content-Security-Policy forbids that, rightly.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    violations = page.evaluate(RUN, CRITERIA)["violations"]
    assert not violations, f"{page.url} breaks WCAG 2.2 AA:\n" + "\n".join(map(_described, violations))


def assert_fits(page: Page, sizes: Sequence[tuple[int, int]]) -> None:
    """Fail if the page, as it stands now, is wider than a window of one of the sizes or not accessible in it.

    The page is expected in the first size, in which it was loaded, and is left in it. In the dark it has the same sizes
    and other colours, so that it is looked at in one size.
    """
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(DRAWN)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{page.url} at {width}"
        assert_accessible(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate(DRAWN)
    page.evaluate(CHANGED)
    assert_accessible(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": sizes[0][0], "height": sizes[0][1]})


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def _described(violation: dict[str, Any]) -> str:
    lines = [f"- {violation['id']} ({violation['impact']}): {violation['help']} <{violation['helpUrl']}>"]
    for node in violation["nodes"]:
        reasons = [check["message"] for check in (*node["any"], *node["all"], *node["none"])]
        lines.append(f"    {node['html']}: {'; '.join(reasons)}")
    return "\n".join(lines)
