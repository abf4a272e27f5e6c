"""The demonstration's sizes and steps: what two cores manage in a few minutes.

The lesions are faint and the classifier small so that the attack succeeds within that time; they were chosen for it.
"""

from typing import Any

NAME = "Synthetic lesions"
SEED = 1
IMAGE_SIZE = 128
IMAGES = 1080
TEST_SHARE = 280 / 1080

CLASSIFIER: dict[str, Any] = {
    "architecture": "densenet-small",
    "image_size": IMAGE_SIZE,
    "epochs": 6,
    "batch_size": 16,
    "learning_rate": 3e-3,
    "seed": SEED,
}
ATTACK: dict[str, Any] = {
    "kind": "generator",
    "target_class": "nv",
    "strength": 8.0,
    "settings": {"steps": 300, "batch_size": 16, "learning_rate": 3e-3},
    "seed": SEED,
}
