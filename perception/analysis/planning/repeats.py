"""How precisely agreement within observers will be known, by how many trials are shown twice."""

from dataclasses import dataclass

import numpy as np

from perception.analysis.agreement.chance_within import kappa_within
from perception.analysis.estimates.crossed import FEWEST_OBSERVERS
from perception.analysis.planning.half_widths import half_widths, mean_or_none
from perception.analysis.simulated_observers.model import impression, look, mean_impression
from perception.analysis.simulated_observers.repeated_looks import RepeatedLooks

MOST_OBSERVERS, MOST_IMAGES = 500, 2_000


@dataclass(frozen=True, slots=True)
class KappaPrecision:
    """What is to be expected of kappa within.

    Attributes
    ----------
    repeated
        How many trials each observer is shown twice.
    kappa
        What the observers' kappa within is.
    half_width
        Half of the interval's width, in the mean of simulated studies; None where none of them gave one.
    estimable
        The share of simulated studies that gave an interval, 0 to 1.
    """

    repeated: int
    kappa: float
    half_width: float | None
    estimable: float


def kappa_precision(
    looks: RepeatedLooks,
    *,
    observers: int,
    images: int,
    repeated: int,
    studies: int = 200,
    seed: int = 1,
    level: float = 0.95,
) -> KappaPrecision:
    """Simulate studies and return how wide the interval of kappa within is.

    Parameters
    ----------
    looks
        Observers, images and looks. Of the trials that are shown twice `looks.perturbed` are perturbed, rounded.
    observers
        J, 3 to 500: fewer have no interval for observers like them.
    images
        I, 2 to 2,000: of which each observer judges all, and some of them twice.
    repeated
        How many, 1 to I.
    studies
        How many to simulate, at least 1.
    seed
        The same one gives the same result.
    level
        Level of the interval, between 0 and 1.

    Returns
    -------
    KappaPrecision
        With a Monte Carlo error of a few hundredths of the half width.

    Raises
    ------
    ValueError
        A number outside its range.

    Examples
    --------
    >>> from perception.analysis.planning.repeats import kappa_precision
    >>> from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation
    >>> from perception.analysis.simulated_observers.repeated_looks import RepeatedLooks
    >>> looks = RepeatedLooks(ObserverPopulation(1.0), ImpressionNoise.of_image_share(0.2), 0.5, 0.6)
    >>> few, many = (kappa_precision(looks, observers=5, images=50, repeated=n, studies=50) for n in (5, 40))
    >>> 2 < few.half_width / many.half_width < 4
    True
    """
    if not FEWEST_OBSERVERS <= observers <= MOST_OBSERVERS:
        raise ValueError(
            f"kappa within has an interval from {FEWEST_OBSERVERS} observers on, and {MOST_OBSERVERS} at most"
        )
    if not 2 <= images <= MOST_IMAGES:
        raise ValueError(f"there are 2 to {MOST_IMAGES:,} images, not {images:,}")
    if not 1 <= repeated <= images:
        raise ValueError(f"of {images:,} images 1 to {images:,} can be shown twice, not {repeated:,}")
    if studies < 1:
        raise ValueError("at least one study is simulated")
    perturbed = np.arange(images) < round(looks.perturbed * images)
    counts = [round(looks.perturbed * repeated), repeated - round(looks.perturbed * repeated)]
    if counts[0] > perturbed.sum() or counts[1] > (~perturbed).sum():
        raise ValueError(f"of {images:,} images too few are of one kind for {repeated:,} to be shown twice")
    rng = np.random.default_rng([seed, observers, images, repeated])
    observer = np.repeat(np.arange(observers), repeated)
    widths: list[float] = []
    for _ in range(studies):
        image = _drawn(rng, np.flatnonzero(perturbed), np.flatnonzero(~perturbed), counts, observers)
        truth = perturbed[image]
        dprime = looks.population.dprime_at(rng.standard_normal(observers))[observer]
        criterion = looks.population.criterion_at(rng.standard_normal(observers))[observer]
        of_image, own = rng.standard_normal(images)[image], rng.standard_normal(len(image))
        mean = mean_impression(dprime, truth.astype(np.float64))
        said = []
        for _ in range(2):
            of_look = look(own=own, new=rng.standard_normal(len(image)), share=looks.look_share)
            evidence = impression(mean, of_image=of_image, of_look=of_look, noise=looks.noise) - criterion
            said.append((evidence > 0).astype(np.float64))
        found = kappa_within(observer, image, truth.astype(np.intp), said[0], said[1], level=level)
        widths += half_widths([found])
    return KappaPrecision(repeated, looks.kappa(), mean_or_none(widths), len(widths) / studies)


def _drawn(
    rng: np.random.Generator,
    perturbed: np.ndarray[tuple[int], np.dtype[np.intp]],
    clean: np.ndarray[tuple[int], np.dtype[np.intp]],
    counts: list[int],
    observers: int,
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Draw which images come back to each observer, shape (J · repeated,)."""
    parts = [
        rng.permuted(np.tile(images, (observers, 1)), axis=1)[:, :count]
        for images, count in zip((perturbed, clean), counts, strict=True)
    ]
    return np.concatenate(parts, axis=1).ravel()
