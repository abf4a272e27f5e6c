"""An environment for the process of ColorVideoVDP in which a short rule stands for the model.

The package itself needs PyTorch, gigabytes that these tests do not fetch: `test_colorvideovdp_itself.py` runs it where
somebody has it. All but the model is what a site runs: the process, what goes to it, what comes back, how it ends.
"""

import sys
from pathlib import Path

TORCH = "def device(name):\n    assert name == 'cpu'\n"
# By the largest change, and the pixels per degree, so that a test can tell what came in.
PYCVVDP = """
import os
print("a library says something")

def vvdp_display_geometry(resolution, ppd):
    return ppd

class cvvdp:
    def __init__(self, *, display_name, display_geometry, device, quiet):
        self.ppd = display_geometry

    def predict(self, perturbed, clean, *, dim_order):
        assert dim_order == "HWC" and perturbed.flags.writeable
        change = int(abs(perturbed.astype(int) - clean).max())
        if change == 255:
            raise RuntimeError("the model broke")
        return 10 - change / self.ppd - clean.shape[0] / 10_000, None
"""


def make_environment(folder: Path) -> str:
    """Return the path of a Python that finds such packages in a folder."""
    folder.mkdir()
    (folder / "torch.py").write_text(TORCH)
    (folder / "pycvvdp.py").write_text(PYCVVDP)
    for package, version in (("cvvdp", "0.0.1"), ("torch", "0.0.2")):
        told = folder / f"{package}-{version}.dist-info"
        told.mkdir()
        (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    starter = folder / "starter.py"
    starter.write_text(
        "import runpy, sys\n"
        f"sys.path.insert(0, {str(folder)!r})\n"
        "isolated, program, *sys.argv[1:] = sys.argv[1:]\n"
        "assert isolated == '-I'\n"
        "runpy.run_path(program, run_name='__main__')\n"
    )
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{starter}" "$@"\n')
    python.chmod(0o755)
    return str(python)
