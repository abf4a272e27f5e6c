"""Random numbers that belong to an image: the same for it in any batch, at any place, in any dataset."""

import hashlib

import numpy as np

from ml.images.pixels import Pixels


def randomness_of(image: Pixels, seed: int) -> np.random.Generator:
    """Return a generator of random numbers that follows from the image's pixels and the attack's seed."""
    digest = hashlib.sha256(np.ascontiguousarray(image).tobytes()).digest()
    return np.random.default_rng([seed, *np.frombuffer(digest, dtype="<u4").tolist()])
