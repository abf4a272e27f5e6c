"""What an archive is, as an RO-Crate: metadata in JSON-LD that repositories and harvesters read.

After RO-Crate 1.1 (https://w3id.org/ro/crate/1.1): a descriptor, the root dataset, and each file and folder of the
archive. Authors, institution, registration and funding are those that the study tells; the licence and where it was
published are the authors' to add.
"""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from perception.analysis.json_values import JsonObject, JsonValue
from studies.design.publication import Publication
from studies.exports.json_text import json_text
from studies.models.texts.authors import Author

if TYPE_CHECKING:
    from studies.report.build import Report

FILE_NAME = "ro-crate-metadata.json"
CRATE = "https://w3id.org/ro/crate/1.1"
PROGRAM, INSTITUTION, FUNDING, REGISTRATION = "#program", "#institution", "#funding", "#registration"
TO_ADD = "Not stated by the program that wrote the archive: the authors add it before they publish the archive."

ENCODINGS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".tex": "application/x-tex",
}
"""Ending of a member → its media type."""


def ro_crate_metadata(report: "Report", members: Iterable[str], *, program_version: str) -> str:
    """Return the metadata of an archive: the same study and program give the same text.

    Parameters
    ----------
    report
        The report that is archived.
    members
        The names of all other members of the archive, in their order. Of members in a folder the folder is described.
    program_version
        Version of the program that writes the archive.
    """
    parts = list(dict.fromkeys(_part(name) for name in members))
    people = _people(report.publication)
    graph: list[JsonValue] = [
        {
            "@id": FILE_NAME,
            "@type": "CreativeWork",
            "conformsTo": {"@id": CRATE},
            "about": {"@id": "./"},
        },
        _root(report, parts),
        *people,
        {
            "@id": PROGRAM,
            "@type": "SoftwareApplication",
            "name": "Perception",
            "version": program_version,
        },
        {
            "@id": "#archiving",
            "@type": "CreateAction",
            "name": "Writing of the archive",
            "instrument": {"@id": PROGRAM},
            "result": {"@id": "./"},
        },
        *(_described(part) for part in parts),
    ]
    return json_text({"@context": f"{CRATE}/context", "@graph": graph})


def _part(name: str) -> str:
    folder, slash, _ = name.partition("/")
    return f"{folder}{slash}"


def _root(report: "Report", parts: list[str]) -> JsonObject:
    study, facts = report.study, report.facts
    return {
        "@id": "./",
        "@type": "Dataset",
        "identifier": _identifiers(report),
        "name": study.title,
        "description": _description(report),
        "datePublished": (facts.closed_at or facts.unblinded_at or facts.opened_at or "")[:10],
        "license": TO_ADD,
        "temporalCoverage": "/".join(day[:10] for day in (facts.opened_at, facts.closed_at) if day),
        "mentions": {"@id": "#archiving"},
        "hasPart": [{"@id": part} for part in parts],
        **_published(report.publication),
    }


def _identifiers(report: "Report") -> JsonValue:
    """Return the study's own identifier, and that of its registration where it has one."""
    own, publication = f"urn:uuid:{report.study.uid}", report.publication
    if not publication.registration:
        return own
    registered: JsonObject = {"@id": REGISTRATION}
    return [own, registered]


def _published(publication: Publication) -> JsonObject:
    """Return what the root dataset says of who published it; nothing of what was not told."""
    authors: list[JsonValue] = [{"@id": _author_id(number, author)} for number, author in _numbered(publication)]
    return {
        **({"author": authors} if authors else {}),
        **({"sourceOrganization": {"@id": INSTITUTION}} if publication.institution else {}),
        **({"funding": {"@id": FUNDING}} if publication.funding else {}),
    }


def _people(publication: Publication) -> list[JsonValue]:
    """Return the persons and things that the root dataset names."""
    at: JsonObject = {"affiliation": {"@id": INSTITUTION}} if publication.institution else {}
    described: list[JsonValue] = [
        {"@id": _author_id(number, author), "@type": "Person", "name": author.name, **at}
        for number, author in _numbered(publication)
    ]
    if publication.institution:
        described.append({"@id": INSTITUTION, "@type": "Organization", "name": publication.institution})
    if publication.funding:
        described.append({"@id": FUNDING, "@type": "Grant", "name": "Funding", "description": publication.funding})
    if publication.registration:
        described.append(
            {
                "@id": REGISTRATION,
                "@type": "PropertyValue",
                "name": "Registration",
                "value": publication.registration,
                **({"propertyID": publication.registry} if publication.registry else {}),
            }
        )
    return described


def _numbered(publication: Publication) -> list[tuple[int, Author]]:
    return list(enumerate(publication.authors, start=1))


def _author_id(number: int, author: Author) -> str:
    return author.address or f"#author-{number}"


def _description(report: "Report") -> str:
    facts = report.facts
    sentences = [
        f"A study of what observers see of a change to images: protocol, images as they were shown, answers, report. "
        f"The question was “{facts.question}”. SHA-256 of the protocol: {facts.protocol_sha256}.",
        "The date is that from which the answers did not change any more; when it was published, the authors add.",
    ]
    if report.publication.ethics:
        sentences.append(f"Ethics: {report.publication.ethics}.")
    if report.publication.conflicts:
        sentences.append(f"Competing interests: {report.publication.conflicts.rstrip('.')}.")
    if report.simulated:
        sentences.append("The answers were made by a model of an observer; no person gave them.")
    if facts.synthetic_images:
        sentences.append("The images were drawn by a program and show no real skin.")
    return " ".join(sentences)


def _described(part: str) -> JsonObject:
    if part.endswith("/"):
        return {"@id": part, "@type": "Dataset", "name": part.removesuffix("/")}
    described: JsonObject = {"@id": part, "@type": "File", "name": part}
    encoding = ENCODINGS.get(PurePosixPath(part).suffix)
    if encoding:
        described["encodingFormat"] = encoding
    return described
