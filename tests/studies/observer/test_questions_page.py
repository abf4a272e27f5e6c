"""The page of the questions before the series: the server decides what was due, and shows again what was given."""

import pytest
from django.test import Client
from django.urls import reverse

from studies.models import Observer, Session
from tests.studies.factories import make_open_study

pytestmark = pytest.mark.django_db

ASKED = (
    "Glasses?: yes | no *\nSince when?: number 0-60 *\nonly if Glasses? = yes\nRead: [ ] English [ ] <i>French\n"
    "Tired?: scale 0-4 (not – very) *\nRemarks: text 150"
)
ASKED_IN_FRENCH = (
    "Lunettes ?: oui | non *\nDepuis ?: nombre 0-60 *\nsi Lunettes ? = oui\nLus : [ ] anglais [ ] français\n"
    "Fatigue ? : échelle 0-4 (pas – très) *\nRemarques : texte 150"
)
GIVEN = {"q1": "1", "q2": "9", "q3-1": "1", "q5": "</textarea><script>alert(1)</script>"}


def test_what_was_given_is_shown_again_and_means_nothing_to_the_browser(client: Client) -> None:
    address = _come_to_the_questions(client)

    page = client.post(address, GIVEN)

    assert page.status_code == 422
    text = page.content.decode()
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>" in text
    assert "<script>alert" not in text
    assert "&lt;i&gt;French" in text
    assert 'name="q3-1" value="1" checked' in text
    assert 'name="q3-0" value="1" checked' not in text
    assert [part.partition('"')[0] for part in text.split('<a href="#')[1:]] == ["q4"]
    assert Session.objects.get().questionnaire_at is None


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_was_not_due_is_stored_nowhere_whichever_language_is_read(client: Client, language: str) -> None:
    address = _come_to_the_questions(client, language)

    assert client.post(address, GIVEN | {"q4": "3"}).status_code == 303

    assert Session.objects.get().questionnaire == [
        {"question": "Glasses?", "answer": "no"},
        {"question": "Read", "answer": "<i>French"},
        {"question": "Tired?", "answer": "3"},
        {"question": "Remarks", "answer": GIVEN["q5"]},
    ]


def test_on_a_french_page_a_condition_is_told_in_french(client: Client) -> None:
    page = client.get(_come_to_the_questions(client, "fr")).content.decode()

    assert "(seulement si la réponse à «\u00a0Lunettes\u00a0?\u00a0» est oui)" in page
    assert "Merci de ne nommer ni personne, ni patient, ni lieu." in page


def test_the_script_is_there_where_there_are_conditions_alone(client: Client) -> None:
    assert "conditions" in client.get(_come_to_the_questions(client)).content.decode()
    assert "conditions" not in client.get(_come_to_the_questions(client, asked="A: b | c")).content.decode()


def _come_to_the_questions(client: Client, language: str = "en", *, asked: str = ASKED) -> str:
    """Consent, and return the address of the questions."""
    study = make_open_study(
        n_perturbed=1,
        n_clean=1,
        title_fr="Étude",
        questionnaire=asked,
        questionnaire_fr=ASKED_IN_FRENCH if asked == ASKED else "",
    )
    observer = Observer.objects.get(study=study)
    client.post(reverse("observer:welcome", args=[observer.token]), {"lang": language})
    return reverse("observer:questions", args=[observer.token])
