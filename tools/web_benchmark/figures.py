"""The figures of a run, and the table of several."""

import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tools.web_benchmark.process_usage import Memory
from tools.web_benchmark.stored_answers import Storage

KINDS = ["page", "image", "answer"]
PERCENTILES = [50, 95, 99]
MEBI = 2**20


@dataclass(frozen=True)
class Run:
    """What one run gave: so many observers at once, each through a whole session."""

    browser: str
    observers: int
    trials: int
    seconds: float
    latencies: Mapping[str, Sequence[float]]
    """Seconds from the request to the last byte of its reply, by kind of request."""
    errors: Mapping[str, int]
    unfinished: int
    """Sessions that did not come to their end."""
    storage: Storage
    server_cpu: float
    client_cpu: float
    others_cpu: float
    """CPU seconds of the server, of the load generator, and of all else on the machine meanwhile."""
    peak: Memory
    """The largest that was seen of the server's processes."""

    @property
    def trials_per_second(self) -> float:
        """All observers' trials by the wall clock, consent and end included."""
        return self.trials / self.seconds

    @property
    def server_cpu_per_1000(self) -> float:
        """CPU seconds of the server for 1,000 trials, consent and end included."""
        return 1000 * self.server_cpu / max(1, self.trials)

    @property
    def is_sound(self) -> bool:
        """Whether nothing failed and the database has exactly what was acknowledged."""
        kept = self.storage
        return not (self.errors or self.unfinished or kept.lost or kept.doubled or kept.unasked)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that `percent` of a hundred do not exceed (the nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


HEAD = (
    f"{'browser':<8} {'N':>3} {'trials/s':>9} "
    + " ".join(f"{f'{kind} ms p50/p95/p99':>24}" for kind in KINDS)
    + f" {'errors':>7} {'RSS MiB':>8} {'PSS MiB':>8} {'server CPU':>11} {'client CPU':>11} {'others':>7}"
)


def line_of(runs: Sequence[Run]) -> str:
    """Return the table's line for the runs of one kind: medians of their figures, sums of their errors."""

    def middle(figure: Callable[[Run], float]) -> float:
        return statistics.median(map(figure, runs))

    return " ".join(
        [
            f"{runs[0].browser:<8} {runs[0].observers:>3} {middle(lambda run: run.trials_per_second):>9.1f}",
            *(f"{_percentiles([run.latencies.get(kind, []) for run in runs]):>24}" for kind in KINDS),
            f"{sum(sum(run.errors.values()) for run in runs):>7}",
            f"{middle(lambda run: run.peak.resident / MEBI):>8.0f}",
            f"{middle(lambda run: run.peak.proportional / MEBI):>8.0f}",
            f"{middle(lambda run: run.server_cpu_per_1000):>11.2f}",
            f"{middle(lambda run: 1000 * run.client_cpu / max(1, run.trials)):>11.2f}",
            f"{middle(lambda run: run.others_cpu / run.seconds):>7.2f}",
        ]
    )


def _percentiles(runs: Sequence[Sequence[float]]) -> str:
    """Return the percentiles of a kind of request in ms, medians over the runs that had any."""
    met = [run for run in runs if run]
    if not met:
        return "–"
    return " / ".join(
        f"{1000 * statistics.median(percentile(run, percent) for run in met):.1f}" for percent in PERCENTILES
    )


def longest_of(runs: Sequence[Run]) -> dict[str, float]:
    """Return the longest of each kind of request in all runs, in seconds."""
    return {kind: max(max(run.latencies.get(kind, [0.0]), default=0.0) for run in runs) for kind in KINDS}


def verdict_of(runs: Sequence[Run]) -> str:
    """Say in words whether every answer is stored once, and what failed."""
    acknowledged = sum(run.trials for run in runs)
    kept = [run.storage for run in runs]
    lines = [
        f"{acknowledged:,} answers acknowledged, {sum(one.stored for one in kept):,} stored; "
        f"lost {sum(one.lost for one in kept)}, doubled {sum(one.doubled for one in kept)}, "
        f"never acknowledged {sum(one.unasked for one in kept)}; "
        f"sessions not finished {sum(run.unfinished for run in runs)}"
    ]
    errors = sum((Counter(run.errors) for run in runs), Counter[str]())
    lines += [f"{count} × {error}" for error, count in errors.most_common()]
    return "\n".join(lines)
