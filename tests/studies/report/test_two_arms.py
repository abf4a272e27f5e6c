"""Two arms in a report: its section, its methods, and its tables for a paper say what the figures are."""

from dataclasses import replace

import numpy as np
import pytest

from perception.analysis.observations import Observations, Task
from perception.analysis.study_summary import StudySummary, summarise_study
from studies.exports.tables.result_tables import result_tables
from studies.report.methods.paragraph import named_methods
from studies.report.methods.sentences import SENTENCES
from studies.report.sections.detection.attacks import attacks_section
from studies.report.sections.detection.two_arms import two_arms_section
from studies.report.sections.elements import Section
from studies.report.wording import ATTACK
from tests.analysis.two_arms.test_summary import crossed
from tests.analysis.written_json import written_json

TASKS: list[Task] = ["yes_no", "same_different", "two_afc"]


def section_of(series: Observations) -> Section:
    summary = summarise_study(series)
    section = two_arms_section(summary.two_arms, summary.task, arm=ATTACK)
    assert section is not None
    return section


def answered(*, arms: int = 2) -> StudySummary:
    return summarise_study(crossed(arms=arms))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("arms", [2, 3])
def test_every_table_is_as_wide_as_its_head(task: Task, arms: int) -> None:
    section = section_of(replace(crossed(arms=arms), task=task))

    assert section.tables
    for table in section.tables:
        assert {len(row) for row in table.rows} == {len(table.head)}, table.label


def test_the_figures_are_those_of_the_analysis() -> None:
    (compared,) = answered().two_arms
    found = compared.merits["sensitivity"].main
    assert found.difference.estimate is not None
    assert found.freedom is not None

    section = section_of(crossed())

    headline = {fact.name: fact for fact in section.headline}["Sensitivity, FGSM less PGD"]
    assert headline.text.startswith(f"{100 * found.difference.estimate:.1f}".replace("-", "−"))
    assert headline.note == f"percentage points; F(1, {found.freedom:.1f}) = {found.statistic:.2f}, p = {found.p:.2g}"
    assert section.lead == ("4 observers judged both attacks: 22 images in each, the same ones.",)
    assert [row[0] for row in section.tables[0].rows] == [
        *("Sensitivity", "Specificity", "Balanced accuracy", "Area under the ROC curve"),
    ]
    components = {row[0]: row[1] for row in section.tables[2].rows}
    assert [table.head[0] for table in section.tables] == [
        *("Figure", "FGSM less PGD", "FGSM against PGD", "Observer", "Observer", "Observer", "Observer"),
    ]
    assert section.tables[3].head[1:3] == ("Sensitivity, FGSM", "Sensitivity, PGD")
    assert compared.merits["sensitivity"].components is not None
    assert components["Variance of the error"] == f"{compared.merits['sensitivity'].components.errors.variance:.6f}"


def test_who_is_left_out_and_which_images_there_are_is_said() -> None:
    series = crossed()
    assert series.arm is not None
    assert series.image is not None
    some = series.of(((series.observer != 2) | (series.arm == 0)) & ((series.image > 3) | (series.arm == 0)))

    lead = section_of(some).lead

    assert lead == (
        "3 observers judged both attacks: 22 images of FGSM and 18 of PGD, of which 18 are in both.",
        "Cleo judged one of the attacks alone and is in no figure of this comparison.",
    )
    others = replace(series, image=series.image + 100 * (series.arm == 1))
    assert section_of(others).lead[0].endswith("22 images of FGSM and 22 others of PGD.")


def test_nobody_in_both_arms_is_said() -> None:
    series = crossed()
    section = section_of(series.of((series.observer < 2) == (series.arm == 0)))

    assert section.lead == ("FGSM against PGD: no observer judged both attacks, so that they are not compared.",)
    assert (section.tables, section.headline, section.notes) == ((), (), ())


def test_a_figure_without_an_interval_says_why() -> None:
    series = crossed()

    section = section_of(series.of(~series.truth | (series.image == 0)))

    assert "no interval from a single image" in section.headline[0].note


def test_several_pairs_have_adjusted_p_values_and_say_so() -> None:
    section = section_of(crossed(arms=3))

    assert section.title == "Two attacks at a time"
    assert section.tables[0].head[-1] == "p after Holm"
    assert "Holm 1979" in section.notes[0]
    assert len([table for table in section.tables if table.head[-1] == "p after Holm"]) == 3


@pytest.mark.parametrize("observers", [1, 2, 4])
def test_every_method_has_a_sentence(observers: int) -> None:
    series = crossed()
    methods = set(named_methods(summarise_study(series.of(series.observer < observers)).two_arms))

    assert any(method.startswith("paired difference, ") for method in methods)
    without = {method for method in methods if not any(sentence.fits(method) for sentence in SENTENCES)}
    assert {method for method in without if not method.startswith("no interval")} == set()


def test_a_paper_has_the_first_table() -> None:
    *_, table = result_tables(answered(), simulated=False)

    assert (table.name, table.caption) == ("two-attacks", "Two attacks: FGSM against PGD")
    assert table.rows == section_of(crossed()).tables[0].rows
    assert {len(row) for row in table.rows} == {len(table.header)}
    three = [table.name for table in result_tables(answered(arms=3), simulated=False)]
    assert three[6:] == ["two-attacks-1", "two-attacks-2", "two-attacks-3"]


def test_without_arms_there_is_no_section() -> None:
    summary = summarise_study(replace(crossed(), arm=None, image=None))

    assert two_arms_section(summary.two_arms, summary.task, arm=ATTACK) is None
    assert summary.as_dict()["two_arms"] is None
    assert len(result_tables(summary, simulated=False)) == 2


def test_the_figures_of_a_comparison_are_json() -> None:
    (told,) = written_json(answered())["two_arms"]

    assert told["arms"] == ["FGSM", "PGD"]
    assert set(told["figures"]["roc_area"]) == {
        *("arms", "observers_random", "jackknife", "these_observers", "these_images", "components", "observers"),
        "p_adjusted",
    }
    assert told["figures"]["roc_area"]["these_observers"]["freedom"] is None
    assert np.isfinite(told["figures"]["roc_area"]["observers_random"]["freedom"])


def test_a_figure_without_an_interval_beside_others_says_why() -> None:
    """Everybody notices every image of FGSM: what is estimated of it has no standard error, that of PGD has one."""
    series = crossed()
    assert series.arm is not None
    response = np.where(series.truth & (series.arm == 0), 1, series.response).astype(np.int8)
    all_noticed = replace(series, response=response)
    summary = summarise_study(all_noticed, margin=0.05)

    beside = " ".join(attacks_section(summary, {"FGSM": (8.0,), "PGD": (8.0,)}, silent=()).notes)
    compared = section_of(all_noticed).notes

    assert "No interval of FGSM, " in beside
    assert "No interval of PGD" not in beside
    assert any("No interval of Sensitivity, FGSM" in note for note in compared)
