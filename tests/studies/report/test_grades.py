"""What a report says of a degradation category rating: the same figures in figures, sections and sentences."""

import csv
import io
import random
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from perception.analysis.degradation.mean_grade import difference_of_means, mean_grade
from perception.core.formatting import coefficient, ratio
from studies.answers.exclusions import REJECTED, REJECTED_TEXT
from studies.design.lifecycle import close_study
from studies.models import Study
from studies.report.build import Report, build_report
from studies.report.methods.paragraph import methods_of
from studies.report.sections.contents import sections_of
from studies.report.sections.elements import Section
from studies.report.sections.grades.mean_grades import DIFFERENCE, DMOS, HIDDEN
from studies.report.sections.head import head_of
from studies.sessions.trials import position_of, record_answer
from tests.studies.answered import several_attacks, simulated_study
from tests.studies.factories import begin_trials, make_open_study, make_pair_set, make_pair_set_of_strength

pytestmark = pytest.mark.django_db


def graded_study(**fields: Any) -> Study:
    """Return a study of 24 people, of whom the last goes from end to end of the scale and the others nearly agree."""
    study = make_open_study(
        trial_type="degradation",
        pair_set=make_pair_set(n=30, size=4),
        n_perturbed=14,
        n_clean=10,
        observers=24,
        closes_when_finished=False,
        **fields,
    )
    generator = random.Random(1)
    for number, observer in enumerate(study.observers.order_by("pk")):
        session = begin_trials(observer)
        while (trial := position_of(session).trial) is not None:
            grade = generator.choice((1, 5) if number == 23 else (2, 3, 3, 3, 4))
            assert record_answer(session=session, trial_token=trial.token, grade=str(grade))
    close_study(study=study, by=study.owner)
    study.refresh_from_db()
    return study


def section(report: Report, key: str) -> Section:
    return next(one for one in sections_of(report) if one.key == key)


def grades_of(report: Report, truth: str, *, without: tuple[str, ...] = ()) -> np.ndarray:
    """Return the grades of test images of one truth, observers × images, from the rows themselves."""
    rows = [row for row in report.rows if row.truth == truth and row.observer not in without]
    observers = list(dict.fromkeys(row.observer for row in rows))
    items = list(dict.fromkeys(row.item for row in rows))
    table = np.full((len(observers), len(items)), np.nan)
    for row in rows:
        assert row.grade is not None
        assert (row.response == "same") == (row.grade == 5)
        table[observers.index(row.observer), items.index(row.item)] = row.grade
    return table


def test_head_section_and_figures_are_those_of_the_answers() -> None:
    report = build_report(simulated_study("degradation", observers=4))
    test, hidden = grades_of(report, "different"), grades_of(report, "same")

    told = {fact.name: fact.text for fact in head_of(report).figures}
    assert told == {
        DMOS: ratio(mean_grade(test)),
        HIDDEN: ratio(mean_grade(hidden)),
        DIFFERENCE: coefficient(difference_of_means(test, hidden)),
    }
    found = section(report, "grades")
    counts = next(table for table in found.tables if "each grade" in table.label)
    assert [row[1:] for row in counts.rows] == [
        tuple(str(int((part == grade).sum())) for grade in range(1, 6)) for part in (test, hidden)
    ]
    means = next(table for table in found.tables if table.label.startswith("Mean grades"))
    assert means.rows[0][3] == ratio(mean_grade(test, target="observers random"))
    assert found.headline == ()  # they stand in the head
    assert "<svg" in found.plots[0].svg
    assert "Pair" in found.tables[-1].head


def test_each_strength_has_its_mean_and_its_claim() -> None:
    pair_set = make_pair_set(n=26, size=4)
    further = [make_pair_set_of_strength(pair_set, 30)]
    report = build_report(simulated_study("degradation", observers=4, pair_set=pair_set, further_pair_sets=further))
    found = section(report, "grades")
    means = next(table for table in found.tables if table.label.startswith("Mean grades"))
    assert [row[0] for row in means.rows] == [
        "Perturbed images", "Strength 4", "Strength 30", "Hidden references",
    ]  # fmt: skip
    claims = [text for text in found.lead if text.startswith("The mean grade of perturbed images at strength")]
    assert len(claims) == 2


def test_methods_name_the_recommendations() -> None:
    report = build_report(simulated_study("degradation", observers=4))
    methods = methods_of(report)
    assert "Further methods" not in methods.text
    assert any("P.910" in reference for reference in methods.references)
    assert any("BT.500" in reference for reference in methods.references)
    assert "listed, and left in" in methods.text


def test_whom_the_rule_rejects_is_listed_and_left_in() -> None:
    report = build_report(graded_study())
    summary = report.figures.summary.degradation
    assert summary is not None
    (rejected,) = summary.rejected
    found = section(report, "grading-observers")
    assert f"rejects {rejected}: the main figures hold their answers all the same" in found.lead[0]
    assert "fewer than 20 observers" in found.lead[1]
    assert [row[0] for row in found.tables[0].rows if row[-1] == "rejected"] == [rejected]
    without = mean_grade(grades_of(report, "different", without=(rejected,)))
    assert found.tables[1].rows[0][2] == ratio(without)
    assert found.tables[1].rows[0][1] == ratio(mean_grade(grades_of(report, "different")))


def test_or_left_out_where_the_protocol_says_so() -> None:
    report = build_report(graded_study(leaves_out_rejected=True))
    figures = report.figures
    assert [rule.text for rule in figures.exclusions.rules] == [REJECTED_TEXT]
    (rejected,) = figures.exclusions.observers
    assert {row.observer for row in figures.exclusions.rows if row.left_out == REJECTED} == {rejected}
    assert figures.summary.degradation is not None
    test = grades_of(report, "different", without=(rejected,))
    assert figures.summary.degradation.test.these_observers.estimate == pytest.approx(test.mean())
    found = section(report, "grading-observers")
    assert f"rejects {rejected}: the main figures are without their answers" in found.lead[0]
    assert len(found.tables[0].rows) == 24
    assert "left out" in methods_of(report).text
    both = section(report, "exclusions").tables[1]
    assert "Mean grade of perturbed images (DMOS)" in [row[0] for row in both.rows]


def test_of_several_attacks_each_has_its_mean_grade() -> None:
    report = build_report(several_attacks("degradation"))
    keys = [one.key for one in sections_of(report)]
    assert {"grades-1", "grades-2", "grading-observers"} <= set(keys)
    for arm in report.figures.summary.arms.values():
        assert arm.degradation is not None
        assert arm.degradation.hidden.n > 0


def test_of_another_trial_type_nothing_is_said_of_grades() -> None:
    report = build_report(simulated_study("same_different"))
    assert report.figures.summary.degradation is None
    assert not {"grades", "grading-observers"} & {one.key for one in sections_of(report)}
    assert "degradation" not in report.figures.as_dict()


def test_the_command_prints_the_section_from_grades_alone(tmp_path: object) -> None:
    """A table as a laboratory has it after P.910: a truth and a grade for each answer."""
    path = tmp_path / "grades.csv"  # type: ignore[operator]
    rows = [("observer", "item", "truth", "response")]
    generator = random.Random(2)
    for observer in "ABCD":
        rows += [(observer, f"t{image}", "different", str(generator.randint(2, 5))) for image in range(6)]
        rows += [(observer, f"h{image}", "same", str(generator.choice((4, 5, 5)))) for image in range(4)]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    out = io.StringIO()
    call_command("analyse", str(path), stdout=out)

    mean = np.array([[float(row[3]) for row in rows[1:] if row[0] == who and row[2] == "different"] for who in "ABCD"])
    assert ratio(mean_grade(mean)) in out.getvalue()
    assert "How each observer graded" in out.getvalue()
