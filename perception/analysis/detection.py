"""What observers saw: sensitivity, specificity and agreement of a table of answers, each with its interval."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .agreement import METHOD as KAPPA
from .agreement import kappa_of_answers
from .answers import MISSING, AnswerTable
from .clustered import clustered_proportion
from .crossed import FEWEST_OBSERVERS, crossed_proportion
from .estimate import Estimate, require_level
from .proportions import METHODS, proportion

DEFAULT = "default"
INTERVALS = (DEFAULT, *METHODS)
INDEPENDENT = "answers taken as independent"
# Among more observers than these, single pairs say nothing that a reader could take in.
MOST_PAIRED = 10


@dataclass(frozen=True, slots=True)
class Pair:
    """Sensitivity and specificity."""

    sensitivity: Estimate
    specificity: Estimate

    def as_dict(self) -> dict[str, Any]:
        """Return both as JSON."""
        return {"sensitivity": self.sensitivity.as_dict(), "specificity": self.specificity.as_dict()}


@dataclass(frozen=True, slots=True)
class Counts:
    """One observer's two-by-two table: perturbed called perturbed (tp) or not (fn), clean called clean (tn) or not."""

    tp: int
    fn: int
    tn: int
    fp: int
    missing: int

    def as_dict(self) -> dict[str, int]:
        """Return the counts as JSON."""
        return {"tp": self.tp, "fn": self.fn, "tn": self.tn, "fp": self.fp, "missing": self.missing}


@dataclass(frozen=True, slots=True)
class ObserverSummary:
    """One observer's figures."""

    figures: Pair
    counts: Counts

    def as_dict(self) -> dict[str, Any]:
        """Return the figures and the counts as JSON."""
        return {**self.figures.as_dict(), "counts": self.counts.as_dict()}


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """Every figure of a table of answers.

    Attributes
    ----------
    pooled
        Over all observers. By default clustered by image; else by the named method, as if answers were independent.
    observers
        Each observer's own figures. By default with Wilson's interval: one observer judged different images.
    paper
        Pooled Wald over all answers, as published studies have it, whatever the chosen interval.
    crossed
        For observers and images both random; None with fewer than three observers.
    cohen_kappa
        Of the two observers; undefined unless there are exactly two.
    pairs
        Cohen's kappa of each pair of observers, where there are three to `MOST_PAIRED`.
    n_observers, n_images, n_missing
        Sizes of the table; cells without an answer.
    level
        That of every interval.
    """

    pooled: Pair
    observers: dict[str, ObserverSummary]
    paper: Pair
    crossed: Pair | None
    cohen_kappa: Estimate
    kappa_p: float | None
    pairs: dict[tuple[str, str], Estimate]
    n_observers: int
    n_images: int
    n_missing: int
    level: float

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as JSON; what is undefined is null."""
        return {
            "pooled": self.pooled.as_dict(),
            "observers": {name: observer.as_dict() for name, observer in self.observers.items()},
            "agreement": {
                "cohen_kappa": self.cohen_kappa.as_dict(),
                "p": self.kappa_p,
                "pairs": [
                    {"observers": list(names), "cohen_kappa": kappa.as_dict()} for names, kappa in self.pairs.items()
                ],
            },
            "pooled_as_independent": self.paper.as_dict(),
            "pooled_observers_random": self.crossed.as_dict() if self.crossed else None,
            "n_observers": self.n_observers,
            "n_images": self.n_images,
            "n_missing": self.n_missing,
            "level": self.level,
        }


def summarise_answers(table: AnswerTable, *, interval: str = DEFAULT, level: float = 0.95) -> AnswerSummary:
    """Compute every figure of a table of answers.

    Sensitivity = tp/(tp + fn), specificity = tn/(tn + fp); missing answers count in neither.

    Parameters
    ----------
    table
        The answers.
    interval
        "default", or one of `perception.analysis.proportions.METHODS`, which then serves each observer and the
        pooled figures alike.
    level
        Between 0 and 1.

    Raises
    ------
    ValueError
        No such interval, or a level outside (0, 1).
    """
    require_level(level)
    if interval not in INTERVALS:
        raise ValueError(f"no interval is called {interval!r}; there are {', '.join(INTERVALS)}")
    observers = {
        name: _observer(table.truth, said, interval=interval, level=level)
        for name, said in zip(table.observers, table.responses, strict=True)
    }
    counts = [observer.counts for observer in observers.values()]
    paper = _pooled(counts, method="wald", level=level)
    if interval == DEFAULT:
        pooled = _by_truth(table, clustered_proportion, level=level)
    else:
        pooled = _pooled(counts, method=interval, level=level)
    crossed = None
    if len(table.observers) >= FEWEST_OBSERVERS:
        crossed = _by_truth(table, crossed_proportion, level=level)
    kappa, p, pairs = _agreement(table, level=level)
    return AnswerSummary(
        pooled=pooled,
        observers=observers,
        paper=paper,
        crossed=crossed,
        cohen_kappa=kappa,
        kappa_p=p,
        pairs=pairs,
        n_observers=len(table.observers),
        n_images=len(table.items),
        n_missing=table.n_missing,
        level=level,
    )


def _observer(truth: NDArray[np.bool_], said: NDArray[np.int8], *, interval: str, level: float) -> ObserverSummary:
    counts = Counts(
        tp=int(((said == 1) & truth).sum()),
        fn=int(((said == 0) & truth).sum()),
        tn=int(((said == 0) & ~truth).sum()),
        fp=int(((said == 1) & ~truth).sum()),
        missing=int((said == MISSING).sum()),
    )
    method = "wilson" if interval == DEFAULT else interval
    return ObserverSummary(
        Pair(
            proportion(counts.tp, counts.tp + counts.fn, method=method, level=level),
            proportion(counts.tn, counts.tn + counts.fp, method=method, level=level),
        ),
        counts,
    )


def _pooled(counts: list[Counts], *, method: str, level: float) -> Pair:
    tp, fn, tn, fp = (sum(getattr(count, name) for count in counts) for name in ("tp", "fn", "tn", "fp"))
    return Pair(
        proportion(tp, tp + fn, method=method, level=level, note=INDEPENDENT),
        proportion(tn, tn + fp, method=method, level=level, note=INDEPENDENT),
    )


def _by_truth(table: AnswerTable, estimate: Any, *, level: float) -> Pair:
    figures = []
    for perturbed in (True, False):
        said = table.responses[:, table.truth == perturbed]
        figures.append(estimate(said == int(perturbed), said != MISSING, level=level))
    return Pair(*figures)


def _agreement(table: AnswerTable, *, level: float) -> tuple[Estimate, float | None, dict[tuple[str, str], Estimate]]:
    names, count = table.observers, len(table.observers)
    if count == 2:
        kappa = kappa_of_answers(table.responses[0], table.responses[1], level=level)
        return kappa.kappa, kappa.p, {}
    if count < 2:
        reason = "there is only one observer" if count else "there is no observer"
        return Estimate.undefined(reason, method=KAPPA, level=level), None, {}
    pairs = {}
    if count <= MOST_PAIRED:
        pairs = {
            (names[one], names[other]): kappa_of_answers(
                table.responses[one], table.responses[other], level=level
            ).kappa
            for one, other in combinations(range(count), 2)
        }
    reason = "Cohen's kappa is for two observers" + ("; each pair has its own" if pairs else "")
    return Estimate.undefined(reason, method=KAPPA, level=level), None, pairs
