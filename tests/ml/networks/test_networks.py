"""The networks themselves, tiny, for real."""

import uuid
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.classifiers.architectures import ARCHITECTURES
from ml.errors import MlError
from ml.images.distortion import measure_perturbation
from ml.networks.generator_settings import UPSAMPLINGS, GeneratorSettings
from ml.runs.checkpoints import Checkpoint
from perception.core.progress import silent

pytestmark = [pytest.mark.xdist_group("tensorflow"), pytest.mark.django_db]  # checkpoints are named there


def images(count: int, side: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).random((count, side, side, 3), dtype=np.float32)


@pytest.mark.parametrize("name", ["densenet-tiny", "densenet-small"])
def test_a_classifier_gives_probabilities(name: str) -> None:
    from ml.networks.architectures.classifiers import build_classifier
    from ml.networks.backend import reset_session

    reset_session(1)
    network = build_classifier(name, image_size=32, classes=7)

    probabilities = network.predict_on_batch(images(3, 32))

    assert probabilities.shape == (3, 7)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_the_papers_classifier_is_the_densenet_201_of_keras_with_seven_outputs() -> None:
    from ml.networks.architectures.classifiers import build_classifier

    network = build_classifier("densenet201", image_size=32, classes=7)

    assert network.output_shape == (None, 7)
    assert network.count_params() == 18_321_984 + 7 * 1920 + 7 + weights_of_scaling(network)
    assert set(ARCHITECTURES) >= {"densenet201", "densenet-small"}


def weights_of_scaling(network: object) -> int:
    return sum(
        layer.count_params()
        for layer in network.layers  # type: ignore[attr-defined]
        if layer.name == "scale"
    )


@pytest.mark.usefixtures("eager_networks")
@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
@pytest.mark.parametrize("side", [32, 27])
def test_a_change_is_as_large_as_the_image_and_within_the_strength(side: int, upsampling: str) -> None:
    from ml.networks.architectures.generator import build_generator
    from ml.networks.backend import reset_session

    reset_session(1)
    generator = build_generator(image_size=side, strength=8, upsampling=upsampling)
    change = np.asarray(generator.predict_on_batch(images(2, side)))
    assert change.shape == (2, side, side, 3)
    assert np.abs(change).mean() < 2 / 255, "it starts small"

    for weight in generator.get_layer("last").weights:
        weight.assign(1000 * np.ones(weight.shape))
    driven = np.asarray(generator.predict_on_batch(images(2, side)))
    assert np.abs(driven).max() <= 8 / 255 + 1e-7
    assert np.abs(driven).max() == pytest.approx(8 / 255, rel=1e-4), "and reaches the strength"


def test_the_change_of_an_image_does_not_depend_on_its_batch() -> None:
    from ml.networks.architectures.generator import build_generator
    from ml.networks.backend import reset_session

    reset_session(1)
    generator = build_generator(image_size=32, strength=8)
    batch = images(4, 32)

    together = np.asarray(generator.predict_on_batch(batch))
    alone = np.concatenate([np.asarray(generator.predict_on_batch(batch[place : place + 1])) for place in range(4)])

    assert np.allclose(together, alone, atol=1e-6)


@pytest.mark.training
@pytest.mark.parametrize(
    "settings",
    [
        GeneratorSettings(steps=30, batch_size=8, learning_rate=5e-3),
        GeneratorSettings(
            steps=30,
            batch_size=8,
            learning_rate=5e-3,
            loss="margin",
            ssim_penalty=0.1,
            eye_penalty=0.001,
            colour_penalty=0.001,
            contrast_penalty=0.001,
            draw="classes-alike",
            turn="on",
        ),
    ],
    ids=["published", "less visible"],
)
def test_training_an_attack_leaves_the_classifier_alone_and_lowers_the_loss(
    settings: GeneratorSettings, request: pytest.FixtureRequest
) -> None:
    from ml.networks.architectures.classifiers import build_classifier
    from ml.networks.backend import reset_session
    from ml.networks.training.generator import weights_digest

    if settings.ssim_penalty:
        request.getfixturevalue("shallow_generator")
    reset_session(1)
    classifier = build_classifier("densenet-tiny", image_size=24, classes=3)
    before = weights_digest(classifier)

    history = train_generator(classifier, settings)

    assert weights_digest(classifier) == before
    assert set(history) == {"loss", "fooled"}
    assert len(history["loss"]) == 30
    assert np.mean(history["loss"][-5:]) < np.mean(history["loss"][:5])


def train_generator(classifier: object, settings: GeneratorSettings) -> dict[str, list[float]]:
    from ml.networks.architectures.generator import build_generator
    from ml.networks.training.generator import fit_generator

    return fit_generator(
        build_generator(image_size=24, strength=32, filters=4),
        classifier,
        (255 * images(24, 24)).astype(np.uint8),
        np.arange(24) % 3,
        target=2,
        settings=settings,
        seed=0,
        progress=silent,
        checkpoint=Checkpoint(str(uuid.uuid4())),
    )


@pytest.mark.training
@pytest.mark.usefixtures("shallow_generator")
def test_a_penalty_makes_the_change_smaller() -> None:
    from ml.networks.architectures.generator import build_generator
    from ml.networks.backend import reset_session
    from ml.networks.training.generator import fit_generator
    from tests.ml.networks.one_convolution import build_one_convolution

    sizes = []
    for penalty in (0.0, 1.0):
        reset_session(1)
        classifier = build_one_convolution(image_size=24, classes=3)
        generator = build_generator(image_size=24, strength=32, filters=4)
        pixels = images(24, 24)
        fit_generator(
            generator,
            classifier,
            (255 * pixels).astype(np.uint8),
            np.arange(24) % 3,
            target=2,
            settings=GeneratorSettings(steps=20, batch_size=8, size_penalty=penalty),
            seed=0,
            progress=silent,
            checkpoint=Checkpoint(str(uuid.uuid4())),
        )
        sizes.append(np.abs(np.asarray(generator.predict_on_batch(pixels))).mean())

    assert sizes[1] < sizes[0] / 2


def test_what_the_loss_measures_is_what_the_evaluation_measures() -> None:
    from ml.networks.visibility.loss_terms import dissimilarity, mean_square, mean_square_step

    rng = np.random.default_rng(3)
    clean = rng.integers(0, 256, (2, 24, 24, 3), dtype=np.uint8)
    perturbed = np.clip(clean.astype(int) + rng.integers(-20, 21, clean.shape), 0, 255).astype(np.uint8)
    measured = [measure_perturbation(one, other) for one, other in zip(clean, perturbed, strict=True)]
    one, other = (pixels.astype(np.float32) / 255 for pixels in (clean, perturbed))

    assert np.allclose(np.asarray(mean_square(one, other))[:, 0], [size.l2**2 / 24**2 / 3 for size in measured], 1e-4)
    assert np.allclose(np.asarray(dissimilarity(one, other))[:, 0], [1 - size.ssim for size in measured], atol=1e-4)
    steps = np.diff(perturbed.astype(float) - clean, axis=1)
    across = np.diff(perturbed.astype(float) - clean, axis=2)
    expected = ((steps**2).mean(axis=(1, 2, 3)) + (across**2).mean(axis=(1, 2, 3))) / 2
    assert np.allclose(np.asarray(mean_square_step(one, other))[:, 0], expected, 1e-4)


def test_an_eye_sees_coarse_changes_and_those_of_light_more_than_fine_ones_and_those_of_colour() -> None:
    from ml.networks.visibility.loss_terms import mean_square_seen

    grey = np.full((1, 48, 48, 3), 0.5, dtype=np.float32)
    rows, columns = np.indices((48, 48))
    fine, coarse = ((-1.0) ** ((rows // width + columns // width) % 2) for width in (1, 8))
    light, colour = np.array([1.0, 1.0, 1.0]), np.array([1.0, -0.299 / 0.587, 0.0])

    def seen(pattern: NDArray[Any], direction: NDArray[Any]) -> float:
        change = pattern[..., None] * direction * 8 / 255 / np.sqrt(np.mean(direction**2))
        return float(np.asarray(mean_square_seen(grey, (grey + change).astype(np.float32)))[0, 0])

    assert seen(coarse, light) == pytest.approx(8**2, rel=0.35), "what is coarse is seen whole"
    assert seen(coarse, light) > 5 * seen(fine, light)
    assert seen(fine, light) > 5 * seen(fine, colour)
    assert seen(fine, colour) < 0.01


def test_a_network_survives_its_file() -> None:
    from ml.networks.architectures.classifiers import build_classifier
    from ml.networks.backend import reset_session
    from ml.networks.saved_network import network_from_bytes, network_to_bytes

    reset_session(1)
    network = build_classifier("densenet-tiny", image_size=24, classes=3)
    batch = images(2, 24)

    again = network_from_bytes(network_to_bytes(network), source="a test")

    assert np.array_equal(network.predict_on_batch(batch), again.predict_on_batch(batch))


def test_bytes_that_are_no_network_are_refused_in_words() -> None:
    from ml.networks.saved_network import network_from_bytes

    with pytest.raises(MlError, match="a test"):
        network_from_bytes(b"not a network", source="a test")
