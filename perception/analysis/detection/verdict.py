"""Is the change undetectable within the margin? One verdict for each strength, in words: one text for every report.

What is judged is d′, which an observer's readiness to say "perturbed" does not touch; the share of right answers stands
beside it. There is no verdict on a mixture of strengths: weak ones would hide what is seen of the strong.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING, AnswerTable
from perception.analysis.detection.choices_against_chance import share_right_against_chance
from perception.analysis.detection.d_prime_margin import DPrimeTest, within_d_prime
from perception.analysis.detection.equivalence import balanced_accuracy
from perception.analysis.detection.group_d_prime import GroupDPrime, group_d_prime
from perception.analysis.detection.margin import d_prime_of_margin
from perception.analysis.detection.verdict_rule import D_PRIME
from perception.analysis.detection.verdict_words import Margin, left_out_words, sentence_of
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import Observations, Task

THESE, LIKE_THESE = "these observers on average", "observers like these on average"
"""d′ is a mean: who sees much and who answers the wrong way round cancel in it."""
LEVEL = 0.90
"""Of the intervals beside two one-sided tests at 5%."""

Known: TypeAlias = tuple[GroupDPrime | None, GroupDPrime | None]
"""d′ of these observers, and of observers like these, where they were estimated already."""
UNKNOWN: Known = (None, None)


@dataclass(frozen=True, slots=True)
class Claim:
    """What was found at one strength of one group of observers: these, or others like them.

    Attributes
    ----------
    test
        Of d′.
    share_right
        Balanced accuracy, or of two images the share of right choices, with its 90% interval: of the observers who are
        in d′, and where there is no d′ of all.
    """

    test: DPrimeTest
    share_right: Estimate

    def as_dict(self) -> JsonObject:
        """Return the tests as JSON."""
        return {**self.test.as_dict(), "share_right": self.share_right.as_dict()}


@dataclass(frozen=True, slots=True)
class StrengthVerdict:
    """The verdict at one strength.

    Attributes
    ----------
    strength
        In 8-bit levels; None where it is not known.
    these_observers
        For these observers and images like these.
    observers_random
        For observers and images like these; None with fewer than three observers.
    """

    strength: float | None
    these_observers: Claim
    observers_random: Claim | None

    @property
    def claims(self) -> tuple[tuple[str, Claim], ...]:
        """Whom each claim is about, and the claim."""
        these = ((THESE, self.these_observers),)
        return these if self.observers_random is None else (*these, (LIKE_THESE, self.observers_random))

    def as_dict(self) -> JsonObject:
        """Return the tests as JSON."""
        return {
            "strength": self.strength,
            "these_observers": self.these_observers.as_dict(),
            "observers_random": self.observers_random.as_dict() if self.observers_random else None,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict for each strength.

    Attributes
    ----------
    task
        What was asked.
    margin
        δ, as the protocol fixed it: a difference from ½ of an observer without a leaning.
    margin_d_prime
        The same in d′: 2 Φ⁻¹(½ + δ), of two images √2 Φ⁻¹(½ + δ).
    strengths
        Ascending; where a strength is not known, last.
    of_arms
        Over how many arms, with the strengths of each, p-values are adjusted.
    """

    task: Task
    margin: float
    margin_d_prime: float
    strengths: tuple[StrengthVerdict, ...]
    of_arms: int = 1

    @property
    def measure(self) -> str:
        """The share that stands beside d′."""
        return "share of right choices" if self.task == "two_afc" else "balanced accuracy"

    @property
    def family(self) -> str:
        """What p-values are adjusted over, in words; nothing where there is one verdict alone."""
        if self.of_arms > 1:
            return "all verdicts"
        return "all strengths" if len(self.strengths) > 1 else ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The verdict in words, a paragraph a strength: for these observers, then for observers like these."""
        return tuple(_paragraph(self, one) for one in self.strengths)

    @property
    def of_others(self) -> tuple[str, ...]:
        """What is said of other observers where there are too few for a verdict on them; nothing where there is one."""
        if any(one.observers_random is not None for one in self.strengths):
            return ()
        return (f"What other observers would see takes at least {FEWEST_OBSERVERS} observers.",)

    @property
    def in_words(self) -> str:
        """All of the verdict in words."""
        return " ".join((*self.sentences, *self.of_others))

    def as_dict(self) -> JsonObject:
        """Return the tests and the verdict as JSON."""
        return {
            "rule": D_PRIME,
            "measure": "d′",
            "margin": self.margin,
            "margin_d_prime": self.margin_d_prime,
            "verdict": self.in_words,
            "strengths": [one.as_dict() for one in self.strengths],
            **({"adjusted_over": self.family} if self.of_arms > 1 else {}),
        }


def verdict(
    series: Observations,
    *,
    margin: float,
    known: Known = UNKNOWN,
) -> Verdict:
    """Test at each strength whether the change is undetectable within a margin, at 5% over all strengths.

    Parameters
    ----------
    series
        The answers, without those of catch trials.
    margin
        δ, between 0 and ½, set before the study opens.
    known
        d′ of all of these answers, for these observers and for observers like these, where it was estimated already: it
        then is not estimated again. None where it was not.

    Returns
    -------
    Verdict
        The tests, and in words what they show; for other observers only from three observers on.

    Raises
    ------
    ValueError
        A margin outside (0, ½).

    Notes
    -----
    Perturbed images of each strength are compared with all clean ones; of choices between two images those of each
    strength stand alone. d′ is `group_d_prime`, the tests `within_d_prime`.

    Examples
    --------
    Two observers who say "perturbed" of every second image, whatever it is:

    >>> import numpy as np
    >>> from perception.analysis.detection.verdict import verdict
    >>> from perception.analysis.observations import Observations
    >>> study = Observations(
    ...     task="yes_no",
    ...     observers=("A", "B"),
    ...     items=tuple(f"image {number}" for number in range(80)),
    ...     observer=np.repeat([0, 1], 80),
    ...     item=np.tile(np.arange(80), 2),
    ...     truth=np.tile(np.arange(80) < 40, 2),
    ...     response=np.tile(np.arange(80) % 2, 2).astype(np.int8),
    ...     catch=np.zeros(160, dtype=bool),
    ... )
    >>> print(verdict(study, margin=0.05).in_words.partition(":")[0])
    Not shown to be undetectable within 5 percentage points of chance for these observers on average
    >>> verdict(study, margin=0.25).strengths[0].these_observers.test.within
    True
    """
    return verdicts_of_arms({"": series}, margin=margin, known={"": known})[""]


def verdicts_of_arms(
    arms: Mapping[str, Observations], *, margin: float, known: Mapping[str, Known] | None = None
) -> dict[str, Verdict]:
    """Test in each arm, at each strength, whether the change is undetectable within a margin, at 5% over all of them.

    Parameters
    ----------
    arms
        The answers of each arm, as `perception.analysis.two_arms.summary.arms_apart` returns them, without those of
        catch trials.
    margin
        δ, between 0 and ½, set before the study opens.
    known
        Of each arm, as for `verdict`; None where nothing was estimated.

    Returns
    -------
    dict
        A verdict for each arm, in the order given; of other observers where three or more judged in each arm. The
        p-values are one family: they are adjusted after Holm over the strengths of all arms.

    Raises
    ------
    ValueError
        A margin outside (0, ½).

    Examples
    --------
    Two arms with the same answers: what is told of each has to hold for both.

    >>> import numpy as np
    >>> from perception.analysis.detection.verdict import verdict, verdicts_of_arms
    >>> from perception.analysis.observations import Observations
    >>> one = Observations(
    ...     task="yes_no",
    ...     observers=("A", "B"),
    ...     items=tuple(f"image {number}" for number in range(200)),
    ...     observer=np.repeat([0, 1], 200),
    ...     item=np.tile(np.arange(200), 2),
    ...     truth=np.tile(np.arange(200) < 100, 2),
    ...     response=np.tile(np.arange(200) % 2, 2).astype(np.int8),
    ...     catch=np.zeros(400, dtype=bool),
    ... )
    >>> alone = verdict(one, margin=0.1).strengths[0].these_observers.test
    >>> of_arms = verdicts_of_arms({"FGSM": one, "PGD": one}, margin=0.1)
    >>> beside = of_arms["FGSM"].strengths[0].these_observers.test
    >>> round(beside.inside.adjusted / alone.inside.adjusted, 6)
    2.0
    """
    parts = [(name, strength, part) for name, series in arms.items() for strength, part in _by_strength(series)]
    if not parts:
        return {}
    task = parts[0][2].task
    reach = d_prime_of_margin(margin) * _unit(task)
    many = all(_answering(series) >= FEWEST_OBSERVERS for series in arms.values())
    answers = [part for _, _, part in parts]
    estimated = _estimated(parts, known or {})
    these = _claims(answers, reach, [of_these for of_these, _ in estimated], observers_random=False)
    others: Sequence[Claim | None] = [None] * len(parts)
    if many:
        others = _claims(answers, reach, [of_others for _, of_others in estimated], observers_random=True)
    found = list(zip(parts, these, others, strict=True))
    return {
        name: Verdict(
            task,
            margin,
            reach,
            tuple(StrengthVerdict(strength, own, other) for (of, strength, _), own, other in found if of == name),
            of_arms=len(arms),
        )
        for name in arms
    }


def _answering(series: Observations) -> int:
    """Return how many observers gave any answer."""
    return int(np.unique(series.observer[series.response != MISSING]).size)


def _estimated(parts: list[tuple[str, float | None, Observations]], known: Mapping[str, Known]) -> list[Known]:
    """Return what was estimated already of each part: that of an arm is of all its answers, so of a single strength."""
    arms = [name for name, _, _ in parts]
    return [known.get(name, UNKNOWN) if arms.count(name) == 1 else UNKNOWN for name in arms]


def _unit(task: Task) -> float:
    """Return what d′ is of z(H) − z(F): of two images it is over √2."""
    return 1 / sqrt(2) if task == "two_afc" else 1.0


def _by_strength(series: Observations) -> Iterator[tuple[float | None, Observations]]:
    """Go through the strengths, ascending, each with the answers that tell of it."""
    present = np.ones_like(series.truth) if series.task == "two_afc" else series.truth
    strengths = _strengths(series)[present]
    known = np.unique(strengths[strengths > 0]).tolist()
    if len(known) < 2 and not (known and np.isnan(strengths).any()):
        yield (known[0] if known else None), series
        return
    of_answer = _strengths(series)
    for strength in known:
        yield strength, series.of(~present | (of_answer == strength))
    unknown = present & ~np.isin(of_answer, known)
    if unknown.any():
        yield None, series.of(~present | unknown)


def _strengths(series: Observations) -> NDArray[np.float64]:
    return np.full(series.truth.shape, np.nan) if series.strength is None else series.strength


def _claims(
    parts: list[Observations], margin: float, known: Sequence[GroupDPrime | None], *, observers_random: bool
) -> list[Claim]:
    tests = within_d_prime(
        [
            _d_prime(part, observers_random=observers_random) if one is None else one.at(LEVEL)
            for part, one in zip(parts, known, strict=True)
        ],
        margin=margin,
    )
    return [
        Claim(test, _share_right(part, _those_in(part.table(), test.d_prime), observers_random=observers_random))
        for part, test in zip(parts, tests, strict=True)
    ]


def _d_prime(part: Observations, *, observers_random: bool) -> GroupDPrime:
    return group_d_prime(
        part.spread(part.truth, nothing=False),
        part.spread(part.response, MISSING),
        part.observers,
        observers_random=observers_random,
        level=LEVEL,
        task=part.task,
    )


def _those_in(table: AnswerTable, found: GroupDPrime) -> AnswerTable:
    """Return the answers of the observers who are in a d′; where there is none, all of them."""
    return table if found.estimate.estimate is None else table.without(found.left_out)


def _share_right(part: Observations, table: AnswerTable, *, observers_random: bool) -> Estimate:
    if part.task == "two_afc":
        right, given = table.responses == 1, table.responses != MISSING
        return share_right_against_chance(right, given, observers_random=observers_random).estimate
    return balanced_accuracy(table, observers_random=observers_random, task=part.task).estimate


def _paragraph(whole: Verdict, one: StrengthVerdict) -> str:
    margin = Margin(whole.margin, whole.margin_d_prime, _unit(whole.task), whole.family)
    reasons = {claim.test.d_prime.estimate.reason for _, claim in one.claims}
    if len(one.claims) > 1 and len(reasons) == 1 and None not in reasons:
        told = [sentence_of(one.these_observers.test, margin, "for these observers, nor for observers like these")]
    else:
        noticed = bool(one.these_observers.test.noticed)
        told = [
            sentence_of(claim.test, margin, f"for {whom}", noticed_by_these=noticed and claim != one.these_observers)
            for whom, claim in one.claims
        ]
        told.append(left_out_words(one.these_observers.test.d_prime))
    text = " ".join(sentence for sentence in told if sentence)
    if len(whole.strengths) == 1:
        return text
    return f"At {'an unknown strength' if one.strength is None else f'strength {one.strength:g}'}: {text}"
