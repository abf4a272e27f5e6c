#!/usr/bin/env bash
# Surprise: the mean FLIP of a changed point, or of a thin line, grows as the observer steps back.
#
# Expected: FLIP blurs by the eye's contrast sensitivity for the distance it is told (`ppd`, pixels per degree), so that
# what is the same in pixels counts for less the farther away it is looked at.
# Seen, flip-evaluator 1.7 (NumPy 2.4.6), plain grey of 256 × 256 pixels, from 20 to 400 pixels per degree: the mean of
# noise of ±8 levels falls from 0.172 to 0.018. That of one pixel brighter by 64 levels grows from 0.000014 to 0.000083,
# to six times as much; that of a line of one pixel, 16 levels brighter, from 0.0012 to 0.0028. The largest error on the
# map does fall (the point's from 0.68 to 0.02). The blur has a width in degrees, and so spreads a point over the more
# pixels the farther away it is; errors are raised to powers below 1 (0.7 of the colour difference, then 1 less the
# difference of edges and points) before they are averaged, so that many small ones add up to more than one large one.
#
# What follows: by its mean FLIP a sparse change is no less visible from far away. Attacks that change few pixels are
# compared at one `ppd` only, and where the distance matters by the map's maximum or its upper percentiles.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check flip-evaluator==1.7 numpy==2.4.6

env/bin/python - <<'PY'
import flip_evaluator
import numpy as np

SIDE = 256
row, column = np.mgrid[0:SIDE, 0:SIDE]
centre = SIDE // 2
changes = {
    "noise": 8 * np.random.default_rng(0).choice([-1, 1], (SIDE, SIDE)),
    "line": 16 * (column == centre),
    "point": 64 * ((row == centre) & (column == centre)),
}


def as_image(levels):
    return np.repeat((levels / 255).astype(np.float32)[..., np.newaxis], 3, axis=-1)


means, largest = {}, {}
for name, change in changes.items():
    for ppd in (20, 67, 200, 400):
        errors, mean, _ = flip_evaluator.evaluate(
            as_image(np.full((SIDE, SIDE), 128)), as_image(128 + change), "LDR", applyMagma=False, parameters={"ppd": ppd}
        )
        means[name, ppd], largest[name, ppd] = float(mean), float(np.max(errors))
        print(f"{name}, {ppd} pixels per degree: mean {mean:.6f}, largest {np.max(errors):.3f}")

for name in changes:
    assert largest[name, 20] > 1.5 * largest[name, 400], f"the largest error of the {name} no longer falls"
assert means["noise", 20] > 5 * means["noise", 400], "the mean of noise no longer falls"
assert means["line", 400] > 1.7 * means["line", 20], "the mean of a line no longer grows"
assert means["point", 400] > 5 * means["point", 20], "the mean of a point no longer grows"
PY
echo "As described: the farther away, the larger is the mean FLIP of a point."
