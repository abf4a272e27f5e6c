"""What the tests of one d′ show, in a sentence. Every word rests on a p-value after Holm, none on an interval."""

from dataclasses import dataclass

from perception.analysis.detection.d_prime_margin import AdjustedTest, DPrimeTest
from perception.analysis.detection.group_d_prime import GroupDPrime
from perception.analysis.detection.margin import margin_of_d_prime
from perception.analysis.number_words import percentage_points, signed

MOST_NAMED = 3
"""Of more observers who are not in a d′ the others are counted: all of them stand in the table of the report."""


@dataclass(frozen=True, slots=True)
class Margin:
    """The margin of a protocol.

    Attributes
    ----------
    share
        δ, between 0 and ½.
    d_prime
        The same in d′.
    unit
        What d′ is of z(H) − z(F): 1, of two images 1/√2.
    family
        Over what p-values are adjusted, such as `all strengths`; empty where there is one test of a kind alone.
    """

    share: float
    d_prime: float
    unit: float
    family: str

    @property
    def points(self) -> str:
        """δ in words."""
        return percentage_points(self.share)

    def share_of(self, d_prime: float) -> str:
        """Return in words how far from ½ somebody without a leaning is with a d′.

        Parameters
        ----------
        d_prime
            Of either sign.
        """
        return percentage_points(abs(margin_of_d_prime(d_prime / self.unit)))


def sentence_of(test: DPrimeTest, margin: Margin, observers: str, *, noticed_by_these: bool = False) -> str:
    """Say what was found of a group of observers.

    Parameters
    ----------
    test
        Of their d′.
    margin
        Of the protocol.
    observers
        Whom it is about, as `for these observers`.
    noticed_by_these
        Whether the group stands for others than those who answered, and these were shown to notice the change.

    Returns
    -------
    str
        "Detected" alone is d′ above the margin, "noticed" d′ above 0, "undetectable" d′ within the margin, and
        "detected, but by less than" it the last two together; each at 5% over all strengths.
    """
    found = test.d_prime.estimate
    untold = f"Whether the change is undetectable within {margin.points} cannot be told {observers}"
    if found.estimate is None:
        return f"{untold}: {found.reason}."
    if found.low is None or found.high is None:
        reason = found.method.removeprefix("no interval: ")
        if test.detected or test.noticed:
            return f"{'Detected' if test.detected else 'Noticed more often than chance'} {observers}: {reason}."
        return f"{untold}: {reason}."
    told = f"d′ is {signed(found.estimate, digits=2)} ({_interval(found.low, found.high)})"
    if test.detected:
        return f"Detected {observers}: {told}, above {test.margin:.2f}."
    if test.within is None:
        seen = f"Noticed more often than chance {observers}: {told}. " if test.noticed else ""
        text = (
            f"{seen}{untold}: with so few answers a d′ as large as the margin of {_around(test)} is seldom seen as such"
        )
        return f"{text}." if seen else f"{text}; {told}."
    if test.within:
        return _inside(test, margin, observers, told, noticed_by_these=noticed_by_these)
    return _not_inside(test, margin, observers, told, found.low, found.high)


def in_short(test: DPrimeTest, margin: str, *, noticed_by_these: bool = False) -> str:
    """Say what `sentence_of` says in a few words, without its numbers.

    Parameters
    ----------
    test
        Of the group's d′.
    margin
        The margin in words, such as `5 percentage points`.
    noticed_by_these
        As for `sentence_of`.

    Returns
    -------
    str
        A clause to be followed by whom it is about, such as `the change is detected` by `for these observers`.
    """
    found = test.d_prime.estimate
    has_interval = found.estimate is not None and found.low is not None and found.high is not None
    within = f"within {margin} of chance"
    if test.detected:
        return "the change is detected"
    if not has_interval or test.within is None:
        if test.noticed:
            return "the change is noticed more often than chance"
        return f"it cannot be told whether the change is undetectable {within}"
    if test.within:
        if test.noticed:
            return f"the change is detected, but by less than {margin},"
        if noticed_by_these:
            return f"the change is {within}"
        return f"the change is undetectable {within}"
    if _shown(test.below_margin):
        return "answers are the wrong way round, below chance,"
    if test.noticed:
        return "the change is noticed more often than chance"
    return f"the change is not shown to be undetectable {within}"


def left_out_words(found: GroupDPrime) -> str:
    """Say who is not in a d′, and why.

    Parameters
    ----------
    found
        d′ of a group.

    Returns
    -------
    str
        At most `MOST_NAMED` by name; empty where nobody is left out.
    """
    named = [f"{name} ({why})" for name, why in zip(found.left_out, found.left_out_because, strict=True)]
    if not named:
        return ""
    rest = len(named) - MOST_NAMED
    listed = named[:MOST_NAMED] + ([f"{rest} more"] if rest > 0 else [])
    who = listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
    return f"Not in this d′, for too few answers of one kind: {who}."


def _inside(test: DPrimeTest, margin: Margin, observers: str, told: str, *, noticed_by_these: bool) -> str:
    within, found = f"{margin.points} of chance {observers}", f"{told}, inside {_around(test)}."
    if test.noticed:
        return f"Detected, but by less than {within}: {told}, above 0 and inside {_around(test)}."
    if noticed_by_these:
        return f"Within {within}, though these observers notice it: {found}"
    if _shown(test.below_zero):
        return f"Undetectable within {within}, though below chance: {found}"
    return f"Undetectable within {within}: {found}"


def _not_inside(test: DPrimeTest, margin: Margin, observers: str, told: str, low: float, high: float) -> str:
    if _shown(test.below_margin):
        return f"Not at chance {observers}: {told}, below −{test.margin:.2f}; they answer the wrong way round."
    if test.noticed and low > test.margin:
        return (
            f"Noticed more often than chance {observers}: {told}, above {test.margin:.2f}, but over {margin.family} p "
            f"of that is {_p(test.above_margin)}."
        )
    below = -low > high
    reach = low if below else high
    excluded = (
        f"a d′ of {'down' if below else 'up'} to {signed(reach, digits=2)} ({margin.share_of(reach)}"
        f"{' below chance' if below else ''}) is not excluded"
    )
    if test.noticed:
        return (
            f"Noticed more often than chance {observers}: {told}; {excluded}, so that it is by less than the margin of "
            f"{_around(test)} was not shown."
        )
    start = f"Not shown to be undetectable within {margin.points} of chance {observers}: {told}"
    if -test.margin < low and high < test.margin:
        return f"{start}, inside {_around(test)}, but over {margin.family} p of that is {_p(test.inside)}."
    if low > test.margin or high < -test.margin:
        outside = f"above {test.margin:.2f}" if low > 0 else f"below −{test.margin:.2f}"
        p = _p(test.above_margin if low > 0 else test.below_margin)
        return f"{start}, {outside}, but over {margin.family} p of that is {p}."
    return f"{start}, not inside {_around(test)}; {excluded}."


def _shown(test: AdjustedTest | None) -> bool:
    return test is not None and test.shown


def _p(test: AdjustedTest | None) -> str:
    return f"{1 if test is None else test.adjusted:.2g}"


def _around(test: DPrimeTest) -> str:
    return f"±{test.margin:.2f}"


def _interval(low: float, high: float) -> str:
    return f"90% interval {signed(low, digits=2)} to {signed(high, digits=2)}"
