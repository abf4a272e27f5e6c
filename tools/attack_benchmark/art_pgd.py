"""`python -m tools.attack_benchmark.art_pgd FOLDER NUMBER`: PGD of adversarial-robustness-toolbox, in TensorFlow."""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.attack_benchmark.task import LEVELS, NETWORK, take_turns, task_in


def main(folder: Path, number: str) -> None:
    """Load the network and take turns."""
    from ml.networks.backend import keras  # before the library: it sets how TensorFlow starts
    from ml.networks.saved_network import network_from_bytes

    # isort: split
    from art.attacks.evasion import ProjectedGradientDescent
    from art.estimators.classification import TensorFlowV2Classifier

    task = task_in(folder)
    network = network_from_bytes((folder / NETWORK).read_bytes(), source="the benchmark")
    network.layers[-1].activation = keras.activations.linear  # logits, as the library advises
    classifier = TensorFlowV2Classifier(
        model=network,
        nb_classes=task.classes,
        input_shape=network.input_shape[1:],
        loss_object=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        clip_values=(0.0, 1.0),
    )
    pgd = ProjectedGradientDescent(
        estimator=classifier,
        norm=np.inf,
        eps=task.strength / float(LEVELS),
        eps_step=task.step_size / float(LEVELS),
        max_iter=task.steps,
        targeted=True,
        num_random_init=0,
        batch_size=task.batch_size,
        verbose=False,
    )
    wanted = np.eye(task.classes, dtype=np.float32)[task.target]

    def attack(images: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(pgd.generate(x=images, y=np.tile(wanted, (len(images), 1))))

    take_turns(folder, number, attack, classifier.predict)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
