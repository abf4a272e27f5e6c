"""What a classifier says of both twins of every pair, as saved or after what others do to images."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from ml.images.degradation import Degradation
from ml.images.pixels import Pixels
from ml.images.prefetch import prefetched
from ml.models import ImagePair
from ml.networks.network import Network
from ml.pairs.files import read_twins
from ml.runs.checkpoints import Checkpoint
from perception.core.progress import Progress

# Pairs read by the network at one time: both twins make one batch.
BATCH = 16
# Pairs whose files are read while the network is busy.
MOST_AHEAD = 24
PART = "predictions.json"

PairPrediction = tuple[int, int]
"""Places in the classifier's class list: of the clean image, of its perturbed twin."""


def classify_pairs(
    network: Network,
    pairs: Sequence[ImagePair],
    degradations: Sequence[Degradation],
    *,
    checkpoint: Checkpoint,
    progress: Progress,
) -> list[list[PairPrediction]]:
    """Classify both twins of every pair after each degradation; go on from the checkpoint if there is one.

    The files are read and degraded ahead, by threads, while the network is busy.

    Parameters
    ----------
    network
        A classifier.
    pairs
        With their images selected; the same in the same order when a run goes on.
    degradations
        Done to clean and perturbed images alike.

    Returns
    -------
    For each pair, for each degradation, what was predicted.

    Raises
    ------
    MlError
        An image is gone or not as it was saved.
    """
    from ml.networks.prediction import class_predictor

    kept = checkpoint.read(PART)
    predictions: list[list[PairPrediction]] = [] if kept is None else json.loads(kept)
    read = class_predictor(network, batch_size=2 * max(1, min(BATCH, len(pairs))))
    with prefetched(partial(_degraded, degradations), pairs[len(predictions) :], most=MOST_AHEAD) as degraded:
        while batch := list(islice(degraded, BATCH)):
            predictions.extend(_classified(read, batch))
            checkpoint.write_if_due(PART, lambda: json.dumps(predictions).encode())
            progress(len(predictions), len(pairs))
    return [[(before, after) for before, after in of_pair] for of_pair in predictions]


def _degraded(degradations: Sequence[Degradation], pair: ImagePair) -> Pixels:
    """Return both twins after each degradation, uint8 of shape (degradations, 2, side, side, 3)."""
    twins = read_twins(pair)
    return np.stack([np.stack([degradation.apply(twin) for twin in twins]) for degradation in degradations])


def _classified(read: Callable[[Pixels], NDArray[np.int64]], batch: Sequence[Pixels]) -> Iterator[list[PairPrediction]]:
    images = np.stack(batch)
    count, degradations = images.shape[:2]
    predictions = np.empty((count, degradations, 2), dtype=np.int64)
    for place in range(degradations):
        predictions[:, place] = read(images[:, place].reshape(2 * count, *images.shape[3:])).reshape(count, 2)
    for of_pair in predictions.tolist():
        yield [(before, after) for before, after in of_pair]
