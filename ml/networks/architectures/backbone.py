"""A network that somebody else trained, without its last layers: what a classifier of our own starts from."""

from pathlib import Path

from ml.errors import MlError
from ml.networks.architectures.resizing import resized, without_nesting
from ml.networks.backend import Tensor, keras
from ml.networks.saved_network import network_from_bytes

layers = keras.layers


def backbone_features(pixels: Tensor, path: str | Path, *, image_size: int, value_range: tuple[float, float]) -> Tensor:
    """Return the features that a network from a file draws from images, averaged over the image.

    The network is rebuilt at `image_size` with its own weights, and cut before its head: what follows the last
    layer that still sees the image as a plane (or its average) is left out.

    Parameters
    ----------
    pixels
        Tensor of shape (batch, side, side, 3), values in [0, 1].
    path
        A `.keras` file: a network of one image input with three channels, functional or sequential; networks within
        it, such as Keras' applications below a new head, are taken apart.
    image_size
        Side of the images, in pixels; the network must be convolutional, so that it takes any.
    value_range
        What the network wants black and white to be, e.g. (-1, 1) or (0, 255).

    Returns
    -------
    Tensor of shape (batch, features).

    Raises
    ------
    MlError
        The file is not a Keras network, or not one that can be used so.
    """
    network = network_from_bytes(Path(path).read_bytes(), source=str(path))
    shape = _input_shape(network, path)
    if shape[-1] != 3:
        raise MlError(f"{path} takes images of {shape[-1]} channels; a backbone takes 3 (red, green, blue).")
    network = without_nesting(network)
    try:
        backbone = resized(keras.Model(network.inputs, _last_plane(network, path)), image_size)
    except ValueError as error:
        raise MlError(
            f"{path} cannot be used at {image_size} × {image_size} pixels ({error}). Its own size is "
            f"{shape[0]} × {shape[1]}."
        ) from error
    # Whoever trained a head alone has saved what is below it as frozen; here it is where training starts. One by one:
    # on TensorFlow Keras 3.15 passes over `trainable = True` where a network has it, whatever its layers have.
    for layer in backbone.layers:
        layer.trainable = True
    low, high = value_range
    scaled = layers.Rescaling(high - low, low, name="scale")(pixels)
    plane = keras.Model(backbone.inputs[0], backbone.outputs[0], name="backbone")(scaled)
    return plane if len(plane.shape) == 2 else layers.GlobalAveragePooling2D(name="average")(plane)


def _input_shape(network: keras.Model, path: str | Path) -> tuple[int | None, ...]:
    inputs = getattr(network, "inputs", None)
    if not inputs or len(inputs) != 1 or len(inputs[0].shape) != 4:
        raise MlError(f"{path} is not a network of one image; a backbone has one input of shape (height, width, 3).")
    return tuple(inputs[0].shape[1:])


def _last_plane(network: keras.Model, path: str | Path) -> Tensor:
    """Return the output of the last layer that gives (height, width, channels)."""
    for layer in reversed(network.layers):
        output = layer.output
        if not isinstance(output, list) and len(output.shape) == 4:
            return output
    raise MlError(f"{path} has no layer that gives an image's features; a backbone is a convolutional network.")
