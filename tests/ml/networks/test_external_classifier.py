"""Networks that somebody else trained, wrapped as ours: the same answers, in a file that is read in safe mode.

That an attack learns through them is in `tests/ml/classifiers/test_external.py`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.errors import MlError

if TYPE_CHECKING:
    from ml.networks.external_classifier import ExternalClassifier

pytestmark = pytest.mark.xdist_group("tensorflow")

IMAGES = np.random.default_rng(0).random((5, 24, 24, 3), dtype=np.float32)


@pytest.fixture(autouse=True)
def afresh() -> None:
    from ml.networks.backend import reset_session

    reset_session(1)


def external_network(
    shape: tuple[int | None, int | None, int] = (24, 24, 3), *, outputs: int = 3, end: str = "softmax"
) -> Any:
    """Return a network with what is at rest when it predicts: dropout and batch normalisation."""
    from ml.networks.backend import keras

    layers = keras.layers

    image = keras.Input(shape, name="image")
    x = layers.Conv2D(6, 3, activation="relu", name="scale")(image)
    x = layers.BatchNormalization()(x)
    x = layers.Dropout(0.5)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(image, layers.Dense(outputs, activation=end)(x), name="resize")


def wrapped(network: Any, **options: Any) -> "ExternalClassifier":
    from ml.networks.external_classifier import wrap_classifier

    defaults: dict[str, Any] = {
        "image_input": "image",
        "size": (24, 24),
        "side": 24,
        "black": [0.0],
        "white": [1.0],
        "reverse_channels": False,
        "constants": {},
        "logits": False,
    }
    return wrap_classifier(network, **(defaults | options))


def saved_and_read(network: Any) -> Any:
    from ml.networks.saved_network import network_from_bytes, network_to_bytes

    return network_from_bytes(network_to_bytes(network), source="a test")


@pytest.mark.parametrize(
    ("options", "given"),
    [
        ({}, IMAGES),
        ({"black": [0.0], "white": [255.0]}, 255 * IMAGES),
        ({"black": [-1.0], "white": [1.0]}, 2 * IMAGES - 1),
        (
            {"black": [-2.0, -3.0, -4.0], "white": [1.0, 2.0, 3.0]},
            IMAGES * np.array([3, 5, 7], dtype=np.float32) - np.array([2, 3, 4], dtype=np.float32),
        ),
        ({"reverse_channels": True}, IMAGES[..., ::-1]),
        (
            {"reverse_channels": True, "black": [-1.0, 0.0, 0.0], "white": [1.0, 1.0, 2.0]},
            IMAGES[..., ::-1] * np.array([2, 1, 2], dtype=np.float32) - np.array([1, 0, 0], dtype=np.float32),
        ),
    ],
    ids=["as ours", "0 to 255", "-1 to 1", "by channel", "blue first", "blue first, by channel"],
)
def test_it_sees_what_it_was_trained_to_see(options: dict[str, Any], given: NDArray[np.float32]) -> None:
    network = external_network()
    before = np.asarray(network.predict_on_batch(given))

    again = saved_and_read(wrapped(network, **options).network)

    assert np.allclose(again.predict_on_batch(IMAGES), before, atol=1e-5)
    assert before.std() > 1e-3, "the network tells the images apart"


@pytest.mark.parametrize(
    ("family", "options"),
    [
        ("xception", {"black": [-1.0], "white": [1.0]}),
        ("densenet", {"black": [-2.118, -2.036, -1.804], "white": [2.249, 2.429, 2.640]}),
        (
            "vgg16",
            {"black": [-103.939, -116.779, -123.68], "white": [151.061, 138.221, 131.32], "reverse_channels": True},
        ),
    ],
)
def test_the_ranges_of_the_handbook_are_those_of_keras(family: str, options: dict[str, Any]) -> None:
    from ml.networks.backend import keras

    network = external_network()
    before = network.predict_on_batch(getattr(keras.applications, family).preprocess_input(255 * IMAGES))

    assert np.allclose(wrapped(network, **options).network.predict_on_batch(IMAGES), before, atol=1e-3)


@pytest.mark.parametrize(("size", "side"), [((18, 24), 24), ((24, 24), 32)])
def test_an_image_is_resized_to_its_own_size(size: tuple[int, int], side: int) -> None:
    from ml.networks.backend import keras

    network = external_network((None, None, 3))
    images = np.random.default_rng(1).random((3, side, side, 3), dtype=np.float32)
    before = network.predict_on_batch(np.asarray(keras.ops.image.resize(images, size, interpolation="bilinear")))

    again = saved_and_read(wrapped(network, size=size, side=side).network)

    assert again.input_shape == (None, side, side, 3)
    assert np.allclose(again.predict_on_batch(images), before, atol=1e-5)


def test_a_size_that_it_cannot_take_is_refused_in_words() -> None:
    from ml.networks.backend import keras

    layers = keras.layers

    image = keras.Input((None, None, 3), name="image")
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 13)(image))

    with pytest.raises(MlError, match="cannot be used at 12 × 12 pixels"):
        wrapped(keras.Model(image, layers.Dense(3)(x)), size=(12, 12))


def made_for_one_batch() -> Any:
    from ml.networks.backend import keras

    layers = keras.layers

    image = keras.Input((24, 24, 3), batch_size=8, name="image")
    return keras.Model(image, layers.Dense(3, activation="softmax")(layers.Flatten()(image)))


def built_when_called() -> Any:
    from ml.networks.backend import keras

    layers = keras.layers

    network = keras.Sequential([layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(3, activation="softmax")])
    network(IMAGES[:2])
    return network


@pytest.mark.parametrize("make", [made_for_one_batch, built_when_called])
@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_a_network_that_was_built_for_some_images_takes_any_number(
    tmp_path: Path, make: Callable[[], Any], ending: str
) -> None:
    from ml.networks.external_classifier import load_external, outline_of

    network = make()
    before = np.concatenate([np.asarray(network(IMAGES[:2])), np.asarray(network(IMAGES[2:]))])
    network.save(tmp_path / f"theirs.{ending}")

    again = load_external(tmp_path / f"theirs.{ending}")
    (image,) = outline_of(again).inputs

    assert np.allclose(wrapped(again, image_input=image.name).network.predict_on_batch(IMAGES), before, atol=1e-5)


def test_other_inputs_are_held() -> None:
    from ml.networks.backend import keras

    layers = keras.layers

    inputs = {
        name: keras.Input(shape, name=name) for name, shape in (("image", (24, 24, 3)), ("age", (2,)), ("g", (2, 2)))
    }
    parts = [layers.GlobalAveragePooling2D()(inputs["image"]), inputs["age"], layers.Flatten()(inputs["g"])]
    network = keras.Model(inputs, layers.Dense(3, activation="softmax")(layers.Concatenate()(parts)))
    constants = {"age": [0.25, -7.0], "g": [1.0, 2.0, 3.0, 4.0]}
    given = {"age": np.tile([0.25, -7.0], (5, 1)), "g": np.tile([[1.0, 2.0], [3.0, 4.0]], (5, 1, 1))}
    before = network.predict_on_batch({"image": IMAGES, **given})

    again = saved_and_read(wrapped(network, constants=constants).network)

    assert np.allclose(again.predict_on_batch(IMAGES), before, atol=1e-5)


def test_logits_become_probabilities() -> None:
    network = external_network(end="linear")
    before = np.asarray(network.predict_on_batch(IMAGES))

    both = wrapped(network, logits=True)

    expected = np.exp(before) / np.exp(before).sum(axis=1, keepdims=True)
    assert np.allclose(saved_and_read(both.network).predict_on_batch(IMAGES), expected, atol=1e-5)
    assert np.allclose(both.raw.predict_on_batch(IMAGES), before, atol=1e-5)


@pytest.mark.parametrize("logits", [False, True])
def test_one_output_is_the_probability_of_the_second_class(logits: bool) -> None:
    network = external_network(outputs=1, end="linear" if logits else "sigmoid")
    said = np.asarray(network.predict_on_batch(IMAGES))
    second = 1 / (1 + np.exp(-said)) if logits else said

    again = saved_and_read(wrapped(network, logits=logits).network)

    assert np.allclose(again.predict_on_batch(IMAGES), np.hstack([1 - second, second]), atol=1e-5)


@pytest.mark.parametrize("end", ["linear", "sigmoid", "sigmoid as a layer", "sigmoid of a shape"])
@pytest.mark.parametrize("z", [-30.0, 30.0])
def test_one_output_has_its_gradient_where_the_network_is_sure(end: str, z: float) -> None:
    """There the sigmoid is 0 or 1 in 32 bits, and the logarithm of the other class's probability has no slope."""
    from ml.networks.backend import keras
    from ml.networks.gradients.input_gradient import target_gradient
    from ml.networks.log_probabilities import log_probability_predictor

    layers = keras.layers
    network = external_network(outputs=1, end="sigmoid" if end == "sigmoid" else "linear")
    kernel, _ = network.layers[-1].get_weights()
    network.layers[-1].set_weights([kernel, np.array([z], dtype=np.float32)])
    if end == "sigmoid as a layer":
        network = keras.Model(network.inputs, layers.Activation("sigmoid")(network.outputs[0]))
    if end == "sigmoid of a shape":
        network = keras.Model(network.inputs, layers.Activation("sigmoid")(layers.Reshape((1, 1))(network.outputs[0])))

    again = saved_and_read(wrapped(network, logits=end == "linear").network)

    said = log_probability_predictor(again)
    surely, hardly = (1, 0) if z > 0 else (0, 1)
    assert said(IMAGES)[:, surely] == pytest.approx(np.zeros(len(IMAGES)), abs=1e-6)
    assert said(IMAGES)[:, hardly] == pytest.approx(np.full(len(IMAGES), -30.0), abs=2.0)
    slopes, _ = target_gradient(again, target=hardly)(IMAGES)
    squares = (slopes**2).sum(axis=(1, 2, 3))
    assert squares.min() > 0
    step = (0.002 / squares)[:, None, None, None]
    gained = said(IMAGES - step * slopes)[:, hardly] - said(IMAGES)[:, hardly]
    assert gained == pytest.approx(np.full(len(IMAGES), 0.002), rel=0.3)


def test_it_says_what_goes_in_and_what_comes_out() -> None:
    from ml.networks.external_classifier import outline_of

    outline = outline_of(external_network((None, 24, 3), outputs=4))

    assert [str(one) for one in outline.inputs] == ["image (any × 24 × 3)"]
    assert outline.outputs == (4,)


def test_a_network_that_was_never_called_has_no_inputs() -> None:
    from ml.networks.backend import keras
    from ml.networks.external_classifier import outline_of

    layers = keras.layers

    with pytest.raises(MlError, match="no fixed inputs"):
        outline_of(keras.Sequential([layers.Dense(3)]))


@pytest.mark.parametrize(
    ("raw", "logits", "message"),
    [
        ([[2.0, -1.0]], False, "does not give probabilities .* say --logits"),
        ([[0.9, 0.9]], False, "does not give probabilities .* a sigmoid for each class"),
        ([[1.2]], False, "does not give probabilities"),
        ([[0.4, 0.6]], True, "gives probabilities already .* leave --logits out"),
        ([[0.4]], True, "gives probabilities already"),
        ([[float("nan"), 1.0]], False, "no numbers"),
    ],
)
def test_outputs_that_are_not_what_they_are_said_to_be(raw: list[list[float]], logits: bool, message: str) -> None:
    from ml.networks.external_classifier import check_outputs

    with pytest.raises(MlError, match=message):
        check_outputs(np.array(raw, dtype=np.float32), logits=logits)


@pytest.mark.parametrize(
    ("raw", "logits"), [([[0.4, 0.6]], False), ([[0.3]], False), ([[-1.0, 4.0]], True), ([[-3.0]], True)]
)
def test_outputs_that_are(raw: list[list[float]], logits: bool) -> None:
    from ml.networks.external_classifier import check_outputs

    check_outputs(np.array(raw, dtype=np.float32), logits=logits)


def test_a_file_that_is_no_network_is_refused_in_words(tmp_path: Path) -> None:
    from ml.networks.external_classifier import load_external

    path = tmp_path / "other.keras"
    path.write_bytes(b"PK not a network")

    with pytest.raises(MlError, match=r"other\.keras cannot be read by Keras 3"):
        load_external(path)
