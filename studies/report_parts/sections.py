"""The sections of a report, in their order: for the page and the PDF alike."""

from typing import TYPE_CHECKING

from studies.report_parts.agreement import agreement_section
from studies.report_parts.attack import attack_section
from studies.report_parts.by_diagnosis import by_diagnosis_section
from studies.report_parts.catch_trials import catch_trials_section
from studies.report_parts.comparison import comparison_section
from studies.report_parts.counts import counts_section
from studies.report_parts.design import design_section, warnings_of
from studies.report_parts.equivalence import equivalence_section
from studies.report_parts.exclusions import exclusions_section
from studies.report_parts.items import items_section
from studies.report_parts.learning import learning_section
from studies.report_parts.methods import methods_section, stard_section
from studies.report_parts.observers_flow import flow_section
from studies.report_parts.part import Section
from studies.report_parts.psychometric import psychometric_section
from studies.report_parts.ratings import ratings_section
from studies.report_parts.response_times import response_times_section
from studies.report_parts.results import main_section, observers_section
from studies.report_parts.second_question import second_question_section
from studies.report_parts.signal_detection import signal_detection_section
from studies.report_parts.versions import versions_section

if TYPE_CHECKING:
    from studies.report import Report

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
