"""Keras, imported once and without its backend's start-up lines, and the state that it keeps for the whole process."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias


@contextmanager
def quiet_standard_error() -> Iterator[None]:
    """Hold back what is written to standard error while the block runs, by C++ code too.

    TensorFlow logs to file descriptor 2 before it reads its log level. If the block raises, what was held back is
    written after all: it may say why.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held_back:
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(kept, 2)
            held_back.seek(0)
            os.write(2, held_back.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


with quiet_standard_error():
    import keras

__all__ = ["Tensor", "keras"]

Tensor: TypeAlias = keras.KerasTensor
"""Numbers inside a network: of Keras while it is built, of its backend while it computes."""


def reset_session(seed: int) -> None:
    """Forget earlier networks and seed every generator, so that the same work repeats bit for bit on one backend."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
