#!/usr/bin/env bash
# Surprise: SSIMULACRA2 by the Python package is ten points lower for images of 224 × 224 pixels than for larger ones.
#
# Expected: images of 224 × 224, the commonest size of a network's input, are scored as somewhat larger ones are: the same
# noise on the same picture is as visible, and the score is an average. Ten points are the step from one of its published
# words to the next (70 is “high quality”, 50 “medium”).
# Seen, ssimulacra2 0.3.0 (NumPy 2.4.6, SciPy 1.17.1, Pillow 13.0.0): a picture with noise of ±4 levels has 77.3 at 256,
# 77.2 at 240, 74.7 at 225 and 67.1 at 224 pixels. The package halves the image first and stops where a side is below 8:
# 224 leaves five scales of six. Its 108 weights are then taken in a row, scale after scale, so that from the second
# colour on every norm gets the weight of another. The reference (cloudinary/ssimulacra2, src/ssimulacra2.cc) looks at
# the side before it halves, and has six scales down to 113 pixels.
#
# What follows: scores of images below 225 pixels by this package compare with no others, nor with the published words.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check \
    ssimulacra2==0.3.0 numpy==2.4.6 scipy==1.17.1 pillow==13.0.0

env/bin/python - <<'PY'
import numpy as np
from PIL import Image
from ssimulacra2 import compute_ssimulacra2

rng = np.random.default_rng(0)
y, x = np.mgrid[0:256, 0:256] / 128
waves = [0.6 + 0.2 * np.sin(6 * x + 3 * y), 0.5 + 0.15 * np.cos(5 * y + x), 0.45 + 0.15 * np.sin(4 * x - y)]
picture = 255 * np.stack(waves, axis=-1) + rng.normal(0, 6, (256, 256, 1))
noisy = picture + rng.choice([-4, 4], picture.shape)

scores = {}
for side in (256, 240, 225, 224, 200):
    for name, pixels in (("clean.png", picture), ("noisy.png", noisy)):
        Image.fromarray(np.clip(np.rint(pixels[:side, :side]), 0, 255).astype(np.uint8)).save(name)
    scores[side] = compute_ssimulacra2("clean.png", "noisy.png")
    print(f"{side} × {side}: {scores[side]:.1f}")

with_six = [scores[side] for side in (256, 240, 225)]
with_five = [scores[side] for side in (224, 200)]
assert max(with_six) - min(with_six) < 3, "windows with six scales no longer agree"
assert max(with_five) - min(with_five) < 3, "windows with five scales no longer agree"
assert min(with_six) - max(with_five) > 7, "224 pixels are no longer scored apart"
PY
echo "As described: at 224 pixels and below, the score is of other weights."
