"""Signing in: who guesses is slowed down, where they are; nobody else is locked out, and observers do not wait."""

import datetime as dt
import ipaddress
import re
from io import StringIO

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.management import call_command
from django.db.models import F
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from perception.site.failed_sign_ins import forget_failures, pseudonym_of
from perception.site.sign_in import SignInView, client_address
from tests.site.crowd import Crowd
from tests.studies.factories import make_researcher

RIGHT, WRONG = "a long password", "another password"
ELSEWHERE = "192.0.2.7"


@pytest.fixture
def researcher(db: None) -> User:
    return make_researcher()


def sign_in(client: Client, name: str, password: str, address: str = "198.51.100.1") -> int:
    """Return the status of the answer: 302 is in."""
    form = {"username": name, "password": password}
    return client.post("/accounts/login/", form, REMOTE_ADDR=address).status_code


def guess(client: Client, name: str, times: int = 5) -> None:
    for _ in range(times):
        sign_in(client, name, WRONG)


def test_it_works_after_a_few_mistakes(client: Client, researcher: User) -> None:
    guess(client, researcher.username, times=4)
    assert sign_in(client, researcher.username, RIGHT) == 302
    assert not AccessAttempt.objects.exists()


def test_the_fifth_mistake_pauses_the_name_and_the_page_says_until_when(client: Client, researcher: User) -> None:
    guess(client, researcher.username)
    form = {"username": researcher.username, "password": RIGHT, "next": "/runs/"}
    answer = client.post("/accounts/login/", form, REMOTE_ADDR="198.51.100.1")
    page = answer.content.decode()
    assert answer.status_code == 429
    assert 14 * 60 <= int(answer.headers["Retry-After"]) <= 15 * 60 + 1
    told = re.search(r"Try again\s+after (\d\d:\d\d) UTC", page)
    assert told is not None
    expected = {f"{timezone.now() + dt.timedelta(minutes=minutes):%H:%M}" for minutes in (15, 16)}
    assert told[1] in expected
    assert f'value="{researcher.username}"' in page
    assert 'name="next" value="/runs/"' in page
    assert RIGHT not in page


def test_its_owner_comes_in_from_another_address_meanwhile(client: Client, researcher: User) -> None:
    guess(client, researcher.username, times=20)
    assert sign_in(client, researcher.username, RIGHT, ELSEWHERE) == 302
    assert sign_in(Client(), researcher.username, RIGHT) == 429  # which does not end the pause of who guesses


def test_other_names_come_in_from_that_address(client: Client, researcher: User) -> None:
    guess(client, "somebody")
    assert sign_in(client, researcher.username, RIGHT) == 302


def test_whether_there_is_such_an_account_is_not_told(client: Client, researcher: User) -> None:
    statuses = [[sign_in(client, name, WRONG) for _ in range(7)] for name in (researcher.username, "nobody")]
    assert statuses[0] == statuses[1] == [200] * 4 + [429] * 3


def test_no_password_is_looked_at_in_a_pause(client: Client, researcher: User, monkeypatch: pytest.MonkeyPatch) -> None:
    guess(client, researcher.username)

    def verify(*args: object) -> bool:
        raise AssertionError("a password was looked at")

    monkeypatch.setattr(MD5PasswordHasher, "verify", verify)
    assert sign_in(client, researcher.username, RIGHT) == 429


def pass_minutes(minutes: int) -> None:
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - dt.timedelta(minutes=minutes))


def test_the_pause_ends_by_itself_also_for_who_goes_on_trying(client: Client, researcher: User) -> None:
    guess(client, researcher.username)
    pass_minutes(14)
    guess(client, researcher.username)
    assert sign_in(client, researcher.username, RIGHT) == 429
    pass_minutes(2)
    assert sign_in(client, researcher.username, RIGHT) == 302


def test_the_documented_command_ends_it_at_once(client: Client, researcher: User) -> None:
    guess(client, researcher.username)
    call_command("axes_reset_username", researcher.username, stdout=StringIO())
    assert sign_in(client, researcher.username, RIGHT) == 302


def test_nothing_is_kept_of_who_signed_in_and_no_password_of_who_did_not(client: Client, researcher: User) -> None:
    guess(client, researcher.username, times=1)
    (failure,) = AccessAttempt.objects.all()
    assert WRONG not in f"{failure.get_data}{failure.post_data}"
    sign_in(client, researcher.username, RIGHT)
    assert not AccessAttempt.objects.exists()
    assert not AccessLog.objects.exists()
    guess(Client(), "somebody", times=1)
    pass_minutes(16)
    guess(Client(), "somebody else", times=1)
    assert [failure.username for failure in AccessAttempt.objects.all()] == ["somebody else"]


def test_of_a_failure_neither_address_nor_browser_nor_form_is_kept(client: Client, researcher: User) -> None:
    form = {"username": researcher.username, "password": WRONG, "next": "/o/abcdefghijklmnopqrstuv/"}
    headers = {"User-Agent": "Mozilla/5.0 (of somebody)", "Accept": "text/html", "Accept-Language": "fr"}
    client.post("/accounts/login/?next=/runs/", form, headers=headers, REMOTE_ADDR="198.51.100.1")
    (failure,) = AccessAttempt.objects.values()
    assert (failure["username"], failure["path_info"]) == (researcher.username, "/accounts/login/")
    assert {failure[name] for name in ("user_agent", "http_accept", "get_data", "post_data")} == {""}
    assert "198.51" not in str(failure)
    assert failure["ip_address"] == pseudonym_of("198.51.100.1") != pseudonym_of("198.51.100.2")
    assert ipaddress.ip_address(failure["ip_address"]) in ipaddress.ip_network("fd00::/8")


def test_a_pseudonym_takes_the_secret_key_to_make(settings: Settings) -> None:
    before = pseudonym_of("198.51.100.1")
    settings.SECRET_KEY = "another key, as long as a key has to be"
    assert pseudonym_of("198.51.100.1") != before


def test_failures_are_forgotten_when_their_pause_is_over(client: Client, researcher: User) -> None:
    guess(client, researcher.username)
    pass_minutes(16)
    assert forget_failures() == 1
    guess(client, "somebody else", times=1)
    assert forget_failures() == 0
    assert AccessAttempt.objects.count() == 1


@pytest.mark.parametrize(
    ("sent_from", "told", "behind_proxy", "counted"),
    [
        ("192.0.2.7", None, False, "192.0.2.7"),
        ("192.0.2.7", "203.0.113.9", False, "192.0.2.7"),  # anybody may write this header
        ("127.0.0.1", "203.0.113.9", True, "203.0.113.9"),
        ("127.0.0.1", None, True, "127.0.0.1"),
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", True, "2001:db8:1:2::"),
        ("127.0.0.1", "2001:db8:1:2:ffff::", True, "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", None, False, "192.0.2.7"),
        ("", None, False, None),
        ("127.0.0.1", "no address", True, None),
    ],
)
def test_failures_are_counted_for_whoever_sent_them(
    settings: Settings, sent_from: str, told: str | None, behind_proxy: bool, counted: str | None
) -> None:
    settings.IS_BEHIND_PROXY = behind_proxy
    headers = {} if told is None else {"X-Real-IP": told}
    request = RequestFactory().post("/accounts/login/", headers=headers, REMOTE_ADDR=sent_from)
    assert client_address(request) == counted


def test_one_password_is_checked_at_a_time_one_waits_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of eight threads at most two are ever with passwords, so that six are left for observers."""
    crowd = Crowd()
    monkeypatch.setattr(LoginView, "post", lambda self, request, *args, **kwargs: crowd.work())

    def ask() -> HttpResponseBase:
        request = RequestFactory().post("/accounts/login/", {"username": "somebody", "password": RIGHT})
        view = SignInView()
        view.setup(request)
        return view.post(request)

    assert crowd.statuses_of(24, ask, let_in=2) == [200] * 2 + [503] * 22
    assert crowd.most_at_once == 1
