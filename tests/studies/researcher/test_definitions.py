"""The pages around a study's definition: to take it, to make a study of one, to duplicate a study."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ml.models import PairSet
from studies.design.definitions.document import definition_of, definition_text
from studies.models import AuditEvent, Study, StudyRole
from tests.studies.factories import make_pair_set, make_pair_set_of_strength, make_researcher, make_study, make_study_in

pytestmark = pytest.mark.django_db

IMPORT = "/studies/import/"


def signed_in(study: Study, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(study.owner)
    return client


def sent(data: bytes, **fields: object) -> dict[str, object]:
    return {"definition": SimpleUploadedFile("study.json", data, "application/json"), **fields}


def test_a_definition_is_taken_from_one_page_and_made_a_draft_by_another() -> None:
    study = make_study(title="Lesions, changed or not?")
    client = signed_in(study)
    page = client.get(reverse("studies:study-detail", args=[study.pk])).content.decode()
    assert reverse("studies:study-definition", args=[study.pk]) in page
    taken = client.get(reverse("studies:study-definition", args=[study.pk]))
    assert taken.headers["Content-Disposition"] == 'attachment; filename="lesions-changed-or-not-definition.json"'
    assert taken.content.decode() == definition_text(study)

    made = client.post(IMPORT, sent(taken.content), follow=True)

    draft = Study.objects.latest("pk")
    assert draft != study
    assert made.redirect_chain == [(reverse("studies:study-step", args=[draft.pk, "asked"]), 302)]
    assert "“Lesions, changed or not?” is a draft now." in made.content.decode()
    assert definition_text(draft) == definition_text(study)
    events = AuditEvent.objects.filter(action__in=["created", "exported"]).values_list("study_uid", "action")
    assert list(events) == [(study.uid, "created"), (study.uid, "exported"), (draft.uid, "created")]


@pytest.mark.parametrize("state", ["open", "closed", "archived"])
def test_a_study_is_duplicated_from_its_page_and_from_the_list(state: str) -> None:
    study = make_study_in(state)
    client = signed_in(study)
    there = reverse("studies:study-duplicate", args=[study.pk])
    for page in (
        reverse("studies:study-detail", args=[study.pk]),
        "/studies/?state=archived" if state == "archived" else "/studies/",
    ):
        assert f'action="{there}"' in client.get(page).content.decode()
    made = client.post(there, follow=True).content.decode()
    assert "“Copy of Noise study” is a draft now." in made
    assert Study.objects.latest("pk").state == "draft"
    assert client.get(there).status_code == 405


def test_a_monitor_is_offered_neither() -> None:
    study, monitor = make_study(), make_researcher()
    StudyRole.objects.create(study=study, user=monitor, role=StudyRole.Role.MONITOR)
    client = Client()
    client.force_login(monitor)
    for page in ("/studies/", reverse("studies:study-detail", args=[study.pk])):
        html = client.get(page).content.decode()
        assert study.title in html
        assert "duplicate" not in html
        assert "definition.json" not in html


def test_what_is_lacking_is_told_after_the_import_and_on_the_last_step() -> None:
    pair_set = make_pair_set(n=12)
    catch = make_pair_set_of_strength(pair_set, 16)
    study = make_study(pair_set=pair_set, catch_pair_set=catch, n_catch=2)
    data = definition_text(study).encode()
    PairSet.objects.filter(pk=catch.pk).update(owner=make_researcher())
    client = signed_in(study)
    told = f"The definition names “{catch.name}” (image pairs of the catch trials); you may use none such"
    assert told in client.post(IMPORT, sent(data), follow=True).content.decode()
    draft = Study.objects.latest("pk")
    for name in ("study-check", "study-detail"):
        assert told in client.get(reverse(f"studies:{name}", args=[draft.pk])).content.decode()


def test_other_image_pairs_are_asked_for_where_those_of_the_series_are_not_here() -> None:
    study, other = make_study(), make_pair_set(n=9)
    data = definition_text(study).encode()
    PairSet.objects.filter(pk=study.pair_set_id).update(owner=make_researcher())
    client = signed_in(study)
    refused = client.post(IMPORT, sent(data))
    html = refused.content.decode()
    assert refused.status_code == 422
    assert re.search(r'<a href="#id_pair_set">[^<]*There are no image pairs “', html)
    assert Study.objects.count() == 1
    client.post(IMPORT, sent(data, pair_set=other.pk))
    assert Study.objects.latest("pk").pair_set == other


def test_neither_pairs_nor_a_study_of_somebody_elses_are_reached() -> None:
    study = make_study()
    others = make_pair_set(n=9)
    PairSet.objects.filter(pk__in=[others.pk, study.pair_set_id]).update(owner=make_researcher())
    client = signed_in(study)
    refused = client.post(IMPORT, sent(definition_text(study).encode(), pair_set=others.pk))
    assert refused.status_code == 422
    assert others.name not in refused.content.decode()
    duplicated = client.post(reverse("studies:study-duplicate", args=[study.pk]), follow=True)
    assert "There are no image pairs “" in duplicated.content.decode()
    assert Study.objects.count() == 1


def test_what_is_wrong_with_a_file_is_told_with_its_place_each_on_a_line() -> None:
    study = make_study()
    document: Any = definition_of(study)
    document["options"].update(n_clean="<b>", scale=99)
    refused = signed_in(study).post(IMPORT, sent(json.dumps(document).encode()))
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "study.json, options.n_clean: a whole number is expected here." in html
    assert "study.json, options.scale: Ensure this value is less than or equal to 8." in html
    assert html.count("study.json, options.scale") == 2  # in the summary and at the field


@pytest.mark.parametrize("name", ['<script>alert("x")</script>.json', "../../etc/passwd", "x" * 300])
def test_a_files_name_is_text_and_nothing_else(name: str) -> None:
    study = make_study()
    refused = signed_in(study).post(IMPORT, {"definition": SimpleUploadedFile(name, b"[]")})
    assert refused.status_code == 422
    assert "<script>alert" not in refused.content.decode()


def test_a_form_without_a_file_or_with_an_empty_one_is_sent_back() -> None:
    study = make_study()
    client = signed_in(study)
    assert client.get(IMPORT).status_code == 200
    for fields in ({}, sent(b"")):
        refused = client.post(IMPORT, fields)
        assert refused.status_code == 422
        assert "There is a problem" in refused.content.decode()


def test_it_is_held_against_forgery_though_the_form_is_read_late() -> None:
    study = make_study()
    client = signed_in(study, enforce_csrf_checks=True)
    data = definition_text(study).encode()
    assert client.post(IMPORT, sent(data)).status_code == 403
    assert Study.objects.count() == 1
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(IMPORT).content.decode())
    assert token is not None
    assert client.post(IMPORT, sent(data, csrfmiddlewaretoken=token[1])).status_code == 302
    assert client.post(reverse("studies:study-duplicate", args=[study.pk])).status_code == 403


def test_a_visitor_is_led_to_sign_in_and_sends_no_file() -> None:
    answered = Client().post(IMPORT, sent(b"{}"))
    assert answered.status_code == 302
    assert answered.headers["Location"].startswith("/accounts/login/")
