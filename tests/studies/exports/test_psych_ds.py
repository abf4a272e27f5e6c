"""The Psych-DS dataset, held against the rules of the schema 1.5.1 as `studies.exports.psych_ds` cites them."""

import csv
import io
import json
import re
import zipfile

import pytest

from studies.exports.answer_columns import COLUMNS
from studies.exports.psych_ds import write_psych_ds
from studies.models import Study
from studies.report.build import build_report
from tests.studies.exports.archives import answered_study

pytestmark = pytest.mark.django_db

# The schema's own expression for the names of data files.
DATA_FILE = re.compile(r"([a-z]+-[a-zA-Z0-9]+)(_[a-z]+-[a-zA-Z0-9]+)*_data\.(csv|tsv)")
# The keywords that the schema lists; others are allowed with a warning.
KEYWORDS = {"study", "site", "subject", "session", "task", "condition", "trial", "stimulus", "description"}
# Properties of schema.org's Dataset and PropertyValue (and of what they derive from) that are used.
DATASET = {
    "name", "description", "schemaVersion", "identifier", "keywords", "temporalCoverage", "variableMeasured",
}  # fmt: skip
PROPERTY_VALUE = {"name", "description", "unitText", "minValue"}


def dataset_of(study: Study) -> dict[str, str]:
    file = io.BytesIO()
    write_psych_ds(build_report(study), file)
    with zipfile.ZipFile(file) as packed:
        return {name: packed.read(name).decode("utf-8") for name in packed.namelist()}


def assert_valid(files: dict[str, str]) -> None:
    """Hold a dataset against every rule of the schema at the level of errors, and most of those of warnings."""
    description = json.loads(files["dataset_description.json"])
    assert description["@context"] in {"http://schema.org/", "https://schema.org/", "https://schema.org"}
    assert description["@type"] == "Dataset"
    assert all(isinstance(description[name], str) and description[name] for name in ("name", "description"))
    assert set(description) - {"@context", "@type"} <= DATASET
    variables = description["variableMeasured"]
    for variable in variables:
        assert variable["@type"] == "PropertyValue"
        assert set(variable) - {"@type"} <= PROPERTY_VALUE
    names = [variable["name"] for variable in variables]
    headers = set()
    data_files = [name for name in files if name.startswith("data/")]
    assert data_files
    for name in data_files:
        file_name = name.rsplit("/", 1)[1]
        assert DATA_FILE.fullmatch(file_name)
        assert {pair.split("-")[0] for pair in file_name.removesuffix("_data.csv").split("_")} <= KEYWORDS
        header, *rows = csv.reader(io.StringIO(files[name]), strict=True)
        assert len(set(header)) == len(header)
        assert all(len(row) == len(header) for row in rows)
        assert "row_id" not in header
        headers |= set(header)
    assert headers == set(names)
    assert all(content for content in files.values())
    assert {"README.md", "CHANGES.md"} <= set(files)
    folders = {name.split("/")[0] for name in files if "/" in name}
    assert folders == {"data", "analysis", "results", "materials", "documentation"}


@pytest.mark.parametrize("trial_type", ["yes_no", "rating", "two_afc"])
def test_the_dataset_keeps_the_rules(trial_type: str) -> None:
    assert_valid(dataset_of(answered_study(trial_type=trial_type, observers=2)))


def test_without_an_answer_it_keeps_them_too() -> None:
    assert_valid(dataset_of(answered_study(observers=0)))


@pytest.mark.parametrize("title", ["Étude d’été №1: <b>|*_x_*", "皮膚", "=1+1", "x" * 200])
def test_any_title_makes_a_valid_name(title: str) -> None:
    files = dataset_of(answered_study(observers=1, title=title))

    assert_valid(files)
    assert json.loads(files["dataset_description.json"])["name"] == title


def test_every_column_is_described_with_words_unit_and_empty_cells() -> None:
    files = dataset_of(answered_study(observers=1))

    variables = {entry["name"]: entry for entry in json.loads(files["dataset_description.json"])["variableMeasured"]}
    assert list(variables) == [column.name for column in COLUMNS]
    assert variables["rt_ms"]["unitText"] == "ms"
    assert variables["rt_ms"]["minValue"] == 0
    assert "Empty: not measured" in variables["rt_ms"]["description"]
    assert all(f"{word}: " in variables["truth"]["description"] for word in ("perturbed", "clean", "first", "second"))
    assert "Could lead to a person." in variables["observer"]["description"]


def test_simulated_answers_and_synthetic_images_are_called_so() -> None:
    study = answered_study(observers=1, simulated=True)

    files = dataset_of(study)

    description = json.loads(files["dataset_description.json"])["description"]
    assert "no person gave them" in description
    assert "drawn by a program" in description
    assert "Simulated observers" in files["README.md"]
