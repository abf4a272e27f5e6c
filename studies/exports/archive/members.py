"""What goes into an archive, member after member; one image at a time is in memory."""

import csv
import io
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ml.images.change_region import unpacked
from ml.images.pixels import encode_mask
from ml.images.stored_file import AlteredFileError, read_unaltered
from perception.core.input_files.spreadsheet_cell import escape_formula
from perception.core.json_checks import json_list, json_object
from studies import audit
from studies.design.marked_places.place_truth import MASK_SHA256, RIGHT_PLACE_SHA256
from studies.design.protocol import protocol_hash, protocol_text
from studies.errors import StudyError
from studies.exports.answers import answers_csv_pieces, answers_json_pieces
from studies.exports.archive import layout
from studies.exports.archive.readme import readme
from studies.exports.dictionary import dictionary_csv, dictionary_json, dictionary_markdown
from studies.exports.json_text import json_pieces, json_text
from studies.exports.ro_crate import FILE_NAME as RO_CRATE
from studies.exports.ro_crate import ro_crate_metadata
from studies.exports.tables.latex import latex_tables
from studies.exports.tables.markdown import markdown_tables
from studies.models.audit_event import AuditEvent
from studies.models.pair_sets.region_check import RegionCheck
from studies.models.study import Study
from studies.models.truth import Truth
from studies.report.versions import code_version, report_versions

if TYPE_CHECKING:
    from studies.report.build import Report

STIMULUS_HEAD = ("name", "file", "sha256", "perturbed", "role", "subset", "image", "lesion", "diagnosis", "strength")

ACCOUNT_DETAILS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        AuditEvent.Action.ROLE_GIVEN: ("user",),
        AuditEvent.Action.ROLE_TAKEN: ("user",),
        AuditEvent.Action.HANDED_OVER: ("from", "to"),
    }
)
"""The keys under which the details of an event name accounts, by what was done."""

Pieces = Iterator[bytes]


def members_of(report: "Report") -> Iterator[tuple[str, Pieces]]:
    """Yield name and content of every member but the manifest, in their order; last what describes the others.

    Raises
    ------
    StudyError
        The protocol is not the one whose hash the study has, or a stimulus is missing or altered.
    """
    names = []
    for name, pieces in _described(report):
        names.append(name)
        yield name, pieces
    version = report_versions()["perception"]
    metadata = ro_crate_metadata(report, [*names, layout.MANIFEST], program_version=version)
    yield RO_CRATE, _text(metadata)


def _described(report: "Report") -> Iterator[tuple[str, Pieces]]:
    """Yield the members that hold the study and what follows from it.

    Raises
    ------
    StudyError
        The protocol is not the one whose hash the study has, or a stimulus is missing or altered.
    """
    yield layout.README, _text(readme(report))
    yield layout.PROTOCOL, _text(_protocol(report.study))
    # Before what takes long to make: an image that is not the one that was shown ends it.
    yield layout.STIMULI, _text(_stimulus_table(report.study))
    for truth in _truths(report.study):
        yield f"{layout.STIMULUS_FOLDER}/{truth.stimulus.name}.png", _image(truth)
    for name, image in _right_places(report.study):
        yield name, iter([image])
    yield layout.ANSWERS_CSV, map(str.encode, answers_csv_pieces(report.rows))
    yield layout.ANSWERS_JSON, map(str.encode, answers_json_pieces(report.rows))
    yield "data-dictionary.csv", _text(dictionary_csv())
    yield "data-dictionary.json", _text(dictionary_json())
    yield "data-dictionary.md", _text(dictionary_markdown())
    yield layout.FIGURES, map(str.encode, json_pieces(report.as_dict()))
    # Loaded here: SciPy, Matplotlib and Typst come with them.
    from studies.exports.tables.result_tables import result_tables
    from studies.report.html import report_document
    from studies.report.pdf.document import report_pdf
    from studies.report.sections.contents import sections_of

    tables = result_tables(report.figures.summary, simulated=report.simulated)
    yield "tables.tex", _text(latex_tables(tables))
    yield "tables.md", _text(markdown_tables(tables))
    sections = sections_of(report)
    yield layout.REPORT_HTML, _text(report_document(report, sections))
    yield layout.REPORT_PDF, iter([report_pdf(report, sections)])
    yield layout.AUDIT, _text(json_text(_events(report.study)))
    yield layout.CODE, _text(json_text(code_version()))


def _text(text: str) -> Pieces:
    yield text.encode()


def _protocol(study: Study) -> str:
    """Return the protocol as it was hashed: the SHA-256 of the member is that of the study."""
    if study.protocol is None or protocol_hash(study.protocol) != study.protocol_sha256:
        raise StudyError(f"The protocol of “{study.title}” is not the one that was written down when it opened.")
    return protocol_text(study.protocol)


def _truths(study: Study) -> Iterator[Truth]:
    truths = Truth.objects.filter(stimulus__study=study).order_by("stimulus__number")
    return truths.select_related("stimulus", "pair__image", "pair__pair_set").iterator(chunk_size=200)


def _stimulus_table(study: Study) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(STIMULUS_HEAD)
    for truth in _truths(study):
        stimulus, image = truth.stimulus, truth.pair.image
        cells = (
            stimulus.name,
            f"{layout.STIMULUS_FOLDER}/{stimulus.name}.png",
            stimulus.sha256,
            str(int(truth.perturbed)),
            truth.role,
            str(truth.subset + 1),
            image.name,
            image.lesion,
            image.diagnosis,
            f"{truth.pair.pair_set.strength:g}" if truth.perturbed else "0",
        )
        writer.writerow([escape_formula(cell) for cell in cells])
    return out.getvalue()


def _image(truth: Truth) -> Pieces:
    """Yield the file that observers saw.

    Raises
    ------
    StudyError
        It is missing, or it is not the one whose hash the protocol has.
    """
    stimulus = truth.stimulus
    try:
        yield read_unaltered(stimulus.file, stimulus.sha256)
    except OSError as error:
        raise StudyError(f"The image of {stimulus.name} cannot be read: {error.strerror or error}.") from error
    except AlteredFileError as error:
        raise StudyError(
            f"The image of {stimulus.name} is not the one that observers were shown: its file was altered."
        ) from error


def _right_places(study: Study) -> Iterator[tuple[str, bytes]]:
    """Yield what marks were judged by, by its name, as PNG: white where a mask says, or where a mark is right."""
    of_stimuli = [*map(json_object, json_list((study.protocol or {}).get("stimuli", [])))]
    masked = {entry["name"] for entry in of_stimuli if MASK_SHA256 in entry}
    computed = {entry["name"] for entry in of_stimuli if RIGHT_PLACE_SHA256 in entry}
    if not masked and not computed:
        return
    pairs = Truth.objects.filter(stimulus__study=study, perturbed=True).values("pair")
    accepted = dict(RegionCheck.objects.filter(pair__in=pairs).values_list("pair", "accepted"))
    for truth in _truths(study):
        name, side = truth.stimulus.name, truth.pair.pair_set.image_size
        if name in masked and truth.pair.mask is not None:
            yield f"{layout.MASK_FOLDER}/{name}.png", encode_mask(unpacked(bytes(truth.pair.mask), side))
        elif name in computed:
            right = unpacked(bytes(accepted[truth.pair.pk]), side)
            yield f"{layout.RIGHT_PLACE_FOLDER}/{name}.png", encode_mask(right)


def _events(study: Study) -> list[dict[str, object]]:
    """Return what was done to the study; who did it, and to whom, has a number instead of the name of an account."""
    events = audit.events_of(study)
    named = (name for event in events for name in (event.by, *_accounts_in(event).values()))
    people = dict.fromkeys(name for name in named if name != audit.THE_PROGRAM)
    names = {name: f"researcher {number}" for number, name in enumerate(people, start=1)}
    return [
        {
            "at": event.at.isoformat(),
            "action": event.action,
            "by": names.get(event.by, event.by),
            "details": event.details | {key: names[name] for key, name in _accounts_in(event).items()},
        }
        for event in events
    ]


def _accounts_in(event: AuditEvent) -> dict[str, str]:
    """Return the names of accounts that an event's details hold, by their keys there."""
    return {key: event.details[key] for key in ACCOUNT_DETAILS.get(event.action, ())}
