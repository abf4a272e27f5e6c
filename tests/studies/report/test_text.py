"""The report as plain text: the cells of the page in columns, nothing wider than a terminal."""

import io

import pytest
from django.core.management import call_command

from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.study_summary import StudySummary, summarise_study
from studies.data_protection.erasure import erase_person
from studies.design.lifecycle import close_study
from studies.models import Study
from studies.report.build import build_report
from studies.report.sections.contents import answer_sections, sections_of
from studies.report.sections.elements import FlowStep, LabelledText, Plot, Section, Table
from studies.report.text import UNBROKEN, WIDTH, plain_text, report_text
from studies.trial_types import TRIAL_TYPES
from tests.studies.factories import answer_trials, begin_trials, make_open_study
from tests.studies.report.conftest import AnsweredStudies
from tests.studies.report.test_head import observed

LONG = "a sentence that is much too long for the column that it is to stand in, and is broken there"


def never() -> str:
    raise AssertionError("no plot is drawn for the terminal")


def without_breaks(text: str) -> str:
    return " ".join(text.split())


def summary_of(study: Study) -> StudySummary:
    return build_report(study).figures.summary


@pytest.mark.django_db
@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_it_holds_every_figure_and_text_of_the_sections(trial_type: str, answered: AnsweredStudies) -> None:
    report = build_report(answered.with_everything(trial_type))

    text = report_text(report)

    assert max(map(len, text.splitlines())) <= WIDTH
    whole = without_breaks(text)
    for section in sections_of(report):
        assert f"{section.title}\n{'=' * len(section.title)}\n" in text
        assert all(without_breaks(paragraph) in whole for paragraph in (*section.lead, *section.notes))
        for table in (*section.tables, *section.small_tables, *section.count_tables):
            cells = [cell for row in (*table.rows, *table.foot) for cell in row]
            assert [cell for cell in cells if len(cell) <= UNBROKEN and cell not in text] == []
            words = {word for cell in cells for word in cell.split()}
            assert [word for word in words if word not in text] == []
        for fact in (*section.headline, *section.facts):
            assert all(word in text for word in f"{fact.name} {fact.text} {fact.note}".split())


@pytest.mark.django_db
@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_answers_alone_have_the_same_sections_but_those_of_the_study(
    trial_type: str, answered: AnsweredStudies
) -> None:
    report = build_report(answered.with_everything(trial_type))

    alone = {section.key for section in answer_sections(report.figures.summary)}

    of_study = {"how", "flow", "exclusions", "attack", "methods", "stard", "grras", "stard-ai", "claim", "versions"}
    assert alone - {"answers", "chance"} == {section.key for section in sections_of(report)} - of_study


@pytest.mark.django_db
def test_answers_alone_say_what_they_exclude_and_name_no_protocol(answered: AnsweredStudies) -> None:
    summary = summary_of(answered.with_everything("yes_no"))

    text = without_breaks(plain_text(answer_sections(summary)))

    assert "3 observers, 10 images, 0 missing answers. Intervals are 95% intervals" in text
    assert "Against chance" in text
    assert "whatever they see" in text
    assert "protocol" not in text
    told = summarise_study(observed(hits=60, false_alarms=40))
    assert "points from chance" in without_breaks(plain_text(answer_sections(told)))


@pytest.mark.django_db
def test_the_command_prints_it_with_its_warnings(answered: AnsweredStudies) -> None:
    study = answered.with_everything("yes_no")
    out = io.StringIO()

    call_command("study_report", str(study.pk), "--format", "text", stdout=out)

    assert out.getvalue().splitlines()[0] == study.title
    assert "Simulated observers." in out.getvalue()
    assert out.getvalue() == f"{report_text(build_report(study))}\n"


@pytest.mark.django_db
def test_without_answers_it_says_so_and_what_was_asked() -> None:
    study = make_open_study()
    study = close_study(study=study, by=study.owner)

    text = report_text(build_report(study))

    assert "No finished session." in text
    assert "What was asked, and under which protocol" in text
    assert "Main results" not in text


@pytest.mark.django_db
def test_where_all_who_finished_were_erased_it_is_not_said_that_nobody_finished() -> None:
    study = make_open_study(n_perturbed=2, n_clean=2)
    answer_trials(begin_trials(study.observers.get()))  # the study closes by itself
    study.refresh_from_db()
    erase_person(observer=study.observers.get(), by=study.owner, reason="asked for it")

    text = report_text(build_report(study))

    assert "Nobody’s answers are left. There is nothing to analyse" in text
    assert "No finished session" not in text


def test_columns_are_as_wide_as_their_cells_and_the_foot_stands_apart() -> None:
    table = Table("Shares", ("Observer", "Share"), (("A", "58.3% (45.9–70.8)"), ("B", "")), (("Pooled", "50.0%"),))

    assert plain_text([Section("shares", "Shares", tables=(table,))]).splitlines() == [
        "Shares",
        "======",
        "",
        "Observer  Share",
        "--------  -----------------",
        "A         58.3% (45.9–70.8)",
        "B",
        "--------  -----------------",
        "Pooled    50.0%",
    ]


def test_sentences_are_broken_and_figures_are_not() -> None:
    table = Table("T", ("Figure", "Value", "Method"), (("kappa", "−0.22 (−0.49 to 0.04)", f"{LONG} {LONG}"),))

    lines = plain_text([Section("t", "Title", tables=(table,))]).splitlines()

    assert max(map(len, lines)) <= WIDTH
    (first, *more) = lines[6:]
    assert first.startswith("kappa   −0.22 (−0.49 to 0.04)  a sentence that")
    assert all(line.startswith(" " * 31) for line in more)
    assert without_breaks(" ".join(lines)).endswith(f"{LONG} {LONG}")


def test_a_table_that_is_too_wide_is_set_line_by_line() -> None:
    head = ("Observer", *(f"Column {number}" for number in range(1, 7)))
    table = Table("Wide", head, (("A", *["58.3% (45.9–70.8)"] * 5, ""),))

    assert plain_text([Section("wide", "Wide", tables=(table,))]).splitlines()[3:] == [
        "A",
        *(f"  Column {number}  58.3% (45.9–70.8)" for number in range(1, 6)),
    ]


def test_a_column_without_any_cell_is_left_out() -> None:
    table = Table("Images", ("Image", "Diagnosis", "Called so"), (("img01", "", "2 of 2"), ("img02", "", "")))

    assert plain_text([Section("images", "Images", tables=(table,))]).splitlines()[3:] == [
        "Image  Called so",
        "-----  ---------",
        "img01  2 of 2",
        "img02",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("trial_type", ["yes_no", "two_afc"])
def test_the_counts_behind_the_shares_are_told(trial_type: str, answered: AnsweredStudies) -> None:
    summary = summary_of(answered.with_everything(trial_type))
    assert summary.learning is not None
    assert summary.by_diagnosis is not None
    assert summary.second is not None
    shares = [
        *summary.learning.pooled.thirds,
        *(of.sensitivity for of in summary.by_diagnosis.values()),
        summary.second.pooled.perturbed,
    ]
    if isinstance(summary.answers, ChoiceSummary):
        shares += [observer.figures.said_first for observer in summary.answers.observers.values()]

    tables = [table for section in answer_sections(summary) for table in section.count_tables]

    cells = [cell for table in tables for line in (*table.rows, *table.foot) for cell in line]
    assert all(f"{share.k} of {share.n}" in cells for share in shares)
    text = plain_text(answer_sections(summary))
    assert text.count("The answers behind the shares\n") == len(tables) == (4 if trial_type == "two_afc" else 3)


def test_small_tables_stand_beside_one_another() -> None:
    tables = tuple(Table(name, ("Shown", "Called so"), (("Perturbed", "7"),)) for name in "AB")

    assert plain_text([Section("counts", "Counts", small_tables=tables)]).splitlines()[3:] == [
        "A                       B",
        "Shown      Called so    Shown      Called so",
        "---------  ---------    ---------  ---------",
        "Perturbed  7            Perturbed  7",
    ]


def test_the_other_parts_and_no_plot() -> None:
    section = Section(
        key="all",
        title="All",
        lead=("First.",),
        headline=(LabelledText("Sensitivity", "58.3%", "perturbed images called perturbed"), LabelledText("d′", "0")),
        flow=(FlowStep("Invited", 5, (LabelledText("never began", "1"),)), FlowStep("Began", 4)),
        plots=(Plot(never, "A plot."),),
        facts=(LabelledText("Question", "Which?"),),
        listed=("One.", LONG),
        notes=("Last.",),
        to_copy="Not for the terminal.",
    )

    assert plain_text([section]).split("\n\n") == [
        "All\n===",
        "First.",
        "Sensitivity  58.3%  perturbed images called perturbed\nd′           0",
        "Invited  5  1 never began\nBegan    4",
        "Question  Which?",
        f"1.  One.\n2.  {LONG}",
        "Last.",
    ]


def test_notes_that_have_no_room_beside_their_texts_stand_below_them() -> None:
    facts = (LabelledText("Protocol", "f" * 70, "Fixed when the study opened."), LabelledText("Margin", "5 points"))

    lines = plain_text([Section(key="how", title="How", facts=facts)]).splitlines()

    assert lines[3:] == [f"Protocol  {'f' * 70}", "          Fixed when the study opened.", "Margin    5 points"]
