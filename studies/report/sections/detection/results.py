"""The main figures: set large, and one line an observer, with the counts behind them."""

from collections.abc import Sequence
from functools import partial

from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.detection.yes_no import AnswerSummary, Counts, Pair
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, count, level, percent, points
from studies.report.plots.shares import MOST_IN_WORDS, MOST_PLOTTED, Group, shares_plot
from studies.report.sections.count_tables import count_table
from studies.report.sections.elements import LabelledText, Plot, Section, Table
from studies.report.wording import (
    WORDINGS,
    answered_text,
    asked_text,
    counted,
    intervals_text,
    methods_named,
    neither_text,
    shares_of,
    silent_text,
)


def answered_section(summary: StudySummary) -> Section:
    """Return how many answers there are, where no study says what was asked of whom."""
    lead = (answered_text(summary), asked_text(summary), neither_text(summary), intervals_text(summary.answers))
    return Section(key="answers", title="The answers", lead=tuple(text for text in lead if text))


def rated_section(summary: StudySummary) -> Section:
    """Return how many ratings there are, where no answers were given beside them."""
    answers, ratings = summary.answers, summary.ratings
    rated = sum(area.n or 0 for area in ratings.observers.values()) if ratings else 0
    text = (
        f"{counted(answers.n_observers, 'observer', 'observers')} rated {counted(answers.n_images, 'image', 'images')} "
        f"({counted(rated, 'rating', 'ratings')}). Which ratings mean "
        "“perturbed” is not known, so that there are no sensitivity, specificity and agreement."
    )
    return Section(key="answers", title="The ratings", lead=(text, intervals_text(answers)))


def main_section(summary: StudySummary, *, silent: Sequence[str] | None = None) -> Section:
    """Return the figures that the study was made for.

    Parameters
    ----------
    summary
        The figures.
    silent
        Who finished without an answer that counts; None for those of whom `summary` knows.
    """
    answers = summary.answers
    if isinstance(answers, ChoiceSummary):
        headline, methods = choice_headline(answers), _choice_methods(answers)
    else:
        headline = _detection_headline(summary, answers)
        methods = f"Pooled: {methods_named(shares_of(answers.pooled))}."
    left_aside = silent_text(answers.silent if silent is None else silent)
    main, _ = shares_of(answers.pooled)
    intervals = f"Each with its {level(main)} interval. " if level(main) else ""
    return Section(
        key="headline",
        title="Main results",
        lead=tuple(text for text in (_in_a_sentence(summary), left_aside) if text),
        headline=headline,
        notes=(f"{intervals}{methods}",),
    )


def _in_a_sentence(summary: StudySummary) -> str:
    """Say the main figures as a sentence that can be quoted, with the counts behind them."""
    answers, wording = summary.answers, WORDINGS[summary.task]
    who = counted(answers.n_answering, "observer", "observers")
    main, other = shares_of(answers.pooled)
    if not answers.n_answering:
        return "No observer gave an answer that counts."
    if isinstance(answers, ChoiceSummary):
        chose, rightly = counted(main.n or 0, "time", "times"), counted(main.k or 0, "time", "times")
        return f"{who} chose between the images of a pair {chose}, {rightly} rightly: {percent(main)}."
    (present, absent), (yes, no) = wording.shown, wording.said
    called = f"“{yes}” in {main.k:,} of the {main.n:,} to {present.lower()}, {percent(main)}"
    other_called = f"“{no}” in {other.k:,} of the {other.n:,} to {absent.lower()}, {percent(other)}"
    gave = counted((main.n or 0) + (other.n or 0), "answer", "answers")
    return f"{who} gave {gave}: {called}, and {other_called}."


def observers_section(summary: StudySummary) -> Section:
    """Return both shares of each observer and of all, as a plot and as a table."""
    names = WORDINGS[summary.task].shares
    observers = summary.answers.observers
    groups: list[Group] = [(name, shares_of(observer.figures)) for name, observer in observers.items()]
    single = [share for _, shares in groups for share in shares]
    pooled = shares_of(summary.answers.pooled)
    groups.append(("Pooled", pooled))
    plotted = groups if len(groups) <= MOST_PLOTTED else groups[-1:]
    return Section(
        key="per-observer",
        title="Each observer, and all together",
        plots=(Plot(partial(shares_plot, plotted, names, salt="forest"), _in_words(groups, names)),),
        tables=(observers_table(summary),),
        count_tables=_leanings(groups) if summary.task == "two_afc" else (),
        notes=(f"Observers one by one: {methods_named(single)}. Pooled: {methods_named(pooled)}.",),
    )


def observers_table(summary: StudySummary) -> Table:
    """Return a line for each observer and one for all: the counts of the shares, and the shares with intervals."""
    answers = summary.answers
    return _choices_table(answers) if isinstance(answers, ChoiceSummary) else _detection_table(summary, answers)


def choice_headline(answers: ChoiceSummary) -> tuple[LabelledText, ...]:
    """Return the three figures of choices between two images: right ones, d′, and the leaning to a side."""
    wording, pooled = WORDINGS["two_afc"], answers.pooled
    return (
        LabelledText(wording.shares[0], percent(pooled.correct), f"{wording.explained[0]}; 50% is guessing"),
        LabelledText(
            "d′ of the share right", coefficient(pooled.d_prime), "0 is guessing; leaning to a side lowers it"
        ),
        LabelledText(
            "Leaning to the first image",
            points(pooled.side_difference),
            "points: right choices where the perturbed one stood first, less second; 0 is no leaning",
        ),
    )


def _choice_methods(answers: ChoiceSummary) -> str:
    pooled = answers.pooled
    return (
        f"Right choices: {pooled.correct.method}. d′: {pooled.d_prime.method}. "
        f"Leaning: {pooled.side_difference.method}."
    )


def _detection_headline(summary: StudySummary, answers: AnswerSummary) -> tuple[LabelledText, ...]:
    wording = WORDINGS[summary.task]
    named = zip(wording.shares, shares_of(answers.pooled), wording.explained, strict=True)
    return (*(LabelledText(name, percent(share), explained) for name, share, explained in named), _agreement(answers))


def _agreement(answers: AnswerSummary) -> LabelledText:
    several = answers.n_observers > 2
    kappa = answers.agreement.fleiss_kappa if several else answers.agreement.cohen.kappa
    explained = "" if kappa.estimate is None else "1 is full agreement, 0 that of chance"
    return LabelledText(f"Agreement ({'Fleiss’' if several else 'Cohen’s'} kappa)", coefficient(kappa), explained)


def _leanings(groups: Sequence[Group]) -> tuple[Table]:
    """Return how often the first image was chosen; how often the right one was stands in the table of the figures."""
    (*single, (_, (_, pooled))) = groups
    lines = [(name, [said_first]) for name, (_, said_first) in single]
    return (count_table("Observer", WORDINGS["two_afc"].shares[1:], lines, [pooled]),)


def _in_words(groups: list[Group], names: tuple[str, str]) -> str:
    told = groups if len(groups) <= MOST_IN_WORDS else groups[-1:]
    lines = [
        f"{group}: {', '.join(f'{name.lower()} {percent(share)}' for share, name in zip(shares, names, strict=True))}"
        for group, shares in told
    ]
    rest = "" if told is groups else " The single observers’ figures are in the table below."
    return f"Forest plot of {names[0].lower()} and {names[1].lower()} with their intervals. {'. '.join(lines)}.{rest}"


def _detection_table(summary: StudySummary, answers: AnswerSummary) -> Table:
    same_different = summary.task == "same_different"
    counted = (
        ("Hits: different pairs called different", "False alarms: same pairs called different")
        if same_different
        else ("Perturbed images called perturbed", "Clean images called clean")
    )

    def line(name: str, figures: Pair, counts: Counts) -> tuple[str, ...]:
        sensitivity, specificity = shares_of(figures)
        of_clean = counts.fp if same_different else counts.tn
        return (
            name,
            f"{counts.tp} of {sensitivity.n}",
            f"{of_clean} of {specificity.n}",
            percent(sensitivity),
            percent(specificity),
        )

    return Table(
        "Figures of each observer",
        ("Observer", *counted, *WORDINGS[summary.task].shares),
        tuple(line(name, observer.figures, observer.counts) for name, observer in answers.observers.items()),
        (line("Pooled", answers.pooled, answers.counts),),
    )


def _choices_table(answers: ChoiceSummary) -> Table:
    def line(name: str, correct: Estimate, said_first: Estimate) -> tuple[str, ...]:
        return name, count(correct), percent(correct), percent(said_first)

    return Table(
        "Figures of each observer",
        ("Observer", "Perturbed one chosen", *WORDINGS["two_afc"].shares),
        tuple(line(name, *shares_of(observer.figures)) for name, observer in answers.observers.items()),
        (line("Pooled", *shares_of(answers.pooled)),),
    )
