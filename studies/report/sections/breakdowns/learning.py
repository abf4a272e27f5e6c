"""Learning over the session: right answers by thirds of the series, and the trend."""

from perception.core.formatting import p_value, percent, ratio
from studies.report.plots.curves import thirds_plot
from studies.report.sections.elements import Plot, Section, Table
from studies.report.wording import Figures, methods_named

THIRDS = ("First third", "Middle third", "Last third")


def learning_section(figures: Figures) -> Section | None:
    """Return how the share of right answers changed; None where the order of the answers is not known."""
    learning = figures["learning"]
    if learning is None:
        return None
    pooled, random = learning["pooled"], learning["pooled_observers_random"]
    foot = [_line("Pooled", pooled)]
    if random:
        foot.append(("Pooled, for other observers too", "", "", "", ratio(random["odds_ratio"]), _p(random["p"])))
    words = ", ".join(f"{name.lower()} {percent(share)}" for name, share in zip(THIRDS, pooled["thirds"], strict=True))
    shares = methods_named(pooled["thirds"])
    trends = methods_named([pooled["trend"]["odds_ratio"], *([random["odds_ratio"]] if random else [])])
    return Section(
        key="learning",
        title="Learning over the session",
        lead=(
            "The share of right answers in each third of the series, and the odds of a right answer at the last trial "
            "to those at the first: 1 is no change, above 1 observers got better.",
        ),
        plots=(Plot(thirds_plot(learning), f"Right answers of all observers by thirds of the series: {words}."),),
        tables=(
            Table(
                "Right answers over the session",
                ("Observer", *THIRDS, "Odds ratio, last to first", "No change"),
                tuple(_line(name, of) for name, of in learning["observers"].items()),
                tuple(foot),
            ),
        ),
        notes=(f"Thirds, pooled: {shares}. Trend, pooled: {trends}.",),
    )


def _line(name: str, learning: Figures) -> tuple[str, ...]:
    trend = learning["trend"]
    return name, *(percent(share) for share in learning["thirds"]), ratio(trend["odds_ratio"]), _p(trend["p"])


def _p(p: float | None) -> str:
    return "" if p is None else f"p {p_value(p)}"
