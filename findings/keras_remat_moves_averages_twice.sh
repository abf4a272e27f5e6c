#!/usr/bin/env bash
# Surprise: on TensorFlow, keras.remat of Keras 3.15.1 moves the averages of a batch normalisation twice a step.
#
# Expected: remat saves memory by computing a part of a network again on the way back, and nothing else changes.
# Seen on TensorFlow 2.21.0, one step with momentum 0.9 from averages of 0: without remat the moving mean is 0.1 of the
# batch's, with it 0.19 = 1 − 0.9². Loss and gradients are the same to the bit, so nothing in the training shows it; what
# differs is the network as it is used afterwards.
#
# What follows: whoever computes batch normalisation again on TensorFlow gives its state to the part as arguments and
# assigns what comes out once (`stateless_call`), or takes the root of the momentum.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export TF_CPP_MIN_LOG_LEVEL=3

python3 -m venv own
own/bin/python -m pip install --quiet --disable-pip-version-check \
    keras==3.15.1 tensorflow-cpu==2.21.0 numpy==2.4.6

cat > step.py <<'PY'
import keras
import numpy as np

images = np.random.default_rng(0).normal(3, 1, (32, 4)).astype("float32")


class Part(keras.layers.Layer):
    def __init__(self, again):
        super().__init__()
        self.norm = keras.layers.BatchNormalization(momentum=0.9)
        self.again = again

    def build(self, shape):
        self.norm.build(shape)

    def call(self, values):
        def compute(inner):
            return self.norm(inner, training=True)

        return keras.remat(compute)(values) if self.again else compute(values)


def train(again):
    keras.utils.set_random_seed(1)
    part = Part(again)
    network = keras.Sequential([keras.Input((4,)), part, keras.layers.Dense(1)])
    network.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=False)
    loss = network.fit(images, np.ones((32, 1)), batch_size=32, verbose=0).history["loss"]
    share = keras.ops.convert_to_numpy(part.norm.moving_mean) / images.mean(axis=0)
    return loss, round(float(share.mean()), 4), keras.ops.convert_to_numpy(network.layers[-1].kernel)


kept, recomputed = train(again=False), train(again=True)
print(f"Keras {keras.__version__} on {keras.backend.backend()}: moving mean, as a share of the batch's: "
      f"{kept[1]} kept, {recomputed[1]} computed again")
assert kept[0] == recomputed[0] and (kept[2] == recomputed[2]).all(), "the training itself differs"
assert kept[1] == 0.1
if recomputed[1] != 0.19:
    raise SystemExit("it was 0.19: this finding is out of date")
PY
KERAS_BACKEND=tensorflow own/bin/python step.py 2>/dev/null || KERAS_BACKEND=tensorflow own/bin/python step.py
echo "As described: the averages move twice."
