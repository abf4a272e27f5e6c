"""Who publishes a study and under which approval: told at any time, no part of the protocol."""

import io
import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from studies.audit import events_of
from studies.design.lifecycle import archive_study, change_study, close_study
from studies.design.protocol import protocol_hash
from studies.design.publication import Publication
from studies.errors import StudyError
from studies.exports.archive.writing import write_archive
from studies.exports.preregistration import preregistration_text
from studies.exports.psych_ds import dataset_files
from studies.models import AuditEvent, Study
from studies.models.texts.authors import Author, parse_authors
from studies.report.build import Report, build_report
from studies.report.methods.claim import CLAIM
from studies.report.methods.reporting_list import ReportingList
from studies.report.methods.stard import STARD
from studies.report.methods.stard_ai import STARD_AI
from studies.report.sections.contents import sections_of
from tests.studies.answered import simulated_study
from tests.studies.exports.archives import members_in
from tests.studies.factories import make_open_study, make_study, make_study_in

TOLD = {
    "authors": "Ada Lovelace, 0000-0002-1825-0097\n\nBabbage, Charles\n",
    "institution": "A hospital",
    "ethics_committee": "A committee",
    "ethics_number": "17/2026",
    "registry": "OSF",
    "registration": "osf.io/abcde",
    "funding": "A foundation, which had no say.",
    "conflicts": "none",
}


def test_authors_are_read_line_by_line_with_their_orcid() -> None:
    assert parse_authors(TOLD["authors"]) == (Author("Ada Lovelace", "0000-0002-1825-0097"), Author("Babbage, Charles"))
    (with_address,) = parse_authors("Ada, https://orcid.org/0000-0002-1694-233x")
    assert with_address.address == "https://orcid.org/0000-0002-1694-233X"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Ada, 0000-0002-1825-0098", "Line 1: 0000-0002-1825-0098 is no ORCID iD"),
        ("Ada\n0000-0002-1825-0097", "Line 2: write the name"),
        (", 0000-0002-1825-0097", "Line 1: write the name"),
        ("A" * 201, "Line 1: a name of 201 letters"),
        ("A\n" * 201, "201 authors are too many"),
    ],
)
def test_what_is_no_author_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        parse_authors(text)


@given(digit=st.integers(0, 14), other=st.sampled_from("0123456789"))
def test_one_wrong_digit_of_an_orcid_is_noticed(digit: int, other: str) -> None:
    places = [place for place, letter in enumerate("0000-0002-1825-0097") if letter != "-"]
    typed = list("0000-0002-1825-0097")
    is_right = typed[places[digit]] == other
    typed[places[digit]] = other
    line = f"Ada, {''.join(typed)}"
    if is_right:
        assert parse_authors(line)[0].orcid
    else:
        with pytest.raises(StudyError, match="is no ORCID iD"):
            parse_authors(line)


@pytest.mark.django_db
def test_a_number_needs_its_committee_and_authors_are_checked() -> None:
    with pytest.raises(ValidationError) as refusal:
        make_study(ethics_number="17", authors="Ada, 0000-0002-1825-0098")
    assert set(refusal.value.message_dict) == {"ethics_committee", "authors"}


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "pilot", "open", "paused", "closed"])
def test_it_is_changed_in_every_state_written_down_and_no_part_of_the_protocol(state: str) -> None:
    study = make_study_in(state)
    protocol, sha256 = study.protocol, study.protocol_sha256

    change_study(study=study, by=study.owner, **TOLD)

    study.refresh_from_db()
    assert Publication.of(study).names == "Ada Lovelace, Babbage, Charles"
    assert (study.protocol, study.protocol_sha256) == (protocol, sha256)
    if protocol is not None:
        assert protocol_hash(protocol) == sha256
        assert not any(text in json.dumps(protocol) for text in ("Lovelace", "17/2026", "A hospital"))
    last = events_of(study)[-1]
    assert last.action == AuditEvent.Action.CHANGED
    assert last.details["fields"] == sorted(TOLD)


@pytest.mark.django_db
def test_an_archived_study_keeps_it_and_nothing_else_is_changed_with_it() -> None:
    study = make_open_study()
    with pytest.raises(StudyError, match="is open"):
        change_study(study=study, by=study.owner, institution="Another", margin=0.2)
    close_study(study=study, by=study.owner)
    with pytest.raises(StudyError, match="is closed"):
        change_study(study=study, by=study.owner, closes_when_finished=False)
    archive_study(study=study, by=study.owner)
    with pytest.raises(StudyError, match="is archived"):
        change_study(study=study, by=study.owner, institution="Another")


@pytest.fixture
def report() -> Report:
    study = simulated_study("yes_no")
    change_study(study=study, by=study.owner, **TOLD)
    return build_report(Study.objects.get(pk=study.pk))


def answers_of(reporting_list: ReportingList, report: Report) -> dict[str, str]:
    return {item.number: item.answer for item in reporting_list.answered_by(report)}


@pytest.mark.django_db
def test_reporting_lists_answer_from_it(report: Report) -> None:
    registered = "Registered: OSF, osf.io/abcde."
    funded = "A foundation, which had no say. Competing interests: none."
    assert answers_of(STARD, report)["28"] == answers_of(CLAIM, report)["34"] == registered
    assert answers_of(STARD_AI, report)["36"] == registered
    assert answers_of(STARD, report)["30"] == answers_of(STARD_AI, report)["38"] == answers_of(CLAIM, report)["44"]
    assert answers_of(STARD, report)["30"] == funded
    assert "Approved by A committee, number 17/2026." in answers_of(STARD_AI, report).values()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "number", "answer"),
    [
        ({"ethics_committee": "C"}, "6", "Approved by C. Not recorded; to fill in: the number of the approval."),
        ({"ethics_exemption": "Images alone."}, "6", "No approval was needed: Images alone."),
        ({"registration": "NCT1"}, "36", "Registered: NCT1. Not recorded; to fill in: the registry."),
        ({"registry": "OSF"}, "36", "Registered: OSF. Not recorded; to fill in: the number."),
        (
            {"conflicts": "None."},
            "38",
            "Not recorded; to fill in: funding and the role of funders. Competing interests: None.",
        ),
    ],
)
def test_what_is_told_in_part_is_answered_in_part(changed: dict[str, Any], number: str, answer: str) -> None:
    study = simulated_study("yes_no", observers=1)
    change_study(study=study, by=study.owner, **changed)

    assert answers_of(STARD_AI, build_report(Study.objects.get(pk=study.pk)))[number] == answer


@pytest.mark.django_db
def test_archive_preregistration_and_datasets_name_it(report: Report) -> None:
    file = io.BytesIO()
    write_archive(report, file)
    members = members_in(file.getvalue())
    crate = {entity["@id"]: entity for entity in json.loads(members["ro-crate-metadata.json"])["@graph"]}
    root, orcid = crate["./"], "https://orcid.org/0000-0002-1825-0097"
    assert root["author"] == [{"@id": orcid}, {"@id": "#author-2"}]
    assert crate[orcid] == {
        "@id": orcid,
        "@type": "Person",
        "name": "Ada Lovelace",
        "affiliation": {"@id": "#institution"},
    }
    assert crate["#institution"]["name"] == "A hospital"
    assert root["identifier"][1] == {"@id": "#registration"}
    assert crate["#registration"]["value"] == "osf.io/abcde"
    assert "Ethics: approved by A committee, number 17/2026." in root["description"]
    assert json.loads(members["figures.json"])["publication"]["competing_interests"] == "none"
    text = preregistration_text(report.study)
    assert "- Authors: Ada Lovelace, 0000-0002-1825-0097; Babbage, Charles\n" in text
    assert "- Ethics: Approved by A committee, number 17/2026\n" in text
    described = json.loads("".join(dataset_files(report)["dataset_description.json"]))
    assert [author["name"] for author in described["author"]] == ["Ada Lovelace", "Babbage, Charles"]


@pytest.mark.django_db
def test_the_report_has_a_section_of_it_where_anything_is_told(report: Report) -> None:
    (section,) = [section for section in sections_of(report) if section.key == "publication"]
    assert {fact.name for fact in section.facts} == {
        *("Authors", "Institution", "Ethics", "Registration", "Funding", "Competing interests"),
    }
    assert "publication" not in {section.key for section in sections_of(build_report(simulated_study("two_afc")))}


@pytest.mark.django_db
def test_the_page_changes_it_and_says_what_is_wrong(client: Client) -> None:
    study = make_study_in("closed")
    client.force_login(study.owner)
    address = reverse("studies:study-publication", args=[study.pk])
    assert "Observers see the institution and the approval" in client.get(address).content.decode()

    wrong = client.post(address, {**TOLD, "authors": "Ada, 0000-0002-1825-0098"})
    assert wrong.status_code == 422
    assert "is no ORCID iD" in wrong.content.decode()

    saved = client.post(address, TOLD, follow=True)
    assert "Approved by A committee, number 17/2026" in saved.content.decode()
    study.refresh_from_db()
    assert study.institution == "A hospital"
