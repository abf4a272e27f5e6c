"""Text that goes into a cell of a CSV file, which people open in spreadsheets, and comes back from one."""

import re

# What starts a formula in a spreadsheet (OWASP's list, with the full-width forms that some programs take for the
# same), after blanks, which some programs pass over. Apostrophes before it are what `harmless` has put there.
FORMULA = re.compile("'*\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")


def harmless(text: str) -> str:
    """Keep a spreadsheet from running a cell as a formula: an apostrophe before what would start one (OWASP).

    A text that begins with apostrophes and goes on like a formula gets one more, so that `as_meant` returns every
    text as it was.
    """
    return f"'{text}" if FORMULA.match(text) else text


def as_meant(cell: str) -> str:
    """Return the text that `harmless` made this cell of; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
