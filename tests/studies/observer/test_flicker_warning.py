"""The warning before a study whose images flicker: by either kind of link, with a way out that stores nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from studies.models import Observer, Session
from tests.studies.factories import make_open_study

pytestmark = pytest.mark.django_db

TITLE = "This study shows images that flicker"
CONSENT = 'id="consent-form"'


def address(trial_type: str = "flicker", **fields: object) -> str:
    study = make_open_study(trial_type=trial_type, **fields)  # type: ignore[arg-type]
    return reverse("observer:welcome", args=[Observer.objects.get(study=study).token])


def test_the_warning_comes_before_the_consent_and_leads_on_to_it(client: Client) -> None:
    url = address()

    page = client.get(url).content.decode()
    assert TITLE in page
    assert "photosensitive epilepsy" in page
    assert CONSENT not in page

    page = client.post(url, {"warning": "read", "lang": "en"}).content.decode()
    assert CONSENT in page
    assert TITLE not in page
    assert not Session.objects.exists()

    assert client.post(url, {"lang": "en"}).status_code == 303
    assert Session.objects.count() == 1


def test_whoever_declines_leaves_nothing_behind_and_may_come_back(client: Client) -> None:
    url = address()

    page = client.post(url, {"warning": "declined"}).content.decode()

    assert "Nothing was recorded of you" in page
    assert CONSENT not in page
    assert not Session.objects.exists()
    assert TITLE in client.post(url, {"warning": "again"}).content.decode()


def test_the_language_that_was_chosen_stays(client: Client) -> None:
    url = address()

    assert "Cette étude montre des images qui scintillent" in client.get(f"{url}?lang=fr").content.decode()
    assert '<html lang="fr">' in client.post(url, {"warning": "read", "lang": "fr"}).content.decode()


@pytest.mark.parametrize(
    ("hz", "told"), [(5.0, "stays below the thresholds of flashes"), (3.0, "Nothing flashes more than three times")]
)
def test_the_warning_says_by_which_rule_the_flicker_is_safe(hz: float, told: str, client: Client) -> None:
    assert told in client.get(address(flicker_hz=hz)).content.decode()


def test_no_other_study_warns(client: Client) -> None:
    page = client.get(address("two_afc")).content.decode()

    assert CONSENT in page
    assert TITLE not in page
