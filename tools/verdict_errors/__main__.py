"""`python -m tools.verdict_errors`: how often “undetectable” is said of observers at the margin; fails above 5%."""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import stats

from perception.analysis.detection.d_prime_margin import within_d_prime
from perception.analysis.detection.group_d_prime import group_d_prime
from perception.analysis.detection.margin import d_prime_of_margin
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from tools.verdict_errors.setting import Setting, settings

ALPHA = 0.05
HEAD = (
    "observers × images",
    "δ",
    "rate",
    "SD of d′, criterion",
    "these: undetectable",
    "cannot be told",
    "like these: undetectable",
    "cannot be told",
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Of studies of one setting: in how many it was called undetectable, and in how many it could not be told."""

    undetectable: int = 0
    untold: int = 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate, print the table, and exit with 1 where more than 5% are wrong by more than chance explains."""
    parser = argparse.ArgumentParser(prog="python -m tools.verdict_errors", description=__doc__)
    parser.add_argument("--studies", type=int, default=1000, help="of each setting (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(default: %(default)s)")
    parser.add_argument("--processes", type=int, default=2, help="at a time (default: %(default)s)")
    options = parser.parse_args(arguments)
    tried = list(settings())
    with ProcessPoolExecutor(options.processes) as pool:
        found = list(pool.map(partial(errors, studies=options.studies, seed=options.seed), tried))
    lines = [_line(setting, *counts, options.studies) for setting, counts in zip(tried, found, strict=True)]
    worst = max(one.undetectable for counts in found for one in counts)
    several = sum(1 for counts in found for one in counts if one.untold < options.studies)
    limit = most_by_chance(options.studies, several)
    sys.stdout.write(
        f"{options.studies} studies of each setting, seed {options.seed}. Wrongly “undetectable” at most "
        f"{100 * worst / options.studies:.1f}%; where the true share is 5%, chance makes the largest of {several} "
        f"reach {100 * limit / options.studies:.1f}% once in a hundred runs.\n\n"
    )
    for row in (HEAD, tuple("---" for _ in HEAD), *lines):
        sys.stdout.write(f"| {' | '.join(row)} |\n")
    if worst > limit:
        sys.exit(1)


def errors(setting: Setting, *, studies: int, seed: int) -> tuple[Counts, Counts]:
    """Count the verdicts on studies of one setting: for these observers, and for observers like these."""
    rng = np.random.default_rng([seed, *_numbers(setting)])
    counted = []
    for these in (True, False):
        if not these and setting.observers < FEWEST_OBSERVERS:
            counted.append(Counts(0, studies))
            continue
        undetectable = untold = 0
        for _ in range(studies):
            signal, said = setting.draw(rng, these=these)
            found = group_d_prime(signal, said, tuple(map(str, range(setting.observers))), observers_random=not these)
            (test,) = within_d_prime([found], margin=d_prime_of_margin(setting.margin))
            undetectable += test.within is True
            untold += test.within is None
        counted.append(Counts(undetectable, untold))
    return counted[0], counted[1]


def most_by_chance(studies: int, times: int) -> int:
    """Return how many of the studies the worst of so many settings has once in 100 runs, each being 5%."""
    return int(stats.binom.isf(0.01 / max(times, 1), studies, ALPHA))


def _numbers(setting: Setting) -> list[int]:
    """Return whole numbers that tell the setting apart, for a stream of random numbers of its own."""
    shares = (setting.margin, setting.rate, setting.dprime_sd, setting.criterion_sd)
    counts = (setting.observers, setting.perturbed, setting.clean, int(setting.strict))
    return [*counts, *(round(1000 * share) for share in shares)]


def _line(setting: Setting, these: Counts, others: Counts, studies: int) -> tuple[str, ...]:
    def share(count: int) -> str:
        return f"{100 * count / studies:.1f}%"

    few = setting.observers < FEWEST_OBSERVERS
    rate = f"{100 * setting.rate:g}% {'false alarms' if setting.strict else 'misses'}"
    return (
        f"{setting.observers} × ({setting.perturbed} + {setting.clean})",
        f"{setting.margin:.2f}".removeprefix("0"),
        rate,
        f"{setting.dprime_sd:g}, {setting.criterion_sd:g}",
        share(these.undetectable),
        share(these.untold),
        "–" if few else share(others.undetectable),
        "–" if few else share(others.untold),
    )


if __name__ == "__main__":
    main()
