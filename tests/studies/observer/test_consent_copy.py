"""What an observer agreed to, to keep: the very text, at any time, by the link alone."""

import hashlib
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studies.design.lifecycle import change_study
from studies.models import Observer, Session, Study
from studies.sessions.ending import withdraw
from studies.sessions.start import start_session
from studies.sessions.steps import choose_language
from tests.studies.factories import answer_trials, make_open_study

pytestmark = pytest.mark.django_db

BOTH: dict[str, Any] = {
    "title": "Changed or not?",
    "title_fr": "Modifiées ou non ?",
    "consent_text": "I agree to <this> & that.\n\nSecond part.",
    "consent_text_fr": "Je consens à <ceci>.",
}


def agreed(language: str = "en", **fields: Any) -> Session:
    study = make_open_study(**{**BOTH, "n_perturbed": 1, "n_clean": 1, **fields})
    return start_session(observer=Observer.objects.get(study=study), language=language)


def page_of(session: Session, name: str = "consent") -> str:
    response = Client().get(reverse(f"observer:{name}", args=[session.observer.token]))
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    return response.content.decode()


def text_in(file: str) -> str:
    """Return the text that stands in the file between its head and what is said of it."""
    return file.split("\n\n", 1)[1].rsplit("\n\n----\n", 1)[0]


@pytest.mark.parametrize(("language", "read"), [("en", "consent_text"), ("fr", "consent_text_fr")])
def test_it_is_the_very_text_that_was_agreed_to_whatever_the_pages_speak_since(language: str, read: str) -> None:
    session = agreed(language)
    for later in ("en", "fr"):
        choose_language(session=session, language=later)
        file, page = page_of(session, "consent-text"), page_of(session)

        assert text_in(file) == BOTH[read]
        assert hashlib.sha256(text_in(file).encode()).hexdigest() == session.consent_sha256
        assert session.consent_sha256 in file
        assert session.consent_sha256 in page
        marked = f'lang="{language}"' if language != later else "aria-label"
        found = re.search(rf'<section class="agreed"[^>]*{marked}[^>]*>(.*?)</section>', page, re.DOTALL)
        assert found is not None
        assert BOTH[read].split("<")[0] in found[1]
        assert "&lt;" in found[1]
        assert {"en": "What you agreed to", "fr": "Ce à quoi vous avez consenti"}[later] in page


def test_it_says_when_of_what_and_who_is_behind_it() -> None:
    session = agreed(institution="A hospital", data_contact="dpo@clinic.example", data_controller="A clinic")
    study = session.observer.study
    change_study(study=study, by=study.owner, ethics_committee="A committee", ethics_number="17/2026")
    day = f"{session.consented_at:%d %B %Y, at %H:%M} UTC".lstrip("0")
    for text in (page_of(session), page_of(session, "consent-text")):
        for told in (day, "Changed or not?", "A hospital", "dpo@clinic.example", "A clinic", "A committee, number 17"):
            assert told in text, told


def test_it_is_a_file_to_keep() -> None:
    session = agreed()
    response = Client().get(reverse("observer:consent-text", args=[session.observer.token]))
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="consent.txt"'


def test_it_is_there_from_the_consent_to_the_end_and_after_a_withdrawal() -> None:
    session = agreed(closes_when_finished=False)
    for name in ("data", "consent"):
        assert reverse("observer:consent", args=[session.observer.token]) in page_of(session, "data"), name
    answer_trials(session)
    assert "I agree to" in page_of(session)
    end = Client().get(reverse("observer:trial", args=[session.observer.token])).content.decode()
    assert reverse("observer:consent", args=[session.observer.token]) in end

    withdrawn = agreed()
    withdraw(session=withdrawn)
    assert "I agree to" in page_of(withdrawn)


def test_before_the_consent_there_is_none() -> None:
    observer = Observer.objects.get(study=make_open_study())
    for name in ("consent", "consent-text"):
        response = Client().get(reverse(f"observer:{name}", args=[observer.token]))
        assert response.headers["Location"] == reverse("observer:welcome", args=[observer.token])
        assert Client().get(reverse(f"observer:{name}", args=["x" * 22])).status_code == 404
    assert reverse("observer:consent", args=[observer.token]) not in (
        Client().get(reverse("observer:data", args=[observer.token])).content.decode()
    )


def test_another_text_is_not_passed_off_as_what_was_agreed_to() -> None:
    session = agreed()
    Study.objects.update(consent_text="Another text.")
    for name in ("consent", "consent-text"):
        page = page_of(session, name)
        assert "cannot be shown" in page
        assert "Another text." not in page
        assert session.consent_sha256 in page


def test_the_language_is_changed_without_leaving_it() -> None:
    session = agreed()
    link = [session.observer.token]
    response = Client().post(reverse("observer:language", args=link), {"lang": "fr", "then": "consent"})
    assert response.headers["Location"] == reverse("observer:consent", args=link)
    response = Client().post(reverse("observer:language", args=link), {"lang": "fr", "then": "leave"})
    assert response.headers["Location"] == reverse("observer:instructions", args=link)
