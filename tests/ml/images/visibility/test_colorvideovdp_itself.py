"""ColorVideoVDP itself, where somebody has it: `make test-colorvideovdp COLORVIDEOVDP_PYTHON=/path/to/its/python`.

Its own command, which is asked for the same score, reads PNG files by FreeImage (Debian's libfreeimage3).
"""

import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytest_django import Settings

from ml.images.visibility.colorvideovdp import started_colorvideovdp
from tests.ml.images.visibility.pictures import picture

ITS_PYTHON = "TESTS_COLORVIDEOVDP_PYTHON"
OF_THE_DISPLAY = 37.8418
"""Pixels in a degree on its `standard_fhd`: 1,920 by 1,080 pixels on 24 inches, 0.6 m away."""

pytestmark = pytest.mark.skipif(ITS_PYTHON not in os.environ, reason=f"{ITS_PYTHON} names no Python that has cvvdp")


@pytest.fixture(autouse=True)
def its_python(settings: Settings) -> Path:
    settings.COLORVIDEOVDP_PYTHON = os.environ.get(ITS_PYTHON, "")
    return Path(settings.COLORVIDEOVDP_PYTHON)


def test_it_scores_as_its_own_command_does(its_python: Path, tmp_path: Path) -> None:
    clean, perturbed = picture(120, 130, "noise")
    for name, pixels in (("clean", clean), ("perturbed", perturbed)):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    command = [
        *(str(its_python.with_name("cvvdp")), "--test", str(tmp_path / "perturbed.png")),
        *("--ref", str(tmp_path / "clean.png"), "--display", "standard_fhd", "--quiet", "--device", "cpu"),
    ]
    told = re.search(r"[0-9.]+", subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert told is not None

    with started_colorvideovdp(OF_THE_DISPLAY) as colorvideovdp:
        assert colorvideovdp.score(clean, perturbed) == pytest.approx(float(told[0]), abs=2e-4)


def test_equal_images_have_ten_and_more_change_has_less() -> None:
    clean, _ = picture(120, 120, "smooth")
    rng = np.random.default_rng(0)
    noise = rng.uniform(-1, 1, clean.shape)

    with started_colorvideovdp(30.0) as near, started_colorvideovdp(67.0) as far:
        scores = {
            levels: [
                one.score(clean, np.clip(clean + np.round(levels * noise), 0, 255).astype(np.uint8))
                for one in (near, far)
            ]
            for levels in (0, 4, 16)
        }

    assert scores[0] == [10, 10]
    assert 10 > scores[4][0] > scores[16][0]
    assert scores[4][1] > scores[4][0], "what is seen from afar is seen less"
