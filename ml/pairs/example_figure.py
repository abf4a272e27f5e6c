"""Examples of image pairs side by side: the paper's Figure 3, and below it the change, enlarged."""

import numpy as np

from ml.images.pixels import Pixels, encode_png
from ml.models import ImagePair, PairSet
from ml.pairs.files import read_twins

AMPLIFIED = 10
"""How many times the change is enlarged, around mid-grey."""
GAP = 8
MOST_CLASSES = 7


def pair_figure_png(pair_set: PairSet) -> bytes:
    """Return a PNG: one pair of each class in a column, its clean image, its perturbed twin and their difference.

    Of each class the first pair, by name, that the classifier read rightly before and as the target class after; if
    there is none, the first.

    Raises
    ------
    MlError
        A file of these pairs is gone, or is not as it was saved.
    """
    columns = [_column(pair) for pair in examples(pair_set)]
    side = pair_set.image_size
    height, width = 3 * side + 2 * GAP, len(columns) * (side + GAP) - GAP
    figure = np.full((height, width, 3), 255, dtype=np.uint8)
    for place, column in enumerate(columns):
        left = place * (side + GAP)
        for row, pixels in enumerate(column):
            top = row * (side + GAP)
            figure[top : top + side, left : left + side] = pixels
    return encode_png(figure)


def examples(pair_set: PairSet) -> list[ImagePair]:
    """Return one pair of each class that the pair set has."""
    found = []
    target = pair_set.attack.target_class
    for code in pair_set.dataset.classes[:MOST_CLASSES]:
        pairs = pair_set.pairs.filter(image__diagnosis=code).select_related("image").order_by("image__name")
        pair = pairs.filter(clean_prediction=code, perturbed_prediction=target).first() or pairs.first()
        if pair is not None:
            found.append(pair)
    return found


def enlarged_difference(clean: Pixels, perturbed: Pixels) -> Pixels:
    """Return the change between two images, `AMPLIFIED` times as large, around mid-grey."""
    change = perturbed.astype(np.int16) - clean.astype(np.int16)
    return np.clip(128 + AMPLIFIED * change, 0, 255).astype(np.uint8)


def _column(pair: ImagePair) -> tuple[Pixels, Pixels, Pixels]:
    clean, perturbed = read_twins(pair)
    return clean, perturbed, enlarged_difference(clean, perturbed)
