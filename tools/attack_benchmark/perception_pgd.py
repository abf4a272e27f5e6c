"""`python -m tools.attack_benchmark.perception_pgd FOLDER NUMBER STOP`: the attack `pgd`, as pairs are made."""

import sys
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from tools.attack_benchmark.task import NETWORK, take_turns, task_in

# So many the making of pairs gives to an attack that learns nothing (`ml.pairs.making`).
AT_ONCE = 8


def main(folder: Path, number: str, stop: str) -> None:
    """Load the network and take turns."""
    settings.configure(USE_I18N=False)
    from ml.attacks.gradient_based.pgd import PgdAttack, PgdSettings
    from ml.attacks.method import AttackOptions
    from ml.networks.log_probabilities import log_probability_predictor
    from ml.networks.saved_network import network_from_bytes

    task = task_in(folder)
    network = network_from_bytes((folder / NETWORK).read_bytes(), source="the benchmark")
    options = AttackOptions(
        target=task.target,
        strength=task.strength,
        seed=0,
        settings=PgdSettings(steps=task.steps, step_size=task.step_size / task.strength, stop=stop),
    )
    perturb = PgdAttack().perturber(b"", options, classifier=network, source="the benchmark")

    def attack(images: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.concatenate([perturb(images[start : start + AT_ONCE]) for start in range(0, len(images), AT_ONCE)])

    take_turns(folder, number, attack, log_probability_predictor(network))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
