"""The analysis of variance of two arms, against published figures; `published` says where they stand."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray
from scipy import stats

from perception.analysis.two_arms.covariance import CovarianceMethod, ErrorCovariances, VarianceAndCovariance
from perception.analysis.two_arms.obuchowski_rockette import (
    Comparison,
    Population,
    compare,
    components_of,
    mean_squares,
    one_arm,
)
from tests.analysis.two_arms.published import (
    FRANKEN_AREAS,
    FRANKEN_JACKKNIFE,
    VAN_DYKE_AREAS,
    VAN_DYKE_DELONG,
    VAN_DYKE_JACKKNIFE,
    VAN_DYKE_SENSITIVITIES,
    VAN_DYKE_SENSITIVITY_ERRORS,
)

BOTH, FIXED_OBSERVERS, FIXED_IMAGES = Population.OBSERVERS_AND_IMAGES, Population.IMAGES, Population.OBSERVERS
VALUES = st_numpy.arrays(
    float, st.tuples(st.just(2), st.integers(2, 6)), elements=st.integers(0, 20).map(lambda k: k / 20)
)


def printed(found: Comparison, *, statistic: int) -> tuple[str, ...]:
    """Return a comparison as OR-DBM MRMC 2.51 prints one: difference, SE, limits, statistic, p."""
    assert found.difference.estimate is not None
    numbers = (found.difference.estimate, found.standard_error, found.difference.low, found.difference.high)
    return (*(f"{number:.5f}" for number in numbers), f"{found.statistic:.{statistic}f}", f"{found.p:.4f}")


def test_mean_squares_of_van_dyke() -> None:
    """IOWA: MS(T), MS(R), MS(T*R), and MS(R) of each treatment."""
    found = mean_squares(VAN_DYKE_AREAS)

    assert (f"{found.arms:.8f}", f"{found.observers:.8f}", f"{found.interaction:.8f}") == (
        *("0.00479617", "0.00383620", "0.00055103"),
    )
    assert [f"{square:.8f}" for square in found.observers_by_arm] == ["0.00308263", "0.00130460"]


def test_mean_squares_of_franken() -> None:
    """IOWA likewise."""
    found = mean_squares(FRANKEN_AREAS)

    assert (f"{found.arms:.8f}", f"{found.observers:.8f}", f"{found.interaction:.8f}") == (
        *("0.00023565", "0.00068406", "0.00005020"),
    )
    assert [f"{square:.8f}" for square in found.observers_by_arm] == ["0.00049266", "0.00024160"]


def test_components_of_variance() -> None:
    """IOWA: Var(R) and Var(T*R) of both, Franken's second below 0; MRMCAOV, with more digits of the first."""
    van_dyke = components_of(VAN_DYKE_AREAS, VAN_DYKE_JACKKNIFE)
    franken = components_of(FRANKEN_AREAS, FRANKEN_JACKKNIFE)

    assert (van_dyke.of_observers, van_dyke.of_interaction) == pytest.approx((0.0015349993, 0.0002004025), abs=1e-9)
    assert (franken.of_observers, franken.of_interaction) == pytest.approx((0.00003776, -0.00071276), abs=1.5e-8)


def test_van_dyke_with_observers_and_images_random() -> None:
    """IOWA, analysis 1a and 1b."""
    found = compare(VAN_DYKE_AREAS, VAN_DYKE_JACKKNIFE, population=BOTH)

    assert printed(found, statistic=2) == ("-0.04380", "0.02075", "-0.08796", "0.00036", "4.46", "0.0517")
    assert f"{found.freedom:.2f}" == "15.26"


def test_van_dyke_for_these_observers() -> None:
    """IOWA, analysis 2a and 2b: χ² and z."""
    found = compare(VAN_DYKE_AREAS, VAN_DYKE_JACKKNIFE, population=FIXED_OBSERVERS)

    assert printed(found, statistic=4) == ("-0.04380", "0.01872", "-0.08049", "-0.00711", "5.4760", "0.0193")
    assert found.freedom == inf


def test_van_dyke_for_these_images() -> None:
    """IOWA, analysis 3a and 3b, which is a paired t-test."""
    found = compare(VAN_DYKE_AREAS, VAN_DYKE_JACKKNIFE, population=FIXED_IMAGES)

    assert printed(found, statistic=2) == ("-0.04380", "0.01485", "-0.08502", "-0.00258", "8.70", "0.0420")
    assert found.freedom == 4
    assert found.p == pytest.approx(stats.ttest_rel(*VAN_DYKE_AREAS).pvalue)


def test_van_dyke_with_delong_covariances() -> None:
    """MRMCAOV, DeLong method."""
    found = compare(VAN_DYKE_AREAS, VAN_DYKE_DELONG)

    assert found.difference.estimate == pytest.approx(-0.04380032, abs=5e-9)
    assert (found.standard_error, found.freedom) == pytest.approx((0.0206825, 15.06611), rel=1e-6)
    assert (found.difference.low, found.difference.high) == pytest.approx((-0.0878671960, 0.0002665519), abs=1e-7)
    assert (found.statistic, found.p) == pytest.approx((4.484854, 0.05123303), rel=1e-6)


def test_sensitivities_of_van_dyke() -> None:
    """MRMCAOV, binary_sens: the same analysis with a share as the figure of merit."""
    found = compare(VAN_DYKE_SENSITIVITIES, VAN_DYKE_SENSITIVITY_ERRORS)
    components = components_of(VAN_DYKE_SENSITIVITIES, VAN_DYKE_SENSITIVITY_ERRORS)

    assert (components.of_observers, components.of_interaction) == pytest.approx((0.0049747475, 0.0007828283), abs=1e-9)
    assert found.difference.estimate == pytest.approx(-0.09777778, abs=5e-9)
    assert (found.standard_error, found.freedom) == pytest.approx((0.03780451, 15.71732), rel=1e-6)
    assert (found.difference.low, found.difference.high) == pytest.approx((-0.1780371, -0.0175185), abs=1e-7)
    assert (found.statistic, found.p) == pytest.approx((6.689493, 0.02008822), rel=1e-6)


def test_franken_with_observers_and_images_random() -> None:
    """IOWA, analysis 1a and 1b: Cov₂ is below Cov₃, and the degrees of freedom are J − 1."""
    found = compare(FRANKEN_AREAS, FRANKEN_JACKKNIFE, population=BOTH)

    assert printed(found, statistic=2) == ("0.01085", "0.00501", "-0.00509", "0.02680", "4.69", "0.1188")
    assert f"{found.freedom:.2f}" == "3.00"


def test_franken_for_these_observers_and_for_these_images() -> None:
    """IOWA, analyses 2b and 3b."""
    observers = compare(FRANKEN_AREAS, FRANKEN_JACKKNIFE, population=FIXED_OBSERVERS)
    images = compare(FRANKEN_AREAS, FRANKEN_JACKKNIFE, population=FIXED_IMAGES)

    assert printed(observers, statistic=4) == ("0.01085", "0.01916", "-0.02670", "0.04840", "0.3210", "0.5710")
    assert printed(images, statistic=2) == ("0.01085", "0.00501", "-0.00509", "0.02680", "4.69", "0.1188")


@pytest.mark.parametrize(
    ("population", "limits"),
    [
        (BOTH, (("0.82522", "0.96885"), ("0.89414", "0.98754"))),
        (FIXED_OBSERVERS, (("0.84943", "0.94464"), ("0.90796", "0.97372"))),
        (FIXED_IMAGES, (("0.82810", "0.96598"), ("0.89599", "0.98569"))),
    ],
)
def test_each_arm_of_van_dyke(population: Population, limits: tuple[tuple[str, str], ...]) -> None:
    """IOWA, analyses 1c, 2c and 3c: intervals of a single treatment."""
    for values, of_arm, (low, high) in zip(VAN_DYKE_AREAS, VAN_DYKE_JACKKNIFE.by_arm, limits, strict=True):
        found = one_arm(values, variance=of_arm.variance, covariance=of_arm.covariance, population=population)

        assert (f"{found.low:.5f}", f"{found.high:.5f}") == (low, high)


@pytest.mark.parametrize(
    ("population", "limits"),
    [
        (BOTH, (("0.79908", "0.89642"), ("0.79048", "0.88331"))),
        (FIXED_OBSERVERS, (("0.79462", "0.90088"), ("0.78310", "0.89069"))),
        (FIXED_IMAGES, (("0.81243", "0.88307"), ("0.81216", "0.86163"))),
    ],
)
def test_each_arm_of_franken(population: Population, limits: tuple[tuple[str, str], ...]) -> None:
    """IOWA likewise."""
    for values, of_arm, (low, high) in zip(FRANKEN_AREAS, FRANKEN_JACKKNIFE.by_arm, limits, strict=True):
        found = one_arm(values, variance=of_arm.variance, covariance=of_arm.covariance, population=population)

        assert (f"{found.low:.5f}", f"{found.high:.5f}") == (low, high)


@pytest.mark.parametrize(
    ("areas", "errors", "limits"),
    [
        (
            VAN_DYKE_AREAS,
            VAN_DYKE_JACKKNIFE,
            ("-0.07818 0.02182", "-0.09809 0.00501", "-0.07904 0.04330", "-0.06014 0.00764", "-0.18651 -0.01381"),
        ),
        (
            FRANKEN_AREAS,
            FRANKEN_JACKKNIFE,
            ("-0.08003 0.08772", "-0.05705 0.10002", "-0.05140 0.08577", "-0.06731 0.06912"),
        ),
    ],
    ids=["Van Dyke", "Franken"],
)
def test_each_observer(areas: NDArray[np.float64], errors: ErrorCovariances, limits: tuple[str, ...]) -> None:
    """IOWA, analysis 2d: intervals of a single reader. Variances are printed with 8 digits after the point, so that the
    last digit of a limit is known to ± 1."""
    for place, (of_observer, interval) in enumerate(zip(errors.by_observer, limits, strict=True)):
        alone = ErrorCovariances(of_observer.variance, of_observer.covariance, 0, 0, errors.by_arm, ())

        found = compare(areas[:, [place]], alone, population=FIXED_OBSERVERS).difference

        low, high = map(float, interval.split())
        assert (found.low, found.high) == pytest.approx((low, high), abs=1.1e-5)


def test_nested_images_of_van_dyke() -> None:
    """MRMCAOV, cases nested within treatments (case3): Cov₁ = Cov₃ = 0, and F = 2.104491 with 68.42325."""
    nested = ErrorCovariances(8.058382e-04, 0.0, 3.455973e-04, 0.0, VAN_DYKE_JACKKNIFE.by_arm, ())

    found = compare(VAN_DYKE_AREAS, nested)

    assert (found.statistic, found.freedom, found.p) == pytest.approx((2.104491, 68.42325, 0.1514363), rel=1e-6)
    assert (found.difference.low, found.difference.high) == pytest.approx((-0.10404242, 0.01644178), abs=2e-8)


def test_a_single_observer_speaks_for_nobody_else() -> None:
    one = ErrorCovariances(0.001, 0.0005, 0, 0, (VarianceAndCovariance(0.001, 0),) * 2, ())

    for population in (BOTH, FIXED_IMAGES):
        found = compare(np.array([[0.8], [0.7]]), one, population=population)

        assert found.difference.estimate == pytest.approx(0.1)
        assert (found.difference.low, found.p, found.statistic) == (None, None, None)
        assert found.difference.method == "no interval from a single observer"
    assert compare(np.array([[0.8], [0.7]]), one, population=FIXED_OBSERVERS).p == pytest.approx(
        2 * stats.norm.sf(0.1 / np.sqrt(0.001))
    )


def test_a_variance_of_0_has_no_interval() -> None:
    nothing = ErrorCovariances(0, 0, 0, 0, (VarianceAndCovariance(0, 0),) * 2, ())

    for population in Population:
        found = compare(np.full((2, 4), 1.0), nothing, population=population)

        assert found.difference.low is None
        assert found.difference.method == "no interval: a variance of 0 proves nothing"
        assert found.as_dict()["p"] is None


@given(values=VALUES, population=st.sampled_from(list(Population)))
def test_exchanging_the_arms_turns_the_sign_alone(values: NDArray[np.float64], population: Population) -> None:
    turned = (VAN_DYKE_JACKKNIFE.by_arm[1], VAN_DYKE_JACKKNIFE.by_arm[0])
    errors = VAN_DYKE_JACKKNIFE
    exchanged = ErrorCovariances(
        errors.variance, errors.same_observer, errors.same_arm, errors.neither, turned, errors.by_observer
    )

    one, other = compare(values, errors, population=population), compare(values[::-1], exchanged, population=population)

    if one.standard_error is None:
        assert other.standard_error is None
        return
    assert one.difference.low is not None
    assert one.difference.high is not None
    assert (other.difference.low, other.difference.high) == pytest.approx((-one.difference.high, -one.difference.low))
    assert (one.p, one.freedom, one.statistic) == pytest.approx((other.p, other.freedom, other.statistic))


@given(values=VALUES, level=st.sampled_from([0.8, 0.9, 0.95]))
def test_the_interval_excludes_0_where_the_test_rejects(values: NDArray[np.float64], level: float) -> None:
    found = compare(values, VAN_DYKE_DELONG, level=level)

    assert found.p is not None
    assert found.difference.low is not None
    assert found.difference.high is not None
    assert (found.difference.low > 0 or found.difference.high < 0) == (found.p < 1 - level)


def test_the_method_is_named_with_its_covariances() -> None:
    by_jackknife = compare(VAN_DYKE_AREAS, VAN_DYKE_JACKKNIFE, covariances=CovarianceMethod.JACKKNIFE)

    assert "jackknife covariances" in by_jackknife.difference.method
    assert "DeLong covariances" in compare(VAN_DYKE_AREAS, VAN_DYKE_DELONG).difference.method


def test_figures_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="observers"):
        mean_squares(np.zeros((3, 4)))
