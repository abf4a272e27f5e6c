"""No address and no browser's name is kept: not of an observer, not of a sign-in, in no table, no file and no log."""

import http.cookiejar
import logging
import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.test import Client
from django.urls import reverse

from perception.accounts.sign_ins import sign_ins_of
from studies.models import Answer
from tests.browser.prepared_studies import prepare_studies, studies_in
from tests.postgresql import url_of_folder
from tests.processes import Server, make_data_folder, serving
from tests.studies.factories import make_open_study

ADDRESS, BROWSER = "203.0.113.77", "Mozilla/5.0 (Zebrafinch)"
TELLING = ("203.0.113", "Zebrafinch")


@pytest.mark.django_db
def test_no_table_and_no_log_holds_an_observers_address_or_browser(caplog: pytest.LogCaptureFixture) -> None:
    study = make_open_study(n_perturbed=2, n_clean=1, questionnaire="Age: number 1-99", asks_comments=True)
    token = study.observers.get().token
    client = Client(headers={"User-Agent": BROWSER, "X-Forwarded-For": ADDRESS}, REMOTE_ADDR=ADDRESS)
    with caplog.at_level(logging.DEBUG):
        client.get(f"/o/{token}/")
        client.post(f"/o/{token}/", {"pixel_ratio": "2"})
        client.post(f"/o/{token}/questions/", {"q1": "40"})
        client.post(f"/o/{token}/instructions/")
        for _ in range(3):
            page = client.get(f"/o/{token}/trial/").content.decode()
            client.get(_found(r'<img id="stimulus" src="([^"]+)"', page))
            client.post(_found(r'<form id="trial-form" method="post" action="([^"]+)"', page), {"response": "clean"})
        client.post(f"/o/{token}/comments/", {"comments": "None."})
        client.get(f"/o/{token}/data/")
        client.get(f"/o/{'x' * 22}/")
    assert Answer.objects.count() == 3
    assert not _telling(_all_rows())
    assert not _telling(caplog.text)


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["a long password", "a wrong password"])
def test_no_table_and_no_log_holds_the_address_or_browser_of_a_sign_in(
    caplog: pytest.LogCaptureFixture, password: str
) -> None:
    owner = make_open_study().owner
    client = Client(headers={"User-Agent": BROWSER, "X-Real-IP": ADDRESS}, REMOTE_ADDR=ADDRESS)
    with caplog.at_level(logging.DEBUG):
        client.post(reverse("login"), {"username": owner.username, "password": password})
        client.get(reverse("studies:study-list"))
    came_in = password == "a long password"
    assert (len(sign_ins_of(owner)), AccessAttempt.objects.count()) == ((1, 0) if came_in else (0, 1))
    assert not _telling(_all_rows())
    assert not _telling(caplog.text)


def _all_rows() -> str:
    """Return every row of every table; of a session what its signed contents say."""
    rows = [repr(row) for model in apps.get_models() for row in model._default_manager.values()]
    sessions = [repr(row.get_decoded()) for row in apps.get_model("sessions", "Session").objects.all()]
    return "\n".join(rows + sessions)


def _telling(text: str) -> list[str]:
    return [part for part in TELLING if part in text]


def _found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match is not None
    return match[1]


class Visitor:
    """A browser behind the proxy that ends TLS: the proxy says where it is."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(_NoRedirect)

    def ask(self, path: str, **form: str) -> tuple[int, str]:
        """Return status and page; a form is sent if there is one."""
        headers = {
            "User-Agent": BROWSER,
            "X-Real-IP": ADDRESS,
            "X-Forwarded-For": ADDRESS,
            "X-Forwarded-Proto": "https",
            "Referer": self._server.url.replace("http://", "https://") + path,
            # Secure cookies, which urllib would not send to an address with http.
            "Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies),
        }
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self._server.url + path, data, headers)  # noqa: S310 - http, our own
        try:
            with self._opener.open(request, timeout=60) as answer:
                self._cookies.extract_cookies(answer, request)
                return answer.status, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            with error:
                self._cookies.extract_cookies(error, request)  # type: ignore[arg-type]
                return error.code, error.read().decode(errors="replace")

    def sign_in(self, password: str) -> int:
        page = self.ask("/accounts/login/")[1]
        token = _found(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"username": "researcher", "password": password, "csrfmiddlewaretoken": token}
        return self.ask("/accounts/login/", **form)[0]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None


@pytest.mark.process
def test_no_file_and_no_log_of_a_served_folder_holds_an_address_or_a_browsers_name(tmp_path: Path) -> None:
    """The bytes of everything that was written are read, with the log of requests turned on."""
    data_dir = tmp_path / "data"
    make_data_folder(data_dir)
    prepare_studies(data_dir, small={"n_perturbed": 1, "n_clean": 1})
    (token,) = studies_in(data_dir)["small"]["tokens"]
    settings = {"PERCEPTION_HTTPS": "1", "GUNICORN_CMD_ARGS": "--access-logfile - --log-level debug"}
    with serving(data_dir, "--workers", "1", **settings) as server:
        visitor = Visitor(server)
        assert visitor.ask(f"/o/{token}/")[0] == 200
        assert visitor.ask(f"/o/{token}/", lang="en")[0] == 303
        assert visitor.ask(f"/o/{token}/instructions/", go="on")[0] == 303
        page = visitor.ask(f"/o/{token}/trial/")[1]
        answer = _found(r'<form id="trial-form" method="post" action="([^"]+)"', page)
        assert visitor.ask(answer, response="clean")[0] == 303
        assert visitor.sign_in("a wrong password") == 200
        assert visitor.sign_in("a long password") == 302
        assert visitor.ask("/studies/")[0] == 200
        assert server.stop() == 0
    log = server.log.read_text(encoding="utf-8")
    assert log.count('"POST" 303') == 3  # requests are in it
    assert not _telling(log)
    written = {path: path.read_bytes() for path in data_dir.rglob("*") if path.is_file()}
    if url_of_folder(data_dir) is None:
        assert any(path.name == "db.sqlite3" for path in written)
    assert not {path.name for path, data in written.items() if _telling(data.decode("latin-1"))}
