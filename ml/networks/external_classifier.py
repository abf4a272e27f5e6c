"""An external classifier, which somebody else trained, wrapped as one of ours: a square image in, probabilities out."""

import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from ml.errors import MlError
from ml.networks.backend import Tensor, keras
from ml.networks.earlier_keras import in_this_versions_words
from ml.networks.hdf5_outline import read_hdf5
from ml.networks.keras_config import CONFIG, WEIGHTS, Config, read_saved_config
from ml.networks.outline import NetworkInput, NetworkOutline
from ml.runs.disk_space import no_room

layers = keras.layers

# By how much probabilities may miss a sum of 1: half precision gives about a thousandth.
TOLERANCE = 5e-3
# Of what a library says, so many characters reach a person.
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class ExternalClassifier:
    """The network as it came, joined to what it is given and what is made of it."""

    network: keras.Model
    """float32 (batch, side, side, 3) in [0, 1] → probabilities, float32 (batch, classes)."""
    raw: keras.Model
    """The same images → what the external network itself gives."""


def load_external(path: Path) -> keras.Model:
    """Load a network from a file, in Keras' safe mode: code in the file is not run.

    What another version of Keras wrote in other words is put in this one's first, where that is harmless.

    Raises
    ------
    MlError
        Not a network that this version of Keras reads, in two lines: what blocks, and what to do.
    OSError
        There is no room on the disk for a copy.
    """
    version = ""
    try:
        saved = read_saved_config(path)
        version = saved.keras_version
        if saved.is_zip:
            _check_weights(path)
        translated = in_this_versions_words(saved.config, version)
        if translated is saved.config:
            return keras.models.load_model(path, compile=False, safe_mode=True)
        with _rewritten(path, translated, is_zip=saved.is_zip) as copy:
            return keras.models.load_model(copy, compile=False, safe_mode=True)
    except MlError:
        raise
    except Exception as error:  # whatever is wrong surfaces as anything from zipfile.BadZipFile to KeyError
        if no_room(error):
            raise
        raise MlError(_not_read(path, version, error)) from error


@contextmanager
def _rewritten(path: Path, config: Config, *, is_zip: bool) -> Iterator[Path]:
    """Give a copy of the file with another description of its network."""
    with TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        copy = Path(folder) / f"network{'.keras' if is_zip else '.h5'}"
        if is_zip:
            with zipfile.ZipFile(path) as before, zipfile.ZipFile(copy, "w") as after:
                for member in before.infolist():
                    if member.filename == CONFIG:
                        after.writestr(CONFIG, json.dumps(config))
                    else:
                        with before.open(member) as part, after.open(member.filename, "w", force_zip64=True) as out:
                            shutil.copyfileobj(part, out)
        else:
            import h5py  # type: ignore[import-untyped]

            shutil.copyfile(path, copy)
            with h5py.File(copy, "r+") as file:
                del file.attrs["model_config"]
                file.attrs["model_config"] = json.dumps(config)
        yield copy


def _check_weights(path: Path) -> None:
    """Refuse weights within a `.keras` file that declare far more than they hold."""
    with TemporaryDirectory(dir=settings.DATA_DIR) as folder, zipfile.ZipFile(path) as archive:
        read_hdf5(Path(archive.extract(WEIGHTS, folder)))


def _not_read(path: Path, version: str, error: Exception) -> str:
    """Return two lines: what saved the file and what blocks; what to do."""
    saved_by = f"was saved by Keras {version} and " if version else ""
    # Keras tells the objects that hold the one at fault, whole, before what is wrong with it.
    last = str(error).rsplit("Exception encountered:", maxsplit=1)[-1].strip() or type(error).__name__
    blocks = last.split("Full object config", maxsplit=1)[0].splitlines()[0][:LONGEST_REASON].strip()
    return (
        f"{path} {saved_by}cannot be read by Keras {keras.__version__}: {blocks}\n"
        "Where it was made, save it again with layers of Keras 3 alone (model.save('model.keras')); a file of Keras 2 "
        "that is refused as .keras may be read as .h5 (model.save('model.h5'))."
    )


def outline_of(network: keras.Model) -> NetworkOutline:
    """Return what goes into a loaded network and what comes out.

    Raises
    ------
    MlError
        The network has no fixed inputs.
    """
    if not getattr(network, "inputs", None) or not getattr(network, "outputs", None):
        raise MlError("The network has no fixed inputs: call it once on an image, and save it again.")
    inputs = tuple(NetworkInput(one.name, tuple(one.shape[1:]), str(one.dtype)) for one in network.inputs)
    outputs = tuple(int(np.prod(one.shape[1:])) if None not in one.shape[1:] else None for one in network.outputs)
    return NetworkOutline(inputs, outputs)


def wrap_classifier(
    external: keras.Model,
    *,
    image_input: str,
    size: tuple[int, int],
    side: int,
    black: Sequence[float],
    white: Sequence[float],
    reverse_channels: bool,
    constants: Mapping[str, Sequence[float]],
    logits: bool,
) -> ExternalClassifier:
    """Put what an external network wants and gives inside one network that wants and gives what ours do.

    Only plain layers of Keras are added, so that the whole can be saved, loaded in safe mode, and asked for gradients.

    Parameters
    ----------
    external
        Loaded; frozen by this.
    image_input
        Name of the input that takes the image.
    size
        Height and width that the external network is given, in pixels; the image is resized to it bilinearly.
    side
        Side of the square images that the whole takes, in pixels.
    black, white
        What the external network wants for 0 and for 1; one number, or one for each of its three channels.
    reverse_channels
        Whether it wants blue, green, red.
    constants
        The values at which each other input is held.
    logits
        Whether its outputs are to go through a softmax (or a sigmoid, where it has one output).

    Raises
    ------
    MlError
        The network does not take images of that size.
    """
    external.trainable = False
    pixels = keras.Input((side, side, 3), name="image")
    seen = pixels if (side, side) == size else layers.Resizing(*size, interpolation="bilinear", name="resize")(pixels)
    if reverse_channels:
        seen = _reversed_channels(seen)
    if (*black, *white) != (0.0, 1.0):
        seen = _rescaled(seen, black, white)
    # As a flat model under a name of its own: inputs may have come as a dictionary, and its name may be one of ours.
    flat = keras.Model(external.inputs, external.outputs[0], name="external_network")
    given = [
        seen if one.name == image_input else _constant(pixels, constants[one.name], one.shape[1:], place)
        for place, one in enumerate(external.inputs)
    ]
    # As at inference: frozen weights alone would still let dropout and batch normalisation act.
    inputs = given if len(given) > 1 else given[0]
    try:
        raw = flat(inputs, training=False)
    except ValueError as error:
        raise MlError(f"The network cannot be used at {size[0]} × {size[1]} pixels: {error}") from error
    if len(raw.shape) != 2:
        raw = layers.Flatten(name="flat")(raw)
    logit = None if logits or raw.shape[-1] > 1 else _before_sigmoid(external.outputs[0])
    if logit is None:
        probabilities = _probabilities(raw, logits=logits)
    else:
        up_to_logit = keras.Model(external.inputs, logit, name="external_network_to_logit")
        probabilities = _probabilities(layers.Flatten(name="logit")(up_to_logit(inputs, training=False)), logits=True)
    return ExternalClassifier(
        network=keras.Model(pixels, probabilities, name="external"), raw=keras.Model(pixels, raw, name="raw")
    )


def check_outputs(raw: NDArray[np.float32], *, logits: bool) -> None:
    """Refuse outputs that are not what they are declared to be.

    Parameters
    ----------
    raw
        Array of shape (n, outputs): what the external network gives for some images.

    Raises
    ------
    MlError
        They are not finite; or no probabilities, though not called logits; or probabilities, though called logits.
    """
    if not np.isfinite(raw).all():
        raise MlError("The network gives values that are no numbers (NaN or infinite) for the dataset's test images.")
    single = raw.shape[1] == 1
    sums = raw.astype(np.float64).sum(axis=1)
    add_up = (raw <= 1 + TOLERANCE).all() if single else (np.abs(sums - 1) <= TOLERANCE).all()
    are_probabilities = bool((raw >= -TOLERANCE).all() and add_up)
    what = (
        f"on {len(raw)} test images its outputs lie between {raw.min():.4g} and {raw.max():.4g}"
        if single
        else f"on {len(raw)} test images its outputs lie between {raw.min():.4g} and {raw.max():.4g}, and an image's "
        f"add up to {sums.min():.4g} to {sums.max():.4g}"
    )
    if logits and are_probabilities:
        raise MlError(f"The network gives probabilities already ({what}): leave --logits out.")
    if not logits and not are_probabilities:
        raise MlError(
            f"The network does not give probabilities ({what}). If they are logits, say --logits; a network with a "
            "sigmoid for each class, or one made for regression, cannot be used."
        )


def _reversed_channels(seen: Tensor) -> Tensor:
    """Turn red, green, blue into blue, green, red, by a convolution of one pixel."""
    turn = layers.Conv2D(3, 1, use_bias=False, trainable=False, name="reverse_channels")
    turned = turn(seen)
    turn.set_weights([np.eye(3, dtype=np.float32)[::-1][None, None]])
    return turned


def _rescaled(seen: Tensor, black: Sequence[float], white: Sequence[float]) -> Tensor:
    scale = [high - low for low, high in zip(black, white, strict=True)]
    if len(scale) == 1:
        return layers.Rescaling(scale[0], black[0], name="scale")(seen)
    return layers.Rescaling(scale, list(black), name="scale")(seen)


def _constant(pixels: Tensor, values: Sequence[float], shape: Sequence[int], place: int) -> Tensor:
    """Return the same values for every image of the batch: no weight but a bias, on the image's mean."""
    mean = layers.GlobalAveragePooling2D(name=f"constant_{place}_mean")(pixels)
    hold = layers.Dense(len(values), trainable=False, name=f"constant_{place}")
    held = hold(mean)
    hold.set_weights([np.zeros((3, len(values)), dtype=np.float32), np.asarray(values, dtype=np.float32)])
    return held if len(shape) == 1 else layers.Reshape(tuple(shape), name=f"constant_{place}_shape")(held)


def _probabilities(raw: Tensor, *, logits: bool) -> Tensor:
    if raw.shape[-1] > 1:
        activation = "softmax" if logits else "linear"
        return layers.Activation(activation, dtype="float32", name="probabilities")(raw)
    both = layers.Dense(2, trainable=False, dtype="float32", name="both" if logits else "probabilities")
    out = both(layers.Activation("linear", dtype="float32", name="second_class")(raw))
    if not logits:
        both.set_weights([np.array([[-1, 1]], dtype=np.float32), np.array([1, 0], dtype=np.float32)])
        return out
    # The softmax of 0 and z is the sigmoid of z, and keeps its logits: where the sigmoid has become 1 in 32 bits, the
    # logarithm of the other class's probability, 0, has no gradient.
    both.set_weights([np.array([[0, 1]], dtype=np.float32), np.zeros(2, dtype=np.float32)])
    return layers.Activation("softmax", dtype="float32", name="probabilities")(out)


def _before_sigmoid(output: Tensor) -> Tensor | None:
    """Return what went into the sigmoid that a network ends with; None where it ends otherwise, or within another."""
    end = output._keras_history.operation
    sigmoid = keras.activations.sigmoid
    if not isinstance(end, layers.Activation | layers.Dense) or end.activation is not sigmoid:
        return None
    (before,) = end._inbound_nodes[output._keras_history.node_index].input_tensors
    if isinstance(end, layers.Activation):
        return before
    linear = layers.Dense(end.units, use_bias=end.use_bias, trainable=False, name=f"{end.name}_logit")
    logit = linear(before)
    linear.set_weights(end.get_weights())
    return logit
