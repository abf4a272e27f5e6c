"""The pages on a study's personal data: for whoever may, and with what follows said before anything is erased."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from studies.data_protection.inventory import stored_of_a_person
from studies.design.invitations import invitation_url
from studies.models import AuditEvent, Observer, Study, StudyRole
from tests.studies.data_protection.people import FINISHED, INVITED, make_study_with_people, person
from tests.studies.factories import make_open_study, make_researcher, make_study_in

pytestmark = pytest.mark.django_db


def page(name: str, study: Study, *more: int) -> str:
    return reverse(f"studies:{name}", args=[study.pk, *more])


def signed_in(study: Study) -> Client:
    client = Client()
    client.force_login(study.owner)
    return client


def text_of(client: Client, address: str) -> str:
    reply = client.get(address)
    assert reply.status_code == 200
    return " ".join(reply.content.decode().split())


def test_it_works() -> None:
    study = make_study_with_people(kept_days=30)
    client = signed_in(study)
    shown = text_of(client, page("study-data-protection", study))
    assert all(str(line.what) in shown for line in stored_of_a_person(study))
    assert FINISHED in shown
    assert INVITED in shown
    assert "Kept for 30 days after the closing" in shown
    assert page("study-data-protection", study) in text_of(client, reverse("studies:study-detail", args=[study.pk]))


@pytest.mark.parametrize("named_by", ["label", "link", "token"])
def test_a_person_is_found_by_label_link_or_token(named_by: str) -> None:
    study = make_study_with_people()
    observer = person(study, FINISHED)
    name = {"label": FINISHED, "link": invitation_url(observer), "token": observer.token}[named_by]
    reply = signed_in(study).post(page("study-person-find", study), {"person": f" {name} "})
    assert reply["Location"] == page("study-person", study, observer.pk)


def test_who_is_not_found_is_told_and_a_person_of_another_study_is_not() -> None:
    study, other = make_study_with_people(), make_open_study()
    client = signed_in(study)
    shown = client.post(page("study-person-find", study), {"person": other.observers.get().token}, follow=True)
    assert "their data are gone" in shown.content.decode()
    for name in ("study-person", "study-person-export"):
        assert client.get(page(name, study, other.observers.get().pk)).status_code == 404
    assert client.post(page("study-person", study, other.observers.get().pk), {"reason": "r"}).status_code == 404


def test_what_follows_is_said_before_and_nothing_happens_by_looking() -> None:
    study = make_study_with_people()
    observer = person(study, FINISHED)
    shown = text_of(signed_in(study), page("study-person", study, observer.pk))
    assert "0 finished sessions are left" in shown
    assert "Backups, and what was downloaded before, still hold it" in shown
    assert "Which image was shown when" in shown
    assert Observer.objects.filter(pk=observer.pk).exists()


def test_erasing_takes_a_reason_and_then_the_person_is_gone() -> None:
    study = make_study_with_people()
    observer = person(study, FINISHED)
    client = signed_in(study)
    there = page("study-person", study, observer.pk)
    assert "Say why" in client.post(there, {"reason": " "}, follow=True).content.decode()
    assert Observer.objects.filter(pk=observer.pk).exists()

    shown = client.post(there, {"reason": "asked for it"}, follow=True).content.decode()

    assert not Observer.objects.filter(pk=observer.pk).exists()
    assert "1 person erased" in shown
    assert FINISHED not in shown
    assert client.get(there).status_code == 404


def test_the_download_is_what_is_stored_and_is_written_down() -> None:
    study = make_study_with_people()
    reply = signed_in(study).get(page("study-person-export", study, person(study, FINISHED).pk))
    assert json.loads(reply.content)["person"]["label"] == FINISHED
    assert reply.headers["Content-Disposition"].startswith("attachment")
    assert FINISHED.lower() not in reply.headers["Content-Disposition"].lower()
    assert AuditEvent.objects.filter(action="person_exported").count() == 1


def test_a_pilots_person_is_there_too() -> None:
    study = make_study_in("pilot")
    observer = Observer.objects.get(study__pilot_of=study)
    shown = text_of(signed_in(study), page("study-person", study, observer.pk))
    assert "It is a pilot session" in shown


def test_the_time_is_made_shorter_on_the_page_and_not_longer() -> None:
    study = make_open_study(kept_days=30)
    client = signed_in(study)
    given = {"data_controller": "A clinic", "data_contact": "dpo@clinic.example", "keeps_detached_answers": "on"}
    shown = client.post(page("study-data-protection", study), {**given, "kept_days": "40"})
    assert shown.status_code == 422
    assert "Observers were told that their data are kept for 30 days" in shown.content.decode()
    assert client.post(page("study-data-protection", study), {**given, "kept_days": "20"}).status_code == 302
    study.refresh_from_db()
    assert (study.kept_days, study.data_controller) == (20, "A clinic")


@pytest.mark.parametrize("role", ["monitor", None])
def test_neither_monitors_nor_outsiders_get_in(role: str | None) -> None:
    study = make_study_with_people()
    somebody = make_researcher()
    if role:
        StudyRole.objects.create(study=study, user=somebody, role=role)
    client = Client()
    client.force_login(somebody)
    status = 403 if role else 404
    pk = person(study, FINISHED).pk
    assert client.get(page("study-data-protection", study)).status_code == status
    for name in ("study-person", "study-person-export"):
        assert client.get(page(name, study, pk)).status_code == status
    assert client.post(page("study-person", study, pk), {"reason": "r"}).status_code == status
    assert Observer.objects.filter(pk=pk).exists()
