"""Response times by what was shown."""

from ml.templatetags.figures import seconds
from studies.report_parts.part import Section, Table
from studies.report_parts.wording import WORDINGS, Figures, capitalized, methods_named


def response_times_section(figures: Figures) -> Section | None:
    """Return the median times of each observer; None where none was measured."""
    times = figures["response_times"]
    if not times:
        return None
    shown, other = WORDINGS[figures["task"]].shown
    kinds = ("perturbed", "clean") if other else ("perturbed",)
    untimed = figures["display"]["untimed"]
    without = f" {untimed} answer{'' if untimed == 1 else 's'} without a measured time." if untimed else ""
    method = methods_named(medians[kind] for medians in times.values() for kind in kinds)
    return Section(
        key="times",
        title="Response times",
        tables=(
            Table(
                "Median response times of each observer",
                ("Observer", shown, other) if other else ("Observer", shown),
                tuple((name, *(seconds(medians[kind]) for kind in kinds)) for name, medians in times.items()),
            ),
        ),
        notes=(f"From the paint of the image to the answer. {capitalized(method)}.{without}",),
    )
