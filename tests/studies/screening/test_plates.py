"""Colour plates: a dichromat sees no digit in them, by models of dichromacy other than the one they are drawn by."""

import io
from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studies.screening.figure import DIGITS, NONE, digit_mask
from studies.screening.plates import (
    N_PLATES,
    PLATES,
    SIDE,
    Plate,
    dot_colours,
    draw_plate,
    plates_of,
    to_srgb,
)

Colours = NDArray[np.float64]

# Linear sRGB as a dichromat sees it. Machado, Oliveira & Fernandes 2009, IEEE Transactions on Visualization and
# Computer Graphics 15:1291–1298, severity 1.0.
MACHADO = {
    Plate.PROTAN: [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    Plate.DEUTAN: [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
# Viénot, Brettel & Mollon 1999: equations 5 and 6, in cone responses.
CONES = np.array([[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]])
VIENOT = {
    Plate.PROTAN: [[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]],
    Plate.DEUTAN: [[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]],
}
# sRGB (IEC 61966-2-1) to CIE XYZ.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def seen_by(kind: Plate, colours: Colours, model: str) -> Colours:
    if model == "Machado":
        return np.asarray(colours @ np.array(MACHADO[kind]).T)
    return np.asarray(colours @ (np.linalg.inv(CONES) @ np.array(VIENOT[kind]) @ CONES).T)


def lab(linear: Colours) -> Colours:
    """Return CIE 1976 L*a*b*."""
    xyz = np.clip(linear @ XYZ.T / XYZ.sum(axis=1), 0, None)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def separation(digit: Colours, ground: Colours) -> float:
    """Return by how many standard deviations of their noise the means lie apart, in the best direction there is.

    One unit of L*a*b*, about what an eye just tells apart, is added to the noise.
    """
    one, other = lab(digit), lab(ground)
    noise = (np.cov(one.T) + np.cov(other.T)) / 2 + np.eye(3)
    apart = one.mean(axis=0) - other.mean(axis=0)
    return float(np.sqrt(apart @ np.linalg.solve(noise, apart)))


def dots_of(plate: Plate, n: int = 4000) -> tuple[Colours, Colours]:
    in_digit = np.arange(n) % 2 == 0
    colours = dot_colours(plate, in_digit, np.random.default_rng(1))
    return colours[in_digit], colours[~in_digit]


@pytest.mark.parametrize("plate", [Plate.PROTAN, Plate.DEUTAN])
def test_a_dichromat_cannot_tell_digit_from_ground_and_a_normal_observer_can(plate: Plate) -> None:
    digit, ground = dots_of(plate)
    assert separation(digit, ground) > 10
    for model in ("Machado", "Viénot"):
        assert separation(seen_by(plate, digit, model), seen_by(plate, ground, model)) < 0.3


@pytest.mark.parametrize("plate", [Plate.PROTAN, Plate.DEUTAN])
def test_lightness_alone_does_not_betray_the_digit(plate: Plate) -> None:
    """Neither to a dichromat, nor to whoever has no cones at all."""
    digit, ground = dots_of(plate)
    for kind in (Plate.PROTAN, Plate.DEUTAN):
        light, other = (lab(seen_by(kind, dots, "Machado"))[:, 0] for dots in (digit, ground))
        if kind == plate:
            assert abs(light.mean() - other.mean()) < 0.2 * light.std()
    light, other = lab(digit)[:, 0], lab(ground)[:, 0]
    assert abs(light.mean() - other.mean()) < light.std()


def test_everybody_can_read_the_first_plate() -> None:
    digit, ground = dots_of(Plate.EVERYBODY)
    assert separation(digit, ground) > 3
    for kind in (Plate.PROTAN, Plate.DEUTAN):
        assert separation(seen_by(kind, digit, "Machado"), seen_by(kind, ground, "Machado")) > 3


def test_nobody_finds_anything_on_the_empty_plate() -> None:
    digit, ground = dots_of(Plate.EMPTY)
    assert separation(digit, ground) < 0.2
    assert len({tuple(colour) for colour in to_srgb(digit).tolist()}) > 100


@pytest.mark.parametrize("plate", list(Plate))
def test_every_colour_can_be_shown(plate: Plate) -> None:
    for seed in range(20):
        colours = dot_colours(plate, np.arange(500) % 2 == 0, np.random.default_rng(seed))
        assert colours.min() >= 0
        assert colours.max() <= 1


def test_a_plate_that_is_drawn_holds_the_digit_in_its_colours() -> None:
    """Of the picture itself: green and red dots lie where they should."""
    pixels = np.asarray(draw_plate(Plate.DEUTAN, "7", seed=5)).astype(float)
    coloured = pixels.min(axis=2) < 200
    redness = (pixels[:, :, 0] - pixels[:, :, 1])[coloured]
    inside = digit_mask("7", SIDE)[coloured]
    assert abs(np.median(redness[inside]) - np.median(redness[~inside])) > 40


def test_the_same_seed_gives_the_same_plates_and_another_others() -> None:
    one, again, other = (plates_of(seed) for seed in (3, 3, 4))
    assert [figure.answer for figure in one] == [figure.answer for figure in again]
    assert one[1].draw() == again[1].draw()
    assert one[1].draw() != other[1].draw()


def test_each_observer_gets_every_kind_of_plate_and_digits_at_random() -> None:
    answers = [[figure.answer for figure in plates_of(seed)] for seed in range(300)]
    assert all(len(one) == N_PLATES == 1 + len(PLATES) for one in answers)
    assert all(one.count(NONE) == 1 for one in answers)
    assert all(one[0] != NONE for one in answers)
    counts = Counter(digit for one in answers for digit in one if digit != NONE)
    assert set(counts) == set(DIGITS)
    assert max(counts.values()) < 1.4 * min(counts.values())
    assert {one.index(NONE) for one in answers} == set(range(1, N_PLATES))


def test_a_png_holds_nothing_but_pixels() -> None:
    image = Image.open(io.BytesIO(plates_of(1)[0].draw()))
    image.load()
    assert (image.size, image.info) == ((SIDE, SIDE), {})
