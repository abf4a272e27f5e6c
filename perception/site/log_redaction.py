"""Keep observers out of the logs: who reads one must not be able to answer in an observer's name, nor find them.

Tokens are replaced, addresses cut short, in whatever a log is given: the one place for all that `serve` writes.
"""

import ipaddress
import logging
import re
from typing import Any

from pythonjsonlogger.json import JsonFormatter

# A token is 22 URL-safe characters (studies.tokens). In a log it stands in a path (plain or percent-encoded), in
# quotes or after an equals sign; elsewhere 22 characters are more likely a name in a traceback.
TOKEN = re.compile(r"(?:(?<=[/'\"=])|(?<=%2F)|(?<=%2f))[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])")
REPLACEMENT = "[token]"

# The token of a link to set a password (perception.accounts.links): when it was made, in base 36, and 32 hexadecimal
# digits. It is good for three days, and nobody's but the person's.
PASSWORD_TOKEN = re.compile(r"(?:(?<![A-Za-z0-9])|(?<=%2F)|(?<=%2f))[0-9a-z]{1,13}-[0-9a-f]{32}(?![A-Za-z0-9])")

# What may be an address; whether it is one, `ipaddress` knows. A clock time is none, nor is a version with three parts.
ADDRESS = re.compile(
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)|(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w.]|:\w)"
)
KEPT_BITS = {4: 24, 6: 48}
"""How much of an address of each version stays: its network, which tells a hospital and not a desk."""


def redact(text: str) -> str:
    """Return the text with every token replaced, and every address of another machine cut to its network."""
    return ADDRESS.sub(_cut, TOKEN.sub(REPLACEMENT, PASSWORD_TOKEN.sub(REPLACEMENT, text)))


def _cut(found: re.Match[str]) -> str:
    # A colon behind an address is the sentence's.
    text, colon = (found[0][:-1], ":") if re.search(r"[^:]:$", found[0]) else (found[0], "")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return found[0]
    if address.is_loopback or address.is_unspecified:
        return found[0]
    return f"{ipaddress.ip_network((address, KEPT_BITS[address.version]), strict=False).network_address}{colon}"


class RedactingFormatter(logging.Formatter):
    """Format a record, traceback and all, then take tokens and addresses out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line or lines to be written."""
        return redact(super().format(record))


class RedactingJsonFormatter(JsonFormatter):
    """Format a record as one JSON object on one line, and take tokens and addresses out.

    Its fields: `time` (UTC, ISO 8601), `level`, `logger`, `message`, and the traceback of an error. What a record
    carries beside them is left out: Django hangs the request on some, with its address and its sender.
    """

    def __init__(self) -> None:
        """Name the fields."""
        super().__init__(
            "{levelname}{name}{message}",
            style="{",
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "traceback"},
            timestamp="time",
        )

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Keep the named fields alone."""
        super().add_fields(log_data, record, message_dict)
        for name in set(log_data) - {"time", "level", "logger", "message", "traceback", "stack_info"}:
            del log_data[name]

    def format(self, record: logging.LogRecord) -> str:
        """Return the line to be written."""
        return redact(super().format(record))
