"""What scores image pairs by ColorVideoVDP, run by the Python of an environment that has the package `cvvdp`.

`ml.images.visibility.colorvideovdp` starts it and speaks to it. It imports nothing of this program: PyTorch and what
comes with it stay out of the environment that the site runs in.

To it, on standard input, for each pair: two unsigned numbers of 32 bits, little-endian, height and width; then the
levels of the clean image and of the perturbed one, height × width × 3 bytes each. From it, on standard output: a line
of JSON that says what it is, then a line for each pair, the score.
"""

import argparse
import importlib.metadata
import json
import os
import signal
import struct
import sys
from typing import BinaryIO, TextIO

SIZE = struct.Struct("<2I")
DISPLAY = "standard_fhd"
"""Of the package's displays the one on a desk: 200 cd/m², contrast 1000, in an office of 250 lux."""


def score_pairs(pixels_per_degree: float, pairs: BinaryIO, scores: TextIO) -> None:
    """Score each pair that comes in until no more comes, on the processor: a GPU may be training."""
    import numpy as np
    import torch
    from pycvvdp import cvvdp, vvdp_display_geometry

    measure = cvvdp(
        display_name=DISPLAY,
        # The size of the display is asked for, and used for nothing once the pixels per degree are told.
        display_geometry=vvdp_display_geometry([1920, 1080], ppd=pixels_per_degree),
        device=torch.device("cpu"),
        quiet=True,
    )
    cvvdp_version, torch_version = map(importlib.metadata.version, ("cvvdp", "torch"))
    told = {"cvvdp": cvvdp_version, "cvvdp display": DISPLAY, "torch": torch_version}
    print(json.dumps(told), file=scores, flush=True)
    while size := pairs.read(SIZE.size):
        height, width = SIZE.unpack(size)
        clean, perturbed = (
            np.frombuffer(pairs.read(height * width * 3), np.uint8).reshape(height, width, 3).copy() for _ in range(2)
        )
        score, _ = measure.predict(perturbed, clean, dim_order="HWC")
        print(json.dumps(float(score)), file=scores, flush=True)


def main() -> None:
    """Read the command line, and keep what libraries print out of the scores."""
    parser = argparse.ArgumentParser(description="Score image pairs by ColorVideoVDP.")
    parser.add_argument("--pixels-per-degree", type=float, required=True)
    asked = parser.parse_args()
    for stop in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C goes to the worker's whole group: the worker ends it in time
        signal.signal(stop, signal.SIG_IGN)
    with os.fdopen(os.dup(1), "w") as scores:
        os.dup2(2, 1)
        score_pairs(asked.pixels_per_degree, sys.stdin.buffer, scores)


if __name__ == "__main__":
    main()
