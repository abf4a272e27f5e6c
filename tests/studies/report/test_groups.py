"""The report compares the groups of a study's observers; without groups it says nothing of them."""

import json
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from studies.answers.rows import rows_of as answer_rows
from studies.design.invitations import invite_observers
from studies.exports.answers import answers_csv, read_answers_csv
from studies.exports.preregistration import preregistration_text
from studies.models import Study
from studies.report.build import Report, build_report
from studies.report.methods.paragraph import methods_of
from studies.report.methods.stard import STARD
from studies.report.sections.contents import sections_of
from studies.report.sections.elements import Section
from studies.report.text import report_text
from studies.simulation.run import simulate_observer
from tests.shared_rows import rows_of
from tests.studies.answered import simulated_study
from tests.studies.factories import make_open_study, make_pair_set

pytestmark = pytest.mark.django_db

DERMATOLOGISTS, PRACTITIONERS = "dermatologists", "general practitioners"


def study_of_groups(trial_type: str = "yes_no", *, groups: tuple[str, ...] = (DERMATOLOGISTS, PRACTITIONERS)) -> Study:
    """Return a closed study of three simulated observers a group, the first of which see far more than the others."""
    study = make_open_study(
        trial_type=trial_type,
        pair_set=make_pair_set(n=40, size=4),
        n_perturbed=16,
        n_clean=16,
        observers=0,
        groups="\n".join(groups),
    )
    labels = [f"{group} {number}" for group in groups for number in range(3)]
    of_each = [group for group in groups for _ in range(3)]
    for place, observer in enumerate(
        invite_observers(study=study, labels=labels, groups=of_each, by=study.owner, simulated=True)
    ):
        dprime = 2.5 if observer.group == groups[0] else 0.3
        simulate_observer(observer=observer, dprime=dprime, criterion=0, seed=place)
    study.refresh_from_db()
    return study


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    with rows_of(lambda: study_of_groups().pk, django_db_blocker) as study:
        yield study


@pytest.fixture
def report(shared: int) -> Report:
    return build_report(Study.objects.get(pk=shared))


def groups_of(report: Report) -> Section:
    (section,) = [section for section in sections_of(report) if section.key == "groups"]
    return section


def test_each_group_has_its_figures_and_their_difference_is_told_with_its_interval(report: Report) -> None:
    section = groups_of(report)
    figures, differences, agreement = section.tables
    assert [row[:2] for row in figures.rows] == [(DERMATOLOGISTS, "3"), (PRACTITIONERS, "3")]
    assert figures.head[2:] == ("Sensitivity", "Specificity", "d′", "Criterion")
    apart_by = [f"{figure}, {DERMATOLOGISTS} less {PRACTITIONERS}" for figure in figures.head[2:]]
    assert [row[0] for row in differences.rows] == apart_by
    compared = report.figures.summary.observer_groups
    assert compared is not None
    (apart,) = compared.figures["dprime"].differences
    found = apart.comparison.difference
    assert found.low is not None
    assert found.low > 0
    assert f"{found.estimate:.2f} ({found.low:.2f} to" in differences.rows[2][1]
    assert [row[0] for row in agreement.rows] == [DERMATOLOGISTS, PRACTITIONERS]
    assert "All groups judged the same images." in section.lead


def test_the_plot_shows_both_groups_and_says_the_same_in_words(report: Report) -> None:
    (plot,) = groups_of(report).plots
    assert plot.svg.startswith("<svg")
    assert all(f"{name}: sensitivity" in plot.alternative for name in (DERMATOLOGISTS, PRACTITIONERS))


def test_the_methods_say_how_groups_are_compared_with_sources(report: Report) -> None:
    text = methods_of(report).text
    assert "Groups of observers are compared by the means of their observers’ figures" in text
    assert "Multireader, multimodality receiver operating characteristic curve studies" in text


def test_no_group_has_a_verdict_of_its_own_and_the_report_says_so(report: Report) -> None:
    summary = report.figures.summary
    assert summary.equivalence is not None
    assert "equivalence" not in json.dumps(summary.observer_groups and summary.observer_groups.as_dict())
    assert any("of all observers together" in note for note in groups_of(report).notes)


def test_figures_and_answers_hold_the_groups(report: Report, shared: int) -> None:
    figures = report.as_dict()["observer_groups"]
    assert list(figures["groups"]) == [DERMATOLOGISTS, PRACTITIONERS]
    rows = answer_rows(Study.objects.get(pk=shared), simulated=True)
    assert {row.group for row in rows} == {DERMATOLOGISTS, PRACTITIONERS}
    assert read_answers_csv(answers_csv(rows).encode(), source="answers.csv") == rows
    assert "Groups of observers" in report_text(report)


def test_choices_and_ratings_are_compared_too() -> None:
    for trial_type, figure in (("two_afc", "Right choices"), ("rating", "Area under the ROC curve")):
        table = groups_of(build_report(study_of_groups(trial_type))).tables[0]
        assert figure in table.head, trial_type


def test_of_three_groups_the_p_values_are_adjusted() -> None:
    section = groups_of(build_report(study_of_groups(groups=("a", "b", "c"))))
    assert section.tables[1].head[-1] == "p after Holm"
    assert section.headline == ()


def test_what_is_registered_and_the_list_of_stard_name_the_groups(report: Report) -> None:
    text = preregistration_text(report.study)
    assert f"The groups {DERMATOLOGISTS} and {PRACTITIONERS} are compared" in text
    assert "is written down before they begin" in text
    assert "by group of observers" in json.dumps([item.answer for item in STARD.answered_by(report)])


def test_without_groups_nothing_is_said_of_them() -> None:
    report = build_report(simulated_study("yes_no"))
    assert "groups" not in {section.key for section in sections_of(report)}
    assert "observer_groups" not in report.as_dict()
