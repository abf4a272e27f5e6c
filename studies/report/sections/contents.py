"""The sections of a report, in their order: for the page and the PDF alike."""

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from studies.report.build import Report

__all__ = ["sections_of", "warnings_of"]


def sections_of(report: "Report") -> list[Section]:
    """Return the sections that a report with answers has; what the study did not ask for has none."""
    figures = report.figures
    sections = (
        main_section(figures),
        equivalence_section(figures),
        design_section(report),
        flow_section(report),
        exclusions_section(figures),
        observers_section(figures),
        counts_section(figures),
        signal_detection_section(figures),
        ratings_section(figures),
        agreement_section(figures),
        psychometric_section(figures),
        by_diagnosis_section(figures),
        second_question_section(figures),
        response_times_section(figures),
        learning_section(figures),
        catch_trials_section(figures),
        items_section(report),
        comparison_section(figures),
        attack_section(report),
        methods_section(report),
        stard_section(report),
        versions_section(report),
    )
    return [section for section in sections if section is not None]
