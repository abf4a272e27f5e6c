"""What a report says of trials that were shown twice, and that its archive is verified."""

from dataclasses import replace
from pathlib import Path

import pytest

from perception.core.formatting import coefficient
from studies.exports.answers import answers_csv, answers_json, read_answers_csv
from studies.exports.archive.layout import ANSWERS_CSV, ANSWERS_JSON
from studies.exports.archive.verification import verify_archive
from studies.exports.preregistration import preregistration_text
from studies.report.build import build_report
from studies.report.methods.paragraph import methods_of
from studies.report.sections.contents import sections_of
from studies.report.text import report_text
from studies.trial_types import TRIAL_TYPES
from tests.studies.answered import simulated_study
from tests.studies.exports.archives import answered_study, archive_bytes, members_in, packed, saved
from tests.studies.factories import make_pair_set, make_pair_set_of_strength

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_the_section_says_what_the_figures_hold(trial_type: str) -> None:
    report = build_report(simulated_study(trial_type, n_repeated=5, observers=4))
    within = report.figures.within_observers
    assert within is not None

    (section,) = [section for section in sections_of(report) if section.key == "within"]

    kappas, alike, changes, each = section.tables
    assert kappas.rows[0][1] == coefficient(within.kappa)
    trials = TRIAL_TYPES[trial_type]
    assert len(kappas.rows) == 1 + bool(trials.ratings or trials.confidences or trials.grades)
    assert alike.rows[0][0] == "All"
    assert len(changes.rows) == 4
    assert len(each.rows) == 4
    assert section.facts[0].text == "20 of 20 trials that came back, of 4 observers"
    text = " ".join(methods_of(report).paragraphs)
    assert "5 trials of each series, drawn for each observer, shown a second time as at first, at least 5" in text
    assert "Agreement within observers [" in text
    assert "Further methods" not in text
    assert "Agreement within observers" in report_text(report)


def test_a_study_that_shows_nothing_twice_says_nothing_of_it() -> None:
    study = simulated_study("yes_no")
    report = build_report(study)

    assert "within_observers" not in report.as_dict()
    assert "within observers" not in " ".join(methods_of(report).paragraphs)
    assert "within" not in {section.key for section in sections_of(report)}
    assert study.protocol is not None
    assert study.protocol["repeats"] == {"n": 0}


def test_protocol_and_preregistration_say_what_comes_back() -> None:
    study = simulated_study("two_afc", n_repeated=5)

    assert study.protocol is not None
    assert study.protocol["repeats"] == {"n": 5, "least_distance_trials": 5, "as_first_shown": True}
    assert study.protocol["analysis"]["included"].endswith("of a trial that is shown twice, the first showing")
    assert "5 trials of each series, drawn for each observer, shown a second time" in preregistration_text(study)


def repeated_archive() -> bytes:
    pair_set = make_pair_set(n=26, size=4)
    catch = make_pair_set_of_strength(pair_set, 30)
    return archive_bytes(
        answered_study(pair_set=pair_set, n_repeated=4, n_catch=2, catch_pair_set=catch, rt_at_least_ms=500)
    )


def test_the_archive_is_verified_with_its_second_showings(tmp_path: Path) -> None:
    findings = verify_archive(saved(repeated_archive(), tmp_path))

    assert findings.problems == []
    assert [figure for figure in findings.figures if figure.differs_in] == []
    assert any(figure.name.startswith("within_observers") for figure in findings.figures)
    assert "what was shown twice is what the protocol says of it" in findings.checked


def test_an_archive_in_which_the_showings_were_exchanged_is_refused(tmp_path: Path) -> None:
    members = members_in(repeated_archive())
    rows = read_answers_csv(members[ANSWERS_CSV], source=ANSWERS_CSV)
    exchanged = [replace(row, showing=3 - row.showing) if row.showing else row for row in rows]
    members[ANSWERS_CSV] = answers_csv(exchanged).encode()
    members[ANSWERS_JSON] = answers_json(exchanged).encode()

    problems = verify_archive(saved(packed(members, with_new_manifest=True), tmp_path)).problems

    assert any("no such trial is shown a second time there" in problem for problem in problems)
