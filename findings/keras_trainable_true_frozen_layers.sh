#!/usr/bin/env bash
# Surprise: in Keras 3.15.1, `model.trainable = True` thaws frozen layers on JAX, and does nothing on TensorFlow, where the
# model as a whole was not frozen.
#
# Expected: the documentation says that setting `trainable` on a model sets it on every layer below, on each backend: the
# second step of transfer learning, after a head was trained above a frozen network.
# Seen: a network whose first layer is frozen, saved and loaded or not, has `trainable` True itself. Setting it to True
# leaves the layer frozen on TensorFlow 2.21.0: an attribute that is set to the object that it has is passed over there
# before the setter is reached. Set to False and then to True, or set layer by layer, it is thawed. On JAX 0.4.30 the one
# line does it. Nothing is raised, and training goes on with the head alone.
#
# What follows: to thaw, set every layer, or count the trainable weights afterwards.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
    keras==3.15.1 tensorflow==2.21.0 jax==0.4.30 jaxlib==0.4.30 numpy==2.4.6

cat > thaw.py <<'PY'
import keras
from keras import layers

def network():
    pixels = keras.Input((8, 8, 3))
    first = layers.Conv2D(2, 3, name="first")
    made = keras.Model(pixels, layers.Dense(1)(layers.GlobalAveragePooling2D()(first(pixels))))
    first.trainable = False
    return made

made = network()
assert made.trainable
assert len(made.trainable_weights) == 2  # the head's
made.trainable = True
after = len(made.trainable_weights)

toggled = network()
toggled.trainable = False
toggled.trainable = True
assert len(toggled.trainable_weights) == 4

one_by_one = network()
for layer in one_by_one.layers:
    layer.trainable = True
assert len(one_by_one.trainable_weights) == 4

print(f"Keras {keras.__version__} on {keras.backend.backend()}: {after} of 4 weights are trainable after `trainable = True`")
assert after == {"tensorflow": 2, "jax": 4}[keras.backend.backend()], "this finding is out of date"
PY

export TF_CPP_MIN_LOG_LEVEL=3
KERAS_BACKEND=tensorflow venv/bin/python thaw.py 2>/dev/null
KERAS_BACKEND=jax venv/bin/python thaw.py
echo "As described: the same line thaws on one backend and not on the other."
