"""What a request may carry: more is refused before anything of it is read."""

import io
import tempfile
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from studies.models import Observer, Session
from studies.sessions.steps import LONGEST_COMMENT
from studies.tokens import new_token
from tests.studies.factories import answer_trials, make_open_study, make_researcher, make_session

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
FILES = "multipart/form-data; boundary=b"
EVERYWHERE = ["/accounts/login/", "/studies/new/", "/datasets/new/", "/no/such/page", "/healthz", "/"]


class UnreadBody(io.BytesIO):
    """A body of which nothing may be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Fail: a file in the body would be on the disk by now."""
        raise AssertionError("the body was read")

    readline = read


def send(client: Client, path: str, length: int, content_type: str = FILES) -> int:
    """Return the status of a POST that says it carries so many bytes, none of which may be read."""
    unread = {"wsgi.input": UnreadBody(), "CONTENT_LENGTH": str(length)}
    return client.generic("POST", path, content_type=content_type, **unread).status_code  # type: ignore[arg-type]


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize("content_type", [FORM, FILES])
def test_nobody_sends_much_before_it_is_known_who_they_are(client: Client, path: str, content_type: str) -> None:
    assert send(client, path, 300_000_000, content_type) == 413
    assert send(client, path, 65_537, content_type) == 413


def test_the_sign_in_page_takes_a_name_and_a_password(client: Client) -> None:
    assert send(client, "/accounts/login/", 4_097) == 413
    assert client.post("/accounts/login/", {"username": "a" * 150, "password": "b" * 3_000}).status_code == 200


def test_a_cookie_that_means_nothing_changes_nothing(client: Client) -> None:
    client.cookies["sessionid"] = "z" * 32
    assert send(client, "/accounts/login/", 300_000_000) == 413


def test_an_observers_address_takes_an_answer_and_no_more_whoever_sends_it(client: Client) -> None:
    observer = Observer.objects.get(study=make_open_study())
    limits = {"welcome": 8_192, "instructions": 8_192, "leave": 8_192, "questions": 65_536, "comments": 65_536}
    addresses = {reverse(f"observer:{page}", args=[observer.token]): limit for page, limit in limits.items()}
    addresses[reverse("observer:answer", args=[observer.token, new_token()])] = 8_192
    for sender in (None, make_researcher(superuser=True)):
        if sender is not None:
            client.force_login(sender)
        for address, limit in addresses.items():
            assert send(client, address, limit + 1) == 413
    assert not Session.objects.exists()


def test_the_longest_comment_that_is_kept_comes_through(client: Client) -> None:
    session = make_session(make_open_study(asks_comments=True))
    answer_trials(session)
    comment = "\N{LEFT-POINTING MAGNIFYING GLASS}" * LONGEST_COMMENT  # four bytes each, twelve in a form
    url = reverse("observer:comments", args=[session.observer.token])
    assert client.post(url, urlencode({"comments": comment}), content_type=FORM).status_code == 303
    session.refresh_from_db()
    assert session.comments == comment


def test_a_researcher_sends_long_texts_and_no_more(client: Client) -> None:
    client.force_login(make_researcher())
    assert client.post("/studies/new/", {"instructions": "a" * 1_000_000}).status_code == 422
    assert send(client, "/studies/new/", 3_000_000) == 413


def test_files_in_a_form_reach_no_disk(client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda *args, **options: made.append(args))
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1
    client.force_login(make_researcher())
    answer = client.post("/studies/new/", {"title": "A", "lesions": SimpleUploadedFile("a.csv", b"a" * 100_000)})
    assert answer.status_code == 422
    assert not answer.wsgi_request.FILES
    assert made == []


@pytest.mark.parametrize("length", ["", "many", "-1"])
def test_a_body_that_does_not_say_how_long_it_is_is_not_read(client: Client, length: str) -> None:
    unread = {"wsgi.input": UnreadBody(), "CONTENT_LENGTH": length, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = client.generic("POST", "/accounts/login/", content_type=FILES, **unread)  # type: ignore[arg-type]
    assert answer.status_code == 411


def test_the_refusal_says_that_nothing_was_changed_in_both_languages(client: Client) -> None:
    unread = {"wsgi.input": UnreadBody(), "CONTENT_LENGTH": "300000000"}
    answer = client.generic("POST", "/accounts/login/", content_type=FILES, **unread)  # type: ignore[arg-type]
    page = answer.content.decode()
    assert "Nothing was changed." in page
    assert "Rien n’a été modifié." in page
    assert not answer.cookies
