"""How long a stage waits for its networks: every call of one is timed while the clock runs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from ml.networks.backend import keras


@dataclass
class NetworkCalls:
    """The calls of networks that were timed."""

    began: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    batch: NDArray[np.float32] | None = None
    """What the last call was given."""
    network: keras.Model | None = None
    """Which network it was."""

    @property
    def seconds(self) -> list[float]:
        """How long each call took."""
        return [end - begin for begin, end in zip(self.began, self.ended, strict=True)]


@contextmanager
def timed_calls() -> Iterator[NetworkCalls]:
    """Time each `predict_on_batch` of any network while the block runs."""
    calls = NetworkCalls()
    untimed = keras.Model.predict_on_batch

    def timed(network: keras.Model, batch: NDArray[np.float32]) -> object:
        calls.network, calls.batch = network, batch
        calls.began.append(time.perf_counter())
        output: object = untimed(network, batch)
        calls.ended.append(time.perf_counter())
        return output

    with patch.object(keras.Model, "predict_on_batch", timed):
        yield calls
