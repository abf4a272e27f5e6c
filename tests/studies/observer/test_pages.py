"""The observer's pages, as a browser without JavaScript and one with it meet them."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studies.design.lifecycle import change_study, close_study
from studies.models import Answer, Observer, Session, Study
from studies.sessions.trials import SessionPosition, position_of
from tests.studies.factories import answer_trials, make_open_study, make_pair_set, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return make_open_study(n_perturbed=2, n_clean=1)


@pytest.fixture
def token(study: Study) -> str:
    return Observer.objects.get(study=study).token


def begin(client: Client, token: str) -> Session:
    """Consent and leave the instructions behind."""
    response = client.post(reverse("observer:welcome", args=[token]))
    assert response.status_code == 303
    client.post(reverse("observer:instructions", args=[token]))
    return Session.objects.get(observer__token=token)


def answer_url(page: str) -> str:
    found = re.search(r'<form id="trial-form" method="post" action="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_it_works(client: Client, study: Study, token: str) -> None:
    welcome = client.get(reverse("observer:welcome", args=[token]))
    assert study.consent_text.split(".")[0] in welcome.content.decode()
    assert not Session.objects.exists()

    page = client.post(reverse("observer:welcome", args=[token]), follow=True).content.decode()
    assert "one at a time" in page
    page = client.post(reverse("observer:instructions", args=[token]), follow=True).content.decode()
    for position in (1, 2, 3):
        assert f"Image {position} of 3" in page
        source = re.search(r'<img id="stimulus" src="([^"]+)"', page)
        assert source is not None
        assert client.get(source[1]).content.startswith(b"\x89PNG")
        page = client.post(answer_url(page), {"response": "clean"}, follow=True).content.decode()

    assert 'id="session-complete"' in page
    assert Answer.objects.count() == 3


def test_the_first_page_says_how_long_it_takes_and_who_is_behind_it(client: Client) -> None:
    told: dict[str, Any] = {
        "institution": "Hospital of Somewhere",
        "data_contact": "dpo@clinic.example",
        "ethics_committee": "A committee",
        "ethics_number": "17/2026",
    }
    study = make_open_study(session_minutes=25, authors="Ada Lovelace", **told)
    token = Observer.objects.get(study=study).token
    address = reverse("observer:welcome", args=[token])
    welcome = client.get(address).content.decode()
    for text in ("About 25 minutes", *told.values()):
        assert text in welcome, text
    # Whoever looked the authors up would find what they are after.
    assert "Lovelace" not in welcome

    # The number of the approval may come late, while the study is kept in memory.
    change_study(study=study, by=study.owner, ethics_number="18/2026")
    assert "number 18/2026" in client.get(address).content.decode()


def test_the_first_page_tells_the_estimate_and_nothing_that_is_not_set(client: Client) -> None:
    study = make_open_study(n_perturbed=60, n_clean=40, pair_set=make_pair_set(n=100, size=4))
    address = reverse("observer:welcome", args=[Observer.objects.get(study=study).token])
    welcome = client.get(address).content.decode()
    assert study.estimated_minutes == 9
    assert "About 9 minutes" in welcome
    for text in ("Who runs it", "Whom you can ask", "ethics committee"):
        assert text not in welcome

    Study.objects.update(estimated_minutes=None)  # opened by an earlier version
    assert '<dl class="told">' not in client.get(address).content.decode()


def test_the_link_leads_back_to_the_current_trial(client: Client, token: str) -> None:
    session = begin(client, token)
    page = client.get(reverse("observer:trial", args=[token])).content.decode()
    client.post(answer_url(page), {"response": "clean"})

    again = Client().get(reverse("observer:welcome", args=[token]), follow=True)

    assert "Image 2 of 3" in again.content.decode()
    assert position_of(session).total == 3


def test_a_repeated_post_gets_the_same_reply(client: Client, token: str) -> None:
    begin(client, token)
    url = answer_url(client.get(reverse("observer:trial", args=[token])).content.decode())

    first = client.post(url, {"response": "clean"})
    second = client.post(url, {"response": "perturbed"})

    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    assert Answer.objects.get().response == "clean"


def test_with_javascript_the_reply_names_the_next_trial(client: Client, token: str) -> None:
    session = begin(client, token)
    url = answer_url(client.get(reverse("observer:trial", args=[token])).content.decode())

    reply = client.post(url, {"response": "clean", "rt_ms": "743"}, headers={"Accept": "application/json"})

    second, third = (session.trials.get(position=position).token for position in (2, 3))
    assert reply.json() == {
        "stored": True,
        "finished": False,
        "url": reverse("observer:trial", args=[token]),
        "position": 2,
        "total": 3,
        "phase": "series",
        "answer_url": reverse("observer:answer", args=[token, second]),
        "image_urls": [reverse("observer:image", args=[token, second])],
        "reload": False,
        "next": {
            "position": 3,
            "answer_url": reverse("observer:answer", args=[token, third]),
            "image_urls": [reverse("observer:image", args=[token, third])],
            "reload": False,
        },
    }
    repeat = client.post(url, {"response": "perturbed"}, headers={"Accept": "application/json"})
    assert repeat.json() == reply.json()
    assert session.trials.get(position=1).answer.rt_ms == 743


def test_an_answer_ahead_of_the_cursor_is_not_stored(client: Client, token: str) -> None:
    session = begin(client, token)
    ahead = reverse("observer:answer", args=[token, session.trials.get(position=2).token])

    reply = client.post(ahead, {"response": "clean"}, headers={"Accept": "application/json"})

    assert reply.status_code == 409
    assert reply.json()["position"] == 1
    assert client.post(ahead, {"response": "clean"}).status_code == 303
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("812.4", 812), ("0", 0), ("-1", None), ("nan", None), ("inf", None), ("1e99", None), ("x" * 1999, None)],
)
def test_response_times_that_cannot_be_are_left_out(client: Client, token: str, sent: str, kept: int | None) -> None:
    begin(client, token)
    url = answer_url(client.get(reverse("observer:trial", args=[token])).content.decode())

    client.post(url, {"response": "clean", "rt_ms": sent, "pixel_ratio": sent})

    assert Answer.objects.get().rt_ms == kept


def test_no_choice_is_refused_in_words(client: Client, token: str) -> None:
    begin(client, token)
    url = answer_url(client.get(reverse("observer:trial", args=[token])).content.decode())

    page = client.post(url, {})
    assert page.status_code == 422
    assert "Choose one of these answers: “Perturbed”, “Clean”." in page.content.decode()
    assert answer_url(page.content.decode()) == url
    assert client.post(url, {}, headers={"Accept": "application/json"}).status_code == 422


@pytest.mark.parametrize("page", ["answer", "language"])
def test_an_address_that_takes_forms_leads_on_when_it_is_opened(client: Client, token: str, page: str) -> None:
    session = begin(client, token)
    arguments = [session.trials.get(position=1).token] if page == "answer" else []

    response = client.get(reverse(f"observer:{page}", args=[token, *arguments]), {"lang": "fr", "response": "clean"})

    assert (response.status_code, response.headers["Location"]) == (303, reverse("observer:trial", args=[token]))
    assert not Answer.objects.exists()
    session.refresh_from_db()
    assert session.language == "en"


def test_one_observers_trial_is_nothing_to_another() -> None:
    study = make_open_study(observers=2)
    first, second = Observer.objects.filter(study=study)
    session = begin(Client(), first.token)
    begin(Client(), second.token)
    trial = session.trials.get(position=1)

    assert Client().get(reverse("observer:image", args=[second.token, trial.token])).status_code == 404
    stale = Client().post(reverse("observer:answer", args=[second.token, trial.token]), {"response": "clean"})
    assert stale.status_code == 303
    assert not Answer.objects.exists()


def test_an_unknown_link_is_a_friendly_404(client: Client) -> None:
    response = client.get(reverse("observer:welcome", args=["nothing"]))

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_before_consent_there_is_no_trial(client: Client, token: str) -> None:
    response = client.get(reverse("observer:trial", args=[token]))

    assert response.headers["Location"] == reverse("observer:welcome", args=[token])


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_a_study_that_is_not_open_says_so(client: Client, state: str) -> None:
    if state == "draft":
        study = make_study()
        observer = Observer.objects.create(study=study, label="A")
    else:
        study = make_open_study()
        observer = Observer.objects.get(study=study)
        close_study(study=study, by=study.owner)

    response = client.post(reverse("observer:welcome", args=[observer.token]))

    assert response.status_code == 403
    assert ("Not open yet" if state == "draft" else "closed") in response.content.decode()
    assert not Session.objects.exists()


def test_withdrawing_takes_one_question_and_deletes_the_answers(client: Client, token: str) -> None:
    begin(client, token)
    url = answer_url(client.get(reverse("observer:trial", args=[token])).content.decode())
    client.post(url, {"response": "clean"})
    assert "will be deleted" in client.get(reverse("observer:leave", args=[token])).content.decode()

    page = client.post(reverse("observer:leave", args=[token]), follow=True).content.decode()

    assert "You have withdrawn" in page
    assert not Answer.objects.exists()
    assert client.post(url, {"response": "clean"}).status_code == 422


def test_text_of_the_researcher_is_not_run_as_markup(client: Client) -> None:
    study = make_open_study(title="<b>T</b>", question="<script>alert(1)</script>", instructions="<i>I</i>")
    token = Observer.objects.get(study=study).token

    pages = client.get(reverse("observer:welcome", args=[token])).content.decode()
    client.post(reverse("observer:welcome", args=[token]))
    pages += client.get(reverse("observer:instructions", args=[token])).content.decode()
    begin(client, token)
    pages += client.get(reverse("observer:trial", args=[token])).content.decode()

    assert "<script>alert" not in pages
    assert "<b>T</b>" not in pages
    assert "<i>I</i>" not in pages


def test_a_trial_asked_for_while_another_window_finishes_leads_to_the_end(
    client: Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = begin(client, token)

    def finish_elsewhere(of: Session) -> SessionPosition:
        answer_trials(session)
        return position_of(of)

    monkeypatch.setattr("studies.observer.trial_pages.position_of", finish_elsewhere)
    page = client.get(reverse("observer:trial", args=[token]), follow=True).content.decode()
    assert 'id="session-complete"' in page
