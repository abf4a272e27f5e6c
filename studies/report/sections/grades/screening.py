"""How each observer graded, and whom the rule of BT.500 rejects."""

from perception.analysis.degradation.screening import OUTSIDE_SHARE, RECOMMENDED_BELOW, RULE
from perception.analysis.degradation.summary import DegradationSummary, GradingObserver
from perception.analysis.number_words import signed
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, ratio
from studies.report.sections.elements import Section, Table
from studies.report.wording import counted, listed


def grading_observers_section(summary: StudySummary, of_all: StudySummary | None = None) -> Section | None:
    """Return how each observer graded; None without grades.

    Parameters
    ----------
    summary
        The figures.
    of_all
        Those of all answers, where the protocol's rules left some out: the rule is told of all observers.
    """
    found = (of_all or summary).degradation
    if found is None:
        return None
    lead = [_rejected_text(found, is_left_out=_leaves_out(summary, found))]
    if len(found.observers) >= RECOMMENDED_BELOW:
        lead.append(
            f"The recommendation restricts its rule to fewer than {RECOMMENDED_BELOW} observers; of "
            f"{len(found.observers):,} it is told for what it is worth."
        )
    return Section(
        key="grading-observers",
        title="How each observer graded",
        lead=tuple(lead),
        tables=(_observers(found), *_both_ways(found)),
        notes=(
            f"{RULE}: of an image’s grades with kurtosis β₂ from 2 to 4 those at least 2 standard deviations from the "
            "mean are outside, of others those at least √20; an observer is rejected of whose grades more than "
            f"{100 * OUTSIDE_SHARE:g}% are outside, and about as many above as below (their difference less than 30% "
            "of their sum). The correlation is Pearson’s with the mean of all other observers over images, and no rule "
            "rests on it: where a change is hardly seen, grades hardly vary.",
        ),
    )


def _leaves_out(summary: StudySummary, of_all: DegradationSummary) -> bool:
    """Whether those whom the rule rejects are in no main figure."""
    kept = summary.degradation
    return kept is not None and not set(of_all.rejected) & set(kept.observers)


def _rejected_text(found: DegradationSummary, *, is_left_out: bool) -> str:
    if not found.rejected:
        observers = counted(len(found.observers), "observer", "observers")
        return f"The rule of Recommendation ITU-R BT.500 rejects none of {observers}."
    so = (
        "the main figures are without their answers, as the protocol says"
        if is_left_out
        else "the main figures hold their answers all the same; those without them stand below"
    )
    return f"The rule of Recommendation ITU-R BT.500 rejects {listed(found.rejected)}: {so}."


def _observers(found: DegradationSummary) -> Table:
    def line(name: str, observer: GradingObserver) -> tuple[str, ...]:
        screened = observer.screened
        return (
            name,
            str(screened.graded),
            _number(observer.test),
            _number(observer.hidden),
            str(screened.above),
            str(screened.below),
            "not defined" if screened.correlation is None else signed(screened.correlation, digits=2),
            "rejected" if screened.rejected else "kept",
        )

    return Table(
        "Grades of each observer",
        (
            *("Observer", "Graded", "Mean, perturbed", "Mean, hidden references", "Outside, above", "Outside, below"),
            *("Correlation with the others", "By the rule"),
        ),
        tuple(line(name, observer) for name, observer in found.observers.items()),
    )


def _both_ways(found: DegradationSummary) -> tuple[Table, ...]:
    """Return the main figures with and without those whom the rule rejects; nothing where it rejects nobody."""
    if found.without_rejected is None:
        return ()
    mean, difference = found.without_rejected
    rows = (
        (
            "Mean grade of perturbed images (DMOS)",
            ratio(found.test.these_observers),
            ratio(mean.these_observers),
        ),
        (
            "Perturbed images less hidden references",
            coefficient(found.difference.these_observers),
            coefficient(difference.these_observers),
        ),
    )
    return (Table("With and without those whom the rule rejects", ("Figure", "All observers", "Without"), rows),)


def _number(value: float | None) -> str:
    return "none graded" if value is None else f"{value:.2f}"
