"""A text of the researcher's on a page that may be in another language: marked, so that it is read out as what it is.

WCAG 2.2, success criterion 3.1.2 (language of parts): a screen reader speaks an English text on a French page with an
English voice only where the page says that it is English.
"""

import re
from dataclasses import dataclass
from typing import Final

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from studies.languages import FRENCH
from studies.models.study import Study

FRENCH_SPACES: Final = re.compile(r"(?<=«) | (?=[:;?!»])")
"""Spaces at which French text is never broken; on a keyboard they are typed as any other."""


@dataclass(frozen=True, slots=True)
class ShownText:
    """A text, its language, and that of the page; written out in a template, it is the text alone.

    French text is shown with no-break spaces where its rules ask for them: else a line could begin with a colon.
    """

    text: str
    language: str
    page_language: str

    def __str__(self) -> str:
        """Return the text as it is shown."""
        return FRENCH_SPACES.sub("\N{NO-BREAK SPACE}", self.text) if self.language == FRENCH else self.text

    @property
    def lang(self) -> SafeString:
        """The attribute of the element that holds the text, with a space before it; empty in the page's language."""
        return lang_attribute(self.language, self.page_language)

    @property
    def marked(self) -> SafeString:
        """The text for the middle of a sentence: in an element of its own where it is in another language."""
        return format_html("<span{}>{}</span>", self.lang, str(self)) if self.lang else conditional_escape(str(self))


def lang_attribute(language: str, page_language: str) -> SafeString:
    """Return the attribute `lang` with a space before it, or nothing where the page is in that language."""
    return SafeString() if language == page_language else format_html(' lang="{}"', language)


def shown_text(study: Study, name: str, language: str) -> ShownText:
    """Return a study's `title`, `question`, `instructions` or `consent_text` for a page in a language."""
    return ShownText(study.text(name, language), study.text_language(name, language), language)
