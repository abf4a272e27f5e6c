"""Who made a study: lines of text → authors. Pure.

One author a line, in their order: the name and, after a comma, the ORCID iD, where there is one.

    Ada Lovelace, 0000-0002-1825-0097
    Charles Babbage
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext

from studies.errors import StudyError

MOST_AUTHORS = 200
LONGEST_NAME = 200
ORCID_ADDRESS = "https://orcid.org/"
_ORCID = re.compile(rf"(?:{re.escape(ORCID_ADDRESS)})?(\d{{4}}-\d{{4}}-\d{{4}}-\d{{3}}[\dX])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Author:
    """One author.

    Attributes
    ----------
    name
        As it is to be read.
    orcid
        The ORCID iD, such as `0000-0002-1825-0097`; empty where none is given.
    """

    name: str
    orcid: str = ""

    @property
    def address(self) -> str:
        """The ORCID iD as an address; empty without one."""
        return f"{ORCID_ADDRESS}{self.orcid}" if self.orcid else ""

    def __str__(self) -> str:
        """Return the line that says it."""
        return f"{self.name}, {self.orcid}" if self.orcid else self.name


def parse_authors(text: str) -> tuple[Author, ...]:
    """Return the authors in their order.

    Raises
    ------
    StudyError
        A line is too long or has no name, its ORCID iD is mistyped, or there are too many lines.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_AUTHORS:
        raise StudyError(
            gettext("%(n)d authors are too many; at most %(most)d.") % {"n": len(lines), "most": MOST_AUTHORS}
        )
    return tuple(_author(number, line) for number, line in lines)


def _author(number: int, line: str) -> Author:
    name, comma, rest = line.rpartition(",")
    found = _ORCID.fullmatch(rest.strip())
    author = Author(name.strip(), found[1].upper()) if comma and found else Author(line)
    if not author.name or _ORCID.fullmatch(author.name):
        raise StudyError(gettext("Line %(line)d: write the name before the ORCID iD.") % {"line": number})
    if len(author.name) > LONGEST_NAME:
        raise StudyError(
            gettext("Line %(line)d: a name of %(n)d letters; at most %(most)d. One author a line.")
            % {"line": number, "n": len(author.name), "most": LONGEST_NAME}
        )
    if author.orcid and not _has_right_check_digit(author.orcid):
        raise StudyError(
            gettext("Line %(line)d: %(orcid)s is no ORCID iD, its last digit does not fit the others.")
            % {"line": number, "orcid": author.orcid}
        )
    return author


def _has_right_check_digit(orcid: str) -> bool:
    """Whether the last digit is that of ISO 7064, MOD 11-2, where X stands for 10."""
    digits = orcid.replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == digits[-1]
