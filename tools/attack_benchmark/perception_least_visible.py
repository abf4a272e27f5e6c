"""`python -m tools.attack_benchmark.perception_least_visible FOLDER NUMBER KIND`: `perc_al` and `least_change`."""

import sys
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from tools.attack_benchmark.task import LEVELS, NETWORK, averages_of, take_turns, task_in

# So many the making of pairs gives to an attack that learns nothing (`ml.pairs.making`).
AT_ONCE = 8


def main(folder: Path, number: str, kind: str) -> None:
    """Load the network and take turns."""
    settings.configure(USE_I18N=False)
    from ml.attacks.gradient_based.least_change import LeastChangeAttack, LeastChangeSettings
    from ml.attacks.gradient_based.perc_al import PercAlAttack, PercAlSettings
    from ml.attacks.method import AttackMethod, AttackOptions
    from ml.networks.log_probabilities import log_probability_predictor
    from ml.networks.saved_network import network_from_bytes
    from ml.options import AttackSettings

    task = task_in(folder)
    network = network_from_bytes((folder / NETWORK).read_bytes(), source="the benchmark")
    methods: dict[str, tuple[AttackMethod, AttackSettings]] = {
        "perc_al": (PercAlAttack(), PercAlSettings(steps=task.steps)),
        "least_change": (LeastChangeAttack(), LeastChangeSettings(steps=task.steps, smoothing=averages_of(task.steps))),
    }
    method, chosen = methods[kind]
    options = AttackOptions(target=task.target, strength=float(LEVELS), seed=0, settings=chosen)
    perturb = method.perturber(b"", options, classifier=network, source="the benchmark")

    def attack(images: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.concatenate([perturb(images[start : start + AT_ONCE]) for start in range(0, len(images), AT_ONCE)])

    take_turns(folder, number, attack, log_probability_predictor(network))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
