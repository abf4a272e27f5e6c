"""The paper's attack: a network that draws, for each image, a change that makes the classifier say the target class."""

from typing import Any

from ml.attacks.method import AttackOptions, Perturb, TrainedAttack
from ml.pixels import Pixels
from perception.progress import Progress


class GeneratorAttack:
    """Generative adversarial perturbations: Poursaeed, Katsman, Gao, Belongie 2018, targeted and image-dependent."""

    def train(self, classifier: Any, images: Pixels, options: AttackOptions, progress: Progress) -> TrainedAttack:
        """Train a generator; the classifier's weights stay as they are."""
        from ml.networks.generator import build_generator
        from ml.networks.generator_training import fit_generator
        from ml.networks.saved_network import network_to_bytes

        generator = build_generator(image_size=images.shape[1], strength=options.strength)
        history = fit_generator(
            generator,
            classifier,
            images,
            target=options.target,
            steps=options.steps,
            batch_size=options.batch_size,
            learning_rate=options.learning_rate,
            size_penalty=options.size_penalty,
            seed=options.seed,
            progress=progress,
        )
        return TrainedAttack(network_to_bytes(generator), history)

    def perturber(self, weights: bytes, *, source: str) -> Perturb:
        """Return the function that adds the generator's change to images."""
        from ml.networks.prediction import adding_changes_of
        from ml.networks.saved_network import network_from_bytes

        return adding_changes_of(network_from_bytes(weights, source=source))
