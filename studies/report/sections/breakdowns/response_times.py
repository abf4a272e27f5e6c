"""Response times by what was shown, and by whether the answer was right."""

from perception.core.formatting import seconds
from studies.report.sections.elements import Section, Table
from studies.report.wording import WORDINGS, Figures, capitalized, methods_named

RIGHT = (("right", "answered rightly"), ("wrong", "answered wrongly"))


def response_times_section(figures: Figures) -> Section | None:
    """Return the median times of each observer and of all; None where none was measured."""
    times = figures["response_times"]
    if times is None:
        return None
    kinds = [
        (key, name) for key, name in zip(("perturbed", "clean"), WORDINGS[figures["task"]].shown, strict=True) if name
    ]
    split = [(f"{key}_{which}", f"{name}, {said}") for key, name in kinds for which, said in RIGHT]
    untimed = figures["display"]["untimed"]
    without = f" {untimed} answer{'' if untimed == 1 else 's'} without a measured time." if untimed else ""
    single = methods_named(medians[key] for medians in times["observers"].values() for key, _ in kinds)
    pooled = methods_named(times["pooled"][key] for key, _ in kinds)
    return Section(
        key="times",
        title="Response times",
        tables=(
            _table("Median response times by what was shown", times, kinds),
            _table("Median response times by what was shown and how it was answered", times, split),
        ),
        notes=(
            f"From the paint of the image to the answer. Observers one by one: {single}. Pooled: {pooled}.{without}",
        ),
    )


def _table(label: str, times: Figures, columns: list[tuple[str, str]]) -> Table:
    def line(name: str, medians: Figures) -> tuple[str, ...]:
        return name, *(seconds(medians[key]) for key, _ in columns)

    return Table(
        label,
        ("Observer", *(capitalized(name) for _, name in columns)),
        tuple(line(name, medians) for name, medians in times["observers"].items()),
        (line("Pooled", times["pooled"]),),
    )
