"""The second question: diagnoses that were right."""

from perception.analysis.detection.right_answers import RightByTruth
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import percent, points
from studies.report.sections.count_tables import count_table
from studies.report.sections.elements import Section, Table
from studies.report.wording import WORDINGS, capitalized


def second_question_section(summary: StudySummary) -> Section | None:
    """Return how often the diagnosis was right, by what was shown; None where it was not asked for."""
    second = summary.second
    if second is None:
        return None
    shown, other = WORDINGS[summary.task].shown

    def line(name: str, shares: RightByTruth) -> tuple[str, ...]:
        first = (name, percent(shares.perturbed))
        return (*first, percent(shares.clean), points(shares.difference)) if other else first

    notes = f"Pooled: {second.pooled.perturbed.method}."
    if other:
        notes += (
            f" {capitalized(second.pooled.difference.method)}. No image was shown both ways, so that the difference is "
            "one of different images, and contains what their diagnoses differ in."
        )
    return Section(
        key="second-question",
        title="The second question: diagnoses that were right",
        tables=(
            Table(
                "Right diagnoses of each observer",
                ("Observer", shown, other, "Difference, points") if other else ("Observer", shown),
                tuple(line(name, shares) for name, shares in second.observers.items()),
                (line("Pooled", second.pooled),),
            ),
        ),
        count_tables=(
            count_table(
                "Observer",
                (shown, other) if other else (shown,),
                [(name, _shares(of, both=bool(other))) for name, of in second.observers.items()],
                _shares(second.pooled, both=bool(other)),
            ),
        ),
        notes=(notes,),
    )


def _shares(of: RightByTruth, *, both: bool) -> tuple[Estimate, ...]:
    """Return the shares by what was shown; of choices between two images, where the signal is in every trial, one."""
    return (of.perturbed, of.clean) if both else (of.perturbed,)
