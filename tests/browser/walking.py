"""What a walk of the tutorial needs from the server, and leaves on the page."""

import re

from playwright.sync_api import Page, expect

from studies.design.drafts.templates import TEMPLATES
from tests.browser.observer.observing import press
from tests.processes import Server, eventually

PRACTICE_TRIALS = int(str(TEMPLATES[0].options["n_practice"]))
"""The walks keep the template that is chosen when a study begins."""


def texts_of(server: Server) -> dict[str, str]:
    """Return the texts that the walk's texts have in braces: the code that `serve` prints."""
    (code,) = eventually(lambda: re.findall(r"with the code (\S+)", server.log.read_text()), "the server prints a code")
    return {"code": code}


def practise(page: Page) -> None:
    """Answer the practice trials, which tell what would have been right, and come to the series."""
    for _ in range(PRACTICE_TRIALS):
        press(page, "c")
        page.get_by_role("button", name=re.compile("^(Next|Begin the series)$")).press("Enter")
    expect(page.get_by_text("Practice", exact=False)).to_have_count(0)


def link_of(page: Page, observer: str) -> str:
    """Return the address that an observer gets, without the site's, from the page of the study."""
    return re.sub(r"^https?://[^/]+", "", page.get_by_label(f"Link of {observer}").input_value())
