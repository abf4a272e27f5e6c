"""Request by request, the fast path and Django's own way say the same and store the same."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studies.design.lifecycle import close_study, pause_study
from studies.models import Answer, AuditEvent, Observer, Session, Study, Trial
from studies.sessions.ending import withdraw
from studies.sessions.start import start_session
from studies.sessions.steps import choose_language
from tests.studies.factories import answer_trials, begin_trials, make_open_study, make_pair_set

pytestmark = pytest.mark.django_db

FAST = "studies.observer.fast_path.middleware.FastPathMiddleware"
FORM = "application/x-www-form-urlencoded"
SAID = {
    "response": "clean",
    "rt_ms": "812.4",
    "pixel_ratio": "2",
    "window_width": "1280",
    "visible": "1",
    "shown_width": "-3",
    "focus_losses": "many",
}
CHOICE = {
    "yes_no": SAID,
    "two_afc": {"response": "first"},
    "same_different": {"response": "same"},
    "degradation": {"grade": "5"},
    "marked_place": {"rating": "2", "place_x": "3", "place_y": "1"},
}


@dataclass(frozen=True)
class Asked:
    """A request, of the trial with a number, from 0."""

    kind: str = "answer"
    number: int = 0
    method: str = "POST"
    body: bytes = urlencode(SAID).encode()
    content_type: str = FORM
    more: dict[str, Any] = field(default_factory=lambda: {"HTTP_ACCEPT": "application/json"})
    token: str = ""
    trial_token: str = ""


def image(number: int = 0, **fields: Any) -> Asked:
    return Asked(**{"kind": "image", "number": number, "method": "GET", "body": b"", "content_type": "", **fields})


def said(**fields: str) -> bytes:
    return urlencode(fields).encode()


def address_of(asked: Asked, session: Session) -> str:
    trial = list(session.trials.order_by("phase", "position"))[asked.number]
    tokens = [asked.token or session.observer.token, asked.trial_token or trial.token]
    return reverse(f"observer:{asked.kind}", args=tokens)


def send(asked: Asked, session: Session) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, headers in their order, and body."""
    return send_to(address_of(asked, session), asked)


def send_to(url: str, asked: Asked) -> tuple[int, list[tuple[str, str]], bytes]:
    with mock.patch("django.utils.cache.time.time", return_value=1_764_000_000.0):  # of `Expires`
        answer = Client().generic(asked.method, url, asked.body, content_type=asked.content_type, **asked.more)
    match = answer.wsgi_request.resolver_match
    viewed = (match.view_name, match.kwargs) if match is not None else None
    assert viewed is None or viewed == (answer.resolver_match.view_name, answer.resolver_match.kwargs)
    headers = [*answer.headers.items(), ("viewed", str(viewed))]
    return answer.status_code, headers, answer.content


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is stored meanwhile."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def stored() -> list[list[tuple[Any, ...]]]:
    """Return what a request may change, and whether there is a time where there may be one."""
    rows: list[list[tuple[Any, ...]]] = [
        list(Answer.objects.order_by("pk").values_list()),
        list(Trial.objects.order_by("pk").values_list()),
        list(Session.objects.order_by("pk").values_list()),
        list(Study.objects.order_by("pk").values_list("pk", "state", "closed_at")),
        list(AuditEvent.objects.order_by("pk").values_list("action", "details")),
    ]
    return [[tuple(isinstance(v, dt.datetime) or v for v in row) for row in table] for table in rows]


def both(asked: Asked, session: Session) -> tuple[int, list[tuple[str, str]], bytes]:
    """Send a request by both ways, from the same state; return what was answered, which is the same."""
    results = []
    without = [name for name in settings.MIDDLEWARE if name != FAST]
    assert len(without) + 1 == len(settings.MIDDLEWARE)
    for middleware in (without, settings.MIDDLEWARE):
        with undone():
            Client().get(reverse("observer:trial", args=[session.observer.token]))  # kept from here on
            with override_settings(MIDDLEWARE=middleware):
                results.append((send(asked, session), stored()))
    (slowly, left_slowly), (fast, left_fast) = results
    assert fast == slowly
    assert left_fast == left_slowly
    return fast


def queries_of(asked: Asked, session: Session, status: int = 200) -> int:
    url = address_of(asked, session)
    with CaptureQueriesContext(connection) as queries:
        assert send_to(url, asked)[0] == status
    return len([one for one in queries if "SAVEPOINT" not in one["sql"]])


@pytest.fixture
def session() -> Session:
    """Return a session at its first of five trials."""
    return begin_trials(Observer.objects.get(study=make_open_study()))


def test_an_image_takes_one_query_and_an_answer_few_statements(session: Session) -> None:
    """So it is known that the fast path is what is tried here."""
    Client().get(reverse("observer:trial", args=[session.observer.token]))
    assert queries_of(image(0), session) == 1
    assert queries_of(image(1), session) == 1
    # Where the session stands; the answer; that the next is served. PostgreSQL does all three by one.
    few = 1 if connection.vendor == "postgresql" else 3
    assert queries_of(Asked(), session) == few
    without_script = Asked(number=1, more={"HTTP_ACCEPT": "text/html"})
    assert queries_of(without_script, session, status=303) == few
    assert Answer.objects.order_by("pk")[0].display == {"pixel_ratio": 2, "window_width": 1280, "visible": 1}


PLAIN = {
    "current image": image(),
    "image ahead": image(1),
    "image too far ahead": image(2),
    "answer": Asked(),
    "answer to one that is not shown yet": Asked(number=1),
    "answer to the last, too early": Asked(number=4),
    "answer without a word": Asked(body=b""),
    "answer that is none of the choices": Asked(body=said(response="perhaps")),
    "answer that is very long": Asked(body=said(response="clean", comment="x" * 5_000)),
    "answer of more than an answer may have": Asked(body=said(response="clean", comment="x" * 9_000)),
    "answer said twice": Asked(body=b"response=clean&response=perturbed"),
    "answer in another alphabet": Asked(body="response=clean&rt_ms=١٢".encode()),
    "answer in broken bytes": Asked(body=b"response=clean&rt_ms=%ff\xff"),
    "answer of too many fields": Asked(body=b"a&" * 1_500 + b"response=clean"),
    "answer that says its encoding": Asked(content_type=f"{FORM};charset=UTF-8"),
    "answer in another encoding": Asked(content_type=f"{FORM}; charset=utf-16"),
    "answer as JSON": Asked(body=b'{"response": "clean"}', content_type="application/json"),
    "answer in parts": Asked(
        body=b'--b\r\nContent-Disposition: form-data; name="response"\r\n\r\nclean\r\n--b--\r\n',
        content_type="multipart/form-data; boundary=b",
    ),
    "answer of a page without script": Asked(more={"HTTP_ACCEPT": "text/html"}),
    "answer of a browser that takes all": Asked(more={}),
    "answer in chunks": Asked(more={"HTTP_ACCEPT": "application/json", "HTTP_TRANSFER_ENCODING": "chunked"}),
    "answer of no known length": Asked(more={"HTTP_ACCEPT": "application/json", "CONTENT_LENGTH": "²"}),
    "answer asked for": Asked(method="GET", body=b"", content_type=""),
    "answer by another verb": Asked(method="PUT"),
    "image sent to": image(method="POST"),
    "only the head of an image": image(method="HEAD"),
    "second image of a trial with one": image(kind="second-image"),
    "with a cookie of a sign-in": image(more={"HTTP_COOKIE": "sessionid="}),
    "answer with a cookie": Asked(more={"HTTP_ACCEPT": "application/json", "HTTP_COOKIE": "sessionid=; csrftoken=x"}),
    "from another site": image(more={"HTTP_HOST": "elsewhere.example"}),
    "through TLS": image(more={"wsgi.url_scheme": "https"}),
    "with a query": image(more={"QUERY_STRING": "continue=1"}),
    "image by a link that leads nowhere": image(token="x" * 22),
    "answer by a link that leads nowhere": Asked(token="x" * 22),
    "image of no trial": image(trial_token="x" * 22),
    "answer to no trial": Asked(trial_token="x" * 22),
}


@pytest.mark.parametrize("name", PLAIN)
def test_at_the_first_trial(session: Session, name: str) -> None:
    both(PLAIN[name], session)


STATES: dict[str, Callable[[Session], object]] = {
    "the second trial": lambda session: answer_trials(session, count=1),
    "the last trial": lambda session: answer_trials(session, count=4),
    "the end": lambda session: answer_trials(session),
    "French": lambda session: choose_language(session=session, language="fr"),
    "a pause": lambda session: pause_study(study=session.observer.study, by=session.observer.study.owner, reason="?"),
    "a closed study": lambda session: close_study(study=session.observer.study, by=session.observer.study.owner),
    "a withdrawal": lambda session: withdraw(session=session),
    "a missing file": lambda session: default_storage.delete(str(session.trials.all()[1].stimulus.file)),
}


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("state", STATES)
def test_wherever_the_session_stands(session: Session, state: str, number: int) -> None:
    STATES[state](session)
    without_script: dict[str, Any] = {"more": {"HTTP_ACCEPT": "text/html"}}
    for body in (said(response="clean"), b""):
        both(Asked(number=number, body=body), session)
        both(Asked(number=number, body=body, **without_script), session)
    both(image(number), session)


@pytest.mark.parametrize("deed", [name for name in STATES if name not in {"a missing file"}])
def test_what_happens_between_two_requests_counts(session: Session, deed: str) -> None:
    """What is kept in memory is of before."""
    for asked in (image(0), Asked()):
        results = []
        for middleware in ([name for name in settings.MIDDLEWARE if name != FAST], settings.MIDDLEWARE):
            with undone():
                Client().get(reverse("observer:trial", args=[session.observer.token]))
                STATES[deed](session)
                with override_settings(MIDDLEWARE=middleware):
                    results.append((send(asked, session), stored()))
        assert results[0] == results[1]


def test_who_was_erased_meanwhile_is_not_found(session: Session) -> None:
    Client().get(reverse("observer:trial", args=[session.observer.token]))
    requests = [(address_of(asked, session), asked) for asked in (image(0), Asked())]
    Observer.objects.get().delete()
    assert [send_to(url, asked)[0] for url, asked in requests] == [404, 404]


def test_before_the_instructions_are_left(session: Session) -> None:
    study = make_open_study(title="Another study")
    early = start_session(observer=Observer.objects.get(study=study))
    for asked in (image(0), Asked()):
        both(asked, early)


def test_a_trial_of_somebody_else(session: Session) -> None:
    other = begin_trials(Observer.objects.get(study=make_open_study(title="Another study")))
    foreign = other.trials.all()[0].token
    assert both(image(trial_token=foreign), session)[0] == 404
    assert both(Asked(trial_token=foreign), session)[0] == 409


DESIGNS: dict[str, dict[str, Any]] = {
    "pairs": {"trial_type": "two_afc", "n_perturbed": 2, "n_clean": 2},
    "same or different": {"trial_type": "same_different", "n_perturbed": 2, "n_clean": 2},
    "grades": {"trial_type": "degradation", "n_perturbed": 2, "n_clean": 2},
    "practice": {"n_practice": 2, "n_perturbed": 1, "n_clean": 1},
    "breaks": {"break_every": 2},
    "a diagnosis": {"asks_diagnosis": True},
    "comments": {"asks_comments": True, "shows_score": True},
}


@pytest.mark.parametrize("design", DESIGNS)
def test_in_other_designs(design: str) -> None:
    fields = {**DESIGNS[design], "pair_set": make_pair_set(n=12)}
    session = begin_trials(Observer.objects.get(study=make_open_study(**fields)))
    choice = CHOICE.get(session.observer.study.trial_type, SAID)
    for number in range(session.trials.count()):
        for asked in (image(number), image(number, kind="second-image"), Asked(number=number, body=said(**choice))):
            both(asked, session)
            both(asked, session)  # as it was taken back, so it is once more
        answer = Asked(number=number, body=said(**choice, diagnosis="nv"))
        both(answer, session)
        send(answer, session)
        both(answer, session)  # sent again
    assert Answer.objects.count() == session.trials.count()


def telling(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Say of every response that it was here."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["X-Told"] = "yes"
        return response

    return respond


def test_a_middleware_that_it_does_not_know_is_not_passed_by(session: Session) -> None:
    Client().get(reverse("observer:trial", args=[session.observer.token]))
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, f"{__name__}.telling"]):
        for asked in (image(), Asked()):
            _, headers, _ = send(asked, session)
            assert ("X-Told", "yes") in headers
