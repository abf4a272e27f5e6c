"""Two images as files: what is kept of them is true of the files."""

import hashlib
import io

import numpy as np
from PIL import Image

from ml.images.distortion import measure_perturbation
from ml.images.encoded_twins import encode_twins


def test_what_is_kept_is_true_of_the_files() -> None:
    draw = np.random.default_rng(0)
    clean = draw.integers(0, 256, (24, 24, 3), dtype=np.uint8)
    perturbed = np.clip(clean.astype(int) + draw.integers(-8, 9, clean.shape), 0, 255).astype(np.uint8)

    twins = encode_twins(clean, perturbed)

    read = [np.asarray(Image.open(io.BytesIO(data))) for data in (twins.clean, twins.perturbed)]
    np.testing.assert_array_equal(read[0], clean)
    np.testing.assert_array_equal(read[1], perturbed)
    measured = measure_perturbation(*read)
    assert twins.facts == {
        "clean_sha256": hashlib.sha256(twins.clean).hexdigest(),
        "perturbed_sha256": hashlib.sha256(twins.perturbed).hexdigest(),
        "linf": measured.linf,
        "l2": measured.l2,
        "psnr": measured.psnr,
        "ssim": measured.ssim,
    }
