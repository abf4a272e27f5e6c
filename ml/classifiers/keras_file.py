"""What the file of a whole Keras network says about itself, read without Keras: fast, and nothing of it runs.

So a command, a form or the queue can refuse a file before any work starts. What the file does not say in so many
words (`None` below) is left to the loading.
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext

from ml.errors import MlError
from ml.networks.earlier_keras import in_this_versions_words
from ml.networks.hdf5_outline import read_hdf5
from ml.networks.keras_config import (
    HDF5_START,
    WEIGHTS,
    ZIP_START,
    Config,
    nodes_of,
    open_parts,
    read_saved_config,
    start_of,
)
from ml.networks.outline import NetworkInput, NetworkOutline
from perception.core.input_files.plain_file import NotPlainFileError, TooLargeError, check_plain_file

LARGEST_FILE = 4 * 1024**3
"""In bytes. A DenseNet-201 with the state of its optimiser has a quarter of a gigabyte."""

WEIGHT_ENDINGS = frozenset({".h5", ".hdf5", ".keras"})

# Names that a file brings are quoted at this length.
LONGEST_NAME = 80
# Layers that carry code in the file, or load it from beside the file.
CODE = frozenset({"Lambda", "__lambda__", "TFSMLayer"})
# Layers whose output has as many channels as their input.
SAME_CHANNELS = frozenset(
    {
        "Activation",
        "ActivityRegularization",
        "BatchNormalization",
        "Dropout",
        "Identity",
        "ReLU",
        "Rescaling",
        "Softmax",
    }
)


def read_outline(path: Path) -> NetworkOutline | None:
    """Return what a file says of its network's inputs and outputs; None if it does not say.

    Parameters
    ----------
    path
        A `.keras` file, or the `.h5` of a whole network.

    Raises
    ------
    MlError
        No such file, not the file of a whole network, damaged, one that unpacks to far more than it holds, or one that
        brings code of its own.
    """
    config = _read_config(path)
    _refuse_code(config, path)
    try:
        return _outline(config)
    except (KeyError, TypeError, IndexError, AttributeError, StopIteration):
        return None  # written by another version, in other words


def check_weights_file(path: Path) -> None:
    """Refuse a file that cannot hold a network's weights: another kind of file, or one that was cut short.

    Whether they are this network's weights is seen when they are put into it.

    Parameters
    ----------
    path
        A `.h5`, `.hdf5` or `.keras` file.

    Raises
    ------
    MlError
        With what is wrong.
    """
    if path.suffix not in WEIGHT_ENDINGS:
        raise MlError(
            gettext("%(path)s is not called as a file of weights is; its name ends in %(listed)s.")
            % {"path": path, "listed": ", ".join(sorted(WEIGHT_ENDINGS))}
        )
    with _damage_in_words(path):
        if start_of(path).startswith(ZIP_START):
            open_parts(path, {WEIGHTS}).close()
        elif start_of(path) == HDF5_START:
            read_hdf5(path)
        else:
            raise MlError(
                gettext("%(path)s does not hold weights of Keras: it is neither HDF5 nor a .keras file.")
                % {"path": path}
            )


@contextmanager
def _damage_in_words(path: Path) -> Iterator[None]:
    try:
        check_plain_file(path, limit=LARGEST_FILE)
        yield
    except FileNotFoundError:
        raise MlError(gettext("There is no file %(path)s.") % {"path": path}) from None
    except (NotPlainFileError, TooLargeError) as error:
        raise MlError(
            gettext("%(path)s is not read: %(strerror)s.") % {"path": path, "strerror": error.strerror}
        ) from error
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, NotImplementedError) as error:
        raise MlError(
            gettext("%(path)s is damaged or was cut short (%(error)s); copy or download it again.")
            % {"path": path, "error": str(error)[:200]}
        ) from error


def _read_config(path: Path) -> Config:
    if path.is_dir():
        raise MlError(
            gettext(
                "%(path)s is a folder (TensorFlow's SavedModel?). Save the network as one file: "
                "model.save('model.keras')."
            )
            % {"path": path}
        )
    with _damage_in_words(path):
        saved = read_saved_config(path)
        return in_this_versions_words(saved.config, saved.keras_version)


def _refuse_code(config: object, path: Path) -> None:
    for node in nodes_of(config):
        kind = node["class_name"]
        if kind in CODE:
            raise MlError(
                gettext(
                    "%(path)s brings code of its own (the layer %(node)s, a %(strip)s), which is not run here: "
                    "it could do anything. Replace it by layers of Keras, such as Rescaling, and save again."
                )
                % {"path": path, "node": _name_of(node), "strip": kind.strip("_")}
            )
        if kind == "TFOpLambda":
            raise MlError(
                gettext(
                    "%(path)s does arithmetic of TensorFlow inside the network (the layer %(node)s), as "
                    "preprocess_input does.\nLeave it out of the network, or use keras.layers.Rescaling; save it "
                    "again, and say with --range what the network wants black and white to be (such as "
                    "--range=-1,1)."
                )
                % {"path": path, "node": _name_of(node)}
            )
        module = node.get("module")
        if isinstance(module, str) and module.partition(".")[0] not in {"keras", "builtins"}:
            foreign = f"{module}.{kind}"[:LONGEST_NAME]
            raise MlError(
                gettext(
                    "%(path)s needs code that is not part of Keras: %(foreign)s. Replace it by layers of Keras "
                    "and save again."
                )
                % {"path": path, "foreign": foreign}
            )
        registered = str(node.get("registered_name") or "")[:LONGEST_NAME]
        if ">" in registered or (registered and "module" in node and module is None):
            raise MlError(
                gettext(
                    "%(path)s needs code that is not part of Keras: %(registered)s. Replace it by layers of "
                    "Keras and save again; a network that is a class of its own is built anew as "
                    "keras.Model(inputs, outputs)."
                )
                % {"path": path, "registered": registered}
            )


def _name_of(node: Config) -> str:
    config = node.get("config")
    name = (config.get("name") if isinstance(config, dict) else None) or node.get("name") or "without a name"
    return str(name)[:LONGEST_NAME]


def _outline(node: Config) -> NetworkOutline | None:
    config = node["config"]
    if node["class_name"] == "Sequential":
        layers = config["layers"]
        first = _input(layers[0], config.get("build_input_shape"))
        return None if first is None else NetworkOutline((first,), (_channels(node),))
    if node["class_name"] not in {"Functional", "Model"}:
        return None
    layers = _by_name(config)
    inputs = [_input(layers[name], None) for name in _ends(config["input_layers"])]
    if not all(inputs):
        return None
    outputs = tuple(_channels_of(layers, name) for name in _ends(config["output_layers"]))
    return NetworkOutline(tuple(one for one in inputs if one is not None), outputs)


def _input(layer: Config, built: Sequence[int | None] | None) -> NetworkInput | None:
    config = layer["config"]
    shape = config.get("batch_shape") or config.get("batch_input_shape") or built
    if not shape:
        return None
    dtype = config.get("dtype") or "float32"
    name = dtype["config"]["name"] if isinstance(dtype, dict) else dtype
    return NetworkInput(str(config["name"]), tuple(shape[1:]), str(name))


def _channels(node: Config) -> int | None:
    """Return how many values a layer or a network gives; None if it cannot be told from it alone."""
    config, kind = node["config"], node["class_name"]
    if kind == "Dense":
        return int(config["units"])
    if kind == "Sequential":
        last = next(layer for layer in reversed(config["layers"]) if layer["class_name"] not in SAME_CHANNELS)
        return _channels(last)
    if kind in {"Functional", "Model"}:
        ends = _ends(config["output_layers"])
        return _channels_of(_by_name(config), ends[0]) if len(ends) == 1 else None
    return None


def _channels_of(layers: Mapping[str, Config], name: str) -> int | None:
    layer = layers[name]
    if layer["class_name"] not in SAME_CHANNELS:
        return _channels(layer)
    before = set(_sources(layer["inbound_nodes"]))
    return _channels_of(layers, before.pop()) if len(before) == 1 else None


def _by_name(config: Config) -> dict[str, Config]:
    return {layer.get("name") or layer["config"]["name"]: layer for layer in config["layers"]}


def _ends(places: object) -> list[str]:
    """Return the layers' names in a structure of `[layer, node, tensor]`."""
    if isinstance(places, dict):
        return [name for value in places.values() for name in _ends(value)]
    if isinstance(places, list):
        if places and isinstance(places[0], str):
            return [places[0]]
        return [name for value in places for name in _ends(value)]
    return []


def _sources(inbound: object) -> list[str]:
    """Return the names of the layers that a layer is called with, as Keras 3 or Keras 2 writes them."""
    if isinstance(inbound, dict):
        if "keras_history" in inbound:
            return [str(inbound["keras_history"][0])]
        return [name for value in inbound.values() for name in _sources(value)]
    if isinstance(inbound, list):
        if len(inbound) >= 3 and isinstance(inbound[0], str) and isinstance(inbound[1], int):
            return [inbound[0]]
        return [name for value in inbound for name in _sources(value)]
    return []
