"""How visible the changes are, from the measures of the pairs to the table of answers, the report and the archive."""

import csv
import io
from dataclasses import replace
from typing import Any

import pytest

from ml.models import PairVisibility
from studies.answers.rows import rows_of
from studies.exports.answer_columns import COLUMNS
from studies.exports.answers import answers_csv, read_answers_csv
from studies.exports.kept.fingerprint import fingerprint_of
from studies.models import Study, Truth
from studies.report.build import build_report
from studies.report.methods.paragraph import methods_of
from studies.report.sections.elements import Section
from studies.report.sections.study.attack import attack_sections
from tests.ml.visibility_rows import add_visibility
from tests.studies.factories import answer_trials, make_open_study, make_pair_set, make_session

pytestmark = pytest.mark.django_db

SCORES = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5]
MEASURES = ("ciede2000_mean", "ciede2000_p95", "ciede2000_above_1", "flip", "ssimulacra2", "colorvideovdp")


@pytest.fixture
def study() -> Study:
    pair_set = make_pair_set(n=len(SCORES))
    add_visibility(pair_set, SCORES, with_extras=True)
    study = make_open_study(pair_set=pair_set, n_perturbed=3, n_clean=2)
    answer_trials(make_session(study))
    study.refresh_from_db()  # the last answer closes it
    return study


def words_of(section: Section) -> str:
    facts = " ".join(f"{fact.name} {fact.text} {fact.note}" for fact in section.facts)
    return " ".join([*section.lead, facts, *section.notes])


def test_each_answer_has_the_measures_of_its_perturbed_image(study: Study) -> None:
    rows = rows_of(study, simulated=False)

    assert {row.truth for row in rows} == {"perturbed", "clean"}
    for row in rows:
        found = {name: getattr(row, name) for name in MEASURES}
        if row.truth == "clean":
            assert set(found.values()) == {None}
            continue
        truth = Truth.objects.get(stimulus__study=study, stimulus__number=int(row.item[1:]))
        assert found == {name: getattr(PairVisibility.objects.get(pair=truth.pair_id), name) for name in MEASURES}
    assert len({row.flip for row in rows}) == 4


def test_of_two_images_the_perturbed_one_counts() -> None:
    pair_set = make_pair_set(n=len(SCORES))
    add_visibility(pair_set, SCORES)
    study = make_open_study(pair_set=pair_set, n_perturbed=3, n_clean=2, trial_type="same_different")
    answer_trials(make_session(study), "same")

    told = {row.truth: row.flip is not None for row in rows_of(study, simulated=False)}

    assert told == {"different": True, "same": False}


def test_what_was_not_measured_is_empty_and_read_back_as_that(study: Study) -> None:
    PairVisibility.objects.all().delete()

    rows = rows_of(study, simulated=False)
    text = answers_csv(rows)

    assert {row.ciede2000_mean for row in rows} == {None}
    assert {line["ssimulacra2"] for line in csv.DictReader(io.StringIO(text))} == {""}
    assert read_answers_csv(text.encode(), source="answers.csv") == rows


def test_the_table_is_written_and_read_with_the_measures(study: Study) -> None:
    rows = rows_of(study, simulated=False)

    text = answers_csv(rows)

    assert read_answers_csv(text.encode(), source="answers.csv") == rows
    assert [column.name for column in COLUMNS if column.name in MEASURES] == list(MEASURES)
    assert all(column.tells_truth and column.since == "0.7.0" for column in COLUMNS if column.name in MEASURES)


def test_a_table_of_an_earlier_version_is_read_without_them(study: Study) -> None:
    rows = rows_of(study, simulated=False)
    lines = list(csv.DictReader(io.StringIO(answers_csv(rows))))
    out = io.StringIO()
    names = [column.name for column in COLUMNS if column.name not in MEASURES]
    writer = csv.DictWriter(out, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(lines)

    read = read_answers_csv(out.getvalue().encode(), source="answers.csv")

    without: dict[str, Any] = dict.fromkeys(MEASURES)
    assert read == [replace(row, **without) for row in rows]


def test_the_report_tells_how_visible_the_changes_are(study: Study) -> None:
    before = fingerprint_of(study)

    report = build_report(study)
    attack = words_of(attack_sections(report)[0])
    images = " ".join(methods_of(report).paragraphs)

    assert "ΔE00, mean" in attack
    assert "median 2.00 (0.50 to 3.50)" in attack
    assert "median 80.0, very high quality (65.0 to 95.0)" in attack
    assert "67 pixels per degree" in attack
    assert "by the colour difference CIEDE2000" in images
    assert "by FLIP [" in images
    assert "and ColorVideoVDP 0.5.7 [" in images
    assert "(display standard_fhd) at 67 pixels per degree of the visual angle, and by SSIMULACRA2" in images
    assert "Mantiuk RK" in " ".join(methods_of(report).references)
    assert "ColorVideoVDP median 8.000 (6.500 to 9.500)" in attack
    facts = report.as_dict()["attack"]["visibility"]
    assert facts["measures"]["flip"]["median"] == pytest.approx(0.1)
    assert facts["pixels_per_degree"] == 67
    study.pair_set.visibility.save()
    assert fingerprint_of(study) != before, "what was measured anew makes a report anew"


def test_a_report_does_not_name_the_extra_that_was_not_measured(study: Study) -> None:
    visibility = study.pair_set.visibility
    del visibility.distributions["colorvideovdp"]
    visibility.save()

    report = build_report(study)

    assert "ColorVideoVDP" not in words_of(attack_sections(report)[0])
    assert "FLIP" in (paragraphs := " ".join(methods_of(report).paragraphs))
    assert "ColorVideoVDP" not in paragraphs


def test_a_report_without_measures_says_nothing_of_them(study: Study) -> None:
    study.pair_set.visibility.delete()

    report = build_report(study)

    assert "ΔE00" not in words_of(attack_sections(report)[0])
    assert "CIEDE2000" not in " ".join(methods_of(report).paragraphs)
    assert "visibility" not in report.as_dict()["attack"]
