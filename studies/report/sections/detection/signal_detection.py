"""d′ and criterion: seeing told from saying."""

from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.detection.group_d_prime import GroupDPrime
from perception.analysis.detection.verdict import LEVEL as VERDICT_LEVEL
from perception.analysis.detection.verdict import Verdict
from perception.analysis.detection.yes_no import AnswerSummary
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, points
from studies.report.sections.elements import Section, Table
from studies.report.wording import WORDINGS, methods_named

NOT_THE_MEAN = (
    "d′ of all is not the mean of those above: it adds 0.4 to each count, not ½, by which the mean of many observers "
    "would be drawn to 0."
)
KEY, TITLE, LABEL = "d-prime", "Sensitivity index d′, and leaning", "d′ of each observer"


def signal_detection_section(summary: StudySummary) -> Section:
    """Return d′ of each observer and of all, and how each leans."""
    levels = _levels(summary)
    if isinstance(summary.answers, ChoiceSummary):
        return _of_choices(summary.answers, levels)
    return _of_detection(summary.answers, levels, signal=WORDINGS[summary.task].said[0])


def _of_choices(answers: ChoiceSummary, levels: tuple[str, ...]) -> Section:
    each = answers.observers.values()
    rows = tuple(
        (
            name,
            coefficient(observer.figures.d_prime),
            coefficient(observer.d_prime_without_leaning),
            points(observer.figures.side_difference),
        )
        for name, observer in answers.observers.items()
    )
    pooled = answers.pooled
    foot = (
        ("Pooled", coefficient(pooled.d_prime), "", points(pooled.side_difference)),
        *((name, "", coefficient(group.estimate), "") for name, group in _groups(answers)),
    )
    head = ("Observer", "d′ of the share right", "d′ without the leaning", "Leaning to the first, points")
    return Section(
        key=KEY,
        title=TITLE,
        lead=(
            "A d′ of 0 is guessing. The leaning is the share of right choices where the perturbed image stood first, "
            "less that where it stood second: 0 is no leaning.",
            "The d′ of the share right is √2 z(share right), which a leaning to one side lowers. The d′ without the "
            "leaning is (z(H) − z(F))/√2 of the shares of “first” where the perturbed image stood first (H) and where "
            "it stood second (F): without a leaning both are the same. The verdict rests on the latter.",
        ),
        tables=(Table(LABEL, head, rows, foot),),
        notes=(
            f"d′ of the share right: {methods_named(one.figures.d_prime for one in each)}; pooled: "
            f"{pooled.d_prime.method}. d′ without the leaning: "
            f"{methods_named(one.d_prime_without_leaning for one in each)}; of all: {_methods_of_groups(answers)}. "
            f"Leaning: {methods_named(one.figures.side_difference for one in each)}.",
            *levels,
        ),
    )


def _of_detection(answers: AnswerSummary, levels: tuple[str, ...], *, signal: str) -> Section:
    rows = tuple(
        (name, coefficient(observer.signal.d_prime), coefficient(observer.signal.criterion))
        for name, observer in answers.observers.items()
    )
    d_primes = methods_named(observer.signal.d_prime for observer in answers.observers.values())
    foot = tuple((name, coefficient(group.estimate), "") for name, group in _groups(answers))
    other = (NOT_THE_MEAN,) if any(group.estimate.estimate is not None for _, group in _groups(answers)) else ()
    return Section(
        key=KEY,
        title=TITLE,
        lead=(f"A d′ of 0 is guessing, whatever somebody leans to; a criterion below 0 leans to “{signal}”.",),
        tables=(Table(LABEL, ("Observer", "d′", "Criterion"), rows, foot),),
        notes=(f"d′ and criterion: {d_primes}. d′ of all: {_methods_of_groups(answers)}.", *other, *levels),
    )


def _groups(answers: AnswerSummary | ChoiceSummary) -> list[tuple[str, GroupDPrime]]:
    """Return d′ of these observers, and of observers like these where there are enough."""
    groups = [("All, these observers", answers.group_d_prime)]
    if answers.group_d_prime_random is not None:
        groups.append(("All, for other observers too", answers.group_d_prime_random))
    return groups


def _methods_of_groups(answers: AnswerSummary | ChoiceSummary) -> str:
    return methods_named(group.estimate for _, group in _groups(answers))


def _levels(summary: StudySummary) -> tuple[str, ...]:
    """Return that the verdict's intervals are of another level; nothing without a verdict on d′."""
    if not isinstance(summary.equivalence, Verdict):
        return ()
    return (
        f"The intervals of this table are of {100 * summary.answers.level:g}%, those of the verdict of "
        f"{100 * VERDICT_LEVEL:g}%, as belongs to two one-sided tests at 5%.",
    )
