"""Observers who chose which of two images was the perturbed one: share right, d′, and a bias to one side.

Green & Swets (1966), Signal Detection Theory and Psychophysics; Macmillan & Creelman (2005), Detection Theory, ch. 7.
"""

from dataclasses import dataclass, fields
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from perception.analysis.agreement.summary import Agreement, agreement_of
from perception.analysis.answer_table import MISSING, AnswerTable
from perception.analysis.detection.choices_against_chance import choice_variance, share_right_against_chance
from perception.analysis.detection.equivalence import BalancedAccuracy
from perception.analysis.detection.group_d_prime import GroupDPrime, group_d_prime
from perception.analysis.detection.signal_detection import normal_density, signal_detection, two_alternative_d_prime
from perception.analysis.detection.yes_no import DEFAULT, INDEPENDENT, INTERVALS
from perception.analysis.estimates.clustered import clustered_proportion
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS, crossed_proportion
from perception.analysis.estimates.difference import independent_difference
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.proportions import proportion
from perception.analysis.json_values import JsonObject

POOLED_D_PRIME = "two-alternative forced choice, of the pooled share, delta method, clustered by image; these observers"


@dataclass(frozen=True, slots=True)
class Choices:
    """One observer's choices between two images, or those of all.

    Attributes
    ----------
    correct
        The share of right choices; ½ is guessing.
    d_prime
        √2 Φ⁻¹(share right): too low where there is a bias to one side.
    said_first
        The share of choices of the first image, whichever it was.
    side_difference
        The share of right choices where the perturbed image stood first, less that where it stood second: 0 without
        a bias, above 0 where the observer favours the first.
    """

    correct: Estimate
    d_prime: Estimate
    said_first: Estimate
    side_difference: Estimate

    def as_dict(self) -> JsonObject:
        """Return the statistics as JSON."""
        return {
            "correct": self.correct.as_dict(),
            "dprime": self.d_prime.as_dict(),
            "said_first": self.said_first.as_dict(),
            "side_difference": self.side_difference.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class ChoiceCounts:
    """Where the perturbed image stood, and which one was chosen.

    Attributes
    ----------
    first_chosen_first, first_chosen_second
        It stood first, and the first, or the second, was chosen.
    second_chosen_first, second_chosen_second
        It stood second, and the first, or the second, was chosen.
    missing
        Choices that are missing.
    """

    first_chosen_first: int
    first_chosen_second: int
    second_chosen_first: int
    second_chosen_second: int
    missing: int

    @property
    def counted(self) -> int:
        """How many choices are in the shares."""
        of_first = self.first_chosen_first + self.first_chosen_second
        return of_first + self.second_chosen_first + self.second_chosen_second

    def as_dict(self) -> JsonObject:
        """Return the counts as JSON."""
        return {
            "perturbed_first": {"chose_first": self.first_chosen_first, "chose_second": self.first_chosen_second},
            "perturbed_second": {"chose_first": self.second_chosen_first, "chose_second": self.second_chosen_second},
            "missing": self.missing,
        }


@dataclass(frozen=True, slots=True)
class ObserverChoices:
    """One observer's statistics and counts.

    Attributes
    ----------
    figures
        The statistics.
    d_prime_without_leaning
        (z(H) − z(F))/√2 of the shares of "first", which a bias to one side does not touch: what the group's d′ is the
        mean of.
    counts
        Behind them.
    """

    figures: Choices
    d_prime_without_leaning: Estimate
    counts: ChoiceCounts

    def as_dict(self) -> JsonObject:
        """Return the statistics and the counts as JSON."""
        return {
            **self.figures.as_dict(),
            "dprime_without_leaning": self.d_prime_without_leaning.as_dict(),
            "counts": self.counts.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class ChoiceSummary:
    """Every statistic of a table of choices.

    Attributes
    ----------
    pooled
        Over all observers; clustered by image, or the share right by the named method.
    observers
        Each observer's own: different images, independent choices.
    as_independent
        Pooled share right, Wald over all choices.
    crossed
        Share right for observers and images both random; None with fewer than three observers.
    against_chance
        The pooled share right with the 90% interval by which a study shows a change to be undetectable within a margin.
    group_d_prime, group_d_prime_random
        The mean of these observers' d′ without a leaning; and of observers like these, None with fewer than three.
    agreement
        Of the observers with one another: whether they chose the same image.
    n_observers, n_images, n_missing
        Numbers of observers, of pairs of images, and of choices that should be there and are not.
    level
        That of every interval but the one against chance.
    """

    pooled: Choices
    observers: dict[str, ObserverChoices]
    as_independent: Estimate
    crossed: Estimate | None
    against_chance: BalancedAccuracy
    group_d_prime: GroupDPrime
    group_d_prime_random: GroupDPrime | None
    agreement: Agreement
    n_observers: int
    n_images: int
    n_missing: int
    level: float

    @property
    def silent(self) -> tuple[str, ...]:
        """Who gave no choice that is in the shares."""
        return tuple(name for name, observer in self.observers.items() if not observer.counts.counted)

    @property
    def n_answering(self) -> int:
        """How many observers gave a choice that is in the shares."""
        return self.n_observers - len(self.silent)

    @property
    def counts(self) -> ChoiceCounts:
        """The counts of all observers together."""
        each = [observer.counts for observer in self.observers.values()]
        return ChoiceCounts(
            *(sum(getattr(counts, cell.name) for counts in each) for cell in fields(ChoiceCounts)),
        )

    def as_dict(self) -> JsonObject:
        """Return the summary as JSON; what is undefined is null."""
        return {
            "pooled": self.pooled.as_dict(),
            "pooled_counts": self.counts.as_dict(),
            "observers": {name: observer.as_dict() for name, observer in self.observers.items()},
            "agreement": self.agreement.as_dict(),
            "against_chance": self.against_chance.as_dict(),
            "group_d_prime": self.group_d_prime.as_dict(),
            "group_d_prime_random": self.group_d_prime_random.as_dict() if self.group_d_prime_random else None,
            "pooled_as_independent": {"correct": self.as_independent.as_dict()},
            "pooled_observers_random": {"correct": self.crossed.as_dict()} if self.crossed else None,
            "n_observers": self.n_observers,
            "n_images": self.n_images,
            "n_missing": self.n_missing,
            "level": self.level,
        }


def summarise_choices(
    table: AnswerTable, perturbed_first: NDArray[np.bool_], *, interval: str = DEFAULT, level: float = 0.95
) -> ChoiceSummary:
    """Compute every statistic of a table of choices between two images.

    Parameters
    ----------
    table
        One column a pair of images. The truth is True throughout, and a response 1 where the perturbed image was
        chosen, 0 where the other one was.
    perturbed_first
        bool array of shape (J, I), observers × pairs: whether the perturbed image stood first for the observer;
        immaterial where the response is missing.
    interval
        "default", or one of `perception.analysis.estimates.proportions.METHODS`, which then serves each observer and
        the pooled share alike.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    ChoiceSummary
        What is undefined says so, with the reason.

    Raises
    ------
    ValueError
        No interval of that name; a level outside (0, 1); arrays that do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.answer_table import AnswerTable
    >>> from perception.analysis.detection.forced_choice import summarise_choices
    >>> chose_perturbed = np.array([[1, 1, 0, 1, 1, 0], [1, 0, 1, 1, 1, 0]], dtype=np.int8)
    >>> table = AnswerTable(("A", "B"), tuple("abcdef"), np.ones(6, dtype=bool), chose_perturbed)
    >>> perturbed_first = np.array([[1, 0, 1, 0, 1, 0], [0, 1, 1, 0, 1, 0]], dtype=bool)
    >>> found = summarise_choices(table, perturbed_first)
    >>> share = found.pooled.correct
    >>> print(f"{share.k} of {share.n}: {share.estimate:.2f} ({share.low:.2f} to {share.high:.2f})")
    8 of 12: 0.67 (0.27 to 0.92)
    >>> print(f"d′ {found.pooled.d_prime.estimate:.2f}, first chosen {found.pooled.said_first.estimate:.2f}")
    d′ 0.61, first chosen 0.50
    >>> found.observers["A"].counts
    ChoiceCounts(first_chosen_first=2, first_chosen_second=1, second_chosen_first=1, second_chosen_second=2, missing=0)
    """
    require_level(level)
    if interval not in INTERVALS:
        raise ValueError(f"no interval is called {interval!r}; there are {', '.join(INTERVALS)}")
    if perturbed_first.shape != table.responses.shape:
        raise ValueError(f"sides have the shape {perturbed_first.shape}, responses {table.responses.shape}")
    right, given = table.responses == 1, table.responses != MISSING
    observers = {
        name: _observer(*parts, interval=interval, level=level)
        for name, *parts in zip(table.observers, right, given, perturbed_first, table.missing, strict=True)
    }
    total, k = int(given.sum()), int(right.sum())
    pooled = clustered_proportion(right, given, level=level)
    if interval != DEFAULT:
        pooled = proportion(k, total, method=interval, level=level, note=INDEPENDENT)
    many = int(given.any(axis=1).sum()) >= FEWEST_OBSERVERS
    said_first = np.where(given, right == perturbed_first, MISSING).astype(np.int8)
    return ChoiceSummary(
        pooled=Choices(
            pooled,
            pooled_d_prime(right, given, level=level),
            clustered_proportion(right == perturbed_first, given, level=level),
            independent_difference(
                *(clustered_proportion(right, given & (perturbed_first == side), level=level) for side in (True, False))
            ),
        ),
        observers=observers,
        as_independent=proportion(k, total, method="wald", level=level, note=INDEPENDENT),
        crossed=crossed_proportion(right, given, level=level) if many else None,
        against_chance=share_right_against_chance(right, given),
        group_d_prime=_group(perturbed_first, said_first, table.observers, level=level),
        group_d_prime_random=(
            _group(perturbed_first, said_first, table.observers, level=level, observers_random=True) if many else None
        ),
        agreement=agreement_of(table, level=level),
        n_observers=len(table.observers),
        n_images=len(table.items),
        n_missing=table.n_missing,
        level=level,
    )


def pooled_d_prime(right: NDArray[np.bool_], given: NDArray[np.bool_], *, level: float = 0.95) -> Estimate:
    """Estimate d′ of all choices together, for these observers and pairs of images like these.

    Parameters
    ----------
    right, given
        bool arrays of shape (J, I): observers × pairs; `right` only counts where `given`.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        Undefined without a choice, and where all are right or all wrong; without an interval (`low` and `high` None,
        `method` says why) from a single pair.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    With p the share right and v its variance, clustered by image and at least that of independent choices (Macmillan &
    Creelman 2005):

        d′ = √2 Φ⁻¹(p),  SE = √2 √v / φ(Φ⁻¹(p))

    It is the d′ of the pooled share, not the mean of the observers'. The interval is d′ ± z SE.

    References
    ----------
    - Macmillan, N. A., & Creelman, C. D. (2005). Detection Theory: A User's Guide, 2nd edition, chapter 7. Mahwah:
      Erlbaum.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.detection.forced_choice import pooled_d_prime
    >>> right = np.array([[1, 1, 0, 1, 0, 1], [0, 1, 1, 1, 0, 0], [1, 0, 1, 1, 1, 0]], dtype=bool)
    >>> found = pooled_d_prime(right, np.ones_like(right))
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    0.40 (-0.43 to 1.23)
    """
    require_level(level)
    n, k = int(given.sum()), int((right & given).sum())
    if k in (0, n):
        alone = two_alternative_d_prime(k, n, level=level)
        return Estimate.undefined(alone.reason or "", method=POOLED_D_PRIME, level=level, n=n, k=k)
    z = float(special.ndtri(k / n))
    value = sqrt(2) * z
    if int(given.any(axis=0).sum()) < 2:
        return Estimate(value, None, None, None, "no interval from a single image", n=n, k=k)
    error = sqrt(2 * choice_variance(right, given)) / normal_density(z)
    half = float(special.ndtri(0.5 + level / 2)) * error
    return Estimate(value, value - half, value + half, level, POOLED_D_PRIME, n=n, k=k)


def _observer(
    right: NDArray[np.bool_],
    given: NDArray[np.bool_],
    first: NDArray[np.bool_],
    missing: NDArray[np.bool_],
    *,
    interval: str,
    level: float,
) -> ObserverChoices:
    method = "wilson" if interval == DEFAULT else interval
    a, b, c, d = (
        int((given & (first == stood) & (right == was)).sum())
        for stood, was in ((True, True), (True, False), (False, False), (False, True))
    )
    n = a + b + c + d
    figures = Choices(
        proportion(a + d, n, method=method, level=level),
        two_alternative_d_prime(a + d, n, level=level),
        proportion(a + c, n, method=method, level=level),
        independent_difference(proportion(a, a + b, level=level), proportion(d, c + d, level=level)),
    )
    without = signal_detection(tp=a, fn=b, tn=d, fp=c, level=level, task="two_afc").d_prime
    return ObserverChoices(figures, without, ChoiceCounts(a, b, c, d, int(missing.sum())))


def _group(
    first: NDArray[np.bool_],
    said_first: NDArray[np.int8],
    observers: tuple[str, ...],
    *,
    level: float,
    observers_random: bool = False,
) -> GroupDPrime:
    return group_d_prime(first, said_first, observers, observers_random=observers_random, level=level, task="two_afc")
