"""Files of other versions of Keras: read where what differs is harmless, refused in two lines where it is not."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]  # comes with Keras
import numpy as np
import pytest
from pytest_django import Settings

from ml.classifiers.keras_file import read_outline
from ml.errors import LONGEST_MESSAGE, MlError, within_a_screen
from ml.networks.hdf5_outline import LARGEST_CONFIG
from ml.networks.keras_config import DEEPEST, parse_config

pytestmark = pytest.mark.xdist_group("tensorflow")

IMAGES = np.random.default_rng(0).uniform(0, 255, (2, 16, 16, 3)).astype(np.float32)


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture(scope="module")
def network() -> Any:
    """Build a small network of the layers that versions write differently; 127.5 stands for preprocess_input."""
    from ml.networks.backend import keras

    keras.utils.set_random_seed(1)
    layers = keras.layers
    image = keras.Input((16, 16, 3), name="photo")
    x = layers.Rescaling(1 / 127.5, -1.0, name="first")(image)
    x = layers.Identity(name="turn")(x)
    x = layers.DepthwiseConv2D(3, name="depthwise")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(3, activation="softmax")(x))


def in_other_words(config: Any) -> Any:
    """Write a network's description as Keras 2.15 and 3.3 did."""
    if isinstance(config, list):
        return [in_other_words(one) for one in config]
    if not isinstance(config, dict):
        return config
    node = {name: in_other_words(one) for name, one in config.items()}
    inner: Any = node.get("config")
    match node.get("class_name"):
        case "DepthwiseConv2D":
            inner["groups"] = 1
        case "BatchNormalization":
            inner["axis"] = [3]
        case "Functional":
            node["module"] = "keras.src.engine.functional"
        case "Identity":
            node["class_name"] = "RandomRotation"
            inner |= {"factor": [-0.4, 0.4], "value_range": [0, 255], "data_format": "channels_last", "seed": None}
            for call in node["inbound_nodes"]:
                call["kwargs"] = {"training": True}
    return node


def rewritten(file: Path, change: Callable[[Any], Any], version: str = "3.3.3") -> Path:
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["config.json"] = json.dumps(change(json.loads(parts["config.json"]))).encode()
    parts["metadata.json"] = json.dumps({"keras_version": version}).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file


@pytest.fixture
def file(network: Any, tmp_path: Path) -> Path:
    network.save(tmp_path / "theirs.keras")
    return tmp_path / "theirs.keras"


def test_what_is_harmless_is_read_and_says_the_same_each_time(network: Any, file: Path) -> None:
    from ml.networks.external_classifier import load_external

    rewritten(file, in_other_words)
    assert read_outline(file) is not None
    loaded = load_external(file)
    for _ in range(2):
        assert np.array_equal(loaded(IMAGES), network(IMAGES))


def test_a_file_of_this_version_is_not_rewritten(network: Any) -> None:
    from ml.networks.earlier_keras import in_this_versions_words

    config = json.loads(network.to_json())
    assert in_this_versions_words(config) is config


def legacy(network: Any, file: Path, change: Callable[[Any], None]) -> Path:
    """Save as Keras 2 saves: HDF5, with the description as an attribute, lists of one output."""
    network.save(file)
    with h5py.File(file, "r+") as opened:
        config = json.loads(opened.attrs["model_config"])
        change(config)
        opened.attrs["model_config"] = json.dumps(config)
        opened.attrs["keras_version"] = "2.15.0"
    return file


def test_arithmetic_of_tensorflow_with_a_number_is_read(network: Any, tmp_path: Path) -> None:
    from ml.networks.external_classifier import load_external

    def change(config: Any) -> None:
        for layer in config["config"]["layers"]:
            if layer["name"] == "first":
                layer["class_name"] = "TFOpLambda"
                layer["config"] = {"name": "first", "function": "math.truediv", "trainable": True, "dtype": "float32"}
                layer["inbound_nodes"] = [["photo", 0, 0, {"y": 127.5, "name": None}]]
                for unknown in ("module", "registered_name", "build_config"):
                    layer.pop(unknown, None)

    loaded = load_external(legacy(network, tmp_path / "theirs.h5", change))
    wanted = network(IMAGES + 127.5)  # which then gives what dividing alone gives
    assert np.allclose(loaded(IMAGES), wanted, atol=1e-5)


def test_other_operations_of_tensorflow_are_refused_with_the_way_out(network: Any, tmp_path: Path) -> None:
    def change(config: Any) -> None:
        layer = next(layer for layer in config["config"]["layers"] if layer["name"] == "first")
        layer["class_name"], layer["config"] = "TFOpLambda", {"name": "first", "function": "nn.bias_add"}

    path = legacy(network, tmp_path / "theirs.h5", change)
    with pytest.raises(MlError, match=r"arithmetic of TensorFlow inside the network \(the layer first\)") as refused:
        read_outline(path)
    assert "--range" in str(refused.value)
    assert len(str(refused.value).splitlines()) == 2


def test_a_network_within_a_network_of_keras_2_gives_one_output(network: Any, tmp_path: Path) -> None:
    from ml.networks.backend import keras
    from ml.networks.external_classifier import load_external

    outer = keras.Sequential([keras.Input((16, 16, 3)), network])

    def change(config: Any) -> None:
        inner = config["config"]["layers"][-1]["config"]
        for ends in ("input_layers", "output_layers"):
            if not isinstance(inner[ends][0], list):
                inner[ends] = [inner[ends]]

    loaded = load_external(legacy(outer, tmp_path / "theirs.h5", change))
    assert np.allclose(loaded(IMAGES), outer(IMAGES), atol=1e-6)


def test_what_blocks_is_said_in_two_lines_however_much_keras_says(file: Path) -> None:
    from ml.networks.external_classifier import load_external

    def change(config: Any) -> Any:
        layer = next(layer for layer in config["config"]["layers"] if layer["name"] == "depthwise")
        layer["config"]["new_in_keras_9"] = "x" * 100_000
        return config

    rewritten(file, change, version="9.0.0")
    with pytest.raises(MlError, match=r"was saved by Keras 9\.0\.0 and cannot be read by Keras 3\.") as refused:
        load_external(file)
    message = str(refused.value)
    assert len(message.splitlines()) == 2
    assert len(message) < 700 + 2 * len(str(file))
    assert "save it again" in message


def test_a_class_of_its_own_is_refused_before_any_work(file: Path) -> None:
    rewritten(file, lambda config: {**config, "class_name": "Sub", "module": None, "registered_name": "Sub"})
    with pytest.raises(MlError, match=r"code that is not part of Keras: Sub\. .*keras\.Model\(inputs, outputs\)"):
        read_outline(file)


def test_a_description_deeper_than_any_network_is_not_opened(file: Path, tmp_path: Path) -> None:
    from ml.networks.external_classifier import load_external

    deep = '{"class_name": "Functional", "config": ' + "[" * 100_000 + "]" * 100_000 + "}"
    with zipfile.ZipFile(tmp_path / "deep.keras", "w") as archive:
        archive.writestr("config.json", deep)
        archive.writestr("model.weights.h5", b"")
    with pytest.raises(MlError, match=f"more than {DEEPEST} levels"):
        read_outline(tmp_path / "deep.keras")
    with pytest.raises(MlError, match=f"more than {DEEPEST} levels"):
        load_external(tmp_path / "deep.keras")
    with h5py.File(tmp_path / "deep.h5", "w") as opened:
        opened.attrs["model_config"] = deep
    with pytest.raises(MlError, match=f"more than {DEEPEST} levels"):
        read_outline(tmp_path / "deep.h5")
    brackets_in_text = json.dumps({"name": "[{" * 1000 + '\\"'})
    assert parse_config(brackets_in_text, file) == json.loads(brackets_in_text)


def test_a_zip_that_inflates_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b'{"x": "' + b" " * (LARGEST_CONFIG + 1) + b'"}')
        archive.writestr("model.weights.h5", b"")
    with pytest.raises(MlError, match="would unpack to 32 MiB from"):
        read_outline(tmp_path / "bomb.keras")


def test_weights_that_declare_what_they_do_not_hold_are_not_opened(file: Path, tmp_path: Path) -> None:
    from ml.networks.external_classifier import load_external

    with h5py.File(tmp_path / "bomb.h5", "w") as opened:
        opened.attrs["model_config"] = "{}"
        opened.create_dataset("kernel", shape=(10**6, 10**6), dtype="f4", chunks=(1000, 1000))  # nothing is written
    with pytest.raises(MlError, match="would unpack to 3,814,697 MiB"):
        read_outline(tmp_path / "bomb.h5")
    with zipfile.ZipFile(file) as archive:
        config = archive.read("config.json")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", config)
        archive.writestr("model.weights.h5", (tmp_path / "bomb.h5").read_bytes())
    with pytest.raises(MlError, match="would unpack to 3,814,697 MiB"):
        load_external(file)


def test_a_message_is_no_longer_than_a_screen() -> None:
    assert within_a_screen("short") == "short"
    long = within_a_screen("begin " + "x" * 200_000 + " end")
    assert len(long) <= LONGEST_MESSAGE
    assert long.startswith("begin ")
    assert long.endswith(" end")
    many = within_a_screen("\n".join(f"line {n}" for n in range(5_000)))
    assert len(many.splitlines()) == 25
    assert many.endswith("line 4999")
