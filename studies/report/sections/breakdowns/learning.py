"""Learning over the session: right answers by thirds of the series, and the trend."""

from functools import partial

from perception.analysis.breakdowns.learning import Learning, Trend
from perception.analysis.estimates.multiple_comparisons import METHOD as HOLM
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import p_value, percent, ratio
from studies.report.plots.curves import thirds_plot
from studies.report.sections.count_tables import count_table
from studies.report.sections.elements import Plot, Section, Table
from studies.report.wording import methods_named

THIRDS = ("First third", "Middle third", "Last third")


def learning_section(summary: StudySummary) -> Section | None:
    """Return how the share of right answers changed; None where the order of the answers is not known."""
    learning = summary.learning
    if learning is None:
        return None
    pooled, crossed = learning.pooled, learning.crossed
    several = len(learning.observers) > 1
    foot = [_line("Pooled", pooled, pooled.trend.p)]
    if crossed:
        foot.append(("Pooled, for other observers too", "", "", "", *_trend(crossed, crossed.p)))
    plot = partial(thirds_plot, pooled.thirds)
    words = ", ".join(f"{name.lower()} {percent(share)}" for name, share in zip(THIRDS, pooled.thirds, strict=True))
    shares = methods_named(pooled.thirds)
    trends = methods_named([pooled.trend.odds_ratio, *([crossed.odds_ratio] if crossed else [])])
    return Section(
        key="learning",
        title="Learning over the session",
        lead=(
            "The share of right answers in each third of the series, and the odds of a right answer at the last trial "
            "to those at the first: 1 is no change, above 1 observers got better.",
        ),
        plots=(Plot(plot, f"Right answers of all observers by thirds of the series: {words}."),),
        tables=(
            Table(
                "Right answers over the session",
                ("Observer", *THIRDS, "Odds ratio, last to first", "No change"),
                tuple(_line(name, of, learning.adjusted_p[name]) for name, of in learning.observers.items()),
                tuple(foot),
            ),
        ),
        count_tables=(
            count_table(
                "Observer", THIRDS, [(name, of.thirds) for name, of in learning.observers.items()], pooled.thirds
            ),
        ),
        notes=(
            f"Thirds, pooled: {shares}. Trend, pooled: {trends}.",
            *((f"p-values of the single observers are adjusted after {HOLM}; intervals are not.",) if several else ()),
        ),
    )


def _line(name: str, learning: Learning, p: float | None) -> tuple[str, ...]:
    return name, *(percent(share) for share in learning.thirds), *_trend(learning.trend, p)


def _trend(trend: Trend, p: float | None) -> tuple[str, str]:
    return ratio(trend.odds_ratio), "" if p is None else f"p {p_value(p)}"
