"""The verdict by the rule of protocols up to version 3: balanced accuracy within the margin, all strengths together.

Studies that opened under it keep it. It calls undetectable what observers who hardly ever say "perturbed" do not
report, whatever they see: `verdict` is what newer protocols fix.
"""

from dataclasses import dataclass

from perception.analysis.answer_table import MISSING, AnswerTable
from perception.analysis.detection.choices_against_chance import share_right_against_chance
from perception.analysis.detection.equivalence import Equivalence, equivalence, within_margin
from perception.analysis.detection.margin import CHANCE
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.json_values import JsonObject
from perception.analysis.number_words import percentage_points
from perception.analysis.observations import Task

BALANCED, RIGHT = "balanced accuracy", "share of right choices"


@dataclass(frozen=True, slots=True)
class AccuracyVerdict:
    """Two one-sided tests at 5%, for these observers and for others.

    Attributes
    ----------
    measure
        What is compared with ½: balanced accuracy, or of two images the share of right choices.
    these_observers
        For these observers and images like these.
    observers_random
        For observers and images like these; None with fewer than three observers.
    """

    measure: str
    these_observers: Equivalence
    observers_random: Equivalence | None

    @property
    def in_words(self) -> str:
        """The verdict: for these observers, then for observers like these."""
        text = _sentence(self.these_observers, self.measure, "for these observers")
        if self.observers_random is None:
            return f"{text} What other observers would see takes at least {FEWEST_OBSERVERS} observers."
        return f"{text} {_sentence(self.observers_random, self.measure, 'for observers like these')}"

    def as_dict(self) -> JsonObject:
        """Return the tests and the verdict as JSON."""
        return {
            "measure": self.measure,
            "margin": self.these_observers.margin,
            "verdict": self.in_words,
            "these_observers": _as_dict(self.these_observers),
            "observers_random": _as_dict(self.observers_random) if self.observers_random else None,
        }


def accuracy_verdict(table: AnswerTable, task: Task, *, margin: float) -> AccuracyVerdict:
    """Test whether the change is undetectable within a margin, at 5%.

    Parameters
    ----------
    table
        The answers; of choices between two images a response is 1 where the perturbed one was chosen.
    task
        What was asked.
    margin
        δ, between 0 and ½, set before the study opens.

    Returns
    -------
    AccuracyVerdict
        The tests, and in words what they show; for other observers only from three observers on.

    Raises
    ------
    ValueError
        A margin outside (0, ½).

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.answer_table import AnswerTable
    >>> from perception.analysis.detection.accuracy_verdict import accuracy_verdict
    >>> table = AnswerTable(
    ...     observers=("A", "B"),
    ...     items=tuple(f"image {number}" for number in range(80)),
    ...     truth=np.arange(80) < 40,
    ...     responses=((np.arange(80) + np.arange(2)[:, None]) % 2).astype(np.int8),
    ... )
    >>> found = accuracy_verdict(table, "yes_no", margin=0.05)
    >>> found.these_observers.undetectable
    False
    >>> print(found.in_words.partition(":")[0])
    Not shown to be undetectable within 5 percentage points of chance for these observers
    """
    many = len(table.observers) >= FEWEST_OBSERVERS
    kinds = (False, True) if many else (False,)
    if task == "two_afc":
        right, given = table.responses == 1, table.responses != MISSING
        tests = [
            within_margin(
                share_right_against_chance(right, given, observers_random=random, by_normal=True), margin=margin
            )
            for random in kinds
        ]
    else:
        tests = [equivalence(table, margin=margin, observers_random=random) for random in kinds]
    return AccuracyVerdict(RIGHT if task == "two_afc" else BALANCED, tests[0], tests[1] if many else None)


def _as_dict(test: Equivalence) -> JsonObject:
    return {
        "estimate": test.balanced_accuracy.as_dict(),
        "p_below": test.p_below,
        "p_above": test.p_above,
        "p": test.p,
        "undetectable": test.undetectable,
    }


def _sentence(test: Equivalence, measure: str, observers: str) -> str:
    share, points = test.balanced_accuracy, percentage_points(test.margin)
    if share.estimate is None:
        return f"Whether the change is undetectable within {points} cannot be told {observers}: {share.reason}."
    if share.low is None or share.high is None:
        reason = share.method.removeprefix("no interval: ")
        return f"Whether the change is undetectable within {points} cannot be told {observers}: {reason}."
    interval = f"90% interval {100 * share.low:.1f}% to {100 * share.high:.1f}%"
    range_ = f"{100 * (CHANCE - test.margin):g}% to {100 * (CHANCE + test.margin):g}%"
    found = f"the {measure} is {100 * share.estimate:.1f}% ({interval})"
    if test.undetectable:
        return f"Undetectable within {points} of chance {observers}: {found}, inside {range_}."
    if share.low > CHANCE + test.margin:
        return f"Detected {observers}: {found}, above {range_}."
    if share.high < CHANCE - test.margin:
        return f"Not at chance {observers}: {found}, below {range_}; they answer the wrong way round."
    reach = max(CHANCE - share.low, share.high - CHANCE)
    if share.low > CHANCE:
        return (
            f"Noticed more often than chance {observers}: {found}; that it is by less than {points} was not shown, "
            f"{percentage_points(reach)} are not excluded."
        )
    return (
        f"Not shown to be undetectable within {points} of chance {observers}: {found} is not inside {range_}; a "
        f"difference of up to {percentage_points(reach)} is not excluded."
    )
