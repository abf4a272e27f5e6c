"""The page of mail to observers: shown before it is sent, sent once, and no address is stored."""

import csv
import io
import re
from html import unescape

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse

from studies.models import AuditEvent, Observer, Study
from tests.studies.factories import answer_trials, begin_trials, make_open_study

pytestmark = pytest.mark.django_db
TEXT = {"language": "en", "subject": "About {title}", "body": "Hello {label}: {link}"}
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture
def study(owner: User) -> Study:
    return make_open_study(observers=2, owner=owner, closes_when_finished=False)


@pytest.fixture
def set_up(settings: LazySettings) -> None:
    settings.EMAIL_HOST = "127.0.0.1"
    settings.DEFAULT_FROM_EMAIL = "study@lab.example"


def page_of(study: Study) -> str:
    return reverse("studies:study-links-mail", args=[study.pk])


def confirmed(page: str) -> dict[str, str]:
    """Return what the button below the mails sends."""
    form = page[page.index('id="found"') :]
    sent = {name: unescape(value) for name, value in HIDDEN.findall(form)}
    name = re.search(r'name="confirmed" value="([^"]+)"', form)
    assert name
    return {**sent, "confirmed": name[1]}


@pytest.mark.usefixtures("set_up")
def test_mails_are_shown_before_they_are_sent_and_sent_once(browser: Client, study: Study) -> None:
    first, _ = Observer.objects.order_by("pk")
    sent = {**TEXT, "people": "Observer A; a@lab.example\nNobody; n@lab.example"}
    shown = browser.post(page_of(study), sent).content.decode()
    assert "To a@lab.example" in shown
    assert f"http://testserver/o/{first.token}/" in shown
    assert "line 2: nobody in this study" in shown
    assert mail.outbox == []
    again = confirmed(shown)
    reply = browser.post(page_of(study), again, follow=True)
    assert "The server took 1 mail" in reply.content.decode()
    assert [one.to for one in mail.outbox] == [["a@lab.example"]]
    assert browser.post(page_of(study), again).status_code == 422
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("set_up")
def test_no_address_is_stored_and_the_page_is_kept_by_no_cache(browser: Client, study: Study) -> None:
    reply = browser.post(page_of(study), {**TEXT, "people": "Observer A; a@lab.example"})
    assert "no-store" in reply["Cache-Control"]
    browser.post(page_of(study), confirmed(reply.content.decode()))
    assert len(mail.outbox) == 1
    assert "a@lab.example" not in str([*AuditEvent.objects.values(), *Observer.objects.values()])


@pytest.mark.usefixtures("set_up")
@pytest.mark.parametrize("problem", [{"body": "no link"}, {"body": "{link} {name}"}, {"subject": ""}, {"people": ""}])
def test_what_cannot_be_sent_is_told_and_what_was_written_is_kept(
    browser: Client, study: Study, problem: dict[str, str]
) -> None:
    reply = browser.post(page_of(study), {**TEXT, "people": "Observer A; a@lab.example", **problem})
    assert reply.status_code == 422
    assert 'name="confirmed"' not in reply.content.decode()


def test_without_a_mail_server_there_is_a_file_for_a_mail_program(browser: Client, study: Study) -> None:
    done, waiting = Observer.objects.order_by("pk")
    answer_trials(begin_trials(done))
    sent = {**TEXT, "people": "Observer A; a@lab.example\nObserver B; b@lab.example"}
    shown = browser.post(page_of(study), sent).content.decode()
    assert "No mail server is set up" in shown
    assert 'name="confirmed"' not in shown
    reply = browser.post(page_of(study), {**sent, "merge": "yes"})
    [row] = csv.DictReader(io.StringIO(reply.content.decode()))
    assert (row["label"], row["email"]) == ("Observer B", "b@lab.example")
    assert row["link"] == f"http://testserver/o/{waiting.token}/"
    assert AuditEvent.objects.get(action="links_taken").details == {"what": "mail-merge.csv", "links": 1}


def test_it_begins_with_the_usual_text_in_the_language_that_is_asked_for(browser: Client, study: Study) -> None:
    assert "You are invited" in browser.get(page_of(study)).content.decode()
    assert "Vous êtes invité" in browser.get(page_of(study), {"lang": "fr"}).content.decode()
