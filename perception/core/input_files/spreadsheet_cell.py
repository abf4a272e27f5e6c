"""Text that goes into a cell of a CSV file, which people open in spreadsheets, and comes back from one."""

import re

# What starts a formula in a spreadsheet (OWASP's list, with the full-width forms that some programs take for the
# same), after blanks, which some programs pass over. Apostrophes before it are what `escape_formula` has put there.
FORMULA = re.compile("'*\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")


def escape_formula(text: str) -> str:
    """Keep a spreadsheet from running a cell as a formula: an apostrophe before what would start one (OWASP).

    A text that begins with apostrophes and goes on like a formula gets one more, so that `unescape_formula` returns
    every text as it was.
    """
    return f"'{text}" if FORMULA.match(text) else text


def unescape_formula(cell: str) -> str:
    """Return the text that `escape_formula` made this cell of; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
