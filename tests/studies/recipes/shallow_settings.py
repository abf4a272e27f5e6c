"""The settings of processes that train for real, with a generator whose network is traced in moments: no dense block.

TensorFlow is loaded with them. The six blocks are trained in `tests/ml/networks/test_networks.py`.
"""

from ml.networks.architectures import generator
from perception.settings import *  # noqa: F403

generator.DENSE_BLOCKS = 0
