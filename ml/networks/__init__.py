"""The networks, in plain Keras 3: the only place from which Keras and its backend are reached.

Importing a module of this package imports the backend (seconds, half a gigabyte): import it inside the function that
a worker or a command runs, never at the top of a module outside this package.
"""

import os

# Read at the first import of TensorFlow: no start-up lines; and its oneDNN kernels, which train three times as fast
# here (without them every step allocates its arrays anew).
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
