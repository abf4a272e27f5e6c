"""d′ and criterion: seeing told from saying."""

from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.detection.yes_no import AnswerSummary
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, points
from studies.report.sections.elements import Section, Table
from studies.report.wording import methods_named

KEY, TITLE, LABEL = "d-prime", "Sensitivity index d′, and leaning", "d′ of each observer"


def signal_detection_section(summary: StudySummary) -> Section:
    """Return d′ of each observer, and how each leans; of choices between two images also pooled."""
    if isinstance(summary.answers, ChoiceSummary):
        return _of_choices(summary.answers)
    return _of_detection(summary.answers, signal="different" if summary.task == "same_different" else "perturbed")


def _of_choices(answers: ChoiceSummary) -> Section:
    single = {name: observer.figures for name, observer in answers.observers.items()}
    d_primes = methods_named(figures.d_prime for figures in single.values())
    leanings = methods_named(figures.side_difference for figures in single.values())
    rows = [
        (name, coefficient(figures.d_prime), points(figures.side_difference))
        for name, figures in (*single.items(), ("Pooled", answers.pooled))
    ]
    return Section(
        key=KEY,
        title=TITLE,
        lead=(
            "A d′ of 0 is guessing. The leaning is the share of right choices where the perturbed image stood first, "
            "less that where it stood second: 0 is no leaning.",
        ),
        tables=(Table(LABEL, ("Observer", "d′", "Leaning to the first, points"), tuple(rows[:-1]), tuple(rows[-1:])),),
        notes=(f"d′: {d_primes}. Leaning: {leanings}. Pooled d′: {answers.pooled.d_prime.method}.",),
    )


def _of_detection(answers: AnswerSummary, *, signal: str) -> Section:
    rows = tuple(
        (name, coefficient(observer.signal.d_prime), coefficient(observer.signal.criterion))
        for name, observer in answers.observers.items()
    )
    d_primes = methods_named(observer.signal.d_prime for observer in answers.observers.values())
    groups = [("All, these observers", answers.group_d_prime)]
    if answers.group_d_prime_random is not None:
        groups.append(("All, for other observers too", answers.group_d_prime_random))
    foot = tuple((name, coefficient(group.estimate), "") for name, group in groups)
    of_groups = methods_named(group.estimate for _, group in groups)
    return Section(
        key=KEY,
        title=TITLE,
        lead=(f"A d′ of 0 is guessing, whatever somebody leans to; a criterion below 0 leans to “{signal}”.",),
        tables=(Table(LABEL, ("Observer", "d′", "Criterion"), rows, foot),),
        notes=(f"d′ and criterion: {d_primes}. d′ of all: {of_groups}.",),
    )
