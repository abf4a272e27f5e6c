"""Catch trials: was the observer looking?"""

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.observations import Task
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import count, percent
from studies.report.sections.elements import Section, Table
from studies.report.wording import methods_named

RIGHT: dict[Task, str] = {
    "yes_no": "“perturbed”",
    "same_different": "“different”",
    "two_afc": "the choice of the perturbed image",
}


def catch_trials_section(summary: StudySummary) -> Section | None:
    """Return how many catch trials each observer had right; None where there was none."""
    catch = summary.catch
    if catch is None:
        return None

    def line(name: str, share: Estimate) -> tuple[str, ...]:
        return name, count(share), percent(share)

    return Section(
        key="catch",
        title="Catch trials",
        lead=(
            "Plainly perturbed images, to see whether an observer was looking. They are in no other figure of this "
            "report.",
        ),
        tables=(
            Table(
                "Catch trials of each observer",
                ("Observer", "Answered rightly", "Share"),
                tuple(line(name, share) for name, share in catch.observers.items()),
                (line("Pooled", catch.pooled),),
            ),
        ),
        notes=(
            f"Right is {RIGHT[summary.task]}. Observers one by one: {methods_named(catch.observers.values())}. "
            f"Pooled: {catch.pooled.method}.",
        ),
    )
