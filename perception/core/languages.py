"""English and French: the languages of researchers' pages, and the one of what is kept or leaves the pages.

Reports, exports, archives, protocols and logs are English whoever asks for them: they are compared byte for byte, and
two people who work on one study must get the same file.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation


@contextmanager
def in_english() -> Iterator[None]:
    """Make in English whatever is made inside, in whatever language the page around it is; a decorator too."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
