"""The main figure against chance: how far from ½ it may lie, whatever the margin of a protocol."""

from perception.analysis.detection.equivalence import BalancedAccuracy
from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.detection.yes_no import AnswerSummary
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import level, percent
from studies.report.sections.elements import LabelledText, Section

BALANCED, RIGHT = "Balanced accuracy", "Right choices"
LEANING = {
    BALANCED: "Observers who hardly ever give one of the answers are near 50% by it, whatever they see: what it "
    "excludes is not excluded of d′.",
    RIGHT: "Observers who nearly always choose the same side are near 50% by it, whatever they see: what it excludes "
    "is not excluded of d′.",
}


def chance_section(summary: StudySummary) -> Section:
    """Return what is compared with ½, and the smallest difference from it that is excluded.

    Not in the report of a study, whose protocol has a margin: there it is the test of equivalence that says this.
    """
    name, accuracy = against_chance(summary.answers)
    estimate = accuracy.estimate
    interval = f"{level(estimate)} interval: " if level(estimate) else ""
    method = "" if estimate.estimate is None else f"{interval}{estimate.method}"
    facts = [LabelledText(name, percent(estimate), method)]
    if accuracy.smallest_margin is not None:
        margin = f"more than {100 * accuracy.smallest_margin:.1f} points from chance"
        facts.append(LabelledText("Excluded", margin, "as far as the interval reaches"))
    return Section(key="chance", title="Against chance", facts=tuple(facts), notes=(LEANING[name],))


def against_chance(answers: AnswerSummary | ChoiceSummary) -> tuple[str, BalancedAccuracy]:
    """Return the name and the value of what is compared with ½."""
    if isinstance(answers, ChoiceSummary):
        return RIGHT, answers.against_chance
    return BALANCED, answers.balanced_accuracy
