"""Checks of sight and comprehension as an observer meets them: each once, recorded, ending the session or not."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studies.design.lifecycle import pause_study
from studies.models import Observer, ScreeningResult, Session, Study
from studies.models.observer_state import ObserverState, state_of
from studies.models.screening.check import Check
from studies.screening.figure import NONE
from studies.sessions.screening.visual import shown_check
from studies.sessions.start import start_session
from tests.studies.factories import answer_trials, begin_trials, make_open_study, make_study

pytestmark = pytest.mark.django_db

SCREEN = {"css_px_per_mm": "4", "pixel_ratio": "2"}
QUESTIONS = "How often may you look?: once | as often as I like =\nWho answers?: I alone = | my team"
RIGHT, HALF, WRONG = {"q1": "1", "q2": "0"}, {"q1": "1", "q2": "1"}, {"q1": "0", "q2": "1"}
SIGHT: dict[str, Any] = {
    "checks_brightness": "record",
    "checks_colour_vision": "end",
    "checks_acuity": "record",
    "asks_calibration": True,
}


def observer_of(**fields: Any) -> Observer:
    make_open_study(**fields)
    return Observer.objects.get()


def session_of(observer: Observer) -> Session:
    return Session.objects.get(observer=observer)


def url(observer: Observer, name: str = "welcome", *arguments: object) -> str:
    return reverse(f"observer:{name}", args=[observer.token, *arguments])


def page(observer: Observer, name: str = "welcome") -> str:
    return Client().get(url(observer, name), follow=True).content.decode()


def consent(observer: Observer) -> None:
    Client().post(url(observer), {"lang": "en", **SCREEN})


def answers_to(observer: Observer, check: Check, *, wrong: int = 0) -> dict[str, str]:
    """Return what is sent by somebody who has all right but so many."""
    study = Study.objects.get()
    shown = shown_check(observer, study, check, session_of(observer).display)
    said = [figure.answer for figure in shown.figures]
    for place in range(wrong):
        said[place] = next(choice for choice in shown.choices if choice != said[place])
    number = session_of(observer).n_screened
    return {"number": str(number)} | dict(zip(shown.fields, said, strict=True))


def send(observer: Observer, data: dict[str, str], name: str = "check") -> str:
    return Client().post(url(observer, name), data, follow=True).content.decode()


def results_of(observer: Observer) -> dict[str, bool | None]:
    return dict(ScreeningResult.objects.filter(session__observer=observer).values_list("check_key", "passed"))


def test_the_checks_come_one_after_the_other_and_then_the_questions() -> None:
    observer = observer_of(questionnaire="Age: number 1-99", **SIGHT)
    consent(observer)
    assert "Light and dark" in page(observer)
    assert "<h1>Colours" in send(observer, answers_to(observer, Check.BRIGHTNESS, wrong=2))
    assert "Small rings" in send(observer, answers_to(observer, Check.COLOUR_VISION, wrong=1))
    assert "About you" in send(observer, answers_to(observer, Check.ACUITY))
    assert results_of(observer) == {"brightness": True, "colour_vision": True, "acuity": True}
    measured = ScreeningResult.objects.get(check_key="brightness").measured
    assert (measured["right"], measured["of"]) == (6, 8)
    assert len(measured["said"]) == len(measured["shown"]) == 8


def test_too_few_right_are_recorded_or_end_the_session() -> None:
    observer = observer_of(**SIGHT)
    consent(observer)
    assert "<h1>Colours" in send(observer, answers_to(observer, Check.BRIGHTNESS, wrong=3))
    assert "session-ended-early" in send(observer, answers_to(observer, Check.COLOUR_VISION, wrong=2))
    assert results_of(observer) == {"brightness": False, "colour_vision": False}
    assert session_of(observer).screened_out_by == "colour_vision"
    assert "session-ended-early" in page(observer, "check")


def test_whoever_cannot_do_a_check_says_so_and_it_is_not_passed() -> None:
    observer = observer_of(checks_brightness="record")
    consent(observer)
    assert "Instructions" in send(observer, {"number": "0", "cannot": "1"})
    assert results_of(observer) == {"brightness": False}
    assert ScreeningResult.objects.get().measured == {"could_not": True}


def test_what_is_not_answered_is_asked_for_and_the_rest_is_kept() -> None:
    observer = observer_of(checks_brightness="end")
    consent(observer)
    answers = answers_to(observer, Check.BRIGHTNESS)
    del answers["figure3"]
    reply = Client().post(url(observer, "check"), answers | {"figure4": "nonsense"})
    assert reply.status_code == 422
    shown = reply.content.decode()
    assert set(re.findall(r'id="(figure\d)-missing"', shown)) == {"figure3", "figure4"}
    assert len(re.findall(r" checked", shown)) == 6
    assert results_of(observer) == {}


def test_a_form_that_is_sent_twice_answers_no_other_check() -> None:
    observer = observer_of(**SIGHT)
    consent(observer)
    said = answers_to(observer, Check.BRIGHTNESS)
    send(observer, said)
    assert "<h1>Colours" in send(observer, said)
    assert "<h1>Colours" in send(observer, {"number": "0", "cannot": "1"})
    assert results_of(observer) == {"brightness": True}


def test_a_screen_that_was_not_measured_shows_no_rings() -> None:
    observer = observer_of(checks_acuity="record", asks_calibration=True)
    Client().post(url(observer), {"lang": "en", "pixel_ratio": "2"})
    assert "was not measured with a card" in page(observer)
    send(observer, {"number": "0"})
    assert results_of(observer) == {"acuity": None}


def test_a_screen_that_there_is_not_has_no_giant_rings_drawn() -> None:
    observer = observer_of(checks_acuity="record", least_acuity=0.05, acuity_distance_cm=300, asks_calibration=True)
    Client().post(url(observer), {"lang": "en", "pixel_ratio": "16", "css_px_per_mm": "100"})
    assert Client().get(url(observer, "figure", 1)).status_code == 404
    send(observer, {"number": "0"})
    assert results_of(observer) == {"acuity": None}


def test_pixels_that_are_too_large_show_no_rings() -> None:
    observer = observer_of(checks_acuity="end", least_acuity=1.5, asks_calibration=True)
    Client().post(url(observer), {"lang": "en", "pixel_ratio": "1", "css_px_per_mm": "3.8"})
    assert "too large to show the rings" in page(observer)
    assert "session-ended-early" in send(observer, {"number": "0"})
    assert results_of(observer) == {"acuity": None}


def test_a_figure_is_the_same_again_for_nobody_else_and_for_no_other_time() -> None:
    make_open_study(observers=2, checks_colour_vision="record")
    one, other = Observer.objects.order_by("pk")
    assert Client().get(url(one, "figure", 1)).status_code == 404
    for observer in (one, other):
        consent(observer)
    first, again, others = (Client().get(url(observer, "figure", 2)) for observer in (one, one, other))
    assert first.content == again.content != others.content
    assert first["Content-Type"] == "image/png"
    assert "no-store" in first["Cache-Control"]
    assert "ETag" not in first
    assert "Last-Modified" not in first
    for index in (0, 9):
        assert Client().get(url(one, "figure", index)).status_code == 404
    send(one, {"number": "0", "cannot": "1"})
    assert Client().get(url(one, "figure", 1)).status_code == 404


def test_a_page_does_not_tell_what_is_on_its_figures() -> None:
    """Every choice of every figure stands there alike, whatever is right."""
    make_open_study(observers=2, **SIGHT)
    pages = []
    for observer in Observer.objects.order_by("pk"):
        consent(observer)
        seen = []
        for check in (Check.BRIGHTNESS, Check.COLOUR_VISION, Check.ACUITY):
            seen.append(page(observer).replace(observer.token, ""))
            send(observer, answers_to(observer, check))
        pages.append(seen)
    assert pages[0] == pages[1]


def test_nothing_is_taken_while_the_study_pauses() -> None:
    observer = observer_of(checks_brightness="end")
    consent(observer)
    study = Study.objects.get()
    pause_study(study=study, by=study.owner, reason="A pause")
    assert "pause" in send(observer, answers_to(observer, Check.BRIGHTNESS)).casefold()
    assert results_of(observer) == {}
    assert Client().get(url(observer, "figure", 1)).status_code == 404


def test_simulated_observers_are_put_through_none() -> None:
    make_open_study(simulated=True, checks_comprehension="end", comprehension=QUESTIONS, **SIGHT)
    answer_trials(begin_trials(Observer.objects.get()))
    assert state_of(Observer.objects.get()) == ObserverState.FINISHED
    assert not ScreeningResult.objects.exists()


def understanding(**fields: Any) -> Observer:
    observer = observer_of(**({"checks_comprehension": "end", "comprehension": QUESTIONS} | fields))
    consent(observer)
    return observer


def read(observer: Observer) -> str:
    return send(observer, {}, "instructions")


def test_the_questions_come_after_the_instructions_and_before_the_trials() -> None:
    observer = understanding()
    assert "a few questions on what it says" in page(observer)
    asked = read(observer)
    assert "as often as I like" in asked
    assert "as often as I like =" not in asked
    assert 'id="trial"' not in page(observer, "trial")
    assert 'id="trial"' in send(observer, RIGHT, "comprehension")
    assert results_of(observer) == {"comprehension": True}
    assert ScreeningResult.objects.get().measured == {
        "tries": [{"answers": ["as often as I like", "I alone"], "right": 2}]
    }


def test_a_try_that_did_not_pass_leads_back_to_the_instructions() -> None:
    observer = understanding()
    read(observer)
    again = send(observer, HALF, "comprehension")
    assert "you can try 1 more time" in again
    assert "Instructions" in again
    assert "Instructions" in send(observer, RIGHT, "comprehension")  # the same form again: it is not due
    assert len(ScreeningResult.objects.get().measured["tries"]) == 1
    read(observer)
    assert 'id="trial"' in send(observer, RIGHT, "comprehension")
    assert results_of(observer) == {"comprehension": True}


def test_after_the_last_try_the_session_ends_or_goes_on_as_the_study_says() -> None:
    observer = understanding(comprehension_tries=1)
    read(observer)
    assert "session-ended-early" in send(observer, WRONG, "comprehension")
    assert session_of(observer).screened_out_by == "comprehension"


def test_who_only_did_not_understand_goes_on_where_it_is_recorded() -> None:
    observer = understanding(checks_comprehension="record", comprehension_tries=1)
    read(observer)
    assert 'id="trial"' in send(observer, WRONG, "comprehension")
    assert results_of(observer) == {"comprehension": False}


def test_so_many_right_are_enough_as_the_study_says() -> None:
    observer = understanding(comprehension_at_least=1)
    read(observer)
    assert 'id="trial"' in send(observer, HALF, "comprehension")


def test_a_question_without_an_answer_costs_no_try() -> None:
    observer = understanding()
    read(observer)
    reply = Client().post(url(observer, "comprehension"), {"q1": "1"})
    assert reply.status_code == 422
    assert results_of(observer) == {}


def test_french_questions_are_read_in_french_and_stored_in_the_language_of_the_study() -> None:
    french = "Combien de fois ?: une fois | autant que je veux =\nQui répond ?: moi seul = | mon équipe"
    observer = observer_of(checks_comprehension="end", comprehension=QUESTIONS, comprehension_fr=french)
    Client().post(url(observer), {"lang": "fr"})
    assert "autant que je veux" in read(observer)
    send(observer, RIGHT, "comprehension")
    assert ScreeningResult.objects.get().measured["tries"][0]["answers"] == ["as often as I like", "I alone"]


def test_nobody_reaches_a_trial_past_the_checks() -> None:
    observer = understanding(checks_brightness="record")
    session = start_session(observer=observer)
    trial = session.trials.first()
    assert trial is not None
    reply = Client().post(url(observer, "answer", trial.token), {"response": "clean"})
    assert reply.status_code != 200 or "Light and dark" in reply.content.decode()
    assert not Session.objects.filter(trials__answer__isnull=False).exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"checks_comprehension": "end"}, "Write the questions"),
        ({"comprehension": "Which?: a | b"}, "put = after"),
        ({"comprehension": QUESTIONS, "comprehension_at_least": 3}, "There are 2 questions"),
        ({"comprehension": QUESTIONS, "comprehension_fr": "Quoi ?: a = | b"}, "has 2 questions"),
        ({"checks_acuity": "end"}, "check of near acuity needs it"),
    ],
)
def test_what_does_not_go_together_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(Exception, match=message):
        make_open_study(**fields)


def test_the_page_of_a_draft_with_a_wrong_line_is_shown_all_the_same() -> None:
    study = make_study()
    Study.objects.update(checks_comprehension="end", comprehension="Which?: a | b\nno question")
    client = Client()
    client.force_login(study.owner)
    page = client.get(reverse("studies:study-detail", args=[study.pk])).content.decode()
    assert "at least 2 of 2 questions on the instructions" in page


def test_none_is_a_choice_of_every_figure() -> None:
    observer = observer_of(**SIGHT)
    consent(observer)
    for check in (Check.BRIGHTNESS, Check.COLOUR_VISION, Check.ACUITY):
        assert NONE in shown_check(observer, Study.objects.get(), check, {"css_px_per_mm": 4, "pixel_ratio": 2}).choices
