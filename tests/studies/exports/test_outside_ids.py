"""A recruiter's id is in no download and no archive, but the file for paying people and the person's own copy."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from studies.design.definitions.document import definition_text
from studies.design.lifecycle import close_study
from studies.exports.archive.verification import verify_archive
from studies.exports.downloads import DOWNLOADS
from studies.exports.observers import sessions_csv
from studies.exports.person import person_as_json
from studies.exports.preregistration import preregistration_text
from studies.models import AuditEvent, Observer, Study
from tests.studies.exports.archives import archive_bytes, saved
from tests.studies.factories import answer_trials, arrive_by, begin_trials, make_open_link, make_open_study

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_reports")]

ID = "5f0c1e9a7b-only-here"


@pytest.fixture
def study() -> Study:
    """Return a closed study with somebody of a recruiter's, whose link has codes."""
    study = make_open_study(observers=0, closes_when_finished=False, asks_comments=True)
    link = make_open_link(study, recruiter="prolific", completion_code="SECRETCODE", screen_out_code="SECRETCODE")
    answer_trials(begin_trials(arrive_by(link, ID)), "perturbed")
    return close_study(study=study, by=study.owner)


def contents(data: bytes) -> bytes:
    """Return a file's bytes, of a zip those of its members too."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return data + b"".join(contents(archive.read(name)) for name in archive.namelist())


def test_no_download_holds_it_and_none_a_code(study: Study, client: Client) -> None:
    client.force_login(study.owner)
    for name in DOWNLOADS:
        response = client.get(reverse("studies:study-download", args=[study.pk, name]))
        found = contents(b"".join(response))
        assert ID.encode() not in found, name
        assert b"SECRETCODE" not in found, name
    texts = [sessions_csv(study), definition_text(study), preregistration_text(study), json.dumps(study.protocol)]
    texts += [json.dumps(event.details) for event in AuditEvent.objects.all()]
    for text in texts:
        assert ID not in text
        assert "SECRETCODE" not in text


def test_the_archive_of_such_a_study_verifies_and_does_not_hold_it(study: Study, tmp_path: Path) -> None:
    data = archive_bytes(study)
    assert ID.encode() not in contents(data)
    assert verify_archive(saved(data, tmp_path)).agrees


def test_the_person_gets_it_with_the_copy_of_their_data(study: Study) -> None:
    copy = person_as_json(Observer.objects.get(study=study))
    assert ID in json.dumps(copy)


def test_the_file_for_paying_people_holds_it_and_no_answer(study: Study, client: Client) -> None:
    client.force_login(study.owner)
    text = client.get(reverse("studies:study-outside-ids", args=[study.pk])).content.decode()
    assert ID in text
    assert "perturbed" not in text
    assert "SECRETCODE" not in text
    assert AuditEvent.objects.filter(action=AuditEvent.Action.EXPORTED).latest("pk").details == {
        "what": "recruiter_ids.csv"
    }
