"""How long a stage waits for its networks: every call of one is timed while the clock runs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from ml.networks.backend import keras


@dataclass
class NetworkCalls:
    """The calls of networks that were timed."""

    began: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    batch: Any = None
    """What the last call was given."""
    network: Any = None
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

    def timed(network: Any, batch: Any) -> Any:
        calls.network, calls.batch = network, batch
        calls.began.append(time.perf_counter())
        said = untimed(network, batch)
        calls.ended.append(time.perf_counter())
        return said

    with patch.object(keras.Model, "predict_on_batch", timed):
        yield calls
