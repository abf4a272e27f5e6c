"""How far the observers of a study agree with one another: every coefficient, of all of them and of each pair."""

from dataclasses import dataclass
from itertools import combinations

from perception.analysis.agreement.cohen import METHOD as KAPPA
from perception.analysis.agreement.cohen import Kappa, kappa_of_answers
from perception.analysis.agreement.many_raters import counts_of_answers, fleiss_kappa, gwet_ac1, krippendorff_alpha
from perception.analysis.agreement.pairwise import KappaSpread, kappa_spread
from perception.analysis.answer_table import MISSING, AnswerTable
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.multiple_comparisons import METHOD as HOLM
from perception.analysis.estimates.multiple_comparisons import holm
from perception.analysis.estimates.proportions import proportion
from perception.analysis.json_values import JsonObject

# Among more observers than these, single pairs say nothing that a reader could take in.
MOST_PAIRED = 10
ALL_PAIRS = "no interval: pairs of answers to one image are not independent"


@dataclass(frozen=True, slots=True)
class PairKappa:
    """Cohen's kappa of one of several pairs of observers.

    Attributes
    ----------
    observers
        Their names.
    kappa
        Of the two.
    agreed
        The share of the images that both judged of which they said the same.
    adjusted_p
        Its p-value after Holm, over all pairs; None where it is not estimable.
    """

    observers: tuple[str, str]
    kappa: Kappa
    agreed: Estimate
    adjusted_p: float | None

    def as_dict(self) -> JsonObject:
        """Return the pair as JSON."""
        return {
            "observers": list(self.observers),
            "cohen_kappa": self.kappa.kappa.as_dict(),
            "agreed": self.agreed.as_dict(),
            "p": self.kappa.p,
            "adjusted_p": self.adjusted_p,
        }


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the observers agree.

    Attributes
    ----------
    agreed
        Of all pairs of answers to one image the share that say the same, without an interval; of two observers it is
        the share of images, with Wilson's. It is high by chance alone where one answer prevails.
    cohen
        Of the two observers; undefined unless there are exactly two.
    pairs
        Of each pair of observers, where there are three to `MOST_PAIRED`.
    fleiss_kappa, gwet_ac1, krippendorff_alpha
        Of all observers together.
    pair_kappas
        Where the kappas of all pairs lie, where there are more than `MOST_PAIRED` observers; None with fewer.
    """

    agreed: Estimate
    cohen: Kappa
    pairs: tuple[PairKappa, ...]
    fleiss_kappa: Estimate
    gwet_ac1: Estimate
    krippendorff_alpha: Estimate
    pair_kappas: KappaSpread | None = None

    @property
    def pairs_adjustment(self) -> str | None:
        """The method by which the pairs' p-values are adjusted; None without pairs."""
        return HOLM if self.pairs else None

    def as_dict(self) -> JsonObject:
        """Return the coefficients as JSON."""
        return {
            "agreed": self.agreed.as_dict(),
            "cohen_kappa": self.cohen.kappa.as_dict(),
            "p": self.cohen.p,
            "pairs": [pair.as_dict() for pair in self.pairs],
            "pairs_adjustment": self.pairs_adjustment,
            "fleiss_kappa": self.fleiss_kappa.as_dict(),
            "gwet_ac1": self.gwet_ac1.as_dict(),
            "krippendorff_alpha": self.krippendorff_alpha.as_dict(),
            "pair_kappas": self.pair_kappas.as_dict() if self.pair_kappas else None,
        }


def agreement_of(table: AnswerTable, *, level: float = 0.95) -> Agreement:
    """Compute every coefficient of agreement of a table of answers.

    Parameters
    ----------
    table
        The answers.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    Agreement
        Cohen's kappa of two observers; from three to `MOST_PAIRED` observers that of each pair, with p-values adjusted
        after Holm, and of more where the kappas of all pairs lie; Fleiss' kappa, Gwet's AC1 and Krippendorff's alpha of
        all.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.agreement.summary import agreement_of
    >>> from perception.analysis.answer_table import AnswerTable
    >>> table = AnswerTable(
    ...     observers=("A", "B", "C"),
    ...     items=tuple("abcdef"),
    ...     truth=np.array([True] * 3 + [False] * 3),
    ...     responses=np.array([[1, 1, 0, 0, 0, 1], [1, 0, 0, 0, 0, 1], [1, 1, 0, 1, 0, 0]], dtype=np.int8),
    ... )
    >>> found = agreement_of(table)
    >>> print(f"{found.fleiss_kappa.estimate:.3f}")
    0.325
    >>> [(pair.observers, round(pair.kappa.kappa.estimate, 2)) for pair in found.pairs]
    [(('A', 'B'), 0.67), (('A', 'C'), 0.33), (('B', 'C'), 0.0)]
    >>> found.cohen.kappa.reason
    "Cohen's kappa is for two observers; each pair has its own"
    """
    counts = counts_of_answers(table.responses)
    return Agreement(
        agreed=agreed_share(table, level=level),
        cohen=_cohen(table, level=level),
        pairs=_pairs(table, level=level),
        fleiss_kappa=fleiss_kappa(counts, level=level),
        gwet_ac1=gwet_ac1(counts, level=level),
        krippendorff_alpha=krippendorff_alpha(counts, level=level),
        pair_kappas=kappa_spread(table.responses) if len(table.observers) > MOST_PAIRED else None,
    )


def agreed_share(table: AnswerTable, *, level: float = 0.95) -> Estimate:
    """Return the share of agreeing pairs of answers; each image counts with all of its pairs.

    Parameters
    ----------
    table
        The answers.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        Of two observers the share of images, with Wilson's interval; of more without an interval. Undefined where no
        image was judged by two.

    Raises
    ------
    ValueError
        A level outside (0, 1).
    """
    if len(table.observers) == 2:
        return _agreed_of(table, 0, 1, level=level)
    perturbed, clean = (table.responses == 1).sum(axis=0), (table.responses == 0).sum(axis=0)
    given = perturbed + clean
    agreeing = int((perturbed * (perturbed - 1) + clean * (clean - 1)).sum()) // 2
    pairs = int((given * (given - 1)).sum()) // 2
    if not pairs:
        return Estimate.undefined("no image was judged by two", method=ALL_PAIRS, n=0, k=0)
    return Estimate(agreeing / pairs, None, None, None, ALL_PAIRS, n=pairs, k=agreeing)


def _agreed_of(table: AnswerTable, one: int, other: int, *, level: float) -> Estimate:
    both = ~(table.responses[[one, other]] == MISSING).any(axis=0)
    alike = int((table.responses[one] == table.responses[other])[both].sum())
    return proportion(alike, int(both.sum()), level=level)


def _cohen(table: AnswerTable, *, level: float) -> Kappa:
    count = len(table.observers)
    if count == 2:
        return kappa_of_answers(table.responses[0], table.responses[1], level=level)
    if count < 2:
        reason = "there is only one observer" if count else "there is no observer"
    else:
        reason = "Cohen's kappa is for two observers" + ("; each pair has its own" if count <= MOST_PAIRED else "")
    return Kappa(Estimate.undefined(reason, method=KAPPA, level=level), None, None)


def _pairs(table: AnswerTable, *, level: float) -> tuple[PairKappa, ...]:
    count = len(table.observers)
    if not 2 < count <= MOST_PAIRED:
        return ()
    pairs = list(combinations(range(count), 2))
    kappas = [kappa_of_answers(table.responses[one], table.responses[other], level=level) for one, other in pairs]
    adjusted = holm([kappa.p for kappa in kappas])
    return tuple(
        PairKappa((table.observers[one], table.observers[other]), kappa, _agreed_of(table, one, other, level=level), p)
        for (one, other), kappa, p in zip(pairs, kappas, adjusted, strict=True)
    )
