"""Whether a change that is surely seen was noticed: by shares, which are there where every answer is right."""

from dataclasses import replace

from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.detection.yes_no import AnswerSummary
from perception.analysis.estimates.difference import independent_difference
from perception.analysis.estimates.estimate import Estimate


def noticed_beyond_chance(answers: AnswerSummary | ChoiceSummary) -> Estimate:
    """Return how much more often than by guessing a change was noticed, by these observers.

    Parameters
    ----------
    answers
        Of the images of one attack, beside all clean ones.

    Returns
    -------
    Estimate
        The pooled share noticed less that of false alarms, within [−1, 1]; of two images, the share of right choices
        less ½. It was noticed where the interval lies above 0. Undefined where there are no answers of a kind.

    Notes
    -----
    The tests of d′ do not serve: an observer who noticed every image has no d′ that a few images could tell, and that
    is what a positive control is chosen for. The interval is that of the difference of independent shares (Newcombe
    1998, method 10), which has limits where all answers are alike (Clopper & Pearson's on images).

    Examples
    --------
    Two observers, four perturbed images and four clean ones; every perturbed one is noticed, none of the clean:

    >>> import numpy as np
    >>> from perception.analysis.answer_table import AnswerTable
    >>> from perception.analysis.detection.positive_control import noticed_beyond_chance
    >>> from perception.analysis.detection.yes_no import summarise_answers
    >>> truth = np.array([True] * 4 + [False] * 4)
    >>> answers = np.array([truth, truth]).astype(np.int8)
    >>> table = AnswerTable(observers=("A", "B"), items=tuple("abcdefgh"), truth=truth, responses=answers)
    >>> found = noticed_beyond_chance(summarise_answers(table))
    >>> found.estimate, found.low > 0
    (1.0, True)
    """
    if isinstance(answers, ChoiceSummary):
        return _less(answers.pooled.correct, 0.5)
    hits, right = answers.pooled.sensitivity, answers.pooled.specificity
    return independent_difference(hits, _turned(right))


def _less(share: Estimate, chance: float) -> Estimate:
    if share.estimate is None:
        return share
    low, high = (None if limit is None else limit - chance for limit in (share.low, share.high))
    return replace(share, estimate=share.estimate - chance, low=low, high=high)


def _turned(share: Estimate) -> Estimate:
    """Return the share of the other answer."""
    if share.estimate is None:
        return share
    low, high = (None if limit is None else 1 - limit for limit in (share.high, share.low))
    return replace(share, estimate=1 - share.estimate, low=low, high=high, k=None)
