"""`python -m ml.shards FOLDER SHARD…`: make shards in this process, as long as whoever started it lives.

Standard input is a pipe of the process that started this one: it ends with that process, however that ends.
"""

import os
import sys
import threading

from ml.shards.job import make_shards

STARTER_IS_GONE = 3


def _end_with_starter() -> None:
    while os.read(0, 1):
        pass
    os._exit(STARTER_IS_GONE)


if __name__ == "__main__":
    threading.Thread(target=_end_with_starter, daemon=True).start()
    make_shards(sys.argv[1], [int(shard) for shard in sys.argv[2:]])
