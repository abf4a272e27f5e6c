"""The researcher's pages: first that they work, then whom they refuse."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from studies.design.options import OPTIONS
from studies.models import AuditEvent, Observer, Study
from studies.models.consent import CONSENT
from studies.sessions.steps import save_comments
from tests.studies.factories import (
    answer_trials,
    make_open_study,
    make_pair_set,
    make_pair_set_of_strength,
    make_researcher,
    make_session,
    make_study,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_researcher()


@pytest.fixture
def browser(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def design(**changes: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "title": "Which were changed?",
        "question": "Changed?",
        "instructions": "Look.",
        "consent_text": "I agree.",
        "n_perturbed": 3,
        "n_clean": 2,
        "one_lesion_once": "on",
        "scale": 2,
        "trial_type": "yes_no",
        "prevalence": "fixed",
        "longest_run": 0,
        "n_subsets": 1,
        "n_practice": 1,
        "n_catch": 0,
        "fixation_ms": 0,
        "pause_ms": 0,
        "break_every": 0,
        "display_rule": "flag",
        "seed": "",
        "closes_when_finished": "on",
        "margin": 0.05,
        "catch_at_least": 0,
        "rt_at_least_ms": 0,
    }
    return fields | changes


def test_it_works(browser: Client, owner: User) -> None:
    """From an empty list to an open study with an observer."""
    pair_set = make_pair_set(n=8)
    assert "No study yet" in browser.get(reverse("studies:study-list")).content.decode()

    page = browser.post(reverse("studies:study-create"), design(pair_set=pair_set.pk), follow=True)
    study = Study.objects.get()
    assert page.redirect_chain[-1][0] == reverse("studies:study-detail", args=[study.pk])
    assert (study.owner, study.n_images, study.scale) == (owner, 5, 2)

    browser.post(reverse("studies:study-invite", args=[study.pk]), {"labels": "Anna\n\n  Ben \n"})
    assert list(Observer.objects.values_list("label", flat=True)) == ["Anna", "Ben"]
    page = browser.post(reverse("studies:study-open", args=[study.pk]), follow=True)
    text = page.content.decode()
    assert "The study is open" in text
    for observer in Observer.objects.all():
        assert f"http://testserver{reverse('observer:welcome', args=[observer.token])}" in text

    page = browser.post(reverse("studies:study-close", args=[study.pk]), follow=True)
    assert "The study is closed" in page.content.decode()


def test_strengths_are_chosen_on_the_form_and_wrong_ones_told_beside_the_field(browser: Client) -> None:
    pair_set = make_pair_set(n=8)
    stronger, other = make_pair_set_of_strength(pair_set, 8), make_pair_set(n=8, strength=6)

    page = browser.post(
        reverse("studies:study-create"), design(pair_set=pair_set.pk, further_pair_sets=[stronger.pk, other.pk])
    )
    assert page.status_code == 422
    assert "has other images than" in page.content.decode()
    # The main pairs are offered too: who ticks them says nothing new.
    browser.post(
        reverse("studies:study-create"), design(pair_set=pair_set.pk, further_pair_sets=[pair_set.pk, stronger.pk])
    )
    study = Study.objects.get()
    assert [used.strength for used in study.strengths] == [4, 8]
    text = browser.get(reverse("studies:study-detail", args=[study.pk])).content.decode()
    assert "strengths 4 and 8 of 255" in text


def test_without_image_pairs_the_list_says_how_to_make_some(browser: Client) -> None:
    for name in ("study-list", "study-create"):
        assert "make_pairs" in browser.get(reverse(f"studies:{name}")).content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "This field is required"),
        ({"n_clean": 0}, "greater than or equal to 1"),
        ({"n_perturbed": 1001}, "less than or equal to 1000"),
        ({"scale": 9}, "less than or equal to 8"),
        ({"seed": "x"}, "Enter a whole number"),
        ({"seed": 2**60}, "less than or equal to"),
        ({"pair_set": 999_999}, "Select a valid choice"),
    ],
)
def test_a_design_that_cannot_be_is_shown_again_with_the_reason(
    browser: Client, changes: dict[str, object], message: str
) -> None:
    fields = design(pair_set=make_pair_set(n=5).pk, question="Kept?") | changes

    page = browser.post(reverse("studies:study-create"), fields)

    assert page.status_code == 422
    assert message in page.content.decode()
    assert "Kept?" in page.content.decode()
    assert not Study.objects.exists()


def test_a_draft_is_changed(browser: Client, owner: User) -> None:
    study = make_study(owner=owner)

    browser.post(reverse("studies:study-edit", args=[study.pk]), design(pair_set=study.pair_set_id, seed=77))

    study.refresh_from_db()
    assert (study.title, study.seed) == ("Which were changed?", 77)


def test_an_open_study_is_not_changed(browser: Client, owner: User) -> None:
    study = make_open_study(owner=owner)

    page = browser.post(reverse("studies:study-edit", args=[study.pk]), design(title="Another"), follow=True)

    assert "only a study that is a draft can be changed" in page.content.decode()
    study.refresh_from_db()
    assert study.title == "Noise study"


def test_a_study_that_cannot_open_says_why(browser: Client, owner: User) -> None:
    study = make_study(owner=owner, pair_set=make_pair_set(n=3))

    page = browser.post(reverse("studies:study-open", args=[study.pk]), follow=True)

    assert "only 3 lesions" in page.content.decode()


def test_labels_that_are_taken_are_shown_again_with_the_reason(browser: Client, owner: User) -> None:
    study = make_open_study(owner=owner)

    page = browser.post(reverse("studies:study-invite", args=[study.pk]), {"labels": "Observer A"})

    assert page.status_code == 422
    assert "already there: Observer A" in page.content.decode()


def test_progress_counts_answers_and_says_nothing_of_them(browser: Client, owner: User) -> None:
    study = make_open_study(owner=owner)
    answer_trials(make_session(study), "perturbed", count=2)

    text = browser.get(reverse("studies:study-detail", args=[study.pk])).content.decode()

    assert "2 of 5 · in progress" in text
    assert "correct" not in text
    assert "sensitivity" not in text.lower()


def test_a_draft_is_deleted(browser: Client, owner: User) -> None:
    study = make_study(owner=owner)

    browser.post(reverse("studies:study-delete", args=[study.pk]))

    assert not Study.objects.exists()


PAGES = ["study-detail", "study-edit", "study-observers", "study-report"]
DEEDS = ["study-invite", "study-open", "study-close", "study-unblind", "study-delete"]


@pytest.mark.parametrize("name", PAGES + DEEDS)
def test_a_colleagues_study_is_not_there(browser: Client, name: str) -> None:
    study = make_open_study()
    events = AuditEvent.objects.count()
    url = reverse(f"studies:{name}", args=[study.pk])

    response = browser.get(url) if name in PAGES else browser.post(url, {"labels": "X"})

    assert response.status_code == 404
    study.refresh_from_db()
    assert study.state == Study.State.OPEN
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize("name", PAGES + DEEDS)
def test_an_outsider_is_sent_to_sign_in(client: Client, name: str) -> None:
    url = reverse(f"studies:{name}", args=[make_open_study().pk])

    response = client.get(url) if name in PAGES else client.post(url)

    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_is_never_done_by_a_link(browser: Client, owner: User, name: str) -> None:
    study = make_open_study(owner=owner)
    before, events = Study.objects.values().get(), AuditEvent.objects.count()

    browser.get(reverse(f"studies:{name}", args=[study.pk]), {"reason": "an alarm", "labels": "B"})

    assert Study.objects.values().get() == before
    assert AuditEvent.objects.count() == events
    assert study.observers.count() == 1


@pytest.mark.parametrize("name", DEEDS)
def test_a_forged_deed_is_refused(owner: User, name: str) -> None:
    study = make_open_study(owner=owner)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)

    response = browser.post(reverse(f"studies:{name}", args=[study.pk]))

    assert response.status_code == 403
    assert "The form has expired" in response.content.decode()


def test_signing_in_and_out(client: Client, owner: User) -> None:
    page = client.post(reverse("login"), {"username": owner.username, "password": "a long password"}, follow=True)
    assert "Sign out" in page.content.decode()

    page = client.post(reverse("logout"), follow=True)
    assert "Sign in" in page.content.decode()


def test_the_standard_consent_is_there_to_be_changed_and_not_stored_as_it_is(browser: Client, owner: User) -> None:
    """Who changes the English one alone gets no French text that says something else."""
    pair_set = make_pair_set(n=8)
    page = browser.get(reverse("studies:study-create")).content.decode()
    assert "Taking part is voluntary" in page
    assert "La participation est volontaire" in page
    # As a browser sends them.
    standard = {
        "consent_text": CONSENT.en.replace("\n", "\r\n"),
        "consent_text_fr": CONSENT.fr.replace("\n", "\r\n"),
    }

    browser.post(reverse("studies:study-create"), design(pair_set=pair_set.pk, title="A", **standard))
    changed = standard | {"consent_text": "I agree."}
    browser.post(reverse("studies:study-create"), design(pair_set=pair_set.pk, title="B", **changed))

    unchanged, own = Study.objects.get(title="A"), Study.objects.get(title="B")
    assert (unchanged.consent_text, unchanged.consent_text_fr) == ("", "")
    assert unchanged.text("consent_text", "fr") == CONSENT.fr
    assert (own.consent_text, own.text("consent_text", "fr")) == ("I agree.", "I agree.")


def test_every_field_of_a_design_is_on_the_form(browser: Client) -> None:
    make_pair_set_of_strength(make_pair_set(n=8), 8)

    page = browser.get(reverse("studies:study-create")).content.decode()

    assert not [name for name in OPTIONS if f'name="{name}"' not in page]


def test_the_page_shows_the_texts_in_both_languages_and_the_comments(browser: Client, owner: User) -> None:
    study = make_open_study(owner=owner, title_fr="Une étude", trial_type="two_afc", asks_comments=True)
    session = make_session(study)
    answer_trials(session, "first")
    save_comments(session=session, text="<b>Fine</b>")

    text = browser.get(reverse("studies:study-detail", args=[study.pk])).content.decode()

    assert "Une étude" in text
    assert "Laquelle des deux images a été modifiée" in text
    assert "“&lt;b&gt;Fine&lt;/b&gt;”" in text
