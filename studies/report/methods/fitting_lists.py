"""The reporting lists that a study answers: for the observers' part, and for the classifier's."""

from studies.report.build import Report
from studies.report.methods.claim import CLAIM
from studies.report.methods.grras import GRRAS
from studies.report.methods.reporting_list import ReportingList
from studies.report.methods.stard import STARD
from studies.report.methods.stard_ai import STARD_AI


def fitting_lists(report: Report) -> list[ReportingList]:
    """Return the lists that fit the study, in the order of the report.

    That of agreement needs two observers, those of a classifier one that is here, that was named, or whose predictions
    were given.
    """
    of_agreement = [GRRAS] if report.figures.summary.answers.n_answering > 1 else []
    measured = report.attack.pairs.table is not None
    of_classifier = [STARD_AI, CLAIM] if report.attack.classifier or measured else []
    return [STARD, *of_agreement, *of_classifier]
