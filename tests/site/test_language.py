"""The language of researchers' pages: their own choice, else the browser's, else English; observers' is left alone."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from studies.models import Observer
from tests.studies.factories import make_open_study, make_researcher

pytestmark = pytest.mark.django_db

FRENCH_BROWSER = {"Accept-Language": "fr-CH, fr;q=0.9, en;q=0.8"}


def page(client: Client, path: str, **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


@pytest.fixture
def sign_in_page() -> str:
    make_researcher()
    return reverse("login")


def test_english_stands_where_nothing_else_is_asked_for(client: Client, sign_in_page: str) -> None:
    response = client.get(sign_in_page, headers={"Accept-Language": "de"})

    assert '<html lang="en">' in response.content.decode()
    assert response.headers["Content-Language"] == "en-gb"


def test_the_browsers_language_is_spoken(client: Client, sign_in_page: str) -> None:
    response = client.get(sign_in_page, headers=FRENCH_BROWSER)

    assert '<html lang="fr">' in response.content.decode()
    assert "Se connecter" in response.content.decode()
    assert response.headers["Content-Language"] == "fr"
    assert {"Accept-Language", "Cookie"} <= {part.strip() for part in response.headers["Vary"].split(",")}


def test_a_choice_counts_more_than_the_browser_and_stays(client: Client, sign_in_page: str) -> None:
    chosen = client.post(reverse("language"), {"language": "fr", "next": sign_in_page})

    assert chosen.headers["Location"] == sign_in_page
    assert '<html lang="fr">' in page(client, sign_in_page, **{"Accept-Language": "en-US"})
    client.post(reverse("language"), {"language": "en-gb", "next": sign_in_page})
    assert '<html lang="en">' in page(client, sign_in_page, **FRENCH_BROWSER)


def test_a_choice_leads_to_no_other_site(client: Client) -> None:
    chosen = client.post(reverse("language"), {"language": "fr", "next": "https://elsewhere.example/"})

    assert chosen.headers["Location"] == "/"


def test_a_choice_needs_the_token_against_forgery() -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.post(reverse("language"), {"language": "fr"}).status_code == 403
    assert "language" not in client.cookies


def test_pages_offer_the_other_language_in_its_own_words(client: Client, sign_in_page: str) -> None:
    assert '<button name="language" value="fr" lang="fr" class="as-link">Français</button>' in page(
        client, sign_in_page
    )
    assert '<button name="language" value="en-gb" lang="en" class="as-link">English</button>' in page(
        client, sign_in_page, **FRENCH_BROWSER
    )


def test_the_first_accounts_page_speaks_french_too(client: Client) -> None:
    assert "Le premier compte" in page(client, reverse("accounts:first"), **FRENCH_BROWSER)


def test_a_refusal_speaks_french_too(client: Client) -> None:
    client.force_login(make_researcher())
    response = client.get(reverse("accounts:account-list"), headers=FRENCH_BROWSER)

    assert response.status_code == 403
    assert "Votre rôle ne le permet pas" in response.content.decode()


def test_nothing_of_it_stays_when_the_answer_is_made(client: Client, sign_in_page: str) -> None:
    client.get(sign_in_page, headers=FRENCH_BROWSER)

    assert translation.get_language() == "en-gb"


def test_observers_get_what_they_got_whatever_a_researcher_chose(client: Client) -> None:
    observer: Observer = make_open_study().observers.get()
    address = reverse("observer:welcome", args=[observer.token])
    before = client.get(address)
    client.post(reverse("language"), {"language": "fr"})
    after = client.get(address)

    assert after.content == before.content
    assert '<html lang="en"' in after.content.decode()
    assert after.headers == before.headers
