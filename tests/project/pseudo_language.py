"""Researchers' pages in a language that is none: every text that is given to the translation stands in brackets.

Whatever a person reads on a page outside of them is not translated, whatever the catalogue holds.
"""

import copy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.utils import translation
from django.utils.translation import trans_real

LEFT, RIGHT = "⟦", "⟧"
READ_OUT = ("aria-label", "title", "placeholder", "alt")
UNSPOKEN = {"script", "metadata", "style", "code", "pre", "kbd", "template"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LETTERS = re.compile(r"[^\W\d_]+")


@contextmanager
def bracketed(language: str = "fr") -> Iterator[None]:
    """Translate into the language by putting brackets around each text; dates and numbers stay as it has them."""
    real = trans_real.translation(language)
    pseudo = copy.copy(real)
    pseudo.gettext = lambda message: f"{LEFT}{message}{RIGHT}" if message else real.gettext(message)  # type: ignore[method-assign]
    pseudo.ngettext = lambda msgid1, msgid2, n: f"{LEFT}{msgid1 if n == 1 else msgid2}{RIGHT}"  # type: ignore[method-assign]
    trans_real._translations[language] = pseudo  # type: ignore[attr-defined]
    try:
        with translation.override(language):
            yield
    finally:
        trans_real._translations[language] = real  # type: ignore[attr-defined]


@dataclass
class Spoken(HTMLParser):
    """Collects what a page says outside of brackets, and outside of what it marks as being in one language."""

    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin outside of everything."""
        super().__init__(convert_charrefs=True)
        self.depth = 0
        self.left_out: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at what is read out of an element, and whether its inside counts."""
        given = dict(attrs)
        outer = bool(self.left_out) and self.left_out[-1]
        lang = given.get("lang") or ""
        inner = outer or tag in UNSPOKEN or (bool(lang) and tag != "html")
        if not inner:
            for name in READ_OUT:
                self._look(unbracketed(given.get(name) or ""), f"{tag}[{name}]")
        if tag not in VOID:
            self.left_out.append(inner)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag not in VOID and self.left_out:
            self.left_out.pop()

    def handle_data(self, data: str) -> None:
        """Look at a text; a bracket may open in one and close in another."""
        outside = ""
        for letter in data:
            self.depth += (letter == LEFT) - (letter == RIGHT)
            outside += letter if self.depth == 0 else " "
        if not (self.left_out and self.left_out[-1]):
            self._look(outside, "text")

    def _look(self, text: str, where: str) -> None:
        if LETTERS.search(text):
            self.found.append(f"{where}: {' '.join(text.split())}")


def unbracketed(text: str) -> str:
    """Return what of a text stands outside of all brackets."""
    depth, outside = 0, ""
    for letter in text:
        depth += (letter == LEFT) - (letter == RIGHT)
        outside += letter if depth == 0 and letter != RIGHT else " "
    return outside


def spoken(page: str) -> list[str]:
    """Return what a page says in no language."""
    reader = Spoken()
    reader.feed(page)
    return reader.found
