"""Administrators look after accounts without a terminal, and a command does each step as well."""

import datetime as dt
import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from perception.accounts import lifecycle
from perception.accounts.administration_pages import ACTIONS
from perception.accounts.errors import AccountError
from perception.accounts.models import AccountEvent
from tests.studies.factories import make_researcher

pytestmark = pytest.mark.django_db
PASSWORD = "seven grey lesions"
LINK = re.compile(r'value="(http://testserver/accounts/link/[^"]+)"')


@pytest.fixture
def administrator() -> User:
    return make_researcher(superuser=True)


@pytest.fixture
def browser(administrator: User) -> Client:
    return browser_of(administrator)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def link_on(browser: Client, path: str, **form: str) -> str:
    """Post a form, and return the path of the link that the page shows then, once."""
    page = browser.post(path, form, follow=True)
    found = LINK.search(page.content.decode())
    assert found is not None
    assert "/accounts/link/" not in browser.get(page.redirect_chain[-1][0]).content.decode()
    return found[1].removeprefix("http://testserver")


def set_password(client: Client, link: str, password: str = PASSWORD) -> int:
    """Open a link and set a password there; return the status of the answer, 302 where it was set."""
    page = client.get(link, follow=True)
    if not page.redirect_chain:
        return page.status_code
    form = {"new_password1": password, "new_password2": password}
    return client.post(page.redirect_chain[-1][0], form).status_code


def test_from_an_invitation_to_a_sign_in(browser: Client, administrator: User) -> None:
    link = link_on(browser, "/accounts/", username="ben")
    ben = User.objects.get(username="ben")
    assert not ben.is_superuser
    assert not ben.has_usable_password()
    visitor = Client()
    assert set_password(visitor, link) == 302
    assert visitor.get("/studies/").status_code == 200
    form = {"username": "ben", "password": PASSWORD}
    assert Client().post("/accounts/login/", form).status_code == 302
    events = AccountEvent.objects.filter(account_id=ben.pk).values_list("action", "by")
    assert list(events) == [("invited", administrator.username), ("password_set", "ben")]


def test_a_link_stands_on_the_page_of_its_account_and_on_no_other(browser: Client) -> None:
    """Copied from another's page, it would be sent to somebody who could take the account over."""
    ben, carla = make_researcher(), make_researcher()
    browser.post(f"/accounts/{ben.pk}/link/")
    assert "/accounts/link/" not in browser.get(f"/accounts/{carla.pk}/").content.decode()
    assert "/accounts/link/" in browser.get(f"/accounts/{ben.pk}/").content.decode()
    assert "/accounts/link/" not in browser.get(f"/accounts/{ben.pk}/").content.decode()


def test_a_link_is_good_once_and_the_newest_alone(browser: Client) -> None:
    first = link_on(browser, "/accounts/", username="ben")
    ben = User.objects.get(username="ben")
    second = link_on(browser, f"/accounts/{ben.pk}/link/")
    assert set_password(Client(), first) == 200
    assert set_password(Client(), second) == 302
    assert set_password(Client(), second) == 200
    assert "not good any more" in Client().get(second).content.decode()


def test_a_link_expires_after_three_days(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    link = link_on(browser, "/accounts/", username="ben")
    later = dt.datetime.now() + dt.timedelta(days=3, minutes=1)  # noqa: DTZ005 - as Django's generator counts
    monkeypatch.setattr("perception.accounts.links.LinkTokenGenerator._now", lambda self: later)
    assert set_password(Client(), link) == 200


def test_a_forgotten_password_is_set_anew_and_ends_what_was_signed_in_with_it(browser: Client) -> None:
    ben = make_researcher()
    elsewhere = browser_of(ben)
    link = link_on(browser, f"/accounts/{ben.pk}/link/")
    assert elsewhere.get("/studies/").status_code == 200  # until the person sets another
    assert set_password(Client(), link) == 302
    assert elsewhere.get("/studies/").status_code == 302


def test_a_weak_password_is_not_set(browser: Client) -> None:
    link = link_on(browser, "/accounts/", username="ben")
    assert set_password(Client(), link, "password") == 200
    assert not User.objects.get(username="ben").has_usable_password()
    assert set_password(Client(), link) == 302


def test_a_deactivated_account_neither_signs_in_nor_uses_its_link(browser: Client) -> None:
    ben = make_researcher()
    theirs = browser_of(ben)
    link = link_on(browser, f"/accounts/{ben.pk}/link/")
    browser.post(f"/accounts/{ben.pk}/deactivate/")
    assert theirs.get("/studies/").status_code == 302
    assert set_password(Client(), link) == 200
    form = {"username": ben.username, "password": "a long password"}
    assert Client().post("/accounts/login/", form).status_code == 200
    assert "Reactivate it first" in browser.post(f"/accounts/{ben.pk}/link/", follow=True).content.decode()
    browser.post(f"/accounts/{ben.pk}/reactivate/")
    assert Client().post("/accounts/login/", form).status_code == 302


@pytest.mark.parametrize("name", ["", "   ", "two words", "<b>", "x" * 151, "RESEARCHER"])
def test_a_name_that_nobody_may_have_is_refused(browser: Client, name: str) -> None:
    User.objects.create_user("researcher")
    before = User.objects.count()
    answer = browser.post("/accounts/", {"username": name})
    assert answer.status_code == 422
    assert User.objects.count() == before


def test_the_last_administrator_stays_one(browser: Client, administrator: User) -> None:
    invited, _ = lifecycle.invite(username="invited", by=administrator, administrator=True)  # has no password yet
    page = browser.post(f"/accounts/{administrator.pk}/demote/", follow=True)
    assert "only administrator with a password" in page.content.decode()
    with pytest.raises(AccountError, match="only administrator"):
        lifecycle.deactivate(account=administrator, by=None)
    invited.set_password(PASSWORD)
    invited.save()
    browser.post(f"/accounts/{administrator.pk}/demote/")
    administrator.refresh_from_db()
    assert not administrator.is_superuser
    assert browser.get("/accounts/").status_code == 403


def test_nobody_deactivates_themselves(browser: Client, administrator: User) -> None:
    make_researcher(superuser=True)
    assert (
        "Nobody deactivates their own"
        in browser.post(f"/accounts/{administrator.pk}/deactivate/", follow=True).content.decode()
    )
    assert (
        f"/accounts/{administrator.pk}/deactivate/"
        not in browser.get(f"/accounts/{administrator.pk}/").content.decode()
    )


def test_a_pause_is_seen_and_ended(browser: Client) -> None:
    ben = make_researcher()
    visitor, form = Client(), {"username": ben.username, "password": "wrong"}
    for _ in range(5):
        visitor.post("/accounts/login/", form)
    right = form | {"password": "a long password"}
    assert visitor.post("/accounts/login/", right).status_code == 429
    assert "sign-in paused" in browser.get("/accounts/").content.decode()
    browser.post(f"/accounts/{ben.pk}/end-pause/")
    assert "sign-in paused" not in browser.get("/accounts/").content.decode()
    assert visitor.post("/accounts/login/", right).status_code == 302


def test_sign_ins_of_somebody_else_are_ended(browser: Client) -> None:
    ben = make_researcher()
    theirs = browser_of(ben)
    browser.post(f"/accounts/{ben.pk}/end-sign-ins/")
    assert theirs.get("/studies/").status_code == 302


@pytest.mark.parametrize("action", [*ACTIONS, "link"])
def test_a_researcher_changes_no_account(action: str) -> None:
    ben, other = make_researcher(), make_researcher(superuser=True)
    browser = browser_of(ben)
    assert browser.post(f"/accounts/{other.pk}/{action}/").status_code == 403
    assert browser.post("/accounts/", {"username": "eve"}).status_code == 403
    assert browser.get(f"/accounts/{other.pk}/").status_code == 403
    assert not AccountEvent.objects.exists()
    assert "Accounts</a>" not in browser.get("/studies/").content.decode()
    change = lifecycle.new_link if action == "link" else ACTIONS[action].act
    with pytest.raises(AccountError, match="Only an administrator"):
        change(account=other, by=ben)


@pytest.mark.parametrize("action", [*ACTIONS, "link"])
def test_a_deed_without_its_event_is_not_done(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    administrator, ben = make_researcher(superuser=True), make_researcher(superuser=action == "demote")
    browser_of(ben)
    before = User.objects.filter(pk=ben.pk).values().get()

    def fail(**fields: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(AccountEvent.objects, "create", fail)
    change = lifecycle.new_link if action == "link" else ACTIONS[action].act
    with pytest.raises(OSError, match="full"):
        change(account=ben, by=administrator)
    assert User.objects.filter(pk=ben.pk).values().get() == before


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("account", *arguments, stdout=out)
    return out.getvalue()


def test_each_step_is_a_command(administrator: User) -> None:
    told = run("invite", "ben", "--administrator", "--by", administrator.username)
    link = told.strip().splitlines()[-1].removeprefix("http://127.0.0.1:8000")
    assert set_password(Client(), link) == 302
    assert "ben: administrator\n" in run("list")
    assert (
        set_password(Client(), run("link", "ben").strip().splitlines()[-1].removeprefix("http://127.0.0.1:8000")) == 302
    )
    for action in ("demote", "deactivate", "reactivate", "promote", "end-pause", "end-sign-ins"):
        assert run(action, "ben") == f"ben: {action}, done.\n"
    ben = User.objects.get(username="ben")
    assert (ben.is_active, ben.is_superuser) == (True, True)
    by = AccountEvent.objects.filter(account_id=ben.pk).values_list("by", flat=True)
    assert set(by) == {administrator.username, "ben", "(a command)"}


def test_the_command_refuses_in_words(administrator: User) -> None:
    ben = make_researcher()
    with pytest.raises(CommandError, match="no account “eve”"):
        run("promote", "eve")
    with pytest.raises(CommandError, match="Only an administrator"):
        run("promote", ben.username, "--by", ben.username)
    with pytest.raises(CommandError, match="Say whose account"):
        run("promote")
    with pytest.raises(CommandError, match="already"):
        run("invite", ben.username.upper())
