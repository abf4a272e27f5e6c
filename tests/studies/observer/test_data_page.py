"""The observer's page on their data: readable by the link at any time, in both languages, and telling what is so."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studies.data_protection.inventory import STORED_OF_A_PERSON
from studies.design.lifecycle import close_study
from studies.models import Observer, Session, Study
from studies.sessions.ending import withdraw
from studies.sessions.start import start_session
from tests.studies.factories import (
    answer_trials,
    make_draft_with_observers,
    make_open_link,
    make_open_study,
    make_study_in,
)

pytestmark = pytest.mark.django_db

EVERYTHING: dict[str, Any] = {
    "questionnaire": "Years: number 0-60",
    "asks_comments": True,
    "asks_calibration": True,
    "asks_diagnosis": True,
    "shows_score": True,
    "checks_touch": "record",
    "trial_type": "yes_no_confidence",
}


def page_of(observer: Observer, query: str = "") -> str:
    reply = Client().get(reverse("observer:data", args=[observer.token]) + query)
    assert reply.status_code == 200
    assert not reply.cookies
    return " ".join(reply.content.decode().split())


@pytest.mark.parametrize("state", ["draft", "pilot", "open", "paused", "closed", "archived"])
def test_it_is_read_in_every_state_of_the_study(state: str) -> None:
    study = make_study_in(state, data_controller="Clinic of Somewhere", data_contact="dpo@clinic.example")
    page = page_of(study.observers.get())
    assert "Clinic of Somewhere" in page
    assert "dpo@clinic.example" in page
    assert "consent (Article 6(1)(a)" in page


def test_the_list_is_of_what_the_study_stores() -> None:
    little = page_of(make_draft_with_observers().observers.get())
    study = make_draft_with_observers(**EVERYTHING)
    make_open_link(study, recruiter="sona")
    much = page_of(study.observers.get())
    of_other_types = {"Answer.grade", "Answer.place_x", "Answer.display.flicker_hz"}
    lines = [str(stored.what) for stored in STORED_OF_A_PERSON if not of_other_types & set(stored.fields)]
    assert [line for line in lines if line in much] == lines
    assert {line for line in lines if line not in little} == {
        str(stored.what)
        for stored in STORED_OF_A_PERSON
        if {"Session.questionnaire", "Session.comments", "Session.score", "Answer.diagnosis", "Answer.confidence"}
        & set(stored.fields)
        or {"Session.display.css_px_per_mm", "Observer.open_link", "OutsideId.value", "ScreeningResult.passed"}
        & set(stored.fields)
    }


@pytest.mark.parametrize(
    ("trial_type", "field"),
    [
        ("degradation", "Answer.grade"),
        ("marked_place", "Answer.place_x"),
        ("flicker", "Answer.display.flicker_hz"),
    ],
)
def test_what_one_trial_type_alone_stores_is_told_there(trial_type: str, field: str) -> None:
    (line,) = [str(stored.what) for stored in STORED_OF_A_PERSON if field in stored.fields]

    assert line in page_of(make_draft_with_observers(trial_type=trial_type).observers.get())
    assert line not in page_of(make_draft_with_observers().observers.get())


def test_it_speaks_both_languages_before_the_consent_and_after() -> None:
    study = make_open_study(data_purpose="To learn.", data_purpose_fr="Pour apprendre.")
    observer = study.observers.get()
    assert "Pour apprendre." in page_of(observer, "?lang=fr")
    session = start_session(observer=observer)
    address = reverse("observer:language", args=[observer.token])

    reply = Client().post(address, {"lang": "fr", "then": "data"})

    assert (reply.status_code, reply["Location"]) == (303, reverse("observer:data", args=[observer.token]))
    session.refresh_from_db()
    assert session.language == "fr"
    assert '<html lang="fr">' in page_of(observer)
    assert "Pour apprendre." in page_of(observer)


def test_how_long_it_is_kept_is_told_and_from_the_closing_on_until_when() -> None:
    study = make_open_study(kept_days=30, keeps_detached_answers=False)
    observer = study.observers.get()
    assert "Until 30 days after the study is closed. Then everything is deleted" in page_of(observer)
    close_study(study=study, by=study.owner)
    Study.objects.filter(pk=study.pk).update(closed_at="2026-03-01T12:00:00Z")
    assert "Until 31 March 2026." in page_of(observer)
    assert "no date is set" in page_of(make_open_study().observers.get())


def test_what_a_change_says_reaches_an_observer_whose_study_is_kept_in_memory() -> None:
    study = make_open_study()
    observer = study.observers.get()
    page_of(observer)
    Study.objects.filter(pk=study.pk).update(data_contact="somebody else")
    assert "somebody else" in page_of(observer)


def test_the_welcome_page_and_the_end_lead_to_it() -> None:
    study = make_open_study(observers=2)
    finished, withdrawn = study.observers.order_by("pk")
    link = f'href="{reverse("observer:data", args=[finished.token])}'
    assert link in Client().get(reverse("observer:welcome", args=[finished.token])).content.decode()
    answer_trials(start_session(observer=finished))
    assert link in Client().get(reverse("observer:trial", args=[finished.token])).content.decode()
    withdraw(session=start_session(observer=withdrawn))
    page = Client().get(reverse("observer:trial", args=[withdrawn.token])).content.decode()
    assert reverse("observer:data", args=[withdrawn.token]) in page
    assert "You have withdrawn." in page_of(withdrawn)


def test_it_says_the_same_whatever_is_right_and_nothing_of_the_images() -> None:
    """Of two studies that differ in what is shown alone, the pages are the same but for their tokens."""
    pages = []
    for n_perturbed, seed in ((4, 1), (1, 7)):
        observer = make_open_study(n_perturbed=n_perturbed, n_clean=5 - n_perturbed, seed=seed).observers.get()
        pages.append(re.sub(observer.token, "TOKEN", page_of(observer)))
    assert pages[0] == pages[1]
    words = re.sub(r"<[^>]*>", " ", pages[0]).lower()
    assert not re.search(r"perturb|attack|strength|truth|catch|clean image", words)


def test_an_unknown_link_leads_nowhere_and_reading_changes_nothing() -> None:
    assert Client().get(reverse("observer:data", args=["x" * 22])).status_code == 404
    observer = make_open_study().observers.get()
    assert Client().post(reverse("observer:data", args=[observer.token])).status_code == 405
    page_of(observer)
    assert not Session.objects.exists()
