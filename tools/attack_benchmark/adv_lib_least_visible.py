"""`python -m tools.attack_benchmark.adv_lib_least_visible FOLDER NUMBER KIND`: PerC-AL and ALMA of adversarial-library.

Keras reads the saved network on PyTorch, so that the library attacks the same weights whatever the architecture.
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from unittest.mock import MagicMock

os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import torch
from django.conf import settings
from numpy.typing import NDArray
from torch import Tensor

from tools.attack_benchmark.task import NETWORK, averages_of, take_turns, task_in

LEVELS_OF_8_BITS = 256

# The library imports them for other attacks; the one would bring CUDA, the other a server of plots.
sys.modules |= {"torchvision": MagicMock(), "visdom": MagicMock()}


def main(folder: Path, number: str, kind: str) -> None:
    """Load the network and take turns."""
    settings.configure(USE_I18N=False)
    from adv_lib.attacks.augmented_lagrangian import alma
    from adv_lib.attacks.perceptual_color_attacks import perc_al

    from ml.networks.saved_network import network_from_bytes

    task = task_in(folder)
    network = network_from_bytes((folder / NETWORK).read_bytes(), source="the benchmark")
    network.trainable = False

    def read(images: Tensor) -> Tensor:
        """Images (n, 3, side, side) → logits, which Keras keeps with the probabilities."""
        found: Tensor = network(images.permute(0, 2, 3, 1), training=False)._keras_logits
        return found

    def perc_al_on(images: Tensor, labels: Tensor) -> Tensor:
        found: Tensor = perc_al(
            read, images, labels, num_classes=task.classes, targeted=True, max_iterations=task.steps
        )
        return found

    def alma_on(images: Tensor, labels: Tensor, levels: int | None = None) -> Tensor:
        found: Tensor = alma(
            read,
            images,
            labels,
            targeted=True,
            num_steps=task.steps,
            distance="ciede2000",
            # As published for this measure.
            init_lr_distance=0.05,
            α=averages_of(task.steps),
            levels=levels,
        )
        return found

    methods: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
        "perc_al": perc_al_on,
        "alma": alma_on,
        # Each step is rounded before the next, so that those below half a level are lost: in 100 steps it may not move.
        "alma-levels": partial(alma_on, levels=LEVELS_OF_8_BITS),
    }
    search = methods[kind]

    def attack(images: NDArray[np.float32]) -> NDArray[np.float32]:
        parts = []
        for start in range(0, len(images), task.batch_size):
            batch = torch.from_numpy(images[start : start + task.batch_size]).permute(0, 3, 1, 2).contiguous()
            perturbed = search(batch, torch.full((len(batch),), task.target))
            parts.append(perturbed.detach().permute(0, 2, 3, 1).numpy())
        return np.concatenate(parts)

    def logits(images: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.no_grad():
            said: NDArray[np.float32] = read(torch.from_numpy(images).permute(0, 3, 1, 2)).numpy()
        return said

    take_turns(folder, number, attack, logits)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
