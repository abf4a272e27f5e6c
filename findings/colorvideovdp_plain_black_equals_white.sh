#!/usr/bin/env bash
# Surprise: to ColorVideoVDP a plain black image and a plain white one are alike, and so are two plain greys.
#
# Expected: a measure of the difference that people see, in just-objectionable differences of which 10 is none, tells
# black from white. It models a display in candelas and the eye's sensitivity to lightness and colour.
# Seen, cvvdp 0.5.7 (PyTorch 2.14.1): grey 100 beside grey 150, and black beside white, have exactly 10, at 64, 256 and
# 600 pixels; a gradient raised by 20 levels of 255 has 9.80; plain red beside plain green has 7.3. Its pyramid
# holds contrast, light divided by the light around, and of its last band, which alone knows how bright the whole image is, by
# the mean of that image (lpyr_dec.py): in the channel of lightness plain light is 1 in every image; the two of colour keep theirs.
#
# What follows: whatever makes a whole image brighter or darker, gamma or exposure, is nearly free by this measure. Beside it
# belongs one that looks at each pixel's lightness, such as CIEDE2000.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check \
    cvvdp==0.5.7 torch==2.14.1 torchvision==0.29.1

HF_HUB_OFFLINE=1 env/bin/python - <<'PY'
import numpy as np
import torch
from pycvvdp import cvvdp, vvdp_display_geometry

measure = cvvdp(
    display_name="standard_fhd",
    display_geometry=vvdp_display_geometry([1920, 1080], ppd=67),
    device=torch.device("cpu"),
    quiet=True,
)


def plain(side, colour):
    return np.full((side, side, 3), colour, np.uint8)


def score(reference, test):
    return float(measure.predict(test, reference, dim_order="HWC")[0])


across = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None] // 2 + 60, 256, axis=0).repeat(3, axis=2)
raised = score(across, across + np.uint8(20))
print(f"a gradient raised by 20 levels: {raised:.2f}")
assert 9.5 < raised < 9.95, "a brighter gradient is no longer nearly the same"
for side in (64, 256, 600):
    greys, ends = score(plain(side, 100), plain(side, 150)), score(plain(side, 0), plain(side, 255))
    colours = score(plain(side, (200, 30, 30)), plain(side, (30, 200, 30)))
    print(f"{side} × {side}: greys {greys:.2f}, black and white {ends:.2f}, red and green {colours:.2f}")
    assert greys == ends == 10, "plain images of two brightnesses are no longer alike"
    assert colours < 8, "plain images of two colours are no longer told apart"
PY
echo "As described: brightness of a whole image counts for nothing."
