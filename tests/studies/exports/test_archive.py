"""The archive of a study: what is in it and what is not, made the same way each time, an image at a time."""

import hashlib
import json
import re
import tracemalloc
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from studies.design.lifecycle import close_study
from studies.design.roles import give_role, hand_over, take_role
from studies.exports.archive.layout import FIGURES, MANIFEST
from studies.exports.archive.verification import verify_archive
from studies.exports.archive.writing import write_archive
from studies.models import AuditEvent, Observer, Study, StudyRole, Trial
from studies.report.build import Report, build_report
from tests.studies.exports.archives import answered_study, archive_bytes, members_in, study_with_everything
from tests.studies.factories import (
    answer_trials,
    begin_trials,
    make_open_study,
    make_pair_set,
    make_researcher,
)
from tests.studies.report.pdf_text import addresses, pages

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


@pytest.fixture
def study() -> Study:
    return study_with_everything()


def text_of(name: str, member: bytes) -> str:
    """Return what can be read in a member: among bytes of pictures and PDFs three letters come up by themselves."""
    if name.endswith(".png"):
        return ""
    if name.endswith(".pdf"):
        return "\n".join([*pages(member), *addresses(member)])
    return re.sub(r"data:image/png;base64,[\w+/=]*", "", member.decode())


def test_every_member_is_as_the_manifest_says(study: Study) -> None:
    members = members_in(archive_bytes(study))

    manifest = json.loads(members[MANIFEST])["files"]
    assert [*manifest, MANIFEST] == list(members)
    for name, entry in manifest.items():
        content = members[name]
        assert (entry["sha256"], entry["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))


def test_it_holds_the_study_as_it_was(study: Study) -> None:
    members = members_in(archive_bytes(study))

    assert hashlib.sha256(members["protocol.json"]).hexdigest() == study.protocol_sha256
    for stimulus in study.stimuli.all():
        assert hashlib.sha256(members[f"stimuli/{stimulus.name}.png"]).hexdigest() == stimulus.sha256
    assert json.loads(members["figures.json"]) == json.loads(json.dumps(build_report(study).as_dict()))
    assert len(json.loads(members["answers.json"])) == 4 * 11
    assert json.loads(members["code.json"])["versions"]["scipy"]
    actions = [event["action"] for event in json.loads(members["audit.json"])]
    assert actions == ["created", "opened", "invited", "closed"]


def test_no_link_and_no_account_is_in_it(study: Study) -> None:
    study.owner.email = "someone@clinic.example"
    study.owner.save()

    data = archive_bytes(study)
    members = members_in(data)

    secrets = [study.owner.username, study.owner.email, study.owner.password, "csrf"]
    secrets += Observer.objects.filter(study=study).values_list("token", flat=True)
    secrets += Trial.objects.filter(session__observer__study=study).values_list("token", flat=True)
    for secret in secrets:
        assert secret.encode() not in data, secret
    for name, member in members.items():
        assert "/o/" not in name
        assert "/o/" not in text_of(name, member), name
    events = json.loads(members["audit.json"])
    assert {event["by"] for event in events} == {"researcher 1", "(the program)"}


def test_whoever_was_given_a_role_or_the_study_has_a_number_in_it_too() -> None:
    study = make_open_study(simulated=True)
    before, colleague, successor = study.owner, make_researcher(), make_researcher()
    give_role(study=study, user=colleague, role=StudyRole.Role.MONITOR, by=before)
    take_role(study=study, user=colleague, by=before)
    study = close_study(study=hand_over(study=study, to=successor, by=before), by=successor)

    data = archive_bytes(study)

    events = {event["action"]: event for event in json.loads(members_in(data)["audit.json"])}
    assert events["role_given"]["details"] == {"user": "researcher 2", "role": "monitor"}
    assert events["role_taken"]["details"]["user"] == "researcher 2"
    assert events["handed_over"]["details"] == {"from": "researcher 1", "to": "researcher 3"}
    assert (events["handed_over"]["by"], events["closed"]["by"]) == ("researcher 1", "researcher 3")
    for somebody in (before, colleague, successor):
        assert somebody.username.encode() not in data


@pytest.mark.usefixtures("drawn_plots")
def test_the_report_in_it_stands_alone(study: Study) -> None:
    page = members_in(archive_bytes(study))["report.html"].decode()

    assert "Report of" in page
    assert "<style>" in page
    for reference in ('href="/', 'src="/', "<script", "<link", "<form"):
        assert reference not in page


@pytest.mark.usefixtures("drawn_plots")
def test_the_same_study_gives_the_same_bytes(study: Study) -> None:
    assert archive_bytes(study) == archive_bytes(study)


def write_to_disk(report: Report) -> None:
    with TemporaryFile() as file:
        write_archive(report, file)


def test_memory_does_not_grow_with_the_number_of_images() -> None:
    peaks = []
    for n in (2, 16):
        study = make_open_study(n_perturbed=n, n_clean=n, pair_set=make_pair_set(n=2 * n, size=256))
        close_study(study=study, by=study.owner)
        study.refresh_from_db()
        report = build_report(study)
        write_to_disk(report)
        tracemalloc.start()
        write_to_disk(report)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    # 28 more images are 5.5 MB more in the archive.
    assert peaks[1] - peaks[0] < 500_000


def test_an_altered_or_missing_image_is_told_and_nothing_is_written(study: Study, tmp_path: Path) -> None:
    first, second = study.stimuli.all()[:2]
    path = Path(default_storage.path(str(first.file.name)))
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"x")
    to = tmp_path / "a.zip"
    with pytest.raises(CommandError, match=f"image of {first.name} is not the one that observers were shown"):
        call_command("export_study", str(study.pk), "--to", str(to))
    path.write_bytes(content)
    Path(default_storage.path(str(second.file.name))).unlink()
    with pytest.raises(CommandError, match=f"image of {second.name} cannot be read: No such file"):
        call_command("export_study", str(study.pk), "--to", str(to))

    assert not to.exists()
    assert not AuditEvent.objects.filter(action="exported").exists()


def test_a_protocol_that_is_not_the_one_that_was_hashed_is_refused(study: Study) -> None:
    study.protocol = {**(study.protocol or {}), "title": "Another"}
    with pytest.raises(Exception, match="is not the one that was written down when it opened"):
        archive_bytes(study)


def test_the_command_asks_where_to_write_and_logs() -> None:
    study = answered_study()
    with pytest.raises(CommandError, match=r"--to FILE\.zip"):
        call_command("export_study", str(study.pk))
    with pytest.raises(CommandError, match="cannot be written: No such file"):
        call_command("export_study", str(study.pk), "--to", "/nowhere/a.zip")
    assert not AuditEvent.objects.filter(action="exported").exists()


def test_its_metadata_are_an_ro_crate_of_what_is_there(study: Study) -> None:
    members = members_in(archive_bytes(study))

    metadata = json.loads(members["ro-crate-metadata.json"])
    assert metadata["@context"] == "https://w3id.org/ro/crate/1.1/context"
    entities = {entity["@id"]: entity for entity in metadata["@graph"]}
    assert len(entities) == len(metadata["@graph"])
    descriptor, root = entities["ro-crate-metadata.json"], entities["./"]
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert descriptor["about"] == {"@id": "./"}
    # What RO-Crate 1.1 requires of the root.
    for required in ("name", "description", "datePublished", "license"):
        assert root[required]
    assert root["datePublished"] == f"{study.closed_at:%Y-%m-%d}"
    parts = [part["@id"] for part in root["hasPart"]]
    files = [part for part in parts if not part.endswith("/")]
    assert [*files, "ro-crate-metadata.json"] == [
        *(name for name in members if "/" not in name and name not in ("ro-crate-metadata.json", MANIFEST)),
        MANIFEST,
        "ro-crate-metadata.json",
    ]
    assert [part for part in parts if part.endswith("/")] == ["stimuli/"]
    assert all(entities[part]["@type"] == ("Dataset" if part.endswith("/") else "File") for part in parts)


def test_one_of_a_session_that_went_on_without_an_image_agrees(tmp_path: Path) -> None:
    study = make_open_study(pair_set=make_pair_set(n=14, size=4), observers=3, n_perturbed=5, n_clean=4)
    for number, observer in enumerate(study.observers.order_by("pk")):
        session = begin_trials(observer)
        if not number:
            Trial.objects.filter(pk=session.trials.order_by("position")[2].pk).update(not_shown=True)
        answer_trials(session, ("clean", "perturbed", "clean")[number])
    study.refresh_from_db()
    path = tmp_path / "study.zip"
    path.write_bytes(archive_bytes(study))

    findings = verify_archive(path)

    assert findings.agrees, findings
    report = json.loads(members_in(path.read_bytes())[FIGURES])
    assert report["flow"]["not_shown"] == 1
