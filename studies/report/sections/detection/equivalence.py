"""Is the change undetectable? The claim of equivalence, in words and with its tests."""

from perception.analysis.detection.equivalence import Equivalence
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import level, p_value, percent
from studies.report.sections.elements import Section, Table
from studies.report.wording import capitalized

ANSWERS = {True: "yes", False: "not shown", None: "cannot be told"}


def equivalence_section(summary: StudySummary, *, in_protocol: bool = True) -> Section | None:
    """Return the verdict within the margin, for these observers and for others; None without a margin.

    Parameters
    ----------
    summary
        The figures.
    in_protocol
        Whether a protocol fixed the margin.
    """
    verdict = summary.equivalence
    if verdict is None:
        return None
    rows = [_line("These observers", verdict.these_observers)]
    if verdict.observers_random:
        rows.append(_line("Observers like these", verdict.observers_random))
    margin = f"{100 * verdict.these_observers.margin:g}"
    fixed = " that the protocol fixed before the study opened" if in_protocol else ""
    head = ("For", capitalized(verdict.measure), "Level", "Larger p", f"Within ±{margin} points", "Method")
    return Section(
        key="undetectable",
        title="Is the change undetectable?",
        lead=(verdict.in_words,),
        tables=(Table("Tests of equivalence", head, tuple(rows), prose=True),),
        notes=(
            f"Two one-sided tests at 5% (Schuirmann 1987), with the margin of {margin} percentage points{fixed}. That "
            "no difference from chance was found would not be evidence that there is none.",
        ),
    )


def _line(name: str, test: Equivalence) -> tuple[str, ...]:
    share = test.balanced_accuracy
    larger_p = "" if test.p is None else f"p {p_value(test.p)}"
    return name, percent(share), level(share), larger_p, ANSWERS[test.undetectable], share.method
