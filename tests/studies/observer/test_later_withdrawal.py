"""Withdrawing after the end, by the link alone: where the study allows it, once, and told before."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from studies.models import Answer, AuditEvent, Observer
from tests.studies.data_protection.people import (
    FINISHED,
    INVITED,
    UNFINISHED,
    WITHDRAWN,
    make_study_with_people,
    person,
)

pytestmark = pytest.mark.django_db


def address(observer: Observer, page: str = "leave") -> str:
    return reverse(f"observer:{page}", args=[observer.token])


def text(reply: object) -> str:
    assert isinstance(reply, HttpResponse)
    return " ".join(reply.content.decode().split())


@pytest.mark.parametrize(
    ("what", "before", "after"),
    [
        ("erases", "All that is stored of you is erased", "All that was stored of you has been erased."),
        ("detaches", "The answers themselves stay", "All that told whose your answers are has been erased."),
    ],
)
def test_it_works(what: str, before: str, after: str) -> None:
    study = make_study_with_people(later_withdrawal=what)
    observer = person(study, FINISHED)
    client = Client()
    assert f'href="{address(observer)}"' in text(client.get(address(observer, "data")))
    assert before in text(client.get(address(observer)))
    assert Observer.objects.filter(pk=observer.pk, label=FINISHED).exists()

    reply = client.post(address(observer))

    assert reply.status_code == 200
    assert not reply.cookies
    assert after in text(reply)
    assert not Observer.objects.filter(token=observer.token).exists()
    kept = Answer.objects.filter(trial__session__finished_at__isnull=False).count()
    assert kept == (study.n_trials if what == "detaches" else 0)
    event = AuditEvent.objects.get(action="withdrew_later")
    assert event.by == "(the program)"


def test_it_speaks_french() -> None:
    study = make_study_with_people(later_withdrawal="erases")
    observer = person(study, FINISHED)
    client = Client()
    client.post(address(observer, "language"), {"lang": "fr"})
    assert "Se retirer après la fin" in text(client.get(address(observer)))
    assert "Vous avez quitté l’étude" in text(client.post(address(observer)))


def test_afterwards_the_link_answers_like_one_that_never_was() -> None:
    study = make_study_with_people(later_withdrawal="erases")
    observer = person(study, FINISHED)
    client = Client()
    client.get(address(observer))
    client.post(address(observer))
    for page in ("welcome", "data", "leave", "trial", "comments"):
        there, never = address(observer, page), reverse(f"observer:{page}", args=["x" * 22])
        for ask in (client.get, client.post):
            one, other = ask(there), ask(never)
            assert (one.status_code, one.content) == (other.status_code, other.content)
            assert {**one.headers, "Expires": ""} == {**other.headers, "Expires": ""}


@pytest.mark.parametrize("label", [UNFINISHED, WITHDRAWN, INVITED])
def test_before_the_end_it_is_the_withdrawal_that_was_there_before(label: str) -> None:
    study = make_study_with_people(later_withdrawal="erases")
    observer = person(study, label)
    Client().post(address(observer))
    assert Observer.objects.filter(pk=observer.pk).exists()
    assert not AuditEvent.objects.filter(action="withdrew_later").exists()


def test_where_the_study_does_not_allow_it_nothing_offers_it_and_nothing_happens() -> None:
    study = make_study_with_people()
    observer = person(study, FINISHED)
    client = Client()
    assert address(observer) not in text(client.get(address(observer, "data")))
    assert client.get(address(observer)).status_code == 303
    assert client.post(address(observer)).status_code == 303
    assert Observer.objects.filter(pk=observer.pk).exists()
