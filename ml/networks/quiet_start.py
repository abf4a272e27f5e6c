"""The start of a backend without the lines that it writes before it can be told not to."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


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
