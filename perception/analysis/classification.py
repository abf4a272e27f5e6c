"""What an attack did to a classifier: the paper's Table 1.

Allyn et al. (2020), Medicine 99:50(e23568). Its text swaps precision and recall; its table, like this module, has
precision = TP/(TP + FP) and recall = TP/(TP + FN).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perception.analysis.accuracy_by_lesion import AccuracyByLesion
from perception.analysis.estimates.by_lesion import accuracy_by_lesion
from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.estimates.mcnemar import McNemar, mcnemar
from perception.analysis.estimates.paired import paired_difference
from perception.analysis.estimates.proportions import METHODS, proportion
from perception.analysis.json_values import JsonObject

NO_PREDICTION = "0 by convention: the classifier never gave this class"
NO_IMAGE = "0 by convention: no image is of this class"
NO_TARGET = "the attack has no target class"

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """The images of one class: one row of Table 1.

    Attributes
    ----------
    n
        How many images are of the class.
    precision_before, recall_before, precision_after, recall_after
        TP/(TP + FP) and TP/(TP + FN), before and after the attack; 0 without an interval where there is nothing to
        divide by, and the method says so.
    fooling_ratio
        The share of them that is classified as the target class after the attack; undefined for the target class
        itself. Without a target class: the share that is classified as another class than before.
    fooling_ratio_of_others
        The same over those of them that were not already classified as the target class before the attack. Without a
        target class: the same over those that were classified rightly before.
    """

    n: int
    precision_before: Estimate
    recall_before: Estimate
    precision_after: Estimate
    recall_after: Estimate
    fooling_ratio: Estimate
    fooling_ratio_of_others: Estimate

    def as_dict(self) -> JsonObject:
        """Return the row as JSON."""
        return {
            "n": self.n,
            "precision_before": self.precision_before.as_dict(),
            "recall_before": self.recall_before.as_dict(),
            "precision_after": self.precision_after.as_dict(),
            "recall_after": self.recall_after.as_dict(),
            "fooling_ratio": self.fooling_ratio.as_dict(),
            "fooling_ratio_of_others": self.fooling_ratio_of_others.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class AttackSummary:
    """Table 1 and what stands below it.

    Attributes
    ----------
    target
        The attack's target class; None: any wrong class will do.
    classes
        One row a class, in the order in which they were given.
    n
        How many images there are.
    accuracy_before, accuracy_after
        The shares of images that are classified rightly.
    accuracy_difference
        Accuracy after less before.
    balanced_accuracy_before, balanced_accuracy_after
        The mean recall of the classes that have an image; None without any.
    fooling_ratio
        Of the images not of the target class, the share that is classified as the target class after the attack.
        Without a target class: of all images, the share that is classified as another class than before.
    fooling_ratio_of_others
        The same over those of them that were not already classified as the target class before the attack. Without a
        target class: the same over those that were classified rightly before.
    target_share_before, target_share_after
        The share of all images, those of the target class among them, that is classified as the target class; undefined
        without one.
    mcnemar
        b: right before, wrong after; c: the reverse.
    by_lesion
        Both accuracies with the images of one lesion as a cluster; None where no lesion is known to have two.
    """

    target: str | None
    classes: dict[str, ClassSummary]
    n: int
    accuracy_before: Estimate
    accuracy_after: Estimate
    accuracy_difference: Estimate
    balanced_accuracy_before: float | None
    balanced_accuracy_after: float | None
    fooling_ratio: Estimate
    fooling_ratio_of_others: Estimate
    target_share_before: Estimate
    target_share_after: Estimate
    mcnemar: McNemar
    by_lesion: AccuracyByLesion | None

    def as_dict(self) -> dict[str, Any]:
        """Return the table as JSON; what is undefined is null."""
        return {
            "target": self.target,
            "classes": {name: row.as_dict() for name, row in self.classes.items()},
            "overall": {
                "n": self.n,
                "accuracy_before": self.accuracy_before.as_dict(),
                "accuracy_after": self.accuracy_after.as_dict(),
                "accuracy_difference": self.accuracy_difference.as_dict(),
                "balanced_accuracy_before": self.balanced_accuracy_before,
                "balanced_accuracy_after": self.balanced_accuracy_after,
                "fooling_ratio": self.fooling_ratio.as_dict(),
                "fooling_ratio_of_others": self.fooling_ratio_of_others.as_dict(),
                "target_share_before": self.target_share_before.as_dict(),
                "target_share_after": self.target_share_after.as_dict(),
                "mcnemar": self.mcnemar.as_dict(),
                "by_lesion": self.by_lesion.as_dict() if self.by_lesion else None,
            },
        }


def summarise_attack(
    truth: Sequence[str],
    clean_prediction: Sequence[str],
    perturbed_prediction: Sequence[str],
    *,
    classes: Sequence[str],
    target: str | None,
    lesions: Sequence[str] | None = None,
    interval: str = "wald",
    level: float = 0.95,
) -> AttackSummary:
    """Compute Table 1 from three columns of class names, one row an image.

    Parameters
    ----------
    truth, clean_prediction, perturbed_prediction
        Names of classes, equally many.
    classes
        Every class, in the order of the rows; each name in the columns is one of them.
    target
        The attack's target class, one of `classes`; None for an attack to which any wrong class will do.
    lesions
        Which lesion each image shows, as for `accuracy_by_lesion`; None where that is not known.
    interval
        One of `perception.analysis.estimates.proportions.METHODS`. Wald is the paper's (Allyn et al. 2020).
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    AttackSummary
        What is undefined says so, with the reason.

    Raises
    ------
    ValueError
        Columns of different lengths; a name that is no class; a target that is no class; no interval of that name; a
        level outside (0, 1).

    Notes
    -----
    For each class, TP is the number of its images classified as it, FP that of other images classified as it, and FN
    that of its images classified otherwise: precision = TP/(TP + FP), recall = TP/(TP + FN), 0/0 = 0 and marked so.
    (The text of Allyn et al. 2020 swaps the two words; its table does not.) Fooling ratio: of the images not of the
    target class, the share that is classified as the target class after the attack; without a target class, of all
    images the share whose class is another one after the attack (Moosavi-Dezfooli et al. 2017, section 2). Accuracies
    before and after are compared by McNemar's exact test and by Wald's interval of their difference; these take images
    for independent, and `accuracy_by_lesion` stands beside them where lesions have several.

    References
    ----------
    - Allyn, J., Allou, N., Vidal, C., Renou, A., & Ferdynus, C. (2020). Adversarial attack on deep learning-based
      dermatoscopic image recognition systems: risk of misdiagnosis due to undetectable image perturbations. Medicine
      99(50):e23568. doi:10.1097/MD.0000000000023568
    - Moosavi-Dezfooli, S.-M., Fawzi, A., Fawzi, O., & Frossard, P. (2017). Universal adversarial perturbations. CVPR,
      86-94. doi:10.1109/CVPR.2017.17

    Examples
    --------
    >>> from perception.analysis.classification import summarise_attack
    >>> found = summarise_attack(
    ...     truth=["mel", "mel", "bkl", "nv", "nv", "nv"],
    ...     clean_prediction=["mel", "mel", "bkl", "nv", "nv", "bkl"],
    ...     perturbed_prediction=["nv", "mel", "nv", "nv", "nv", "nv"],
    ...     classes=["mel", "bkl", "nv"],
    ...     target="nv",
    ... )
    >>> print(f"{found.accuracy_before.estimate:.2f} → {found.accuracy_after.estimate:.2f}")
    0.83 → 0.67
    >>> print(f"{found.fooling_ratio.k} of {found.fooling_ratio.n}")
    2 of 3
    >>> round(found.classes["mel"].recall_after.estimate, 2)
    0.5
    >>> found.mcnemar.b, found.mcnemar.c, found.mcnemar.p
    (2, 1, 1.0)
    """
    require_level(level)
    if interval not in METHODS:
        raise ValueError(f"no interval is called {interval!r}; there are {', '.join(METHODS)}")
    if target is not None and target not in classes:
        raise ValueError(f"the target class {target!r} is not one of {', '.join(classes)}")
    if not len(truth) == len(clean_prediction) == len(perturbed_prediction):
        raise ValueError("the columns differ in length")
    unknown = sorted({*truth, *clean_prediction, *perturbed_prediction} - set(classes))
    if unknown:
        raise ValueError(f"not among the classes: {', '.join(unknown)}")
    true, before, after = (_codes(column, classes) for column in (truth, clean_prediction, perturbed_prediction))
    tables = [_confusion(true, predicted, len(classes)) for predicted in (before, after)]
    aim = None if target is None else classes.index(target)

    def share(k: int, n: int) -> Estimate:
        return proportion(int(k), int(n), method=interval, level=level)

    def row(at: int) -> ClassSummary:
        precisions = [_or_zero(share(table[at, at], table[:, at].sum()), NO_PREDICTION) for table in tables]
        recalls = [_or_zero(share(table[at, at], table[at].sum()), NO_IMAGE) for table in tables]
        here = true == at
        fooled, fooled_of_others = (share((some & misled).sum(), some.sum()) for some in (here, here & not_yet))
        if at == aim:
            fooled = fooled_of_others = Estimate.undefined(
                "this is the target class", method=fooled.method, level=level
            )
        return ClassSummary(
            int(here.sum()), precisions[0], recalls[0], precisions[1], recalls[1], fooled, fooled_of_others
        )

    def target_share(predicted: Codes) -> Estimate:
        if aim is None:
            return Estimate.undefined(NO_TARGET, method=share(0, 0).method, level=level)
        return share((predicted == aim).sum(), len(true))

    others = np.ones(len(true), dtype=np.bool_) if aim is None else true != aim
    not_yet = before == true if aim is None else others & (before != aim)
    misled = after != before if aim is None else after == aim
    rows = {name: row(at) for at, name in enumerate(classes)}
    right_before, right_after = true == before, true == after
    b, c = int((right_before & ~right_after).sum()), int((~right_before & right_after).sum())
    return AttackSummary(
        target=target,
        classes=rows,
        n=len(true),
        accuracy_before=share(right_before.sum(), len(true)),
        accuracy_after=share(right_after.sum(), len(true)),
        accuracy_difference=paired_difference(b, c, len(true), level=level),
        balanced_accuracy_before=_balanced([one.recall_before for one in rows.values() if one.n]),
        balanced_accuracy_after=_balanced([one.recall_after for one in rows.values() if one.n]),
        fooling_ratio=share((others & misled).sum(), others.sum()),
        fooling_ratio_of_others=share((not_yet & misled).sum(), not_yet.sum()),
        target_share_before=target_share(before),
        target_share_after=target_share(after),
        mcnemar=mcnemar(b, c),
        by_lesion=None if lesions is None else accuracy_by_lesion(right_before, right_after, lesions, level=level),
    )


def _codes(column: Sequence[str], classes: Sequence[str]) -> Codes:
    """Return each name's place among the classes."""
    index_of = {name: index for index, name in enumerate(classes)}
    return np.fromiter(map(index_of.__getitem__, column), dtype=np.intp, count=len(column))


def _confusion(true: Codes, predicted: Codes, n_classes: int) -> NDArray[np.intp]:
    """Return how many images of each class (rows) were read as each class (columns)."""
    return np.bincount(true * n_classes + predicted, minlength=n_classes**2).reshape(n_classes, n_classes)


def _or_zero(estimate: Estimate, reason: str) -> Estimate:
    """Return 0 without an interval where there is nothing to divide by, as the paper's table does, and say so."""
    if estimate.estimate is not None:
        return estimate
    return Estimate(0.0, None, None, None, reason, n=0, k=0)


def _balanced(recalls: list[Estimate]) -> float | None:
    values = [recall.estimate for recall in recalls if recall.estimate is not None]
    return float(np.mean(values)) if values else None
