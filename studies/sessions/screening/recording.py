"""What came of a check is stored, and ends the session where the study says so. To be called in a transaction."""

from collections.abc import Iterable

from django.utils import timezone

from studies.models.screening.check import CheckRule
from studies.models.screening.result import ScreeningResult
from studies.models.session import Session
from studies.models.study import Study
from studies.sessions.ending import screen_out
from studies.sessions.screening.device import judge_device
from studies.sessions.screening.finding import Finding


def screen_device(session: Session, study: Study) -> None:
    """Judge the device by what the browser told with the consent. A simulated observer has none."""
    if not session.observer.is_simulated:
        record_findings(session, study, judge_device(study, session.display))


def record_findings(session: Session, study: Study, findings: Iterable[Finding]) -> None:
    """Store what came of checks; the first one that was not passed, and that ends the session, ends it.

    What could not be measured was not passed. All findings are stored, also those after the one that ends it.
    """
    findings = list(findings)
    now = timezone.now()
    ScreeningResult.objects.bulk_create(
        ScreeningResult(
            session=session, check_key=finding.check, passed=finding.passed, measured=finding.measured, at=now
        )
        for finding in findings
    )
    for finding in findings:
        if not finding.passed and study.rule_of(finding.check) == CheckRule.END:
            screen_out(session=session, check=finding.check)
            return
