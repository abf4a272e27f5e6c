"""Which of several measures of a change predicts best that people notice it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.json_values import JsonObject
from perception.analysis.observations import UNKNOWN, Codes, Observations
from perception.analysis.visibility.detection_curve import DetectionCurve, detection_curve
from perception.analysis.visibility.noticed_answers import NoticedAnswers, Reals
from perception.analysis.visibility.rank_correlation import Correlations, ceiling

FEWEST_ITEMS = 3


@dataclass(frozen=True, slots=True)
class Prediction:
    """How well one measure predicts what people notice.

    Attributes
    ----------
    measure
        Its name.
    larger_is_more_visible
        Whether larger values mean a larger change; where not, as for SSIM, ρ is that of the value's negative.
    correlation
        Spearman's ρ with the share of observers who noticed: 1 where what it says is more visible is noticed by more.
    behind
        By how much the best measure's ρ is above this one's; None of the best.
    curve
        Detection against the measure.
    """

    measure: str
    larger_is_more_visible: bool
    correlation: Estimate
    behind: Estimate | None
    curve: DetectionCurve

    def as_dict(self) -> JsonObject:
        """Return the prediction as JSON."""
        return {
            "measure": self.measure,
            "larger_is_more_visible": self.larger_is_more_visible,
            "correlation": self.correlation.as_dict(),
            "behind": self.behind.as_dict() if self.behind else None,
            "curve": self.curve.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class VisibilitySummary:
    """The measures beside one another, the best first.

    Attributes
    ----------
    predictions
        By descending ρ; those whose ρ is undefined stand last.
    items
        How many image pairs with an answer have every measure.
    without_a_value
        How many judged ones lack some measure, and are left out.
    ceiling
        About the largest ρ that any number could have with the shares of so few observers; None where unknown.
    """

    predictions: tuple[Prediction, ...]
    items: int
    without_a_value: int
    ceiling: float | None

    def as_dict(self) -> JsonObject:
        """Return the summary as JSON."""
        return {
            "predictions": [one.as_dict() for one in self.predictions],
            "items": self.items,
            "without_a_value": self.without_a_value,
            "ceiling": self.ceiling,
        }


def summarise_visibility(
    series: Observations,
    measures: Mapping[str, Reals],
    *,
    smaller_is_more_visible: frozenset[str] = frozenset(),
    level: float = 0.95,
) -> VisibilitySummary | None:
    """Compare measures of a change by how well they rank what people noticed.

    Parameters
    ----------
    series
        The answers, without those of catch trials.
    measures
        float arrays of shape (I,) by name, one value an item of `series`: of the change to its perturbed image, or to
        that of its pair. nan where it is not known or where nothing was changed; infinite where a ratio is (PSNR).
    smaller_is_more_visible
        The names of those that fall where the change grows, such as SSIM.
    level
        Level of the intervals, between 0 and 1.

    Returns
    -------
    VisibilitySummary or None
        None without any measure, or with fewer than three judged items that have all of them. A measure without any
        value is left out.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Examples
    --------
    Five observers judged ten perturbed images; of the change they noticed more, the larger it was:

    >>> import numpy as np
    >>> from perception.analysis.observations import Observations
    >>> from perception.analysis.visibility.summary import summarise_visibility
    >>> noticed = np.arange(5)[:, None] * 2 < np.array([0, 2, 1, 4, 3, 5, 6, 8, 7, 9])[None, :]
    >>> study = Observations(
    ...     task="yes_no",
    ...     observers=tuple("ABCDE"),
    ...     items=tuple("abcdefghij"),
    ...     observer=np.repeat(np.arange(5), 10),
    ...     item=np.tile(np.arange(10), 5),
    ...     truth=np.ones(50, dtype=bool),
    ...     response=noticed.ravel().astype(np.int8),
    ...     catch=np.zeros(50, dtype=bool),
    ... )
    >>> levels, ssim = np.arange(10.0), np.array([0.9, 0.7, 0.8, 0.6, 0.9, 0.5, 0.8, 0.6, 0.7, 0.9])
    >>> found = summarise_visibility(
    ...     study, {"SSIM": ssim, "L∞": levels}, smaller_is_more_visible=frozenset({"SSIM"})
    ... )
    >>> [(one.measure, f"{one.correlation.estimate:.2f}") for one in found.predictions]
    [('L∞', '0.99'), ('SSIM', '0.20')]
    """
    require_level(level)
    answers = NoticedAnswers.of(series)
    known = _known(answers, measures)
    whole = items_compared(answers, measures)
    if not whole.any():
        return None
    values, images = np.array(list(known.values())), _images(series)
    return _compared(
        answers.of_items(whole),
        dict(zip(known, values[:, whole], strict=True)),
        smaller_is_more_visible,
        image=None if images is None else images[whole],
        without_a_value=int((answers.n > 0).sum() - whole.sum()),
        level=level,
    )


def items_compared(answers: NoticedAnswers, measures: Mapping[str, Reals]) -> NDArray[np.bool_]:
    """Return which items the measures are compared by: those with an answer that have every measure that any has.

    Parameters
    ----------
    answers
        To perturbed images.
    measures
        Of every item, shape (I,), nan where it is not known.

    Returns
    -------
    bool array of shape (I,); none is true where they are fewer than three.
    """
    known = _known(answers, measures)
    whole = (answers.n > 0) & ~np.isnan(np.array([*known.values()])).any(axis=0) if known else answers.n < 0
    return whole if whole.sum() >= FEWEST_ITEMS else np.zeros_like(whole)


def _known(answers: NoticedAnswers, measures: Mapping[str, Reals]) -> dict[str, Reals]:
    return {name: values for name, values in measures.items() if not np.isnan(values[answers.n > 0]).all()}


def _images(series: Observations) -> Codes | None:
    """Return which image each item is of, shape (I,); one that is not known is of its own. None where none is known."""
    if series.image is None:
        return None
    images = np.full(len(series.items), UNKNOWN, dtype=np.intp)
    images[series.item] = series.image
    unknown = images == UNKNOWN
    images[unknown] = images.max(initial=0) + 1 + np.arange(unknown.sum())
    return images


def _compared(
    answers: NoticedAnswers,
    measures: dict[str, Reals],
    falling: frozenset[str],
    *,
    image: Codes | None,
    without_a_value: int,
    level: float,
) -> VisibilitySummary:
    names = list(measures)
    rising = np.array([-values if name in falling else values for name, values in measures.items()])
    correlations = Correlations.of(answers, rising, image)
    ranked = sorted(range(len(names)), key=lambda index: (_descending(float(correlations.whole[index])), index))
    best = ranked[0]
    predictions = tuple(
        Prediction(
            measure=names[index],
            larger_is_more_visible=names[index] not in falling,
            correlation=correlations.correlation(index, level=level),
            behind=None if index == best else correlations.difference(best, index, level=level),
            curve=detection_curve(answers, measures[names[index]], level=level),
        )
        for index in ranked
    )
    return VisibilitySummary(predictions, answers.items, without_a_value, ceiling(answers))


def _descending(correlation: float) -> float:
    return np.inf if np.isnan(correlation) else -correlation
