"""A session from consent to the end: each stage in its turn, each once, in either language, for each trial type."""

import hashlib
import re
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from studies.models import Answer, Observer, Session, Study, Trial, Truth
from studies.sessions.ending import withdraw
from studies.sessions.trials import position_of, record_answer
from studies.trial_types import TRIAL_TYPES
from tests.studies.factories import begin_trials, make_open_study, make_pair_set, make_pair_set_of_strength

pytestmark = pytest.mark.django_db

SAID: dict[str, dict[str, Any]] = {
    "yes_no": {"response": "clean"},
    "yes_no_confidence": {"response": "clean", "confidence": "2"},
    "rating": {"rating": "2"},
    "two_afc": {"response": "first"},
    "same_different": {"response": "same"},
    "degradation": {"grade": "4"},
    "marked_place": {"rating": "2", "place_x": "3", "place_y": "1"},
    "flicker": {"response": "first"},
}

THERE_WHEN_SCORES_WERE_COUNTED_ANEW = ("yes_no", "yes_no_confidence", "rating", "two_afc", "same_different")
"""The trial types that migration 0014 may meet."""


def make_full_study(**fields: object) -> Study:
    """Return an open study that has every stage."""
    pair_set = make_pair_set(n=12)
    settings: dict[str, object] = {
        "pair_set": pair_set,
        "n_perturbed": 2,
        "n_clean": 2,
        "n_practice": 2,
        "n_catch": 1,
        "catch_pair_set": make_pair_set_of_strength(pair_set, 20),
        "break_every": 2,
        "questionnaire": "Years of practice: number 0-60 *",
        "asks_comments": True,
        "shows_score": True,
        "asks_diagnosis": True,
    }
    return make_open_study(**(settings | fields))  # type: ignore[arg-type]


class Visitor:
    """A browser without JavaScript at one observer's link."""

    def __init__(self, study: Study, *, language: str = "en-GB,en;q=0.9") -> None:
        self.token = Observer.objects.filter(study=study).order_by("pk")[0].token
        self.client = Client(headers={"Accept-Language": language})
        self.text = ""
        self.path = ""

    def url(self, page: str, *arguments: object) -> str:
        return reverse(f"observer:{page}", args=[self.token, *arguments])

    def open(self, url: str) -> "Visitor":
        response = self.client.get(url, follow=True)
        return self._at(url, response)

    def send(self, url: str, data: dict[str, str] | None = None) -> "Visitor":
        response = self.client.post(url, data or {}, follow=True)
        return self._at(url, response)

    def form(self) -> str:
        found = re.search(r'<form id="trial-form" method="post" action="([^"]+)"', self.text)
        assert found is not None, self.text
        return found[1]

    def _at(self, url: str, response: Any) -> "Visitor":
        self.path = response.redirect_chain[-1][0] if response.redirect_chain else url
        self.text = response.content.decode()
        self.status = response.status_code
        return self


@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_every_stage_comes_in_its_turn(trial_type: str) -> None:
    study = make_full_study(trial_type=trial_type)
    visitor = Visitor(study)
    said = SAID[trial_type] | {"diagnosis": "nv"}

    assert visitor.open(visitor.url("welcome")).path == visitor.url("welcome")
    assert visitor.send(visitor.url("welcome")).path == visitor.url("questions")
    assert visitor.send(visitor.url("questions"), {}).status == 422
    assert visitor.send(visitor.url("questions"), {"q1": "12"}).path == visitor.url("instructions")
    assert visitor.send(visitor.url("instructions")).path == visitor.url("trial")
    for position in (1, 2):
        assert f"Practice {position} of 2" in visitor.text
        visitor.send(visitor.form(), said)
        assert visitor.path.startswith(f"/o/{visitor.token}/feedback/")
        assert ("The practice is over" in visitor.text) == (position == 2)
        visitor.open(visitor.url("trial"))
    shown = "Image" if TRIAL_TYPES[trial_type].images == 1 else "Pair"
    for position in range(1, 6):
        if position in {3, 5}:
            assert "break" in visitor.text
            assert f"{position - 1} of 5" in visitor.text
            visitor.open(visitor.url("trial") + f"?continue={position}")
        assert f"{shown} {position} of 5" in visitor.text
        visitor.send(visitor.form(), said)
    assert visitor.path == visitor.url("comments")
    assert visitor.send(visitor.url("comments"), {"comments": " Fine. "}).path == visitor.url("trial")
    assert 'id="session-complete"' in visitor.text

    session = Session.objects.get()
    assert session.questionnaire == [{"question": "Years of practice", "answer": "12"}]
    assert session.comments == "Fine."
    answers = Answer.objects.order_by("trial__phase", "trial__position")
    assert [answer.trial.phase for answer in answers] == ["practice"] * 2 + ["series"] * 5
    assert {answer.diagnosis for answer in answers} == {"nv"}
    assert {(answer.rating, answer.confidence) for answer in answers} == {
        {"rating": (2, None), "marked_place": (2, None), "yes_no_confidence": (None, 2)}.get(trial_type, (None, None))
    }
    assert all(
        answer.trial.served_at is not None and answer.trial.served_at <= answer.answered_at for answer in answers
    )
    place = (3, 1) if trial_type == "marked_place" else (None, None)
    assert {(answer.place_x, answer.place_y) for answer in answers} == {place}
    assert session.score == {"right": right_of_the_series(study), "total": 5}
    study.refresh_from_db()
    assert study.state == Study.State.CLOSED


def right_of_the_series(study: Study) -> int:
    """Count by the answers and the truth, practice left out."""
    truths = {truth.stimulus_id: truth for truth in Truth.objects.filter(stimulus__study=study)}
    right = 0
    for answer in Answer.objects.filter(trial__phase=Trial.Phase.SERIES):
        shown = [truths[stimulus.pk] for stimulus in answer.trial.stimuli]
        right += answer.response == study.trials.expected(tuple(truth.perturbed for truth in shown))
    return right


PAGES = ["welcome", "questions", "instructions", "trial", "comments"]


def test_any_address_leads_to_the_stage_the_session_is_at() -> None:
    study = make_full_study(n_practice=0, n_catch=0, catch_pair_set=None, break_every=0, asks_diagnosis=False)
    visitor = Visitor(study)

    def all_lead_to(page: str) -> None:
        assert {visitor.open(visitor.url(one)).path for one in PAGES} == {visitor.url(page)}

    assert {visitor.open(visitor.url(one)).path for one in PAGES} == {visitor.url("welcome")}
    assert not Session.objects.exists()
    visitor.send(visitor.url("welcome"))
    all_lead_to("questions")
    visitor.send(visitor.url("questions"), {"q1": "1"})
    all_lead_to("instructions")
    visitor.send(visitor.url("instructions"))
    all_lead_to("trial")
    for _ in range(4):
        visitor.send(visitor.open(visitor.url("trial")).form(), {"response": "clean"})
    all_lead_to("comments")
    visitor.send(visitor.url("comments"))
    all_lead_to("trial")
    assert 'id="session-complete"' in visitor.text


def test_no_step_is_taken_twice_or_out_of_its_turn() -> None:
    study = make_full_study()
    visitor = Visitor(study)
    visitor.send(visitor.url("welcome"))

    visitor.send(visitor.url("comments"), {"comments": "too early"})
    visitor.send(visitor.url("instructions"))
    visitor.send(visitor.url("questions"), {"q1": "5"})
    visitor.send(visitor.url("questions"), {"q1": "6"})

    session = Session.objects.get()
    assert session.questionnaire == [{"question": "Years of practice", "answer": "5"}]
    assert (session.comments, session.commented_at, session.instructed_at) == ("", None, None)


def test_before_the_instructions_no_trial_is_answered() -> None:
    study = make_full_study()
    visitor = Visitor(study)
    visitor.send(visitor.url("welcome"))
    trial = Trial.objects.order_by("phase", "position")[0]

    answered = visitor.client.post(
        visitor.url("answer", trial.token), {"response": "clean"}, headers={"Accept": "application/json"}
    )

    assert answered.status_code == 409
    assert answered.json()["reload"]
    assert not Answer.objects.exists()


def test_what_was_chosen_is_kept_where_something_is_missing() -> None:
    study = make_full_study(trial_type="yes_no_confidence", n_practice=0)
    begin_trials_of(study)
    visitor = Visitor(study).open(f"/o/{Observer.objects.get().token}/trial/")

    visitor.send(visitor.form(), {"response": "perturbed", "diagnosis": "mel"})

    assert visitor.status == 422
    assert "Choose one of these answers: “A guess”, “Fairly sure”, “Sure”." in visitor.text
    checked = re.findall(r'name="(\w+)" value="(\w+)"[^>]* checked', visitor.text)
    assert checked == [("response", "perturbed"), ("diagnosis", "mel")]
    assert not Answer.objects.exists()
    visitor.send(visitor.form(), {"response": "perturbed", "confidence": "1"})
    assert "Choose a diagnosis too." in visitor.text


def begin_trials_of(study: Study) -> Session:
    observer = Observer.objects.filter(study=study).order_by("pk")[0]
    session = begin_trials(observer)
    if session.instructed_at is None:
        visitor = Visitor(study)
        visitor.send(visitor.url("questions"), {"q1": "1"})
        visitor.send(visitor.url("instructions"))
        session.refresh_from_db()
    return session


def test_a_reply_says_when_the_page_is_to_be_loaded() -> None:
    """After practice for the feedback, before a break for the break, at the end for the end; in between not."""
    study = make_full_study(asks_diagnosis=False, n_catch=0, catch_pair_set=None)
    session = begin_trials_of(study)
    visitor = Visitor(study)
    trials = list(session.trials.all())
    replies = [
        visitor.client.post(
            visitor.url("answer", trial.token), {"response": "clean"}, headers={"Accept": "application/json"}
        ).json()
        for trial in trials
    ]

    assert [reply["reload"] for reply in replies] == [True, True, False, True, False, True]
    assert [reply["url"] for reply in replies[:2]] == [visitor.url("feedback", trial.token) for trial in trials[:2]]
    # Known a trial ahead, so that no page waits for the reply to show what follows.
    assert [reply["next"] and reply["next"]["reload"] for reply in replies] == [True, False, True, False, None, None]
    assert [reply["finished"] for reply in replies] == [False] * 5 + [True]
    repeated = visitor.client.post(
        visitor.url("answer", trials[0].token), {"response": "perturbed"}, headers={"Accept": "application/json"}
    ).json()
    assert (repeated["stored"], repeated["url"]) == (True, replies[0]["url"])


def test_a_break_is_ended_by_the_observer_and_lasts_through_a_reload() -> None:
    study = make_full_study(asks_diagnosis=False, n_practice=0, n_catch=0, catch_pair_set=None)
    begin_trials_of(study)
    visitor = Visitor(study)
    for _ in range(2):
        visitor.send(visitor.open(visitor.url("trial")).form(), {"response": "clean"})

    assert "Time for a break" in visitor.text
    assert "Time for a break" in visitor.open(visitor.url("trial")).text
    assert "Time for a break" in visitor.open(visitor.url("trial") + "?continue=2").text
    third = Trial.objects.get(position=3)
    assert third.served_at is None
    assert "Image 3 of 4" in visitor.open(visitor.url("trial") + "?continue=3").text
    third.refresh_from_db()
    assert third.served_at is not None


def test_comments_are_taken_once_the_study_has_closed_by_itself() -> None:
    study = make_full_study(asks_diagnosis=False, n_practice=0, n_catch=0, catch_pair_set=None, break_every=0)
    begin_trials_of(study)
    visitor = Visitor(study)
    for _ in range(4):
        visitor.send(visitor.open(visitor.url("trial")).form(), {"response": "clean"})
    study.refresh_from_db()
    assert study.state == Study.State.CLOSED

    visitor.send(visitor.url("comments"), {"comments": "x" * 6000 + "\0"})

    assert Session.objects.get().comments == "x" * 5000


def test_a_score_is_told_only_where_the_study_says_so() -> None:
    shown, hidden = (
        make_full_study(
            asks_diagnosis=False,
            n_practice=0,
            n_catch=0,
            catch_pair_set=None,
            break_every=0,
            asks_comments=False,
            questionnaire="",
            shows_score=shows,
        )
        for shows in (True, False)
    )
    texts = []
    for study in (shown, hidden):
        begin_trials_of(study)
        visitor = Visitor(study)
        for _ in range(4):
            visitor.send(visitor.open(visitor.url("trial")).form(), {"response": "clean"})
        texts.append(visitor.text)

    assert "Your score: 2 of 4 right." in texts[0]
    assert "score" not in texts[1].lower()
    assert Session.objects.get(observer__study=hidden).score is None


@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_every_number_that_observers_read_is_that_of_the_images_they_judge(trial_type: str) -> None:
    """A smaller one would tell that there are catch trials, and how many."""
    study = make_full_study(trial_type=trial_type, asks_diagnosis=False, n_practice=0, asks_comments=False)
    visitor = Visitor(study)
    read = [visitor.open(visitor.url("welcome")).text, visitor.open(visitor.url("data")).text]
    visitor.send(visitor.url("welcome"))
    visitor.send(visitor.url("questions"), {"q1": "12"})
    read.append(visitor.send(visitor.url("instructions")).text)
    for position in range(1, 6):
        if position in {3, 5}:
            read.append(visitor.text)
            visitor.open(visitor.url("trial") + f"?continue={position}")
        read.append(visitor.text)
        visitor.send(visitor.form(), SAID[trial_type])
    read += [visitor.text, visitor.open(visitor.url("data")).text]

    told = [int(total) for text in read for total in TOTALS.findall(text)]
    assert len(told) > 12
    assert set(told) == {5}


TOTALS = re.compile(
    r"(?:Image study · |All | of |value=\"\d+\" max=\"|\"total\": )(\d+)"
    r"(?: (?:images|pairs of images|answers|right|are done)|[<\",])"
)


@pytest.mark.parametrize("trial_type", THERE_WHEN_SCORES_WERE_COUNTED_ANEW)
def test_a_score_counted_without_catch_trials_is_counted_anew(trial_type: str) -> None:
    study = make_full_study(trial_type=trial_type, asks_diagnosis=False)
    session = begin_trials_of(study)
    while (trial := position_of(session).trial) is not None:
        record_answer(session=session, trial_token=trial.token, **SAID[trial_type])
    session.refresh_from_db()
    told = session.score
    Session.objects.update(score={"right": 0, "total": 4})

    import_module("studies.migrations.0014_scores_of_whole_series").count_anew(apps, None)

    session.refresh_from_db()
    assert session.score == told
    assert told is not None
    assert told["total"] == 5


def test_withdrawing_deletes_what_the_observer_said_and_keeps_that_there_was_a_consent() -> None:
    study = make_full_study(asks_diagnosis=False)
    session = begin_trials_of(study)
    visitor = Visitor(study)
    visitor.send(visitor.open(visitor.url("trial")).form(), {"response": "clean"})
    session.display = {"pixel_ratio": 2}
    session.save()

    withdraw(session=session)

    session.refresh_from_db()
    assert (session.questionnaire, session.display) == ([], {})
    assert session.consent_sha256
    assert not Answer.objects.exists()
    assert 'id="session-withdrawn"' in visitor.open(visitor.url("welcome")).text


def test_the_check_of_the_display_is_kept_with_the_session() -> None:
    visitor = Visitor(make_full_study())

    visitor.send(
        visitor.url("welcome"), {"pixel_ratio": "1.5", "css_px_per_mm": "3.78", "fits": "1", "screen_width": "x"}
    )

    assert Session.objects.get().display == {"pixel_ratio": 1.5, "css_px_per_mm": 3.78, "fits": 1}


# ---- languages ------------------------------------------------------------------------------------------------------


def test_the_browsers_language_is_the_first_and_the_observer_changes_it() -> None:
    study = make_full_study(title_fr="Une étude", questionnaire_fr="Années de pratique : nombre 0-60 *")
    visitor = Visitor(study, language="fr-CA,fr;q=0.9,en;q=0.8")

    assert '<html lang="fr">' in visitor.open(visitor.url("welcome")).text
    assert "Votre consentement" in visitor.text
    assert "Une étude" in visitor.text
    assert "Your consent" in visitor.open(visitor.url("welcome") + "?lang=en").text
    visitor.send(visitor.url("welcome") + "?lang=fr")
    assert "Années de pratique" in visitor.text
    assert Session.objects.get().language == "fr"
    visitor.send(visitor.url("questions"))
    assert "Veuillez répondre à cette question." in visitor.text

    visitor.send(visitor.url("language"), {"lang": "en"})
    assert "Years of practice" in visitor.text
    visitor.send(visitor.url("language"), {"lang": "xx"})
    visitor.send(visitor.url("language"), {"lang": "fr"})
    visitor.send(visitor.url("questions"), {"q1": "3"})
    assert Session.objects.get().questionnaire == [{"question": "Years of practice", "answer": "3"}]
    assert "une à la fois" in visitor.text
    visitor.send(visitor.url("instructions"))
    visitor.send(visitor.form(), {})
    assert "Choisissez l’une de ces réponses" in visitor.text
    assert not visitor.client.cookies


@pytest.mark.parametrize("language", ["de-DE,de", "", "*", "en-US", "x" * 500, "fr;q=bad"])
def test_whoever_speaks_neither_reads_english(language: str) -> None:
    visitor = Visitor(make_full_study(), language=language)

    assert '<html lang="en">' in visitor.open(visitor.url("welcome")).text


def test_a_text_in_english_alone_is_shown_to_everybody_and_its_hash_is_kept() -> None:
    study = make_full_study(consent_text="I agree.", question="Altered?")
    visitor = Visitor(study, language="fr")

    assert "I agree." in visitor.open(visitor.url("welcome")).text
    assert study.consent_text_fr == study.question_fr == ""
    assert "modifiées par un programme" in study.instructions_fr


def test_the_consent_that_was_read_is_the_one_that_is_hashed() -> None:
    study = make_full_study()
    visitor = Visitor(study, language="fr")
    visitor.send(visitor.url("welcome"))

    assert study.consent_text_fr
    assert Session.objects.get().consent_sha256 == hashlib.sha256(study.consent_text_fr.encode()).hexdigest()
