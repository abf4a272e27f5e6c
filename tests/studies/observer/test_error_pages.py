"""The pages for whoever comes with a wrong address, without a form's token, or while the server is broken."""

import errno

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from studies.models import Observer
from studies.sessions.observer_cache import observer_cache
from tests.studies.factories import make_open_study, make_researcher
from tests.studies.observer.spoken_text import spoken

ENGLISH, FRENCH = "There is nothing here", "Il n’y a rien ici"


def headings(page: str) -> list[tuple[str, str]]:
    """Return the two headings, each with its language, in order; the title before them is the first of them."""
    found = [one for one in spoken(page) if one[1] in {ENGLISH, FRENCH}]
    assert found[0] == found[1]
    return found[1:]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "order"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", [("fr", FRENCH), ("en", ENGLISH)]),
        ("de,en;q=0.5", [("en", ENGLISH), ("fr", FRENCH)]),
        ("", [("en", ENGLISH), ("fr", FRENCH)]),
    ],
)
def test_a_mistyped_link_is_answered_in_both_languages_the_browsers_first(
    wanted: str, order: list[tuple[str, str]]
) -> None:
    page = Client(headers={"Accept-Language": wanted}).get("/o/no-such-link/")

    assert page.status_code == 404
    assert f'<html lang="{order[0][0]}">' in page.content.decode()
    assert headings(page.content.decode()) == order
    assert not page.cookies


@pytest.mark.django_db
def test_what_is_not_found_is_not_found_in_the_same_bytes() -> None:
    """An unknown link, another's trial, an address that the site does not have: nothing tells them apart."""
    token = Observer.objects.get(study=make_open_study()).token
    addresses = [
        "/o/no-such-link/",
        reverse("observer:image", args=[token, "no-such-trial"]),
        reverse("observer:example", args=[token, 9]),
        "/no/such/page",
        "/o/no-such-link/?lang=fr&next=%3Cscript%3E",
    ]

    pages = [Client().get(address) for address in addresses]

    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    # `Expires` is the second in which each was answered.
    headers = [{name: value for name, value in page.headers.items() if name != "Expires"} for page in pages]
    assert all(one == headers[0] and "Expires" in page.headers for one, page in zip(headers, pages, strict=True))


@pytest.mark.django_db
def test_an_address_that_the_site_does_not_have_asks_the_database_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/no/such/page").status_code == 404


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_both_languages() -> None:
    make_researcher()

    page = Client(enforce_csrf_checks=True, headers={"Accept-Language": "fr"}).post(reverse("login"), {"username": "x"})

    assert page.status_code == 403
    assert [language for language, text in spoken(page.content.decode()) if "expir" in text] == ["fr", "fr", "en"]


def test_the_page_for_a_broken_server_needs_no_database() -> None:
    """Without the mark `django_db` every query fails: the page asked for does, the one that says so does not."""
    page = Client(raise_request_exception=False).get("/o/any-link/")

    assert page.status_code == 500
    told = dict(one for one in spoken(page.content.decode()) if "répons" in one[1] or "Answers" in one[1])
    assert told.keys() == {"en", "fr"}
    assert "any-link" not in page.content.decode()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("database or disk is full"), 503),
        (InterfaceError("connection already closed"), 503),
        (DatabaseError("the transaction is broken, and nothing of it is stored"), 503),
        (OSError(errno.ENOSPC, "No space left on device"), 503),
        (OSError(errno.EROFS, "Read-only file system"), 503),
        (ProgrammingError("no such column"), 500),
        (FileNotFoundError(errno.ENOENT, "No such file"), 500),
        (RuntimeError("a mistake"), 500),
    ],
)
def test_a_database_or_disk_that_is_away_is_told_from_a_mistake(
    error: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(token: str) -> None:
        raise error

    monkeypatch.setattr(observer_cache, "find", fail)
    page = Client(raise_request_exception=False, headers={"Accept-Language": "fr"}).get("/o/any-link/")

    assert page.status_code == status
    assert {language for language, text in spoken(page.content.decode()) if "répons" in text} == {"fr"}
    assert {language for language, text in spoken(page.content.decode()) if "Answers" in text} == {"en"}
    assert page.headers.get("Retry-After") == ("10" if status == 503 else None)
    assert "any-link" not in page.content.decode()
