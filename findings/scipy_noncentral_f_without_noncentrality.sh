#!/usr/bin/env bash
# Surprise: the survival function of SciPy's noncentral F distribution is negative where the noncentrality is 0.
#
# Expected: `ncf` documents that with nc = 0 it is Fisher's F, so that `ncf.sf(x, m, n, 0)` is `f.sf(x, m, n)`. A power by
# formula meets nc = 0 whenever the effect that is asked about is 0: the power is then the test's own level.
# Seen, SciPy 1.17.1 (NumPy 2.4.1): `ncf.cdf` is right at nc = 0, and `ncf.sf` gives the cdf with a minus before it, a
# negative probability: −0.9175 at x = 4.1 with 1 and 7 degrees of freedom, where `f.sf` gives 0.0825. At nc = 1e-9 it
# is 0.0825 too.
#
# What follows: a power at no effect is taken from the central F distribution, or as 1 − cdf.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.1

env/bin/python - <<'PY'
from scipy.stats import f, ncf

for x, between, within in ((4.1, 1, 7), (2.0, 3, 10), (0.5, 3, 10)):
    central = f.sf(x, between, within)
    at_zero, beside_it = (ncf.sf(x, between, within, nc) for nc in (0.0, 1e-9))
    print(f"x = {x}: f.sf {central:.4f}, ncf.sf at nc = 0 {at_zero:.4f}, at nc = 1e-9 {beside_it:.4f}")
    assert abs(ncf.cdf(x, between, within, 0.0) - (1 - central)) < 1e-9
    assert abs(beside_it - central) < 1e-6
    assert abs(at_zero + ncf.cdf(x, between, within, 0.0)) < 1e-9, "sf at nc = 0 is no longer −cdf"
    assert at_zero < 0
PY
echo "As described: the survival function is negative at nc = 0."
