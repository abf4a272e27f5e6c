"""What observers saw: sensitivity, specificity and agreement of a table of answers, each with its interval."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from perception.analysis.agreement.summary import Agreement, agreement_of
from perception.analysis.answer_table import AnswerTable
from perception.analysis.detection.equivalence import BalancedAccuracy, balanced_accuracy
from perception.analysis.detection.group_d_prime import GroupDPrime, group_d_prime
from perception.analysis.detection.signal_detection import SignalDetection, signal_detection
from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS, crossed_proportion
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.proportions import METHODS, proportion
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import Task

DEFAULT = "default"
INTERVALS = (DEFAULT, *METHODS)
INDEPENDENT = "answers taken as independent"


@dataclass(frozen=True, slots=True)
class Pair:
    """Sensitivity and specificity.

    Attributes
    ----------
    sensitivity
        The share of perturbed images called perturbed.
    specificity
        The share of clean images called clean.
    """

    sensitivity: Estimate
    specificity: Estimate

    def as_dict(self) -> JsonObject:
        """Return both as JSON."""
        return {"sensitivity": self.sensitivity.as_dict(), "specificity": self.specificity.as_dict()}


@dataclass(frozen=True, slots=True)
class Counts:
    """One observer's two-by-two table, or that of all.

    Attributes
    ----------
    tp, fn
        Perturbed images called perturbed, and called clean.
    tn, fp
        Clean images called clean, and called perturbed.
    missing
        Answers that should be there and are not.
    neither_perturbed, neither_clean
        Middle answers, neither of the two, to perturbed and to clean images.
    """

    tp: int
    fn: int
    tn: int
    fp: int
    missing: int
    neither_perturbed: int = 0
    neither_clean: int = 0

    @property
    def counted(self) -> int:
        """How many answers are in the shares."""
        return self.tp + self.fn + self.tn + self.fp

    def __add__(self, other: "Counts") -> "Counts":
        """Return the counts of both together."""
        return Counts(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    def as_dict(self) -> dict[str, int]:
        """Return the counts as JSON, those of middle answers where there are any."""
        cells = {"tp": self.tp, "fn": self.fn, "tn": self.tn, "fp": self.fp, "missing": self.missing}
        if not (self.neither_perturbed or self.neither_clean):
            return cells
        return {**cells, "neither_perturbed": self.neither_perturbed, "neither_clean": self.neither_clean}


@dataclass(frozen=True, slots=True)
class ObserverSummary:
    """One observer's statistics.

    Attributes
    ----------
    figures
        Sensitivity and specificity.
    counts
        The two-by-two table behind them.
    signal
        d′ and the criterion.
    """

    figures: Pair
    counts: Counts
    signal: SignalDetection

    def as_dict(self) -> JsonObject:
        """Return the statistics and the counts as JSON."""
        return {
            **self.figures.as_dict(),
            "dprime": self.signal.d_prime.as_dict(),
            "criterion": self.signal.criterion.as_dict(),
            "counts": self.counts.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """Every statistic of a table of answers.

    Attributes
    ----------
    pooled
        Over all observers. By default clustered by image; else by the named method, as if answers were independent.
    observers
        Each observer's own. By default with Wilson's interval: one observer judged different images.
    paper
        Pooled Wald over all answers, as published studies have it, whatever the chosen interval.
    crossed
        For observers and images both random; None with fewer than three observers.
    balanced_accuracy
        The mean of pooled sensitivity and specificity, with the 90% interval by which a study shows a change to be
        undetectable within a margin.
    group_d_prime, group_d_prime_random
        The mean d′ of these observers; and of observers like these, None with fewer than three.
    agreement
        Of the observers with one another.
    n_observers, n_images, n_missing
        Sizes of the table; answers that should be there and are not.
    level
        That of every interval but the one of balanced accuracy.
    """

    pooled: Pair
    observers: dict[str, ObserverSummary]
    paper: Pair
    crossed: Pair | None
    balanced_accuracy: BalancedAccuracy
    group_d_prime: GroupDPrime
    group_d_prime_random: GroupDPrime | None
    agreement: Agreement
    n_observers: int
    n_images: int
    n_missing: int
    level: float

    @property
    def silent(self) -> tuple[str, ...]:
        """Who gave no answer that is in the shares."""
        return tuple(name for name, observer in self.observers.items() if not observer.counts.counted)

    @property
    def n_answering(self) -> int:
        """How many observers gave an answer that is in the shares."""
        return self.n_observers - len(self.silent)

    @property
    def counts(self) -> Counts:
        """The two-by-two table of all observers together."""
        return sum((observer.counts for observer in self.observers.values()), Counts(0, 0, 0, 0, 0))

    def as_dict(self) -> JsonObject:
        """Return the summary as JSON; what is undefined is null."""
        return {
            "pooled": self.pooled.as_dict(),
            "pooled_counts": self.counts.as_dict(),
            "observers": {name: observer.as_dict() for name, observer in self.observers.items()},
            "agreement": self.agreement.as_dict(),
            "balanced_accuracy": self.balanced_accuracy.as_dict(),
            "group_d_prime": self.group_d_prime.as_dict(),
            "group_d_prime_random": self.group_d_prime_random.as_dict() if self.group_d_prime_random else None,
            "pooled_as_independent": self.paper.as_dict(),
            "pooled_observers_random": self.crossed.as_dict() if self.crossed else None,
            "n_observers": self.n_observers,
            "n_images": self.n_images,
            "n_missing": self.n_missing,
            "level": self.level,
        }


def summarise_answers(
    table: AnswerTable, *, interval: str = DEFAULT, level: float = 0.95, task: Task = "yes_no"
) -> AnswerSummary:
    """Compute every statistic of a table of answers to single images, or of whether two are the same.

    Parameters
    ----------
    table
        The answers.
    interval
        "default", or one of `perception.analysis.estimates.proportions.METHODS`, which then serves each observer and
        the pooled shares alike.
    level
        Level of the intervals, between 0 and 1.
    task
        "yes_no" or "same_different": what reasons call what was shown and said, and what the observers' d′ stands for.

    Returns
    -------
    AnswerSummary
        What is undefined says so, with the reason.

    Raises
    ------
    ValueError
        No interval of that name; a level outside (0, 1).

    Notes
    -----
    Sensitivity = tp/(tp + fn), specificity = tn/(tn + fp); missing and middle answers count in neither. By default an
    observer's own intervals are Wilson's, those of all observers together `clustered_proportion`'s, and those for other
    observers too `crossed_proportion`'s.

    Examples
    --------
    Three observers judged four perturbed and four clean images; one answer is missing:

    >>> import numpy as np
    >>> from perception.analysis.answer_table import AnswerTable
    >>> from perception.analysis.detection.yes_no import summarise_answers
    >>> table = AnswerTable(
    ...     observers=("A", "B", "C"),
    ...     items=tuple("abcdefgh"),
    ...     truth=np.array([True] * 4 + [False] * 4),
    ...     responses=np.array(
    ...         [[1, 1, 0, 1, 0, 0, 1, 0], [1, 0, 0, 1, 0, 0, 0, 1], [1, 1, 0, 0, 0, 1, 0, -1]], dtype=np.int8
    ...     ),
    ... )
    >>> found = summarise_answers(table)
    >>> for share in (found.pooled.sensitivity, found.pooled.specificity):
    ...     print(f"{share.k} of {share.n}: {share.estimate:.2f} ({share.low:.2f} to {share.high:.2f})")
    7 of 12: 0.58 (0.13 to 0.93)
    8 of 11: 0.73 (0.29 to 0.95)
    >>> found.observers["A"].counts
    Counts(tp=3, fn=1, tn=3, fp=1, missing=0, neither_perturbed=0, neither_clean=0)
    >>> found.n_missing
    1
    """
    require_level(level)
    if interval not in INTERVALS:
        raise ValueError(f"no interval is called {interval!r}; there are {', '.join(INTERVALS)}")
    observers = {
        name: _observer(counts, interval=interval, level=level, task=task)
        for name, counts in zip(table.observers, _counts(table), strict=True)
    }
    counts = [observer.counts for observer in observers.values()]
    paper = _pooled(counts, method="wald", level=level)
    if interval == DEFAULT:
        pooled = _by_truth(table, clustered_proportion, level=level)
    else:
        pooled = _pooled(counts, method=interval, level=level)
    crossed = None
    if sum(count.counted > 0 for count in counts) >= FEWEST_OBSERVERS:
        crossed = _by_truth(table, crossed_proportion, level=level)
    return AnswerSummary(
        pooled=pooled,
        observers=observers,
        paper=paper,
        crossed=crossed,
        balanced_accuracy=balanced_accuracy(table, task=task),
        group_d_prime=_group(table, level=level, task=task),
        group_d_prime_random=_group(table, level=level, task=task, observers_random=True) if crossed else None,
        agreement=agreement_of(table, level=level),
        n_observers=len(table.observers),
        n_images=len(table.items),
        n_missing=table.n_missing,
        level=level,
    )


def _counts(table: AnswerTable) -> Iterator[Counts]:
    """Yield each observer's counts."""
    neither = np.zeros(table.responses.shape, dtype=bool) if table.neither is None else table.neither
    yes, no = table.responses == 1, table.responses == 0
    cells = [
        (those & which).sum(axis=1).tolist()
        for those, which in (
            (yes, table.truth),
            (no, table.truth),
            (no, ~table.truth),
            (yes, ~table.truth),
            (table.missing, True),
            (neither, table.truth),
            (neither, ~table.truth),
        )
    ]
    yield from map(Counts, *cells)


def _group(table: AnswerTable, *, level: float, task: Task, observers_random: bool = False) -> GroupDPrime:
    return group_d_prime(
        np.broadcast_to(table.truth, table.responses.shape),
        table.responses,
        table.observers,
        observers_random=observers_random,
        level=level,
        task=task,
    )


@lru_cache(maxsize=4096)
def _observer(counts: Counts, *, interval: str, level: float, task: Task) -> ObserverSummary:
    """Return one observer's statistics. Of many observers many have the same counts."""
    method = "wilson" if interval == DEFAULT else interval
    return ObserverSummary(
        Pair(
            proportion(counts.tp, counts.tp + counts.fn, method=method, level=level),
            proportion(counts.tn, counts.tn + counts.fp, method=method, level=level),
        ),
        counts,
        signal_detection(tp=counts.tp, fn=counts.fn, tn=counts.tn, fp=counts.fp, level=level, task=task),
    )


def _pooled(counts: list[Counts], *, method: str, level: float) -> Pair:
    tp, fn, tn, fp = (sum(getattr(count, name) for count in counts) for name in ("tp", "fn", "tn", "fp"))
    return Pair(
        proportion(tp, tp + fn, method=method, level=level, note=INDEPENDENT),
        proportion(tn, tn + fp, method=method, level=level, note=INDEPENDENT),
    )


class _ShareEstimator(Protocol):
    """Estimate the share of right among the given answers, bool arrays of shape (J, I)."""

    def __call__(self, correct: NDArray[np.bool_], answered: NDArray[np.bool_], *, level: float = 0.95) -> Estimate: ...


def _by_truth(table: AnswerTable, estimate: _ShareEstimator, *, level: float) -> Pair:
    return Pair(*(estimate(*table.correct(perturbed=perturbed), level=level) for perturbed in (True, False)))
