"""No observer's token reaches a log."""

import logging
import sys

import pytest

from perception.site.log_redaction import RedactingFormatter, redact
from studies.tokens import new_token


@pytest.mark.parametrize(
    "around",
    [
        "Internal Server Error: /o/{}/",
        '"GET /o/{}/trial HTTP/1.1"',
        "Error handling request GET /o/{}?page=2",
        "/accounts/login/?next=%2Fo%2F{}%2F",
        "?token={}&page=2",
        "no invitation '{}'",
        "/o/{0}/image/{0}",
        "/o/{}",
    ],
)
def test_tokens_are_taken_out(around: str) -> None:
    for _ in range(200):
        token = new_token()
        assert redact(around.format(token)) == around.format("[token]")


@pytest.mark.parametrize(
    "text",
    [
        "/usr/lib/python3.11/site-packages/django/core/handlers/exception.py",
        "line 55, in inner_function_of_a_name",
        "Task id=5f0c0a35-6d0e-4d44-8a5e-0d51b0a9f0a1 path=ml.tasks.train",
        "/o/short/",
    ],
)
def test_the_rest_is_left(text: str) -> None:
    assert redact(text) == text


def test_tracebacks_are_read_as_well() -> None:
    token = new_token()
    try:
        dict[str, str]()[f"/o/{token}/"]
    except KeyError:
        record = logging.LogRecord("studies", logging.ERROR, __file__, 1, "at %s", (f"/o/{token}/",), sys.exc_info())
    line = RedactingFormatter("{levelname} {message}", style="{").format(record)
    assert token not in line
    assert line.startswith("ERROR at /o/[token]/\nTraceback")
    assert line.endswith("KeyError: '/o/[token]/'")
