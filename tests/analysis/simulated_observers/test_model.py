"""The simulated observer's impressions: units, moments, and what two words for one thing have in common."""

import random
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.analysis.simulated_observers.model import (
    ImpressionNoise,
    ObserverPopulation,
    correlation_of_image_sd,
    image_sd_of_share,
    image_share_of_correlation,
    impression,
    mean_impression,
)


def test_the_images_sd_is_another_word_for_their_correlation() -> None:
    """σ² = 1: half of an impression's variance is the image's, ρ = 2/π · arcsin ½ = 1/3."""
    assert correlation_of_image_sd(0) == 0
    assert correlation_of_image_sd(1) == pytest.approx(1 / 3)
    share = image_share_of_correlation(correlation_of_image_sd(0.4306))
    assert image_sd_of_share(share) == pytest.approx(0.4306)
    assert image_sd_of_share(1.0) is None


@pytest.mark.parametrize("image_sd", [-1, 101, float("nan")])
def test_an_image_sd_that_cannot_be_is_refused(image_sd: float) -> None:
    with pytest.raises(ValueError, match="the images' SD lies between"):
        correlation_of_image_sd(image_sd)


@given(image_sd=st.floats(0, 100))
def test_both_units_have_the_same_share_of_images(image_sd: float) -> None:
    standardised, in_looks = ImpressionNoise.standardised(image_sd), ImpressionNoise.in_looks(image_sd)
    share = image_sd**2 / (1 + image_sd**2)

    assert standardised.sd == pytest.approx(1)
    assert in_looks.sd == pytest.approx(sqrt(1 + image_sd**2))
    assert standardised.image_share == pytest.approx(share)
    assert in_looks.image_share == pytest.approx(share)
    of_share = ImpressionNoise.of_image_share(share)
    assert of_share.of_image == pytest.approx(standardised.of_image)
    assert of_share.of_look == pytest.approx(standardised.of_look, abs=1e-6)


def test_numbers_and_arrays_go_the_same_way() -> None:
    """A session asks for one impression at a time, a plan for a table of them."""
    generator, noise = random.Random(1), ImpressionNoise.standardised(0.7)
    dprimes, strengths = np.array([0.4, -1.1]), np.array([0.0, 1.0, 2.5])
    of_image, of_look = np.array([0.3, -0.2, 1.7]), np.array([[generator.gauss() for _ in range(3)] for _ in range(2)])

    table = impression(mean_impression(dprimes[:, None], strengths), of_image=of_image, of_look=of_look, noise=noise)

    alone = [
        [
            impression(mean_impression(dprime, strength), of_image=shift, of_look=look, noise=noise)
            for strength, shift, look in zip(strengths.tolist(), of_image.tolist(), looks, strict=True)
        ]
        for dprime, looks in zip(dprimes.tolist(), of_look.tolist(), strict=True)
    ]
    assert np.array_equal(table, alone)


def test_impressions_have_the_variance_and_the_correlation_of_the_model() -> None:
    """200,000 images before two observers; errors of the moments are a few thousandths."""
    rng, noise = np.random.default_rng(2), ImpressionNoise.in_looks(0.75)
    means = mean_impression(np.array([[1.0], [0.0]]), np.ones(200_000))

    seen = impression(
        means, of_image=rng.standard_normal(200_000), of_look=rng.standard_normal((2, 200_000)), noise=noise
    )

    assert seen.mean(axis=1) == pytest.approx([0.5, 0.0], abs=0.015)
    assert seen.std(axis=1) == pytest.approx([noise.sd] * 2, rel=0.01)
    assert np.asarray(np.corrcoef(seen))[0, 1] == pytest.approx(noise.image_share, abs=0.01)


def test_observers_lie_as_far_from_the_mean_one_as_they_are_told_to() -> None:
    population = ObserverPopulation(dprime=1.0, criterion=-0.5, dprime_sd=0.25, criterion_sd=0.5)

    assert population.dprime_at(2.0) == 1.5
    assert population.criterion_at(np.array([-1.0, 0.0])).tolist() == [-1.0, -0.5]
