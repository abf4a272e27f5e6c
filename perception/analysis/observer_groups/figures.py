"""What one observer's answers give for each figure by which groups are compared, with each image's part in its error.

d′ and criterion are sums over images to the first order (the delta method), as shares and areas are exactly, so that
the covariance of any two observers follows from the images that both judged.
"""

from dataclasses import dataclass, replace
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from perception.analysis.answer_table import MISSING
from perception.analysis.detection.group_d_prime import ADDED
from perception.analysis.observations import Codes, Observations
from perception.analysis.two_arms.merit import ImagesOfOneTruth, Merit, roc_area, share_right

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ObserverAnswers:
    """The answers of one observer, arrays of shape (n,).

    Attributes
    ----------
    truth
        bool array: whether the signal was there.
    response
        int8 array: 1 where the observer said so, 0 where not, −1 where there is no answer.
    rating
        float array, nan where missing; None where no rating was asked for.
    image
        int array: which image, or pair of images; none of them twice.
    """

    truth: Mask
    response: NDArray[np.int8]
    rating: Floats | None
    image: Codes

    @classmethod
    def of(cls, series: Observations, observer: int) -> "ObserverAnswers":
        """Return the answers of an observer.

        Parameters
        ----------
        series
            Of all of them.
        observer
            Their index.
        """
        rows = np.flatnonzero(series.observer == observer)
        return cls(
            series.truth[rows],
            series.response[rows],
            None if series.rating is None else series.rating[rows],
            series.item[rows],
        )


def sensitivity(answers: ObserverAnswers) -> Merit | None:
    """Return the share of images with the signal of which the observer said so; None without an answer to one.

    Parameters
    ----------
    answers
        Of one observer.

    Returns
    -------
    Merit or None
        Within [0, 1].
    """
    return _share(answers, answers.truth, right=1)


def specificity(answers: ObserverAnswers) -> Merit | None:
    """Return the share of images without the signal of which the observer said so; None without an answer to one.

    Parameters
    ----------
    answers
        Of one observer.

    Returns
    -------
    Merit or None
        Within [0, 1].
    """
    return _share(answers, ~answers.truth, right=0)


def right_choices(answers: ObserverAnswers) -> Merit | None:
    """Return the share of pairs of which the perturbed image was chosen; None without a choice.

    Parameters
    ----------
    answers
        Of one observer.

    Returns
    -------
    Merit or None
        Within [0, 1].
    """
    given = answers.response != MISSING
    return share_right((answers.response == answers.truth)[given], answers.image[given])


def area(answers: ObserverAnswers) -> Merit | None:
    """Return the area under the observer's ROC curve; None without a rated image of either truth.

    Parameters
    ----------
    answers
        Of one observer.

    Returns
    -------
    Merit or None
        Within [0, 1].
    """
    if answers.rating is None:
        return None
    rated = ~np.isnan(answers.rating)
    return roc_area(answers.truth[rated], answers.rating[rated], answers.image[rated])


def d_prime(answers: ObserverAnswers) -> Merit | None:
    """Return d′ from rates with 0.4 answers added to either side, as `group_d_prime` computes it for yes/no.

    Parameters
    ----------
    answers
        Of one observer.

    Returns
    -------
    Merit or None
        Its value has no bounds. None without an answer to an image of either truth.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.observer_groups.figures import ObserverAnswers, d_prime
    >>> truth = np.arange(20) < 10
    >>> said = np.array([1] * 8 + [0] * 2 + [1] * 3 + [0] * 7, dtype=np.int8)
    >>> round(d_prime(ObserverAnswers(truth, said, None, np.arange(20))).value, 3)
    1.247
    """
    return _of_rates(answers, signal=1.0, noise=-1.0)


def d_prime_of_choices(answers: ObserverAnswers) -> Merit | None:
    """Return d′ of choices between two images: that of `d_prime`, of “first” where it was the first, over √2.

    Parameters
    ----------
    answers
        Of one observer.

    Returns
    -------
    Merit or None
        Without bounds; None as for `d_prime`.
    """
    return _of_rates(answers, signal=1 / sqrt(2), noise=-1 / sqrt(2))


def criterion(answers: ObserverAnswers) -> Merit | None:
    """Return c = −(z(H) + z(F))/2 from the same rates as `d_prime`: above 0 for whoever seldom says “perturbed”.

    Parameters
    ----------
    answers
        Of one observer.

    Returns
    -------
    Merit or None
        Without bounds; None as for `d_prime`.
    """
    return _of_rates(answers, signal=-0.5, noise=-0.5)


def _share(answers: ObserverAnswers, shown: Mask, *, right: int) -> Merit | None:
    which = shown & (answers.response != MISSING)
    return share_right(answers.response[which] == right, answers.image[which])


def _of_rates(answers: ObserverAnswers, *, signal: float, noise: float) -> Merit | None:
    """Return signal · z(H) + noise · z(F)."""
    given = answers.response != MISSING
    sides = [
        _rate(answers, given & side, weight) for side, weight in ((answers.truth, signal), (~answers.truth, noise))
    ]
    known = [side for side in sides if side is not None]
    if len(known) < len(sides):
        return None
    return Merit(sum(side.value for side in known), tuple(part for side in known for part in side.parts))


def _rate(answers: ObserverAnswers, which: Mask, weight: float) -> Merit | None:
    """Return weight · z of the share of “perturbed” among some answers, with its linear deviations."""
    said = share_right(answers.response[which] == 1, answers.image[which])
    if said is None:
        return None
    total = int(which.sum())
    z = float(special.ndtri((said.value * total + ADDED) / (total + 2 * ADDED)))
    slope = weight * sqrt(2 * pi) * float(np.exp(z**2 / 2))
    parts = tuple(ImagesOfOneTruth(part.images, slope * part.deviations) for part in said.parts)
    return replace(said, value=weight * z, parts=parts)
