"""`python -m tools.attack_benchmark.adv_lib_pgd FOLDER NUMBER [channels-last]`: PGD of adversarial-library, on PyTorch.

The network is the one of `ml.networks.architectures.densenet`, put together from its weights in PyTorch.
"""

import sys
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from tools.attack_benchmark.task import LEVELS, WEIGHTS, take_turns, task_in

# The library imports them for other attacks; the one would bring CUDA, the other a server of plots.
sys.modules |= {"torchvision": MagicMock(), "visdom": MagicMock()}
EPSILON = 1e-3  # of Keras' batch normalisation


class SmallDenseNet:
    """Images in [0, 1], float32 (n, 3, side, side) → logits."""

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        """Take over the weights, by their names in Keras."""
        self._weights = {name: torch.from_numpy(values) for name, values in weights.items()}
        for name, values in self._weights.items():
            if values.ndim == 4:
                self._weights[name] = values.permute(3, 2, 0, 1).contiguous()

    def channels_last(self) -> None:
        """Lay the convolutions' weights out as the images are then."""
        for name, values in self._weights.items():
            if values.ndim == 4:
                self._weights[name] = values.contiguous(memory_format=torch.channels_last)

    def __call__(self, images: Tensor) -> Tensor:
        """Compute the logits."""
        x = functional.conv2d(_as_keras_pads(2 * images - 1, 5), self._weights["stem/kernel"], stride=2)
        x = functional.max_pool2d(_as_keras_pads(self._normalised(x, "stem"), 3, -torch.inf), 3, stride=2)
        block = 1
        while f"block{block}_layer1_conv/kernel" in self._weights:
            if block > 1:
                name = f"transition{block - 1}"
                x = functional.conv2d(self._normalised(x, name), self._weights[f"{name}_conv/kernel"])
                x = functional.avg_pool2d(x, 2, ceil_mode=True, count_include_pad=False)
            layer = 1
            while (name := f"block{block}_layer{layer}") and f"{name}_conv/kernel" in self._weights:
                new = functional.conv2d(self._normalised(x, f"{name}_in"), self._weights[f"{name}_bottleneck/kernel"])
                new = functional.conv2d(
                    self._normalised(new, f"{name}_mid"), self._weights[f"{name}_conv/kernel"], padding=1
                )
                x = torch.cat([x, new], dim=1)
                layer += 1
            block += 1
        features = self._normalised(x, "head").mean(dim=(2, 3))
        return features @ self._weights["diagnosis/kernel"] + self._weights["diagnosis/bias"]

    def _normalised(self, x: Tensor, name: str) -> Tensor:
        mean, variance, gamma, beta = (
            self._weights[f"{name}_norm/{which}"] for which in ("moving_mean", "moving_variance", "gamma", "beta")
        )
        return functional.relu(functional.batch_norm(x, mean, variance, gamma, beta, eps=EPSILON))


def _as_keras_pads(x: Tensor, kernel: int, value: float = 0.0) -> Tensor:
    """Pad for a stride of 2 as Keras' `same` does: where the two sides cannot have alike, the second has more."""
    side = x.shape[-1]
    missing = max(2 * (-(-side // 2) - 1) + kernel - side, 0)
    before, after = missing // 2, missing - missing // 2
    return functional.pad(x, (before, after, before, after), value=value)


def main(folder: Path, number: str, layout: str = "") -> None:
    """Load the network and take turns."""
    from adv_lib.attacks.projected_gradient_descent import pgd_linf

    task = task_in(folder)
    with np.load(folder / WEIGHTS) as stored:
        network = SmallDenseNet(dict(stored))
    memory_format = torch.channels_last if layout == "channels-last" else torch.contiguous_format
    if layout == "channels-last":
        network.channels_last()

    def as_tensor(images: NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(memory_format=memory_format)

    def attack(images: NDArray[np.float32]) -> NDArray[np.float32]:
        parts = []
        for start in range(0, len(images), task.batch_size):
            batch = as_tensor(images[start : start + task.batch_size])
            perturbed = pgd_linf(
                network,
                batch,
                torch.full((len(batch),), task.target),
                task.strength / float(LEVELS),
                targeted=True,
                steps=task.steps,
                random_init=False,
                absolute_step_size=task.step_size / float(LEVELS),
            )
            parts.append(perturbed.permute(0, 2, 3, 1).numpy())
        return np.concatenate(parts)

    def logits(images: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.no_grad():
            read: NDArray[np.float32] = network(as_tensor(images)).numpy()
        return read

    take_turns(folder, number, attack, logits)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
