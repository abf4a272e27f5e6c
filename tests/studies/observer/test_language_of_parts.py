"""On a French page, what the researcher wrote in English alone is marked as English (WCAG 2.2, 3.1.2), all of it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studies.design.lifecycle import close_study
from studies.models import Observer, Study
from studies.sessions.ending import withdraw
from studies.sessions.start import start_session
from studies.sessions.trials import position_of
from studies.trial_types import TRIAL_TYPES
from tests.studies.factories import answer_trials, make_open_study, make_pair_set, make_study
from tests.studies.observer.spoken_text import spoken

pytestmark = pytest.mark.django_db

# A word in each text, by which it is known; the markup in it must not become markup.
ENGLISH_TEXTS: dict[str, Any] = {
    "title": "TITLE <b>&",
    "question": "QUESTION <b>?",
    "instructions": "INSTRUCTIONS one.\n\nINSTRUCTIONS two.",
    "consent_text": "CONSENT <b>.",
    "data_purpose": "PURPOSE <b>.",
    "questionnaire": "ASKED years: number 0-60 *\nASKED what: CHOICE one | CHOICE two\n"
    "ASKED which: [ ] CHOICE <b> [ ] CHOICE &\nif ASKED what = CHOICE one or CHOICE two\n"
    "ASKED how: scale 1-3 (CHOICE less – CHOICE <b>)\nif ASKED which = CHOICE <b>\n"
    "ASKED <b>: text 300\nif ASKED how = 1-2\nASKED more: text 20\nif ASKED years >= 5",
}
FRENCH_TEXTS: dict[str, Any] = {
    "title_fr": "TITLE",
    "question_fr": "QUESTION",
    "instructions_fr": "INSTRUCTIONS",
    "consent_text_fr": "CONSENT",
    "data_purpose_fr": "PURPOSE",
    "questionnaire_fr": "ASKED ans : nombre 0-60 *\nASKED quoi : CHOICE un | CHOICE deux\n"
    "ASKED que : [ ] CHOICE <b> [ ] CHOICE &\nsi ASKED quoi = CHOICE un ou CHOICE deux\n"
    "ASKED fatigue : échelle 1-3 (CHOICE pas – CHOICE <b>)\n"
    "si ASKED que = CHOICE <b>\nASKED <b> : texte 300\nsi ASKED fatigue = 1-2\nASKED plus : texte 20\nsi ASKED ans ≥ 5",
}
WORDS = ("TITLE", "QUESTION", "INSTRUCTIONS", "CONSENT", "PURPOSE", "ASKED", "CHOICE")
LANGUAGE_SWITCH = "English"


def walk(study: Study) -> dict[str, str]:
    """Return every page that shows a text of the researcher's, in French: without JavaScript all is in the markup."""
    observer = Observer.objects.get(study=study)
    client = Client(headers={"Accept-Language": "fr"})

    def address(page: str) -> str:
        return reverse(f"observer:{page}", args=[observer.token])

    def get(page: str) -> str:
        return client.get(address(page)).content.decode()

    pages = {"welcome": get("welcome"), "data": get("data")}
    if study.flickers:
        pages["after the warning"] = client.post(address("welcome"), {"warning": "read"}).content.decode()
    client.post(address("welcome"))
    pages["questions"] = get("questions")
    pages["questions with errors"] = client.post(address("questions")).content.decode()
    client.post(address("questions"), {"q1": "3", "q2": "0"})
    pages["instructions"] = get("instructions")
    client.post(address("instructions"))
    pages["trial"] = get("trial")
    session = start_session(observer=observer)
    trial = position_of(session).trial
    assert trial is not None
    answer = reverse("observer:answer", args=[observer.token, trial.token])
    pages["trial without an answer"] = client.post(answer, {}).content.decode()
    pages["leave"] = get("leave")
    return pages


@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_english_alone_is_marked_on_every_page(trial_type: str) -> None:
    study = make_open_study(trial_type=trial_type, asks_diagnosis=True, n_perturbed=1, n_clean=1, **ENGLISH_TEXTS)

    pages = walk(study)

    found = dict.fromkeys(WORDS, 0)
    for name, page in pages.items():
        assert '<html lang="fr">' in page
        for language, text in spoken(page):
            of_the_researcher = [word for word in WORDS if word in text]
            assert language == ("en" if of_the_researcher or text == LANGUAGE_SWITCH else "fr"), (name, text)
            for word in of_the_researcher:
                found[word] += 1
    assert all(found.values()), found
    assert ("en", "TITLE <b>&") in spoken(pages.get("after the warning", pages["welcome"]))[:1]


def test_nothing_is_marked_in_the_language_of_the_page() -> None:
    """Neither a translation on a French page nor English on an English one."""
    study = make_open_study(n_perturbed=1, n_clean=1, **ENGLISH_TEXTS, **FRENCH_TEXTS)
    for name, page in walk(study).items():
        marked = [text for language, text in spoken(page) if language != "fr" and text != LANGUAGE_SWITCH]
        assert marked == [], name

    observer = Observer.objects.get(study=make_open_study(n_perturbed=1, n_clean=1, **ENGLISH_TEXTS))
    welcome = Client().get(reverse("observer:welcome", args=[observer.token])).content.decode()
    assert [text for language, text in spoken(welcome) if language != "en"] == ["Français"]


def test_the_standard_texts_are_french_on_a_french_page() -> None:
    study = make_open_study(n_perturbed=1, n_clean=1, title_fr="Étude", questionnaire=ENGLISH_TEXTS["questionnaire"])

    welcome = walk(study)["welcome"]

    assert [text for language, text in spoken(welcome) if language == "en"] == [LANGUAGE_SWITCH]


@pytest.mark.parametrize("state", ["draft", "closed", "withdrawn", "finished"])
def test_the_title_is_marked_before_and_after(state: str) -> None:
    fields: dict[str, Any] = {"n_perturbed": 1, "n_clean": 1, "title": ENGLISH_TEXTS["title"], "asks_comments": True}
    study = make_study(pair_set=make_pair_set(n=4), **fields) if state == "draft" else make_open_study(**fields)
    observer = Observer.objects.filter(study=study).first() or Observer.objects.create(study=study, label="A")
    client = Client(headers={"Accept-Language": "fr"})
    welcome = reverse("observer:welcome", args=[observer.token])
    if state == "closed":
        close_study(study=study, by=study.owner)
    elif state != "draft":
        session = start_session(observer=observer, language="fr")
        if state == "withdrawn":
            withdraw(session=session)
        else:
            answer_trials(session)
            comments = client.get(welcome, follow=True).content.decode()
            assert ("en", ENGLISH_TEXTS["title"]) in spoken(comments)
            client.post(reverse("observer:comments", args=[observer.token]))

    page = client.get(welcome, follow=True).content.decode()

    assert '<html lang="fr">' in page
    titles = [language for language, text in spoken(page) if "TITLE" in text]
    assert titles == {"withdrawn": [], "finished": ["en"]}.get(state, ["en", "en"])
