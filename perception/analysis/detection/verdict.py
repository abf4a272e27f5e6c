"""Is the change undetectable within the margin? One verdict for each strength, in words: one text for every report.

What is judged is d′, which an observer's readiness to say "perturbed" does not touch; the share of right answers stands
beside it. There is no verdict on a mixture of strengths: weak ones would hide what is seen of the strong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from perception.analysis.answer_table import MISSING
from perception.analysis.detection.choices_against_chance import share_right_against_chance
from perception.analysis.detection.d_prime_margin import DPrimeTest, within_d_prime
from perception.analysis.detection.equivalence import balanced_accuracy
from perception.analysis.detection.group_d_prime import group_d_prime
from perception.analysis.detection.margin import d_prime_of_margin, margin_of_d_prime
from perception.analysis.detection.verdict_rule import D_PRIME
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import Observations, Task

THESE, LIKE_THESE = "these observers on average", "observers like these on average"
"""d′ is a mean: who sees much and who answers the wrong way round cancel in it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What was found at one strength of one group of observers: these, or others like them.

    Attributes
    ----------
    test
        Of d′.
    share_right
        Balanced accuracy, or of two images the share of right choices, with its 90% interval.
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
            return "all arms and strengths"
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


def verdict(series: Observations, *, margin: float) -> Verdict:
    """Test at each strength whether the change is undetectable within a margin, at 5% over all strengths.

    Parameters
    ----------
    series
        The answers, without those of catch trials.
    margin
        δ, between 0 and ½, set before the study opens.

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
    return verdicts_of_arms({"": series}, margin=margin)[""]


def verdicts_of_arms(arms: Mapping[str, Observations], *, margin: float) -> dict[str, Verdict]:
    """Test in each arm, at each strength, whether the change is undetectable within a margin, at 5% over all of them.

    Parameters
    ----------
    arms
        The answers of each arm, as `perception.analysis.two_arms.summary.arms_apart` returns them, without those of
        catch trials.
    margin
        δ, between 0 and ½, set before the study opens.

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
    >>> round(beside.p_adjusted / alone.p_adjusted, 6)
    2.0
    """
    parts = [(name, strength, part) for name, series in arms.items() for strength, part in _by_strength(series)]
    if not parts:
        return {}
    task = parts[0][2].task
    reach = d_prime_of_margin(margin) * _unit(task)
    many = all(len(series.observers) >= FEWEST_OBSERVERS for series in arms.values())
    answers = [part for _, _, part in parts]
    these = _claims(answers, reach, observers_random=False)
    others = _claims(answers, reach, observers_random=True) if many else [None] * len(parts)
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


def _claims(parts: list[Observations], margin: float, *, observers_random: bool) -> list[Claim]:
    tests = within_d_prime(
        [
            group_d_prime(
                part.spread(part.truth, nothing=False),
                part.spread(part.response, MISSING),
                part.observers,
                observers_random=observers_random,
                task=part.task,
            )
            for part in parts
        ],
        margin=margin,
    )
    return [
        Claim(test, _share_right(part, observers_random=observers_random))
        for part, test in zip(parts, tests, strict=True)
    ]


def _share_right(part: Observations, *, observers_random: bool) -> Estimate:
    table = part.table()
    if part.task == "two_afc":
        right, given = table.responses == 1, table.responses != MISSING
        return share_right_against_chance(right, given, observers_random=observers_random).estimate
    return balanced_accuracy(table, observers_random=observers_random).estimate


def _paragraph(whole: Verdict, one: StrengthVerdict) -> str:
    reasons = {claim.test.d_prime.estimate.reason for _, claim in one.claims}
    if len(one.claims) > 1 and len(reasons) == 1 and None not in reasons:
        text = _sentence(whole, one.these_observers, "for these observers, nor for observers like these")
    else:
        text = " ".join(
            _sentence(whole, claim, f"for {whom}", noticed_by_these=bool(one.these_observers.test.noticed))
            for whom, claim in one.claims
        )
    if len(whole.strengths) == 1:
        return text
    return f"At {'an unknown strength' if one.strength is None else f'strength {one.strength:g}'}: {text}"


def _sentence(whole: Verdict, claim: Claim, observers: str, *, noticed_by_these: bool = False) -> str:
    test, points = claim.test, _points(whole.margin)
    found = test.d_prime.estimate
    untold = f"Whether the change is undetectable within {points} cannot be told {observers}"
    if found.estimate is None:
        return f"{untold}: {found.reason}."
    if found.low is None or found.high is None:
        reason = found.method.removeprefix("no interval: ")
        return f"Detected {observers}: {reason}." if test.noticed else f"{untold}: {reason}."
    interval = f"90% interval {_signed(found.low)} to {_signed(found.high)}"
    told = f"d′ is {_signed(found.estimate)} ({interval})"
    margin = f"±{test.margin:.2f}"
    if test.within is None:
        seen = f"Noticed more often than chance {observers}: {told}. " if test.noticed else ""
        text = f"{seen}{untold}: with so few answers a d′ as large as the margin of {margin} is seldom seen as such"
        text += "." if seen else f"; {told}."
    elif test.within and noticed_by_these and not test.noticed:
        text = f"Within {points} of chance {observers}, though these observers notice it: {told}, inside {margin}."
    else:
        text = _finding(whole, test, f"{points} of chance {observers}", observers, told, margin)
    left_out = test.d_prime.left_out
    if left_out:
        many = f"{len(left_out)} observer{'s' if len(left_out) > 1 else ''}"
        text += (
            f" {many} gave too few answers of one kind for a d′ and {'are' if len(left_out) > 1 else 'is'} not in it."
        )
    return text


def _finding(whole: Verdict, test: DPrimeTest, within: str, observers: str, told: str, margin: str) -> str:
    found = test.d_prime.estimate
    low, high = found.low or 0.0, found.high or 0.0
    if test.within and test.noticed:
        return f"Detected, but by less than {within}: {told}, above 0 and inside {margin}."
    if test.within and high < 0:
        return f"Undetectable within {within}, though below chance: {told}, inside {margin}."
    if test.within:
        return f"Undetectable within {within}: {told}, inside {margin}."
    if test.noticed and low > test.margin:
        return f"Detected {observers}: {told}, above {test.margin:.2f}."
    if high < -test.margin:
        return f"Not at chance {observers}: {told}, below −{test.margin:.2f}; they answer the wrong way round."
    below = -low > high
    reach = low if below else high
    side = "down to" if below else "up to"
    points = f"{_points(abs(margin_of_d_prime(reach / _unit(whole.task))))}{' below chance' if below else ''}"
    excluded = f"a d′ of {side} {_signed(reach)} ({points}) is not excluded"
    if test.noticed:
        return (
            f"Noticed more often than chance {observers}: {told}; {excluded}, so that it is by less than the margin of "
            f"{margin} was not shown."
        )
    if -test.margin < low and high < test.margin:
        return (
            f"Not shown to be undetectable within {within}: {told}, inside {margin}, but over {whole.family} p is "
            f"{test.p_adjusted or 1:.2g}."
        )
    return f"Not shown to be undetectable within {within}: {told}, not inside {margin}; {excluded}."


def _points(share: float) -> str:
    number = f"{100 * share:.3g}"
    return f"{number} percentage point{'' if number == '1' else 's'}"


def _signed(value: float) -> str:
    text = f"{value:.2f}"
    return text.replace("-", "" if float(text) == 0 else "−")
