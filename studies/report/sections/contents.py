"""The sections of a report, in their order: for the page and the PDF alike."""

from studies.report.build import Report
from studies.report.sections.breakdowns.by_diagnosis import by_diagnosis_section
from studies.report.sections.breakdowns.items import items_section
from studies.report.sections.breakdowns.learning import learning_section
from studies.report.sections.breakdowns.response_times import response_times_section
from studies.report.sections.breakdowns.second_question import second_question_section
from studies.report.sections.detection.agreement import agreement_section
from studies.report.sections.detection.comparison import comparison_section
from studies.report.sections.detection.counts import counts_section
from studies.report.sections.detection.equivalence import equivalence_section
from studies.report.sections.detection.psychometric import psychometric_section
from studies.report.sections.detection.ratings import ratings_section
from studies.report.sections.detection.results import main_section, observers_section
from studies.report.sections.detection.signal_detection import signal_detection_section
from studies.report.sections.elements import Section
from studies.report.sections.study.attack import attack_section
from studies.report.sections.study.catch_trials import catch_trials_section
from studies.report.sections.study.design import design_section, warnings_of
from studies.report.sections.study.exclusions import exclusions_section
from studies.report.sections.study.methods import methods_section, stard_section
from studies.report.sections.study.observers_flow import flow_section
from studies.report.sections.study.versions import versions_section

__all__ = ["sections_of", "warnings_of"]


def sections_of(report: Report) -> list[Section]:
    """Return the sections that a report with answers has; what the study did not ask for has none."""
    figures, summary = report.figures, report.figures.summary
    sections = (
        main_section(summary),
        equivalence_section(summary),
        design_section(report),
        flow_section(report),
        exclusions_section(figures),
        observers_section(summary),
        counts_section(summary, left_out=figures.without_exclusions is not None),
        signal_detection_section(summary),
        ratings_section(summary),
        agreement_section(summary),
        psychometric_section(summary),
        by_diagnosis_section(summary),
        second_question_section(summary),
        response_times_section(summary, untimed=figures.display.untimed),
        learning_section(summary),
        catch_trials_section(summary),
        items_section(summary, report.study),
        comparison_section(summary),
        attack_section(report),
        methods_section(report),
        stard_section(report),
        versions_section(report),
    )
    return [section for section in sections if section is not None]
