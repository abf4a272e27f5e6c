"""The protocol in an archive is read back, whatever version wrote it."""

import json
from collections import Counter

import pytest

from perception.analysis.json_values import JsonObject
from perception.core.json_checks import json_object
from studies.design.options import STUDY_OPTIONS
from studies.exports.archive.protocol_facts import stimuli_of_protocol, study_figures, study_of_protocol
from tests.studies.exports.archives import members_in

# The archive is made once for all tests: where no test asks for the database, there are no tables to make it in.
pytestmark = pytest.mark.django_db


@pytest.fixture
def protocol(archive_data: bytes) -> JsonObject:
    read: JsonObject = json.loads(members_in(archive_data)["protocol.json"])
    return read


def test_the_rules_are_read_as_they_were_written(protocol: JsonObject) -> None:
    study = study_of_protocol(protocol)

    assert (study.trials.key, study.asks_diagnosis, study.n_subsets) == ("yes_no_confidence", True, 1)
    assert (study.margin, study.catch_at_least, study.rt_at_least_ms) == (0.05, 50, 400)
    assert study.leaves_out_partly_shown
    roles = Counter(stimulus.role for stimulus in stimuli_of_protocol(protocol))
    assert roles == {"series": 9, "catch": 2, "practice": 2, "example": 2}


def test_the_figures_hold_what_the_options_say(protocol: JsonObject, archive_data: bytes) -> None:
    reported = json.loads(members_in(archive_data)["figures.json"])["study"]

    read = study_figures(protocol)

    assert read.keys() == {option.name for option in STUDY_OPTIONS if option.in_figures} | {
        "synthetic_images",
        "strengths",
    }
    assert read == {name: reported[name] for name in read}


def test_a_protocol_of_version_2_had_no_rules_no_margin_and_one_strength(protocol: JsonObject) -> None:
    analysis, attack = json_object(protocol["analysis"]), json_object(protocol["attack"])
    del analysis["margin_of_equivalence"], analysis["exclusions"], attack["further_strengths"]
    del analysis["rule_of_equivalence"]

    study = study_of_protocol(protocol)

    assert (study.margin, study.catch_at_least, study.rt_at_least_ms) == (0.05, 0, 0)
    assert study.verdict_rule == "balanced_accuracy"
    assert not study.leaves_out_partly_shown
    assert not study_figures(protocol).keys() & {"margin", "strengths"}


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("trial_type", "guessing", KeyError),
        ("trial_type", 1, TypeError),
        ("asks_diagnosis", "yes", TypeError),
        ("images", None, TypeError),
        ("images", {}, KeyError),
        ("analysis", [], TypeError),
    ],
)
def test_what_is_no_protocol_is_refused(protocol: JsonObject, key: str, value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        study_of_protocol({**protocol, key: value})  # type: ignore[dict-item]
