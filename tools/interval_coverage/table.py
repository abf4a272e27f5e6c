"""The table of coverage, as Markdown."""

from collections.abc import Iterable, Sequence

from tools.interval_coverage.coverage import DPRIMES, HETEROGENEITY, Coverage

COLUMNS = [(dprime, *sds) for dprime in DPRIMES for sds in HETEROGENEITY]
WANTED = (0.92, 0.98)
"""Within what a 95% interval's coverage should lie; of a 90% interval five points less on either side."""


def markdown(rows: Sequence[Coverage]) -> str:
    """Return the table: a line for each statistic and design, a column for each d′ and heterogeneity, in percent.

    What lies outside of what is wanted is bold. A trailing ° marks a share of fewer than half of the studies, since
    the others gave no interval.
    """
    heads = [f"d′ {dprime:g}, σ {image:g}, τ {observer:g}" for dprime, image, observer in COLUMNS]
    lines = [
        f"| statistic | observers, images | {' | '.join(heads)} |",
        "|---|---|" + "---|" * len(COLUMNS),
    ]
    cells = {_key(row): row for row in rows}
    for statistic, *design in dict.fromkeys((row.statistic, *_design(row)) for row in rows):
        shares = [_cell(cells.get((statistic, *design, *column))) for column in COLUMNS]
        lines.append(f"| {statistic} | {_design_in_words(*design)} | {' | '.join(shares)} |")
    return "\n".join(lines) + "\n"


def summary(rows: Sequence[Coverage]) -> str:
    """Return, for each statistic, the lowest, the mean and the highest coverage, and how many settings are outside."""
    lines = ["| statistic | nominal | lowest | mean | highest | settings | outside |", "|---|---|---|---|---|---|---|"]
    for name in dict.fromkeys(row.statistic for row in rows):
        those = [row for row in rows if row.statistic == name]
        shares = [row.share for row in those if row.share is not None]
        outside = sum(is_outside(row) for row in those)
        lines.append(
            f"| {name} | {100 * those[0].nominal:g}% | {_percent([min(shares)])} | {_percent(shares)} | "
            f"{_percent([max(shares)])} | {len(those)} | {outside or ''} |"
        )
    return "\n".join(lines) + "\n"


def is_outside(row: Coverage) -> bool:
    """Whether the coverage lies outside of what is wanted by more than twice the Monte Carlo error."""
    if row.share is None:
        return False
    shift = 0.95 - row.nominal
    low, high = (limit - shift for limit in WANTED)
    error = 2 * row.monte_carlo_error
    return not low - error <= row.share <= high + error


def _key(row: Coverage) -> tuple[object, ...]:
    setting = row.setting
    return (row.statistic, *_design(row), setting.dprime, setting.image_sd, setting.observer_sd)


def _design(row: Coverage) -> tuple[int, int, int, int, int, int]:
    setting = row.setting
    pool = int(setting.of_pool)
    return setting.observers, setting.perturbed, setting.clean, setting.asked, pool, setting.repeated


def _design_in_words(observers: int, perturbed: int, clean: int, asked: int, of_pool: int, repeated: int) -> str:
    if repeated:
        return f"{observers}, {perturbed} + {clean}, {repeated} twice"
    if of_pool:
        return f"{observers}, {asked} + {asked} of a pool of {perturbed}"
    own = f"{asked} + {asked} of " if asked else ""
    return f"{observers}, {own}{perturbed} + {clean}"


def _cell(row: Coverage | None) -> str:
    if row is None or row.share is None:
        return "–"
    text = f"{100 * row.share:.1f}" + ("°" if 2 * row.intervals < row.studies else "")
    return f"**{text}**" if is_outside(row) else text


def _percent(shares: Iterable[float]) -> str:
    shares = list(shares)
    return f"{100 * sum(shares) / len(shares):.1f}%"
