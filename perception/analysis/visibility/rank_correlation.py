"""How well the rank of a measure tells the rank of what people noticed, for images and observers like these."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.estimates.satterthwaite import satterthwaite_freedom
from perception.analysis.observations import Codes
from perception.analysis.visibility.noticed_answers import NoticedAnswers, Reals

METHOD = "Spearman’s ρ; Fisher z, jackknife of images and observers, t"
DIFFERENCE = "jackknife of images and observers, t"
FEWEST_OBSERVERS = 5
FEWEST_IMAGES = 10
# Of more, so many groups are left out one at a time: the delete-a-group jackknife.
MOST_IMAGE_GROUPS = 200
MOST_OBSERVER_GROUPS = 50
SHUFFLES = 10
SEED = 20_201
"""Of the groups and of the shuffles: the same answers have the same limits."""
# atanh of what is nearer to 1 than this is held there.
NEAREST_TO_ONE = 1e-6


@dataclass(frozen=True, slots=True)
class Correlations:
    """ρ of each of M measures, in all answers and in parts of them.

    Attributes
    ----------
    whole
        float array of shape (M,).
    without_images, without_observers
        float arrays of shape (groups, M): with each group left out.
    shuffled
        float array of shape (shuffles, groups, M): as `without_observers`, with the answers to each item dealt anew
        among those who judged it, so that no observer is like themselves.
    items, images, observers
        How many of each there are. An image that was shown at several strengths, or under several attacks, is an item
        in each of them.
    """

    whole: Reals
    without_images: Reals
    without_observers: Reals
    shuffled: Reals
    items: int
    images: int
    observers: int

    @classmethod
    def of(cls, answers: NoticedAnswers, measures: Reals, image: Codes | None = None) -> "Correlations":
        """Correlate each measure with the share who noticed, in all answers and in parts of them.

        Parameters
        ----------
        answers
            To items that each have at least one.
        measures
            float array of shape (M, items): larger for what should be noticed more; infinite at the ends, never nan.
        image
            int array of shape (items,): which image each item is of, any numbers; each of its own if None.

        Returns
        -------
        Correlations
            The same of the same answers: groups and shuffles have a seed of their own.
        """
        generator = np.random.default_rng(SEED)
        named, own_image = np.unique(np.arange(answers.items) if image is None else image, return_inverse=True)
        by_image, image_groups = _groups(len(named), MOST_IMAGE_GROUPS, generator)
        by_item = by_image[own_image]
        took_part, own = np.unique(answers.observer, return_inverse=True)
        by_observer, observer_groups = _groups(len(took_part), MOST_OBSERVER_GROUPS, generator)
        answers = NoticedAnswers(own.astype(np.intp), answers.item, answers.noticed, len(took_part), answers.items)
        share = answers.k / answers.n
        return cls(
            whole=spearman(measures, share),
            without_images=np.array(
                [spearman(measures[:, by_item != group], share[by_item != group]) for group in range(image_groups)]
            ),
            without_observers=_without_observers(answers, measures, by_observer, observer_groups),
            shuffled=np.array(
                [
                    _without_observers(answers.shuffled(generator), measures, by_observer, observer_groups)
                    for _ in range(SHUFFLES)
                ]
            ),
            items=answers.items,
            images=len(named),
            observers=len(took_part),
        )

    def why_no_interval(self) -> str:
        """Return why these answers give no interval; empty where they do."""
        if self.observers < FEWEST_OBSERVERS:
            return f"no interval from fewer than {FEWEST_OBSERVERS} observers"
        if self.images < FEWEST_IMAGES:
            return f"no interval from fewer than {FEWEST_IMAGES} images"
        return ""

    def correlation(self, measure: int, *, level: float = 0.95) -> Estimate:
        """Estimate the rank correlation of one measure with the share who noticed.

        Parameters
        ----------
        measure
            Its index.
        level
            Level of the interval, between 0 and 1.

        Returns
        -------
        Estimate
            `n` counts items. Undefined where all items have one value, or one share. Without an interval (`method` says
            why) from fewer than five observers or ten images, and where the ranks agree wholly.

        Notes
        -----
        The target is ρ in studies with as many observers and images like these: with few observers shares are noisy,
        and ρ is smaller than it would be with many. On z = atanh ρ, with v_image and v_observer by the jackknife over
        images and over observers, and v_shuffled as v_observer after the answers to each image have been dealt anew
        among those who judged it (mean of ten):

            v = max(v_image, (1 + ρ²/2)/(I − 3)) + max(0, v_observer − v_shuffled)

        v_image holds the noise of single answers already; the second term is what observers add who differ in how
        closely their eyes follow the measure. The lower bound of the first is Bonett & Wright's (2000) variance. Limits
        are by t with Satterthwaite's degrees of freedom. I counts image pairs; an image is left out with all of its
        pairs, at every strength and of every attack, since what is seen of one is likely seen of the others. Of more
        than 200 images or 50 observers, so many groups drawn at random are left out one at a time.

        References
        ----------
        - Bonett, D. G., & Wright, T. A. (2000). Sample size requirements for estimating Pearson, Kendall and Spearman
          correlations. Psychometrika 65:23–28. doi:10.1007/BF02294183
        - Efron, B., & Stein, C. (1981). The jackknife estimate of variance. Annals of Statistics 9:586–596.
          doi:10.1214/aos/1176345462
        """
        value = float(self.whole[measure])
        if math.isnan(value):
            reason = "all image pairs have the same value, or were noticed by the same share"
            return Estimate.undefined(reason, method=METHOD, level=level, n=self.items)
        reason = self.why_no_interval() or ("no interval where the ranks agree wholly" if abs(value) >= 1 else "")
        if reason:
            return Estimate(value, None, None, None, reason, n=self.items)
        by_image = max(_variance(_z(self.without_images[:, measure])), (1 + value**2 / 2) / (self.items - 3))
        by_observer = self._of_observers(_z(self.without_observers[:, measure]), _z(self.shuffled[:, :, measure]))
        half = self._half_width(by_image, by_observer, level)
        z = math.atanh(value)
        return Estimate(value, math.tanh(z - half), math.tanh(z + half), level, METHOD, n=self.items)

    def difference(self, one: int, other: int, *, level: float = 0.95) -> Estimate:
        """Estimate by how much ρ of one measure is above that of another, in the same answers.

        Parameters
        ----------
        one, other
            Their indices.
        level
            Level of the interval, between 0 and 1.

        Returns
        -------
        Estimate
            From −2 to 2; undefined and without an interval as in `correlation`. Where the two have the same ranks
            throughout, 0 without an interval.

        Notes
        -----
        As for `correlation`, on the difference itself and without the lower bound.
        """
        apart = self.whole[one] - self.whole[other]
        if math.isnan(apart):
            return Estimate.undefined("one of the two is undefined", method=DIFFERENCE, level=level, n=self.items)
        without_images = self.without_images[:, one] - self.without_images[:, other]
        reason = self.why_no_interval()
        if not reason and not np.any(without_images):
            reason = "no interval where both have the same ranks"
        if reason:
            return Estimate(float(apart), None, None, None, reason, n=self.items)
        without_observers = self.without_observers[:, one] - self.without_observers[:, other]
        shuffled = self.shuffled[:, :, one] - self.shuffled[:, :, other]
        half = self._half_width(_variance(without_images), self._of_observers(without_observers, shuffled), level)
        low, high = max(-2.0, float(apart) - half), min(2.0, float(apart) + half)
        return Estimate(float(apart), low, high, level, DIFFERENCE, n=self.items)

    def _of_observers(self, without: Reals, shuffled: Reals) -> float:
        """Return the variance that observers add beside the noise of single answers."""
        by_chance = float(np.mean([_variance(one) for one in shuffled]))
        return max(0.0, _variance(without) - by_chance)

    def _half_width(self, by_image: float, by_observer: float, level: float) -> float:
        variance = by_image + by_observer
        if variance == 0:
            return 0.0
        freedom = satterthwaite_freedom(variance, [(by_image, self.images - 1), (by_observer, self.observers - 1)])
        return float(stats.t.ppf(0.5 + level / 2, freedom)) * math.sqrt(variance)


def spearman(measures: Reals, share: Reals) -> Reals:
    """Return Spearman's ρ of each measure with the shares; equal values share the mean of their ranks.

    Parameters
    ----------
    measures
        float array of shape (M, items).
    share
        float array of shape (items,).

    Returns
    -------
    ndarray
        float array of shape (M,); nan where a measure or the shares have one value alone.
    """
    of_measures = _centred_ranks(measures)
    of_share = _centred_ranks(share)
    scale = np.sqrt((of_measures**2).sum(axis=-1) * (of_share**2).sum())
    with np.errstate(invalid="ignore"):
        return np.asarray((of_measures @ of_share) / scale, dtype=float)


def ceiling(answers: NoticedAnswers) -> float | None:
    """Return how well the shares would be ranked by a number that knew each pair's own share exactly, about.

    Parameters
    ----------
    answers
        To items that each have at least one.

    Returns
    -------
    float or None
        The square root of the shares' reliability, 0 to 1; None where fewer than two items have two answers, or all of
        these the same share.

    Notes
    -----
    Reliability is 1 − mean(s(1 − s)/(n − 1))/var(s) over the items with at least two answers: the part of the variance
    of the shares s that is not the noise of n answers (Spearman 1904: no correlation is above its root).

    References
    ----------
    - Spearman, C. (1904). The proof and measurement of association between two things. American Journal of Psychology
      15:72–101. doi:10.2307/1412159
    """
    several = answers.n >= 2
    if several.sum() < 2:
        return None
    n = answers.n[several]
    share = answers.k[several] / n
    spread = float(np.var(share, ddof=1))
    if spread == 0:
        return None
    noise = float(np.mean(share * (1 - share) / (n - 1)))
    return math.sqrt(max(0.0, 1 - noise / spread))


def _centred_ranks(values: Reals) -> Reals:
    ranks = stats.rankdata(values, axis=-1)
    return np.asarray(ranks - ranks.mean(axis=-1, keepdims=True), dtype=float)


def _groups(count: int, most: int, generator: np.random.Generator) -> tuple[Codes, int]:
    """Return in which group each of `count` units is, and how many groups there are: each its own, or `most` alike."""
    groups = min(count, most)
    codes = np.arange(count, dtype=np.intp) % max(1, groups)
    return (codes if groups == count else generator.permutation(codes)), groups


def _without_observers(answers: NoticedAnswers, measures: Reals, groups: Codes, count: int) -> Reals:
    found = np.full((count, len(measures)), np.nan)
    for row, (k, n) in enumerate(zip(*answers.without_observers(groups, count), strict=True)):
        left = n > 0
        if left.sum() >= 2:
            found[row] = spearman(measures[:, left], k[left] / n[left])
    return found


def _z(correlations: Reals) -> Reals:
    bound = 1 - NEAREST_TO_ONE
    return np.asarray(np.arctanh(np.clip(correlations, -bound, bound)), dtype=float)


def _variance(without: NDArray[np.float64]) -> float:
    """Return the jackknife's variance; what is undefined in a part is left out."""
    told = without[~np.isnan(without)]
    if len(told) < 2:
        return 0.0
    return float((len(told) - 1) / len(told) * np.sum((told - told.mean()) ** 2))
