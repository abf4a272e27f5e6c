"""The first account is made by whoever reads the server's terminal: once, and by nobody else."""

import stat
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from pytest_django import Settings

from perception.accounts.errors import AccountError
from perception.accounts.first_account import WrongCodeError, check_code, first_account_code, make_first_account
from perception.accounts.models import AccountEvent
from tests.studies.factories import make_researcher

PAGE = "/accounts/first/"
PASSWORD = "seven grey lesions"


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def code(db: None) -> str:
    return first_account_code()


def form(code: str, **changes: str) -> dict[str, str]:
    return {"code": code, "username": "anna", "password1": PASSWORD, "password2": PASSWORD} | changes


def test_it_works(client: Client, code: str) -> None:
    assert "Nobody has an account" in client.get(PAGE).content.decode()
    answer = client.post(PAGE, form(code), follow=True)
    assert answer.redirect_chain == [("/studies/", 302)]
    account = User.objects.get()
    assert (account.username, account.is_superuser, account.check_password(PASSWORD)) == ("anna", True, True)
    assert [(event.action, event.by) for event in AccountEvent.objects.all()] == [("first", "anna")]


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_the_code_may_be_typed_as_people_type(code: str, typed: object) -> None:
    assert callable(typed)
    check_code(typed(code))


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("path", ["/", "/studies/", "/datasets/", "/accounts/me/", "/accounts/", "/accounts/login/"])
def test_every_page_of_an_empty_installation_leads_there(client: Client, path: str) -> None:
    assert client.get(path, follow=True).redirect_chain[-1] == (PAGE, 302)


def test_there_is_nothing_once_there_is_an_account(client: Client, code: str) -> None:
    make_first_account(code=code, username="anna", password=PASSWORD)
    assert client.get(PAGE).status_code == client.post(PAGE, form(code, username="eve")).status_code == 404
    assert client.get("/accounts/login/").status_code == 200
    assert User.objects.count() == 1


def test_an_earlier_account_closes_it_as_well(client: Client, code: str) -> None:
    make_researcher()
    assert client.post(PAGE, form(code)).status_code == 404


@pytest.mark.parametrize("wrong", ["AAAA-AAAA-AAAA-AAAA", "0", "ß", "-"])
def test_with_another_code_nothing_is_made(client: Client, code: str, wrong: str) -> None:
    answer = client.post(PAGE, form(wrong))
    assert answer.status_code == 422
    assert "first_account_code prints it again" in answer.content.decode()
    assert not User.objects.exists()


def test_before_a_code_was_printed_none_is_right(client: Client, db: None) -> None:
    for typed in ("", "-", "AAAA-AAAA-AAAA-AAAA"):
        assert client.post(PAGE, form(typed)).status_code == 422
        with pytest.raises(WrongCodeError):
            make_first_account(code=typed, username="eve", password=PASSWORD)
    assert not User.objects.exists()


def test_a_weak_password_is_refused_with_the_reason_and_the_code_stays_typed(client: Client, code: str) -> None:
    answer = client.post(PAGE, form(code, password1="12345678901", password2="12345678901"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "entirely numeric" in text
    assert code in text
    assert "12345678901" not in text
    assert not User.objects.exists()


def test_guessing_is_slowed_down_as_it_is_for_passwords(client: Client, code: str) -> None:
    statuses = [client.post(PAGE, form("AAAA-AAAA-AAAA-AAAA")).status_code for _ in range(5)]
    assert statuses == [422] * 4 + [429]
    answer = client.post(PAGE, form(code))
    assert answer.status_code == 429
    assert 14 * 60 <= int(answer.headers["Retry-After"]) <= 15 * 60 + 1
    assert not User.objects.exists()
    assert client.post(PAGE, form(code), REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_weak_password_is_no_guess(client: Client, code: str) -> None:
    for _ in range(6):
        assert client.post(PAGE, form(code, password2="another")).status_code == 422
    assert client.post(PAGE, form(code)).status_code == 302


def test_the_code_is_its_owners_alone_and_goes_when_it_is_used(code: str, data_folder: Path) -> None:
    (file,) = data_folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert first_account_code() == code
    make_first_account(code=code, username="anna", password=PASSWORD)
    assert not list(data_folder.iterdir())
    with pytest.raises(AccountError, match="There is an account already"):
        first_account_code()


def test_the_command_prints_it_again(code: str) -> None:
    out = StringIO()
    call_command("first_account_code", stdout=out)
    assert out.getvalue() == f"{code} makes the first account at http://127.0.0.1:8000{PAGE}\n"
    make_researcher()
    with pytest.raises(CommandError, match="an administrator makes others"):
        call_command("first_account_code")


@pytest.fixture
def closed_connections() -> Iterator[None]:
    yield
    connections.close_all()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("closed_connections")
def test_two_browsers_at_once_make_one_account() -> None:
    code = first_account_code()
    outcomes: list[str] = []
    both_are_there = threading.Barrier(2)

    def make(name: str) -> None:
        both_are_there.wait()
        try:
            make_first_account(code=code, username=name, password=PASSWORD)
            outcomes.append("made")
        except AccountError:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=make, args=[name]) for name in ("anna", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "refused"]
    assert User.objects.count() == 1
