"""A study's answers as a Psych-DS dataset: a folder, packed as a zip.

After the Psych-DS schema 1.5.1 (https://github.com/psych-ds/psych-DS, `schema_model/versions/jsons/1.5.1/schema.json`)
and its rules and conventions (https://psychds-docs.readthedocs.io/en/latest/reference/rules_and_conventions/):

- `dataset_description.json` at the root: JSON-LD, type Dataset of schema.org, with name, description and
  `variableMeasured`, which has every column of every data file and no other;
- below `data/`, CSV files in UTF-8 with a header and rows as long as it, named by pairs of a keyword in lower case and
  a value of letters and digits, joined by underscores, ending in `_data.csv`;
- recommended beside these: README, CHANGES, and the folders analysis, results, materials and documentation.
"""

import re
import unicodedata
from collections.abc import Iterable
from contextlib import closing
from typing import IO, TYPE_CHECKING, Any

from studies.design.protocol import protocol_text
from studies.design.publication import Publication
from studies.exports.answer_columns import COLUMNS
from studies.exports.answers import answers_csv_pieces
from studies.exports.archive.stored_zip import StoredZip
from studies.exports.column import Column
from studies.exports.dictionary import dictionary_markdown
from studies.exports.json_text import json_pieces, json_text
from studies.exports.tables.markdown import escaped, markdown_tables

if TYPE_CHECKING:
    from studies.report.build import Report

SCHEMA_VERSION = "Psych-DS 1.5.1"
LONGEST_VALUE = 40

README = """# {title}

A dataset after {schema}. One study of what observers see of a change to images: {n} answers of {observers}
observers.{simulated}

- `data/`: one row an answer, beside the truth. `observer` and `item` together are the key of a row.
- `dataset_description.json`: every column, with its unit, its words and what an empty cell means.
- `results/`: every figure that was computed from the answers, with interval and method.
- `documentation/`: the protocol, which was fixed before the study opened, and the data dictionary.
- `analysis/`: how the figures are computed again.

Before you publish it: add license, citation and url, and author and funding where the study does not tell them, to
`dataset_description.json`; look at the columns that could lead to a person ({persons}).
"""
CHANGES = """# Changes

## {closed}

The study closed. Nothing in this dataset was changed after that.
"""
ANALYSIS = """# Analysis

    python manage.py analyse {data_file}

computes every figure that follows from the answers alone; `documentation/protocol.json` has the rules by which answers
are left out, and the column `left_out` says which ones were.
"""


def write_psych_ds(report: "Report", file: IO[bytes]) -> None:
    """Write the dataset into an empty file that can be written anywhere, as a zip whose root is the dataset's."""
    with closing(StoredZip(file)) as packed:
        for name, pieces in dataset_files(report).items():
            packed.write(name, map(str.encode, pieces))


def dataset_files(report: "Report") -> dict[str, Iterable[str]]:
    """Return the files of the dataset in pieces, by their paths in it."""
    from studies.exports.tables.result_tables import result_tables  # brings SciPy

    facts, data_file = report.facts, _data_file(report)
    tables = markdown_tables(result_tables(report.figures.summary, simulated=report.simulated))
    return {
        "dataset_description.json": [json_text(_description(report))],
        "README.md": [_readme(report)],
        "CHANGES.md": [CHANGES.format(closed=(facts.closed_at or facts.opened_at or "")[:10])],
        data_file: answers_csv_pieces(report.rows),
        "analysis/README.md": [ANALYSIS.format(data_file=data_file)],
        "results/figures.json": json_pieces(report.as_dict()),
        "results/tables.md": [tables or "Nobody has answered.\n"],
        "materials/README.md": [
            f"# Materials\n\nThe question: {escaped(facts.question)}\n\n"
            "The images are in the archive of the study; the protocol has their hashes.\n"
        ],
        "documentation/protocol.json": [protocol_text(report.study.protocol or {})],
        "documentation/data-dictionary.md": [dictionary_markdown()],
    }


def _description(report: "Report") -> dict[str, Any]:
    study, facts = report.study, report.facts
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": study.title,
        "description": _described(report),
        "schemaVersion": SCHEMA_VERSION,
        "identifier": f"urn:uuid:{report.study.uid}",
        "keywords": ["perception", "adversarial images", "signal detection", study.trial_type.replace("_", " ")],
        "temporalCoverage": "/".join(day[:10] for day in (facts.opened_at, facts.closed_at) if day),
        **_published(report.publication),
        "variableMeasured": [_variable(column) for column in COLUMNS],
    }


def _published(publication: Publication) -> dict[str, Any]:
    """Return authors and funding as schema.org has them; nothing of what was not told."""
    at = {"affiliation": {"@type": "Organization", "name": publication.institution}} if publication.institution else {}
    authors = [
        {"@type": "Person", **({"@id": author.address} if author.address else {}), "name": author.name, **at}
        for author in publication.authors
    ]
    funding = {"@type": "Grant", "description": publication.funding}
    return {**({"author": authors} if authors else {}), **({"funding": funding} if publication.funding else {})}


def _described(report: "Report") -> str:
    facts = report.facts
    text = (
        f"Answers of {report.flow.finished} observers to the question “{facts.question}”, one row an "
        f"answer, beside the truth. Protocol with SHA-256 {facts.protocol_sha256}."
    )
    if report.simulated:
        text += " The answers were made by a model of an observer; no person gave them."
    if facts.synthetic_images:
        text += " The images were drawn by a program and show no real skin."
    return text


def _variable(column: Column) -> dict[str, Any]:
    """Return a column as a PropertyValue of schema.org.

    Its words stand in the description: schema.org has a pattern for the value of a form's field
    (PropertyValueSpecification), and none for that of a variable, and the community's validator warns of any property
    that the type does not have.
    """
    levels = "; ".join(f"{level}: {meaning}" for level, meaning in column.levels.items())
    sentences = [f"{column.description[:1].upper()}{column.description[1:]}."]
    sentences += [f"{levels}."] if levels else []
    sentences += [f"Empty: {column.empty}."] if column.empty else []
    sentences += ["Could lead to a person."] if column.identifies_person else []
    variable: dict[str, Any] = {
        "@type": "PropertyValue",
        "name": column.name,
        "description": " ".join(sentences),
    }
    if column.unit:
        variable["unitText"] = column.unit
    if column.least is not None:
        variable["minValue"] = column.least
    return variable


def _data_file(report: "Report") -> str:
    study = report.study
    return f"data/study-{_keyword_value(study.title)}_task-{_keyword_value(study.trial_type)}_data.csv"


def _keyword_value(text: str) -> str:
    """Return what is left of a text when all but letters and digits of ASCII are taken out; 1 where nothing is."""
    plain = unicodedata.normalize("NFKD", text)
    kept = re.sub("[^A-Za-z0-9]", "", plain)[:LONGEST_VALUE]
    return kept or "1"


def _readme(report: "Report") -> str:
    persons = ", ".join(f"`{column.name}`" for column in COLUMNS if column.identifies_person)
    simulated = "\n\n**Simulated observers.** A model of an observer gave these answers, no person did."
    return README.format(
        title=escaped(report.study.title),
        schema=SCHEMA_VERSION,
        n=len(report.rows),
        observers=report.flow.finished,
        simulated=simulated if report.simulated else "",
        persons=persons,
    )
