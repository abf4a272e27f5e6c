"""Right answers, times and shares broken down: by place in the session, by diagnosis, by image, as plain text."""

from perception.analysis.breakdowns.by_diagnosis import DiagnosisShares
from perception.analysis.breakdowns.items import Item, ItemSummary
from perception.analysis.breakdowns.learning import LearningSummary, Trend
from perception.analysis.breakdowns.response_times import ResponseTimes, ResponseTimeSummary
from perception.analysis.observations import Task
from perception.core.formatting import coefficient, p_value, seconds
from studies.report.text.choices import estimate_lines

THIRDS = ("  first third", "  middle third", "  last third")


def response_time_lines(summary: ResponseTimeSummary, task: Task) -> list[str]:
    """Write the medians of each observer and of all, by what was shown and whether it was answered rightly."""
    lines = ["Median response times"]
    for name, times in (*summary.observers.items(), ("Pooled", summary.pooled)):
        lines += [name, *_times(times, task)]
    return lines


def _times(times: ResponseTimes, task: Task) -> list[str]:
    named = {"  perturbed": times.perturbed, "    right": times.perturbed_right, "    wrong": times.perturbed_wrong}
    if task != "two_afc":
        named |= {"  clean": times.clean, "    right ": times.clean_right, "    wrong ": times.clean_wrong}
    return estimate_lines(named, seconds)


def learning_lines(summary: LearningSummary) -> list[str]:
    """Write right answers by thirds of the series, and the trends."""
    lines = ["Right answers over the session", *estimate_lines(dict(zip(THIRDS, summary.pooled.thirds, strict=True)))]
    for name, learning in summary.observers.items():
        lines += _trend(f"  trend, {name}", learning.trend)
    lines += _trend("  trend, pooled", summary.pooled.trend)
    return lines + (_trend("  trend, for other observers too", summary.crossed) if summary.crossed else [])


def _trend(name: str, trend: Trend) -> list[str]:
    first, *methods = estimate_lines({name: trend.odds_ratio}, coefficient)
    return [first if trend.p is None else f"{first}; p {p_value(trend.p)}", *methods]


def diagnosis_lines(shares: dict[str, DiagnosisShares], task: Task) -> list[str]:
    """Write the shares of each diagnosis, with the number of images."""
    lines = ["By diagnosis (each for itself: one of several may lie apart by chance)"]
    for name, of_diagnosis in shares.items():
        if task == "two_afc":
            lines += [f"{name}: {of_diagnosis.n_perturbed} pair(s)"]
            lines += estimate_lines({"  right": of_diagnosis.sensitivity})
            continue
        lines += [f"{name}: {of_diagnosis.n_perturbed} perturbed, {of_diagnosis.n_clean} clean"]
        lines += estimate_lines({"  sensitivity": of_diagnosis.sensitivity, "  specificity": of_diagnosis.specificity})
    return lines


def item_lines(summary: ItemSummary) -> list[str]:
    """Write the images that stand out."""
    lines = []
    for title, items in (
        ("Perturbed images noticed most often", summary.most_noticed),
        ("Perturbed images noticed least often", summary.least_noticed),
        ("Clean images called perturbed most often", summary.false_alarms),
    ):
        if items:
            lines += [title, *(f"  {_item(item)}" for item in items)]
    return lines


def _item(item: Item) -> str:
    facts = [fact for fact in (item.diagnosis, f"strength {item.strength:g}" if item.strength else None) if fact]
    told = f" ({', '.join(facts)})" if facts else ""
    return f"{item.name}{told}: {item.k} of {item.n}"
