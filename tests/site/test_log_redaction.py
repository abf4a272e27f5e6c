"""No observer's token reaches a log."""

import logging
import sys
from urllib.parse import quote

import pytest

from perception.accounts.lifecycle import invite
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


@pytest.mark.django_db
@pytest.mark.parametrize(
    "around",
    ["Internal Server Error: {}", '"GET {} HTTP/1.1"', "Invalid HTTP Version 'GET {} HTTP/9.9'", "?next={}&page=2"],
)
@pytest.mark.parametrize("encoded", [False, True])
def test_links_to_set_a_password_are_taken_out(around: str, encoded: bool) -> None:
    _, path = invite(username="ben", by=None)
    token = path.strip("/").rpartition("/")[2]
    line = around.format(quote(path, safe="") if encoded else path)
    assert token in line
    assert redact(line) == line.replace(token, "[token]")


@pytest.mark.parametrize(
    "text",
    [
        "/usr/lib/python3.11/site-packages/django/core/handlers/exception.py",
        "line 55, in inner_function_of_a_name",
        "Task id=5f0c0a35-6d0e-4d44-8a5e-0d51b0a9f0a1 path=ml.tasks.train",
        "/o/short/",
        "12:30:45.123 INFO worker 12:30:45",
        "gunicorn 27.0.1, Python 3.11.2, version 10.0.26100.1742",
        "http://127.0.0.1:8000 and http://[::1]:8000, bound to 0.0.0.0:8000 and [::]:8000",
        "999.1.2.3, std::vector",
    ],
)
def test_the_rest_is_left(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("address", "cut"),
    [
        ("198.51.100.23", "198.51.100.0"),
        ("10.1.2.3", "10.1.2.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("2001:DB8:1:2::6", "2001:db8:1::"),
        ("fe80::1", "fe80::"),
    ],
)
@pytest.mark.parametrize(
    "around", ["Invalid request from ip={}: no end", "{} - - [28/Nov/2026]", "http://[{}]/", "({})", "('{}', 5)", "{}"]
)
def test_addresses_are_cut(address: str, cut: str, around: str) -> None:
    assert redact(around.format(address)) == around.format(cut)


def test_an_address_with_its_port_or_within_another_is_cut() -> None:
    assert redact("from 198.51.100.23:51234") == "from 198.51.100.0:51234"
    assert redact("from ::ffff:198.51.100.23.") == "from ::ffff:198.51.100.0."


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
