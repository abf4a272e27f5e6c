"""What the study was about: read once nothing is left to judge, and by nobody before."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studies.design.lifecycle import close_study, pause_study
from studies.models import Observer, Session, Study
from studies.sessions.ending import withdraw
from studies.sessions.start import start_session
from tests.studies.factories import answer_trials, make_open_study

pytestmark = pytest.mark.django_db

TOLD: dict[str, Any] = {"debriefing": "It was about <seeing>.\n\nThank you.", "debriefing_fr": "Il s’agissait de voir."}
PAGES = ("welcome", "questions", "instructions", "trial", "comments", "data", "consent", "consent-text", "leave")


def make(**fields: Any) -> Study:
    return make_open_study(
        **{"n_perturbed": 1, "n_clean": 1, "observers": 2, "closes_when_finished": False, **TOLD, **fields}
    )


def read_by(observer: Observer) -> str:
    """Return everything that an observer's browser gets at any of their addresses."""
    client = Client()
    replies = [client.get(reverse(f"observer:{page}", args=[observer.token]), follow=True) for page in PAGES]
    return "".join(reply.content.decode() for reply in replies)


def begun(study: Study, **fields: Any) -> Session:
    session = start_session(observer=study.observers.order_by("pk")[0], **fields)
    answer_trials(session, count=1)
    return session


def end_of(session: Session) -> str:
    return Client().get(reverse("observer:trial", args=[session.observer.token])).content.decode()


@pytest.mark.parametrize(
    ("language", "told"), [("en", "<p>It was about &lt;seeing&gt;.</p>"), ("fr", "Il s’agissait de voir.")]
)
def test_it_is_read_after_the_last_answer(language: str, told: str) -> None:
    session = begun(make(), language=language)
    assert "It was about" not in read_by(session.observer)
    assert "Il s’agissait" not in read_by(session.observer)
    answer_trials(session)
    assert told in end_of(session)


def test_comments_come_before_it() -> None:
    session = begun(make(asks_comments=True))
    answer_trials(session)
    assert "It was about" not in read_by(session.observer)
    Client().post(reverse("observer:comments", args=[session.observer.token]), {"comments": ""})
    assert "It was about" in end_of(session)


def test_in_english_alone_it_is_marked_on_a_french_page() -> None:
    session = begun(make(debriefing_fr=""), language="fr")
    answer_trials(session)
    assert '<div lang="en"><p>It was about' in end_of(session)


def test_without_one_nothing_is_said_of_it() -> None:
    session = begun(make(debriefing="", debriefing_fr=""))
    answer_trials(session)
    assert "What this study was about" not in end_of(session)


@pytest.mark.parametrize("debriefs", [True, False])
def test_after_a_withdrawal_it_is_read_where_the_study_says_so(debriefs: bool) -> None:
    session = begun(make(debriefs_withdrawn=debriefs))
    withdraw(session=session)
    page = end_of(session)
    assert "You have withdrawn" in page
    assert ("It was about" in page) == debriefs


@pytest.mark.parametrize("ended", ["screened_out", "timed_out"])
def test_whoever_was_turned_away_is_not_told(ended: str) -> None:
    session = begun(make(debriefs_withdrawn=True))
    why = {"screened_out_by": "acuity"} if ended == "screened_out" else {}
    Session.objects.filter(pk=session.pk).update(**{f"{ended}_at": timezone.now(), **why})
    assert "It was about" not in read_by(session.observer)


@pytest.mark.parametrize("state", ["open", "paused", "closed"])
def test_whoever_has_not_finished_never_reads_it_in_whatever_state_the_study_is(state: str) -> None:
    study = make()
    finished = begun(study)
    answer_trials(finished)
    waiting = study.observers.order_by("pk")[1]
    change: dict[str, Callable[[], object]] = {
        "open": lambda: None,
        "paused": lambda: pause_study(study=study, by=study.owner, reason="an alarm"),
        "closed": lambda: close_study(study=study, by=study.owner),
    }
    change[state]()
    assert "It was about" not in read_by(waiting)
    assert "It was about" in end_of(finished)
