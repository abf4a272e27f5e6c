"""Response times by what was shown, and by whether the answer was right."""

from collections.abc import Callable
from functools import partial

from perception.analysis.breakdowns.response_times import (
    QUANTILES,
    AnswerTimes,
    ResponseTimes,
    ResponseTimeSummary,
    TimeQuantiles,
)
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.observations import Task
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import seconds
from studies.report.plots.shares import MOST_IN_WORDS, MOST_PLOTTED
from studies.report.plots.times import times_plot
from studies.report.sections.elements import Plot, Section, Table
from studies.report.wording import WORDINGS, methods_named

Medians = dict[str, Estimate]
"""By the name of their column."""


FROM_THE_PAINT = "From the paint of the image to the answer."
BY_THE_MODEL = "Times of simulated observers: the model of an observer gave them, and nobody’s time was measured."
AS_GIVEN = "As the answers give them."


def response_times_section(summary: StudySummary, *, untimed: int = 0, measured: str = AS_GIVEN) -> Section | None:
    """Return the median times of each observer and of all; None where none was measured.

    Parameters
    ----------
    summary
        The figures.
    untimed
        How many answers have no measured time.
    measured
        What the times are: `FROM_THE_PAINT`, `BY_THE_MODEL` or `AS_GIVEN`.
    """
    times, task = summary.response_times, summary.task
    if times is None:
        return None
    without = f" {untimed} answer{'' if untimed == 1 else 's'} without a measured time." if untimed else ""
    single = methods_named(median for of in times.observers.values() for median in _by_truth(of, task).values())
    pooled = methods_named(_by_truth(times.pooled, task).values())
    by_both = "Median response times by what was shown and how it was answered"
    return Section(
        key="times",
        title="Response times",
        plots=(_plot(times),),
        tables=(
            _table("Median response times by what was shown", times, lambda of: _by_truth(of, task)),
            _table(by_both, times, lambda of: _by_truth_and_answer(of, task)),
            _quantiles_table(times),
        ),
        notes=(f"{measured} Observers one by one: {single}. Pooled: {pooled}.{without}",),
    )


def _plot(times: ResponseTimeSummary) -> Plot:
    """Return where times lie, of right and of wrong answers; of many observers that of all alone."""
    pooled = [("Pooled", times.quantiles)]
    groups = [*times.observer_quantiles.items(), *pooled]
    plotted = groups if len(groups) <= MOST_PLOTTED else pooled
    told = plotted if len(plotted) <= MOST_IN_WORDS else pooled
    words = ". ".join(f"{name}: right {_median(of.right)}, wrong {_median(of.wrong)}" for name, of in told)
    return Plot(
        partial(times_plot, plotted),
        "Response times of right and of wrong answers on a logarithmic axis: median, quartiles, and the 5th and 95th "
        f"percentile of each. Medians: {words}. All of them are in the table below.",
    )


def _median(of: TimeQuantiles) -> str:
    return "none" if of.milliseconds is None else _seconds(of.milliseconds[QUANTILES.index(0.5)])


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.2f} s" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def _quantiles_table(times: ResponseTimeSummary) -> Table:
    def lines(name: str, of: AnswerTimes) -> list[tuple[str, ...]]:
        return [
            (name, kind, str(found.n), *(map(_seconds, found.milliseconds) if found.milliseconds else [""] * 5))
            for kind, found in (("right", of.right), ("wrong", of.wrong))
        ]

    return Table(
        "Where response times lie: of right and of wrong answers",
        ("Observer", "Answer", "Times", "5% below", "25% below", "Median", "75% below", "95% below"),
        tuple(line for name, of in times.observer_quantiles.items() for line in lines(name, of)),
        tuple(lines("Pooled", times.quantiles)),
    )


def _by_truth(of: ResponseTimes, task: Task) -> Medians:
    """Return the medians by what was shown; of choices between two images one of all."""
    signal, other = WORDINGS[task].shown
    return {signal: of.perturbed} | ({other: of.clean} if other else {})


def _by_truth_and_answer(of: ResponseTimes, task: Task) -> Medians:
    signal, other = WORDINGS[task].shown
    medians = {f"{signal}, answered rightly": of.perturbed_right, f"{signal}, answered wrongly": of.perturbed_wrong}
    if other:
        medians |= {f"{other}, answered rightly": of.clean_right, f"{other}, answered wrongly": of.clean_wrong}
    return medians


def _table(label: str, times: ResponseTimeSummary, medians_of: Callable[[ResponseTimes], Medians]) -> Table:
    def line(name: str, of: ResponseTimes) -> tuple[str, ...]:
        return name, *(seconds(median) for median in medians_of(of).values())

    return Table(
        label,
        ("Observer", *medians_of(times.pooled)),
        tuple(line(name, of) for name, of in times.observers.items()),
        (line("Pooled", times.pooled),),
    )
