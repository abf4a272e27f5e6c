#!/usr/bin/env bash
# Surprise: Keras 3.15.1 does not load a .keras file that Keras 3.3.3 saved, if the network has a RandomRotation layer.
#
# Expected: both write the same format, `.keras`, and augmentation layers do nothing at inference, so that a classifier
# of a year before loads.
# Seen, saved by Keras 3.3.3 and loaded by 3.15.1, both on the NumPy backend: the old version writes `value_range` into
# the layer's configuration, the new one's constructor does not take it, and the whole model "could not be deserialized
# properly" (a TypeError that quotes the configuration of the whole network). The same network without that layer loads,
# and one with RandomFlip, too.
#
# What follows: whoever reads classifiers of other people reads the configuration first and leaves out what only
# training needs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export KERAS_BACKEND=numpy

python3 -m venv saving
saving/bin/python -m pip install --quiet --disable-pip-version-check \
    keras==3.3.3 numpy==1.26.4 h5py==3.11.0 scipy==1.13.1 jax==0.4.30 jaxlib==0.4.30 packaging==24.1
python3 -m venv loading
loading/bin/python -m pip install --quiet --disable-pip-version-check \
    keras==3.15.1 numpy==2.4.6 scipy==1.17.1 jax==0.4.30 jaxlib==0.4.30

saving/bin/python - <<'PY'
import keras
from keras import layers

augmentations = {"rotated": [layers.RandomRotation(0.1)], "flipped": [layers.RandomFlip()], "plain": []}
for name, augmentation in augmentations.items():
    parts = [keras.Input((8, 8, 3)), *augmentation, layers.GlobalAveragePooling2D(), layers.Dense(2)]
    keras.Sequential(parts).save(f"{name}.keras")
PY

loading/bin/python - <<'PY'
import keras

for name in ("plain", "flipped"):
    keras.models.load_model(f"{name}.keras")
    print(f"{name}.keras of Keras 3.3.3 loads in {keras.__version__}")
try:
    keras.models.load_model("rotated.keras")
except TypeError as error:
    print(f"rotated.keras: {type(error).__name__}, {len(str(error)):,} characters: {str(error)[:76]}…")
    assert "value_range" in str(error)
else:
    raise SystemExit("rotated.keras loads now: this finding is out of date")
PY
echo "As described: RandomRotation alone keeps the file from loading."
