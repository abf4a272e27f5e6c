"""`python -m tools.interval_coverage`: try every default interval on simulated studies, and print the table."""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tools.interval_coverage.coverage import Coverage, coverage, settings
from tools.interval_coverage.report_statistics import STATISTICS
from tools.interval_coverage.simulated_study import Setting
from tools.interval_coverage.table import is_outside, markdown, summary


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate and print; a line for each setting on the way goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m tools.interval_coverage", description=__doc__)
    parser.add_argument("--studies", type=int, default=2000, help="of each setting (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(default: %(default)s)")
    parser.add_argument("--processes", type=int, default=2, help="at a time (default: %(default)s)")
    parser.add_argument("--statistic", default="", metavar="TEXT", help="only those with this in their names")
    parser.add_argument("--observers", type=int, default=0, metavar="N", help="only studies of so many observers")
    options = parser.parse_args(arguments)
    statistics = [
        statistic.name for statistic in STATISTICS if options.statistic.casefold() in statistic.name.casefold()
    ]
    if not statistics:
        parser.error(f"no statistic has {options.statistic!r} in its name")
    if options.studies < 1 or options.processes < 1:
        parser.error("--studies and --processes are 1 or more")
    chosen = [setting for setting in settings() if options.observers in (0, setting.observers)]
    if not chosen:
        parser.error(f"no study of {options.observers} observers is tried")
    tried = sorted(chosen, key=lambda setting: -setting.observers)  # the longest first
    rows: list[Coverage] = []
    with ProcessPoolExecutor(options.processes) as pool:
        work = partial(_coverage, studies=options.studies, seed=options.seed, names=statistics)
        for number, found in enumerate(pool.map(work, tried), start=1):
            rows += found
            outside = [row.statistic for row in found if is_outside(row)]
            sys.stderr.write(
                f"{number} of {len(tried)}: {tried[number - 1]}{': ' if outside else ''}{', '.join(outside)}\n"
            )
    order = [statistic.name for statistic in STATISTICS]
    rows.sort(key=lambda row: (order.index(row.statistic), row.setting.observers, row.setting.perturbed))
    head = f"{options.studies} studies of each setting, seed {options.seed}."
    sys.stdout.write(f"{head}\n\n{summary(rows)}\n{markdown(rows)}")


def _coverage(setting: Setting, *, studies: int, seed: int, names: Sequence[str]) -> list[Coverage]:
    statistics = [
        statistic for statistic in STATISTICS if statistic.name in names
    ]  # functions do not go from process to process
    return coverage(setting, studies=studies, seed=seed, statistics=statistics)


if __name__ == "__main__":
    main()
