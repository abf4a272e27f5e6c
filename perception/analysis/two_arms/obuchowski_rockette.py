"""The analysis of variance of two arms judged by the same observers: Obuchowski and Rockette's, with Hillis' freedom.

Obuchowski & Rockette (1995), Communications in Statistics – Simulation and Computation 24:285–308; degrees of freedom
of Hillis (2007), Statistics in Medicine 26:596–619. It takes figures of merit of any kind: areas under ROC curves,
sensitivities, specificities (Hillis, Obuchowski, Schartz & Berbaum 2005, Statistics in Medicine 24:1579–1607; of binary
answers Chen, Wunderlich, Petrick & Gallas 2014, Journal of Medical Imaging 1:031011).
"""

from dataclasses import dataclass
from enum import Enum
from math import inf, sqrt

import numpy as np
from scipy import stats

from perception.analysis.estimates.estimate import Estimate, require_level
from perception.analysis.json_values import JsonObject
from perception.analysis.two_arms.covariance import CovarianceMethod, ErrorCovariances
from perception.analysis.two_arms.merit import Floats

FEWEST = 2
"""Of this many observers their variance can be estimated."""


class Population(Enum):
    """For whom, and for what, a comparison speaks."""

    OBSERVERS_AND_IMAGES = "observers and images random"
    IMAGES = "images random, these observers"
    OBSERVERS = "observers random, these images"


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """The analysis of variance of figures of merit in two arms: t = 2, J observers.

    Attributes
    ----------
    arms, observers, interaction
        MS(T), MS(R) and MS(T·R), with 1, J − 1 and J − 1 degrees of freedom; the latter two 0 with a single observer.
    observers_by_arm
        MS(R) of each arm alone.
    """

    arms: float
    observers: float
    interaction: float
    observers_by_arm: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Components:
    """The mean squares and the components of variance, as tables of such studies give them.

    Attributes
    ----------
    mean_squares
        Of arms, observers and their interaction.
    errors
        Var(ε), Cov₁, Cov₂, Cov₃.
    of_observers, of_interaction
        Var(R) and Var(T·R), which may come out below 0.
    """

    mean_squares: MeanSquares
    errors: ErrorCovariances
    of_observers: float
    of_interaction: float

    def as_dict(self) -> JsonObject:
        """Return the components as JSON."""
        squares, errors = self.mean_squares, self.errors
        return {
            "ms_arms": squares.arms,
            "ms_observers": squares.observers,
            "ms_arms_observers": squares.interaction,
            "var_observers": self.of_observers,
            "var_arms_observers": self.of_interaction,
            "var_error": errors.variance,
            "cov_same_observer": errors.same_observer,
            "cov_same_arm": errors.same_arm,
            "cov_neither": errors.neither,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference of two arms, first less second, and the test that there is none.

    Attributes
    ----------
    difference
        With its interval.
    standard_error
        None where there is no interval.
    statistic
        F, or χ² for these observers; None likewise. It is the square of the difference over its standard error.
    freedom
        Of the denominator of F, which is that of t; infinite for χ² and the normal distribution; None likewise.
    p
        Two-sided; None likewise.
    """

    difference: Estimate
    standard_error: float | None
    statistic: float | None
    freedom: float | None
    p: float | None

    def as_dict(self) -> JsonObject:
        """Return the comparison as JSON; infinite degrees of freedom as null."""
        finite = self.freedom is not None and np.isfinite(self.freedom)
        return {
            **self.difference.as_dict(),
            "standard_error": self.standard_error,
            "statistic": self.statistic,
            "freedom": self.freedom if finite else None,
            "p": self.p,
        }


def method_name(population: Population, covariances: CovarianceMethod = CovarianceMethod.DELONG) -> str:
    """Return how a report names the method.

    Parameters
    ----------
    population
        For whom it speaks.
    covariances
        How they were estimated; immaterial for these images.
    """
    if population is Population.OBSERVERS:
        return "paired difference, analysis of variance of the observers’ figures; observers random, these images"
    end = "Hillis’ degrees of freedom; " if population is Population.OBSERVERS_AND_IMAGES else ""
    named = "DeLong" if covariances is CovarianceMethod.DELONG else "jackknife"
    return f"paired difference, Obuchowski–Rockette analysis of variance, {named} covariances, {end}{population.value}"


def mean_squares(values: Floats) -> MeanSquares:
    """Return the mean squares of figures of merit.

    Parameters
    ----------
    values
        float array of shape (2, J), arms × observers; J at least 1.

    Raises
    ------
    ValueError
        Another shape.

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.two_arms.obuchowski_rockette import mean_squares
    >>> found = mean_squares(np.array([[0.9, 0.8], [0.8, 0.8]]))
    >>> round(found.arms, 6), round(found.interaction, 6)
    (0.0025, 0.0025)
    """
    if values.ndim != 2 or values.shape[0] != 2 or not values.shape[1]:
        raise ValueError(f"figures of merit have the shape (2, observers), not {values.shape}")
    count = values.shape[1]
    mean, of_arms, of_observers = values.mean(), values.mean(axis=1), values.mean(axis=0)
    arms = float(count * ((of_arms - mean) ** 2).sum())
    if count < FEWEST:
        return MeanSquares(arms, 0.0, 0.0, (0.0, 0.0))
    rest = values - of_arms[:, None] - of_observers + mean
    one, other = values.var(axis=1, ddof=1)
    return MeanSquares(
        arms=arms,
        observers=float(2 * of_observers.var(ddof=1)),
        interaction=float((rest**2).sum() / (count - 1)),
        observers_by_arm=(float(one), float(other)),
    )


def components_of(values: Floats, errors: ErrorCovariances) -> Components:
    """Return the mean squares and the components of variance.

    Parameters
    ----------
    values
        float array of shape (2, J), arms × observers.
    errors
        The variance and covariances of their errors.

    Returns
    -------
    Components
        Var(R) = (MS(R) − MS(T·R))/2 − Cov₁ + Cov₃ and Var(T·R) = MS(T·R) − Var(ε) + Cov₁ + (Cov₂ − Cov₃), which may be
        below 0, as estimates of small variances are.

    Raises
    ------
    ValueError
        Figures of another shape.

    References
    ----------
    - Hillis, S. L. (2007). A comparison of denominator degrees of freedom methods for multiple observer ROC analysis.
      Statistics in Medicine 26:596–619. doi:10.1002/sim.2532

    Examples
    --------
    The figures of two observers, and what they vary by:

    >>> import numpy as np
    >>> from perception.analysis.two_arms.covariance import ErrorCovariances, VarianceAndCovariance
    >>> from perception.analysis.two_arms.obuchowski_rockette import components_of
    >>> alike = VarianceAndCovariance(0.004, 0.002)
    >>> errors = ErrorCovariances(0.004, 0.002, 0.002, 0.001, (alike, alike), (alike, alike))
    >>> found = components_of(np.array([[0.9, 0.7], [0.8, 0.7]]), errors)
    >>> round(found.of_observers, 5), round(found.of_interaction, 5)
    (0.009, 0.0015)
    """
    squares = mean_squares(values)
    of_observers = (squares.observers - squares.interaction) / 2 - errors.same_observer + errors.neither
    of_interaction = squares.interaction - errors.variance + errors.same_observer + errors.same_arm - errors.neither
    return Components(squares, errors, of_observers, of_interaction)


def compare(
    values: Floats,
    errors: ErrorCovariances,
    *,
    population: Population = Population.OBSERVERS_AND_IMAGES,
    level: float = 0.95,
    n: int | None = None,
    covariances: CovarianceMethod = CovarianceMethod.DELONG,
) -> Comparison:
    """Estimate the difference of two arms, first less second, and test that there is none.

    Parameters
    ----------
    values
        float array of shape (2, J), arms × observers: areas, sensitivities or other figures of merit.
    errors
        The variance and covariances of their errors; not used for these images.
    population
        For whom the comparison speaks.
    level
        Level of the interval, between 0 and 1.
    n
        The number of images, for the estimate.
    covariances
        How the covariances were estimated, for the method's name.

    Returns
    -------
    Comparison
        Without an interval (`low` and `high` None, `method` says why) from a single observer where observers are
        random, and where the standard error is 0: that proves nothing.

    Raises
    ------
    ValueError
        Figures of another shape; a level outside (0, 1).

    Notes
    -----
    With J observers and the two arms' means x₁ and x₂ (Obuchowski & Rockette 1995; Hillis 2007; for other images in
    each arm or for each observer, where some of the covariances are 0, Hillis 2014):

    - observers and images random: E = MS(T·R) + J max(Cov₂ − Cov₃, 0), F = MS(T)/E with 1 and
      df = E² / (MS(T·R)²/(J − 1)) degrees of freedom, SE = √(2E/J);
    - these observers: E = Var(ε) − Cov₁ + (J − 1) max(Cov₂ − Cov₃, 0), χ² = MS(T)/E with 1 degree, SE = √(2E/J);
    - these images: E = MS(T·R), F = MS(T)/E with 1 and J − 1 degrees, SE = √(2E/J): the paired t-test of the observers'
      figures.

    The interval is x₁ − x₂ ± t SE, cut off at −1 and 1.

    References
    ----------
    - Obuchowski, N. A., & Rockette, H. E. (1995). Hypothesis testing of diagnostic accuracy for multiple readers and
      multiple tests: an ANOVA approach with dependent observations. Communications in Statistics – Simulation and
      Computation 24:285–308. doi:10.1080/03610919508813243
    - Hillis, S. L. (2007). A comparison of denominator degrees of freedom methods for multiple observer ROC analysis.
      Statistics in Medicine 26:596–619. doi:10.1002/sim.2532
    - Hillis, S. L. (2014). A marginal-mean ANOVA approach for analyzing multireader multicase radiological imaging
      data. Statistics in Medicine 33:330–360. doi:10.1002/sim.5926

    Examples
    --------
    Three observers judged five perturbed images in two arms, and were right of four, three and five in the first:

    >>> import numpy as np
    >>> from perception.analysis.two_arms.covariance import error_covariances
    >>> from perception.analysis.two_arms.merit import share_right
    >>> from perception.analysis.two_arms.obuchowski_rockette import compare
    >>> right = np.array(
    ...     [[[1, 1, 1, 1, 0], [1, 1, 0, 1, 0], [1, 1, 1, 1, 1]], [[1, 0, 0, 1, 0], [1, 1, 0, 0, 0], [0, 1, 1, 1, 0]]]
    ... )
    >>> one, other = ([share_right(row == 1, np.arange(5)) for row in arm] for arm in right)
    >>> found = compare(right.mean(axis=2), error_covariances((one, other)))
    >>> print(f"{found.difference.estimate:.3f}, F(1, {found.freedom:.1f}) = {found.statistic:.2f}, p = {found.p:.3f}")
    0.333, F(1, 2.0) = 25.00, p = 0.038
    """
    require_level(level)
    squares, count = mean_squares(values), values.shape[1]
    difference = float(values[0].mean() - values[1].mean())
    if count < FEWEST and population is not Population.IMAGES:
        return without_interval(difference, "no interval from a single observer", n)
    between = max(errors.same_arm - errors.neither, 0)
    freedom: float = inf
    if population is Population.IMAGES:
        term = errors.variance - errors.same_observer + (count - 1) * between
    elif population is Population.OBSERVERS:
        term, freedom = squares.interaction, count - 1
    else:
        term = squares.interaction + count * between
        freedom = freedom_of(term, squares.interaction, count)
    if term <= _NOTHING:
        return without_interval(difference, "no interval: a variance of 0 proves nothing", n)
    error = sqrt(2 * term / count)
    half = float(stats.t.ppf(0.5 + level / 2, freedom)) * error
    name = method_name(population, covariances)
    estimate = Estimate(difference, max(-1.0, difference - half), min(1.0, difference + half), level, name, n=n)
    p = float(2 * stats.t.sf(abs(difference) / error, freedom))
    return Comparison(estimate, error, squares.arms / term, freedom, p)


def without_interval(difference: float, reason: str, n: int | None) -> Comparison:
    """Return a difference of which nothing else is known.

    Parameters
    ----------
    difference
        First arm less second, −1 to 1.
    reason
        Why, beginning with “no interval”.
    n
        The number of images.

    Examples
    --------
    >>> from perception.analysis.two_arms.obuchowski_rockette import without_interval
    >>> without_interval(0.1, "no interval from a single image", 3).p is None
    True
    """
    return Comparison(Estimate(difference, None, None, None, reason, n=n), None, None, None, None)


def one_arm(
    values: Floats,
    *,
    variance: float,
    covariance: float,
    population: Population = Population.OBSERVERS_AND_IMAGES,
    level: float = 0.95,
    n: int | None = None,
) -> Estimate:
    """Estimate the mean figure of merit of one arm, by the data of that arm alone.

    Parameters
    ----------
    values
        float array of shape (J,): the observers' figures of merit.
    variance, covariance
        Var(ε) and Cov₂ of this arm.
    population
        For whom the estimate speaks.
    level
        Level of the interval, between 0 and 1.
    n
        The number of images, for the estimate.

    Returns
    -------
    Estimate
        Within [0, 1]; without an interval as for `compare`.

    Raises
    ------
    ValueError
        A level outside (0, 1).

    Notes
    -----
    Observers and images random: SE² = (MS(R) + J max(Cov₂, 0))/J with Hillis' (2007) degrees of freedom; these
    observers: SE² = (Var(ε) + (J − 1) max(Cov₂, 0))/J, normal; these images: SE² = MS(R)/J, t(J − 1).

    References
    ----------
    - Hillis, S. L. (2007). A comparison of denominator degrees of freedom methods for multiple observer ROC analysis.
      Statistics in Medicine 26:596–619. doi:10.1002/sim.2532

    Examples
    --------
    >>> import numpy as np
    >>> from perception.analysis.two_arms.obuchowski_rockette import one_arm
    >>> found = one_arm(np.array([0.8, 0.6, 0.7]), variance=0.002, covariance=0.001)
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    0.70 (0.50 to 0.90)
    """
    require_level(level)
    mean, count = float(values.mean()), len(values)
    if count < FEWEST and population is not Population.IMAGES:
        return Estimate(mean, None, None, None, "no interval from a single observer", n=n)
    between = float(values.var(ddof=1)) if count >= FEWEST else 0.0
    freedom: float = inf
    if population is Population.IMAGES:
        term = variance + (count - 1) * max(covariance, 0)
    elif population is Population.OBSERVERS:
        term, freedom = between, count - 1
    else:
        term = between + count * max(covariance, 0)
        freedom = freedom_of(term, between, count)
    if term <= _NOTHING:
        return Estimate(mean, None, None, None, "no interval: a variance of 0 proves nothing", n=n)
    half = float(stats.t.ppf(0.5 + level / 2, freedom)) * sqrt(term / count)
    name = method_name(population).replace("paired difference", "each alone")
    return Estimate(mean, max(0.0, mean - half), min(1.0, mean + half), level, name, n=n)


_NOTHING = 1e-15
"""Rounding in sums of squares of shares leaves this much of a variance of 0."""


def freedom_of(term: float, square: float, observers: int) -> float:
    """Return Hillis' degrees of freedom: term² / (square²/(J − 1)), infinite where the square is 0.

    Parameters
    ----------
    term
        The sum that is estimated: a mean square plus J times a covariance.
    square
        The mean square in it, with J − 1 degrees of freedom.
    observers
        J, at least 2.

    References
    ----------
    - Hillis, S. L. (2007). A comparison of denominator degrees of freedom methods for multiple observer ROC analysis.
      Statistics in Medicine 26:596–619. doi:10.1002/sim.2532

    Examples
    --------
    >>> from perception.analysis.two_arms.obuchowski_rockette import freedom_of
    >>> freedom_of(2.0, 1.0, 5), freedom_of(2.0, 0.0, 5)
    (16.0, inf)
    """
    return term**2 * (observers - 1) / square**2 if square > _NOTHING else inf
