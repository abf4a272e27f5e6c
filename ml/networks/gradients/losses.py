"""Losses of what a classifier reads, made small by attacks: how far each image is from being read as the target class.

Each takes logarithms of probabilities, as `ml.networks.log_probabilities` gives them. They differ from the values
before the softmax by one number an image, which the losses here do not see.
"""

from collections.abc import Callable
from typing import TypeAlias

from ml.networks.backend import Tensor, keras

ops = keras.ops

Loss: TypeAlias = Callable[[Tensor, Tensor | None], Tensor]
"""Log-probabilities, float32 (batch, classes), and what they are compared with, alike → the loss of each image."""

# Added to what is divided by, as in the published programs.
LEAST = 1e-12
# Where classes are left out of a maximum.
FAR_BELOW = -1e30


def cross_entropy(target: int) -> Loss:
    """Return the cross-entropy to the target class: −log p_t."""

    def loss(logs: Tensor, _: Tensor | None) -> Tensor:
        return -logs[:, target]

    return loss


def logits_ratio(target: int, *, margin: float = 0.0) -> Loss:
    """Return the targeted difference of logits ratio, DLR (Croce & Hein 2020), to be made small.

    (z_o − z_t + margin) / (z_π1 − (z_π3 + z_π4) / 2), π the order of the classes from the greatest on. It does not
    change if all values are made larger alike, so that a classifier that is sure of itself has a slope, too. z_o is
    that of the best class beside the target, where the paper takes the true class: so it is below the margin's share
    where the target class is read, and only there (as Rony et al. 2021 do). Of three classes the divisor is
    z_π1 − (z_π2 + z_π3) / 2 (the untargeted ratio's z_π1 − z_π3 would leave no slope where the target class is the
    last); of two classes no ratio is left, and it is 1.
    """

    def loss(logs: Tensor, _: Tensor | None) -> Tensor:
        classes = logs.shape[-1]
        is_target = ops.cast(ops.one_hot(target, classes), "bool")[None]
        others = ops.max(ops.where(is_target, FAR_BELOW, logs), axis=-1)
        lack = others - logs[:, target] + margin
        if classes < 3:
            return lack
        highest, _places = ops.top_k(logs, k=min(classes, 4))
        return lack / (highest[:, 0] - (highest[:, -2] + highest[:, -1]) / 2 + LEAST)

    return loss


def similarity(target: int, *, margin: float) -> Loss:
    """Return SSAH's loss of semantic similarity (Luo et al. 2022), of the classifier's last values.

    w_p s_p − w_n s_n, with the self-paced weights w_p = max(s_p − m, 0) and w_n = max(1 + m − s_n, 0), which have no
    slope. s_p is the cosine similarity to the clean image, which is what the losses' second argument is; s_n that to
    the target class. The paper compares features of the last layer but one, with the most unlike image of the batch as
    what to come near to; here the values before the softmax, less their mean, are compared, with those of an image
    that is nothing but the target class. So it needs no other image, and of any classifier its output alone.

    Parameters
    ----------
    target
        Place of the target class.
    margin
        m; 0.2 as published.
    """

    def loss(logs: Tensor, clean: Tensor | None) -> Tensor:
        to_clean = _cosine(logs, clean)
        to_target = _cosine(logs, ops.one_hot(target, logs.shape[-1])[None])
        pushed = ops.stop_gradient(ops.maximum(to_clean - margin, 0.0))
        pulled = ops.stop_gradient(ops.maximum(1 + margin - to_target, 0.0))
        return pushed * to_clean - pulled * to_target

    return loss


def _cosine(one: Tensor, other: Tensor) -> Tensor:
    """Return the cosine of the angle between values less their mean, (batch, classes); 0 where there is none."""
    one = one - ops.mean(one, axis=-1, keepdims=True)
    other = other - ops.mean(other, axis=-1, keepdims=True)
    squares = ops.sum(one * one, axis=-1) * ops.sum(other * other, axis=-1)
    return ops.sum(one * other, axis=-1) / ops.sqrt(ops.maximum(squares, LEAST))
