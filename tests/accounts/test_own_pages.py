"""One's own account: the password, and where one is signed in, of which nothing is kept but two times."""

import datetime as dt
import json

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from perception.accounts.models import AccountEvent
from perception.accounts.sign_ins import BEGAN, SEEN, sign_ins_of
from tests.studies.factories import make_open_study, make_researcher

pytestmark = pytest.mark.django_db
OLD, NEW = "a long password", "seven grey lesions"
AGENT = "Mozilla/5.0 (a browser of its own)"


@pytest.fixture
def ben() -> User:
    return make_researcher()


def signed_in_as(user: User) -> Client:
    client = Client(headers={"User-Agent": AGENT}, REMOTE_ADDR="198.51.100.23")
    assert client.post("/accounts/login/", {"username": user.username, "password": OLD}).status_code == 302
    client.get("/studies/")
    return client


def change(client: Client, old: str = OLD, new: str = NEW) -> int:
    form = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/accounts/me/password/", form).status_code


def test_a_password_is_changed_and_all_other_sign_ins_end(ben: User) -> None:
    here, elsewhere = signed_in_as(ben), signed_in_as(ben)
    assert change(here) == 302
    assert here.get("/studies/").status_code == 200
    assert elsewhere.get("/studies/").status_code == 302
    assert len(sign_ins_of(ben)) == 1
    ben.refresh_from_db()
    assert ben.check_password(NEW)
    assert [event.action for event in AccountEvent.objects.all()] == ["password_changed"]
    assert "changed the password" in here.get("/accounts/me/").content.decode()


@pytest.mark.parametrize(("old", "new"), [("wrong", NEW), (OLD, "short"), (OLD, "password123"), (OLD, "researcher1")])
def test_a_wrong_or_a_weak_one_changes_nothing(ben: User, old: str, new: str) -> None:
    assert change(signed_in_as(ben), old, new) == 200
    ben.refresh_from_db()
    assert ben.check_password(OLD)


def test_the_help_says_what_a_password_needs(ben: User) -> None:
    text = signed_in_as(ben).get("/accounts/me/password/").content.decode()
    for part in ("at least 10 characters", "too similar", "commonly used", "entirely numeric"):
        assert part in text


def test_sign_ins_are_listed_and_ended_one_by_one(ben: User) -> None:
    here, first, second = (signed_in_as(ben) for _ in range(3))
    signed_in_as(make_researcher())
    page = here.get("/accounts/me/").content.decode()
    assert page.count('name="name"') == 2
    assert "Here, now" in page
    (one, *_) = [one for one in sign_ins_of(ben, this=here.session.session_key) if not one.is_this]
    here.post("/accounts/me/sign-ins/end/", {"name": one.name})
    assert sorted(client.get("/studies/").status_code for client in (first, second)) == [200, 302]
    here.post("/accounts/me/sign-ins/end/")
    assert [client.get("/studies/").status_code for client in (first, second, here)] == [302, 302, 200]


def test_somebody_elses_sign_in_is_not_ended(ben: User) -> None:
    other = make_researcher()
    theirs = signed_in_as(other)
    (one,) = sign_ins_of(other)
    signed_in_as(ben).post("/accounts/me/sign-ins/end/", {"name": one.name})
    assert theirs.get("/studies/").status_code == 200


def test_the_page_does_not_tell_the_key_of_a_session(ben: User) -> None:
    here = signed_in_as(ben)
    signed_in_as(ben)
    page = here.get("/accounts/me/").content.decode()
    assert not [row for row in Session.objects.all() if row.session_key in page]


def test_neither_an_address_nor_a_browser_is_kept(ben: User) -> None:
    signed_in_as(ben)
    (row,) = Session.objects.all()
    kept = row.get_decoded()
    assert kept.keys() == {"_auth_user_id", "_auth_user_backend", "_auth_user_hash", BEGAN, SEEN}
    assert "198.51.100" not in json.dumps(kept)


def test_last_seen_is_written_every_five_minutes_and_no_more(ben: User) -> None:
    client = signed_in_as(ben)
    before = client.session[SEEN]
    client.get("/studies/")
    assert client.session[SEEN] == before
    session = client.session
    session[SEEN] = (timezone.now() - dt.timedelta(minutes=6)).isoformat()
    session.save()
    client.get("/studies/")
    assert client.session[SEEN] > before
    assert client.session[BEGAN] <= before


def test_an_observers_page_says_nothing_of_a_session(ben: User) -> None:
    study = make_open_study(owner=ben)
    client = signed_in_as(ben)
    answer = client.get(f"/o/{study.observers.get().token}/")
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
