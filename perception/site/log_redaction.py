"""Keep observers' tokens out of the logs: who reads a log must not be able to answer in an observer's name."""

import logging
import re

# A token is 22 URL-safe characters (studies.tokens). In a log it stands in a path (plain or percent-encoded), in
# quotes or after an equals sign; elsewhere 22 characters are more likely a name in a traceback.
TOKEN = re.compile(r"(?:(?<=[/'\"=])|(?<=%2F)|(?<=%2f))[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])")
REPLACEMENT = "[token]"


def redact(text: str) -> str:
    """Return the text with every token replaced."""
    return TOKEN.sub(REPLACEMENT, text)


class RedactingFormatter(logging.Formatter):
    """Format a record, traceback and all, then take the tokens out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line or lines to be written."""
        return redact(super().format(record))
