"""The researcher's pages: first that they work, then whom they refuse."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from studies.models import AuditEvent, Observer, Study
from studies.sessions.steps import save_comments
from tests.studies.factories import (
    answer_trials,
    make_open_study,
    make_pair_set,
    make_session,
    make_study,
)
from tests.studies.worker import do_queued_work

pytestmark = pytest.mark.django_db


def test_it_works(browser: Client, owner: User) -> None:
    """From an empty list to an open study with an observer."""
    pair_set = make_pair_set(n=8)
    assert "No study yet" in browser.get(reverse("studies:study-list")).content.decode()

    new = {"title": "Which were changed?", "pair_set": pair_set.pk, "template": "paper"}
    page = browser.post(reverse("studies:study-create"), new, follow=True)
    study = Study.objects.get()
    assert page.redirect_chain[-1][0] == reverse("studies:study-step", args=[study.pk, "asked"])
    images = {"pair_set": pair_set.pk, "n_perturbed": 3, "n_clean": 2, "allocation": "shared"}
    images |= {"n_subsets": 1, "prevalence": "fixed"}
    browser.post(reverse("studies:study-step", args=[study.pk, "images"]), images)
    study.refresh_from_db()
    assert (study.owner, study.n_images) == (owner, 5)

    browser.post(reverse("studies:study-invite", args=[study.pk]), {"labels": "Anna\n\n  Ben \n"})
    assert list(Observer.objects.values_list("label", flat=True)) == ["Anna", "Ben"]
    page = browser.post(reverse("studies:study-open", args=[study.pk]), follow=True)
    assert "It waits for its turn." in page.content.decode()
    do_queued_work()
    text = browser.get(reverse("studies:study-detail", args=[study.pk])).content.decode()
    assert "open since" in text
    for observer in Observer.objects.all():
        assert f"http://testserver{reverse('observer:welcome', args=[observer.token])}" in text

    page = browser.post(reverse("studies:study-close", args=[study.pk]), follow=True)
    assert "The study is closed" in page.content.decode()


def test_without_image_pairs_the_list_says_how_to_make_some(browser: Client) -> None:
    for name in ("study-list", "study-create"):
        assert "make_pairs" in browser.get(reverse(f"studies:{name}")).content.decode()


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

    assert "2 of 5" in text
    assert ">started<" in text
    assert "correct" not in text
    assert "sensitivity" not in text.lower()


def test_a_draft_is_deleted(browser: Client, owner: User) -> None:
    study = make_study(owner=owner)

    browser.post(reverse("studies:study-delete", args=[study.pk]))

    assert not Study.objects.exists()


PAGES = ["study-detail", "study-edit", "study-check", "study-power", "study-observers", "study-report"]
DEEDS = ["study-invite", "study-keep-plan", "study-open", "study-close", "study-unblind", "study-delete"]


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


def test_the_page_shows_the_texts_in_both_languages_and_the_comments(browser: Client, owner: User) -> None:
    study = make_open_study(owner=owner, title_fr="Une étude", trial_type="two_afc", asks_comments=True)
    session = make_session(study)
    answer_trials(session, "first")
    save_comments(session=session, text="<b>Fine</b>")

    text = browser.get(reverse("studies:study-detail", args=[study.pk])).content.decode()

    assert "Une étude" in text
    assert "Laquelle des deux images a été modifiée" in text
    assert "“&lt;b&gt;Fine&lt;/b&gt;”" in text
