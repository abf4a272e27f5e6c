"""What a study needs of a device, as its first page says it before anybody consents."""

from dataclasses import dataclass

from studies.models.screening.check import DEVICE_CHECKS, Check, CheckRule
from studies.models.screening.wording import what_passes
from studies.models.study import Study


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a device is checked for.

    Attributes
    ----------
    check
        Which check it is.
    text
        What is needed, without a full stop.
    ends
        Whether the session ends where it is lacking.
    """

    check: Check
    text: str
    ends: bool


def needs_of_device(study: Study) -> list[Need]:
    """Return what a study checks a device for, in the language of the page."""
    return [
        Need(check, what_passes(study, check), study.rule_of(check) == CheckRule.END)
        for check in study.checks
        if check in DEVICE_CHECKS
    ]
