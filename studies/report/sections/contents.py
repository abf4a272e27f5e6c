"""The sections of a report, in their order: for the page, the PDF and the terminal alike."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from perception.analysis.study_summary import StudySummary
from studies.models.pair_sets.attack_arms import figure_by_protocol
from studies.report.build import Report
from studies.report.sections.breakdowns.by_diagnosis import by_diagnosis_section
from studies.report.sections.breakdowns.items import item_tables_section, items_section
from studies.report.sections.breakdowns.learning import learning_section
from studies.report.sections.breakdowns.response_times import (
    AS_GIVEN,
    BY_THE_MODEL,
    FROM_THE_PAINT,
    response_times_section,
)
from studies.report.sections.breakdowns.second_question import second_question_section
from studies.report.sections.detection.adaptive import adaptive_section, with_bias_of_choice
from studies.report.sections.detection.agreement import agreement_section
from studies.report.sections.detection.attacks import attacks_section, differences_section
from studies.report.sections.detection.chance import chance_section
from studies.report.sections.detection.comparison import comparison_section
from studies.report.sections.detection.counts import counts_section
from studies.report.sections.detection.equivalence import equivalence_section
from studies.report.sections.detection.groups import groups_section
from studies.report.sections.detection.psychometric import psychometric_section
from studies.report.sections.detection.ratings import ratings_section
from studies.report.sections.detection.results import answered_section, main_section, observers_section, rated_section
from studies.report.sections.detection.signal_detection import signal_detection_section
from studies.report.sections.detection.two_arms import two_arms_section
from studies.report.sections.detection.visibility import visibility_section
from studies.report.sections.detection.within_observers import within_observers_section
from studies.report.sections.elements import LabelledText, Section
from studies.report.sections.grades.mean_grades import mean_grades_section
from studies.report.sections.grades.screening import grading_observers_section
from studies.report.sections.head import head_of
from studies.report.sections.localization.marked_places import marked_places_section
from studies.report.sections.reasons import with_reasons_below
from studies.report.sections.study.attack import attack_sections
from studies.report.sections.study.catch_trials import catch_trials_section
from studies.report.sections.study.design import design_section, warnings_of
from studies.report.sections.study.exclusions import exclusions_section
from studies.report.sections.study.methods import list_sections, methods_section
from studies.report.sections.study.observers_flow import flow_section
from studies.report.sections.study.publication import publication_section
from studies.report.sections.study.versions import versions_section
from studies.report.wording import ARM, masks_text

__all__ = ["answer_sections", "arms_sections", "notices_of", "sections_of", "warnings_of"]

NOTHING_TO_ANALYSE = "There is nothing to analyse; this is what was asked, and of whom."


def sections_of(report: Report) -> list[Section]:
    """Return the sections that a report has; what the study did not ask for has none.

    Without any answer: what was asked, of whom, and with which attack.
    """
    if not report.rows:
        told = (publication_section(report),)
        return [
            design_section(report),
            flow_section(report),
            *attack_sections(report),
            *(section for section in told if section is not None),
            versions_section(report),
        ]
    figures, summary = report.figures, report.figures.summary
    left_out, untimed = figures.without_exclusions is not None, figures.display.untimed
    sections = (
        *_beside_the_head(
            report,
            [
                adaptive_section(figures.adaptive),
                *(_results_of_attacks(report) if summary.arms else _results(report)),
            ],
        ),
        design_section(report),
        flow_section(report),
        exclusions_section(figures),
        *(_breakdowns_of_attacks if summary.arms else _breakdowns)(
            summary, left_out=left_out, untimed=untimed, measured=BY_THE_MODEL if report.simulated else FROM_THE_PAINT
        ),
        *_of_all_attacks(summary, [grading_observers_section(summary, figures.without_exclusions)]),
        *_of_all_attacks(
            summary, [within_observers_section(figures.within_observers), items_section(summary, report.study)]
        ),
        *([] if summary.arms else [comparison_section(summary)]),
        *attack_sections(report),
        methods_section(report),
        *list_sections(report),
        publication_section(report),
        versions_section(report),
    )
    there = [section for section in sections if section is not None]
    if figures.adaptive is not None:
        there = [with_bias_of_choice(section) for section in there]
    return [with_reasons_below(section) for section in there]


def _beside_the_head(report: Report, sections: Iterable[Section | None]) -> Iterator[Section | None]:
    """Take out of the large figures those that stand in the report's head already."""
    in_head = {figure.name for figure in head_of(report).figures}
    for section in sections:
        if section is None:
            yield None
        else:
            yield replace(section, headline=tuple(fact for fact in section.headline if fact.name not in in_head))


def _results(report: Report) -> list[Section | None]:
    summary = report.figures.summary
    return [
        mean_grades_section(summary),
        marked_places_section(summary, masks=masks_text(report.study)),
        main_section(summary, silent=report.figures.silent),
        equivalence_section(summary),
        groups_section(summary),
        two_arms_section(summary.two_arms, summary.task, arm=ARM),
    ]


def _results_of_attacks(report: Report) -> list[Section | None]:
    """Return the main figures of each attack, the verdicts on each, and how they differ."""
    summary = report.figures.summary
    strengths = {facts.arm: tuple(one.strength for one in facts.each) for facts in report.attacks}
    return [
        attacks_section(summary, strengths, silent=report.figures.silent),
        # The positive control is the last arm: the others keep their numbers.
        *_each_arm(replace(summary, arms=summary.arms_judged), lambda of_arm: [equivalence_section(of_arm)]),
        differences_section(summary, strengths, figure_by_protocol(report.study.protocol or {})),
    ]


def answer_sections(summary: StudySummary) -> list[Section]:
    """Return the sections of answers alone, of which no study is known; of ratings alone that of their areas."""
    if summary.ratings_alone:
        return [section for section in (rated_section(summary), ratings_section(summary)) if section is not None]
    sections = (
        answered_section(summary),
        mean_grades_section(summary),
        marked_places_section(summary),
        main_section(summary),
        equivalence_section(summary, in_protocol=False),
        chance_section(summary),
        *_breakdowns(summary),
        grading_observers_section(summary),
        item_tables_section(summary),
        comparison_section(summary),
    )
    return [section for section in sections if section is not None]


def arms_sections(summary: StudySummary) -> list[Section]:
    """Return the comparison of the arms, and then what follows from the answers of each alone, under its name."""
    compared = two_arms_section(summary.two_arms, summary.task, arm=ARM)
    return [*([compared] if compared else []), *_each_arm(summary, answer_sections)]


def _each_arm(summary: StudySummary, sections: Callable[[StudySummary], Iterable[Section | None]]) -> list[Section]:
    """Return sections of the answers of each arm alone, under its name."""
    return [
        replace(section, key=f"{section.key}-{number}", title=f"{name}: {section.title}")
        for number, (name, of_arm) in enumerate(summary.arms.items(), start=1)
        for section in sections(of_arm)
        if section is not None
    ]


def notices_of(report: Report) -> list[LabelledText]:
    """Return what is to be known before any figure is read; of a report without answers that it has none."""
    return [*warnings_of(report), *(() if report.rows else (_no_answers(report),))]


def _no_answers(report: Report) -> LabelledText:
    erased = report.flow.erased and not report.flow.finished
    return LabelledText("Nobody’s answers are left." if erased else "No finished session.", NOTHING_TO_ANALYSE)


def _breakdowns(
    summary: StudySummary, *, left_out: bool = False, untimed: int = 0, measured: str = AS_GIVEN
) -> list[Section | None]:
    """Return what follows from the answers beside the main figures; as for `counts_section`, `response_times_section`.

    None: the study did not ask for it.
    """
    return [
        observers_section(summary),
        counts_section(summary, left_out=left_out),
        signal_detection_section(summary),
        ratings_section(summary),
        agreement_section(summary),
        psychometric_section(summary),
        visibility_section(summary),
        by_diagnosis_section(summary),
        second_question_section(summary),
        response_times_section(summary, untimed=untimed, measured=measured),
        learning_section(summary),
        catch_trials_section(summary),
    ]


def _breakdowns_of_attacks(
    summary: StudySummary, *, left_out: bool, untimed: int, measured: str
) -> list[Section | None]:
    """Return the same of several attacks: of each alone what tells how it was seen, of all together the rest."""

    def of_one(of_arm: StudySummary) -> list[Section | None]:
        return [
            mean_grades_section(of_arm),
            marked_places_section(of_arm),
            main_section(of_arm),
            groups_section(of_arm),
            observers_section(of_arm),
            counts_section(of_arm, left_out=left_out),
            signal_detection_section(of_arm),
            ratings_section(of_arm),
            psychometric_section(of_arm),
            by_diagnosis_section(of_arm),
            second_question_section(of_arm),
            comparison_section(of_arm),
        ]

    together = [
        visibility_section(summary),
        agreement_section(summary),
        response_times_section(summary, untimed=untimed, measured=measured),
        learning_section(summary),
        catch_trials_section(summary),
    ]
    return [*_each_arm(summary, of_one), *_of_all_attacks(summary, together)]


def _of_all_attacks(summary: StudySummary, sections: Iterable[Section | None]) -> list[Section | None]:
    """Return sections, those of a study of several attacks with a note that they are of all attacks together."""
    if not summary.arms:
        return list(sections)
    return [
        None if section is None else replace(section, notes=("All attacks together.", *section.notes))
        for section in sections
    ]
