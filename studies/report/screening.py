"""The checks of a screening, in the words of the report, which is in English whatever the language of the page."""

from perception.core.languages import in_english
from studies.models.screening.check import Check, CheckRule
from studies.models.screening.wording import what_passes
from studies.models.study import Study


def check_words(key: str) -> str:
    """Return the name of a check by its key, such as “pixel ratio”."""
    return Check(key).words


@in_english()
def screening_text(study: Study) -> tuple[str, str]:
    """Return what observers had to pass, and what became of whoever did not; nothing where there was no check."""
    parts = []
    for rule, said in (
        (CheckRule.END, "ended the session unless there was"),
        (CheckRule.LEAVE_OUT, "was recorded whether there was, and left out of the main figures who lacked it"),
        (CheckRule.RECORD, "was recorded whether there was"),
    ):
        those = [what_passes(study, check) for check in study.checks if study.rule_of(check) == rule]
        if those:
            parts.append(f"{said}: {'; '.join(those)}")
    if not parts:
        return "", ""
    return (
        f"It {'. It '.join(parts)}.",
        "Devices were judged by what the browser told; what it did not tell was not passed. Checks of sight are "
        "screenings on screens that nobody calibrated, no diagnoses. How many passed stands with the observers’ way.",
    )
