"""An observer who is erased while their browser's request is being answered: there is nothing here any more."""

from collections.abc import Callable
from unittest import mock

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from studies.models import Observer, Session, Study
from studies.observer.language import language_of
from studies.sessions.start import start_session
from studies.sessions.steps import answer_questionnaire
from tests.studies.data_protection.people import FINISHED, INVITED, UNFINISHED, make_study_with_people, person

pytestmark = pytest.mark.django_db


def _at_the_questions(observer: Observer) -> None:
    start_session(observer=observer)


def _at_the_instructions(observer: Observer) -> None:
    answer_questionnaire(session=start_session(observer=observer), given={"q1": "3"})


def _at_the_comments(observer: Observer) -> None:
    Session.objects.filter(observer=observer).update(commented_at=None)


def _as_they_are(observer: Observer) -> None:
    """Leave the observer where they have come to."""


@pytest.mark.parametrize(
    ("label", "come", "page", "method"),
    [
        (INVITED, _as_they_are, "welcome", "post"),
        (INVITED, _at_the_questions, "questions", "post"),
        (INVITED, _at_the_instructions, "instructions", "post"),
        (UNFINISHED, _as_they_are, "trial", "get"),
        (UNFINISHED, _as_they_are, "leave", "post"),
        (FINISHED, _at_the_comments, "comments", "post"),
        (FINISHED, _as_they_are, "leave", "post"),
    ],
)
@pytest.mark.parametrize("is_kept_in_memory", [False, True])
def test_whoever_was_erased_a_moment_ago_is_told_that_nothing_is_here(
    label: str, come: Callable[[Observer], None], page: str, method: str, is_kept_in_memory: bool
) -> None:
    study: Study = make_study_with_people(later_withdrawal="erases")
    observer = person(study, label)
    come(observer)
    if is_kept_in_memory:
        Client().get(reverse("observer:welcome", args=[observer.token]))

    def erase_meanwhile(request: HttpRequest, session: Session | None) -> str:
        Observer.objects.filter(pk=observer.pk).delete()
        return language_of(request, session)

    with mock.patch("studies.observer.access.language_of", erase_meanwhile):
        reply = getattr(Client(), method)(reverse(f"observer:{page}", args=[observer.token]), {"q1": "3"})

    assert reply.status_code == 404
    assert not Observer.objects.filter(label=label).exists()
