#!/usr/bin/env bash
# Surprise: adversarial-library's ALMA with `levels=256` returns the images as they are, where without it all are fooled.
#
# Expected: `levels`, “number of levels for quantization”, makes the result one that an 8-bit file can hold: the same
# attack, rounded in the end or on the way, and no worse by more than half a level.
# Seen, adv-lib 0.2.8 (PyTorch 2.13.0, NumPy 2.4.6), CIEDE2000 as the distance with its published first distance 0.05,
# 100 steps with α = 0.5, eight images of 32 × 32 pixels of 256 levels, a linear classifier: without `levels` all eight
# are read as another class; with `levels=256` none is, and not one pixel is changed. Each step is rounded to the levels
# before the next one begins. RMSProp starts with squares of 1, so that its first steps are as small as the gradients:
# those below half a level are rounded away, and nothing of them adds up. In 1,000 steps the squares have become small
# enough for a step to be longer than that, and all eight are fooled.
#
# What follows: who wants the least change in 8 bits by ALMA leaves `levels` out and rounds, or takes 1,000 steps; a
# success rate of 0 with `levels` says nothing of the network.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export OMP_NUM_THREADS=1

python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 tqdm==4.67.1
# Without what it needs for other attacks and for plots: torchvision for LPIPS, visdom.
env/bin/python -m pip install --quiet --disable-pip-version-check --no-deps adv-lib==0.2.8

env/bin/python - <<'PY'
import sys
from unittest.mock import MagicMock

sys.modules |= {"torchvision": MagicMock(), "visdom": MagicMock()}  # imported, but not used by ALMA

import torch
from adv_lib.attacks import alma
from torch import nn

torch.manual_seed(0)
SIDE, LEVELS = 32, 256
blurred = nn.functional.interpolate(torch.rand(8, 3, 6, 6), (SIDE, SIDE), mode="bilinear")
images = (0.2 + 0.6 * blurred).mul(LEVELS - 1).round().div(LEVELS - 1)
network = nn.Sequential(nn.Flatten(), nn.Linear(3 * SIDE * SIDE, 5)).eval()
with torch.no_grad():
    labels = network(images).argmax(1)


def attack(steps, alpha, levels):
    found = alma(
        network, images, labels, num_steps=steps, distance="ciede2000", init_lr_distance=0.05, α=alpha, levels=levels
    )
    with torch.no_grad():
        fooled = int((network(found).argmax(1) != labels).sum())
    changed = float((found != images).float().mean())
    print(f"{steps} steps, levels={levels}: {fooled} of 8 fooled, {changed:.0%} of the values changed")
    return fooled, changed


assert attack(100, 0.5, None)[0] == 8, "without levels it no longer fools all"
assert attack(100, 0.5, LEVELS) == (0, 0.0), "with levels it now moves"
assert attack(1000, 0.9, LEVELS)[0] == 8, "in 1,000 steps it does not move either"
PY
echo "As described: in 100 steps of 256 levels ALMA stays at the images."
