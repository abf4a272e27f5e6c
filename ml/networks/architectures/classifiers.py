"""The classifiers: a square RGB image in [0, 1] in, a probability for each class out."""

from functools import partial

from ml.errors import MlError
from ml.networks.architectures.backbone import backbone_features
from ml.networks.architectures.densenet import densenet_bc
from ml.networks.backend import keras

layers = keras.layers

# What Keras' DenseNets were trained on: values in [0, 1], less the mean, over the standard deviation of ImageNet.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_VARIANCE = (0.229**2, 0.224**2, 0.225**2)

_SMALL = {
    "densenet-small": partial(densenet_bc, blocks=(3, 4, 6, 4), growth=12, stem=24),
    "densenet-tiny": partial(densenet_bc, blocks=(1, 1), growth=4, stem=8),
}
_LARGE = {
    "densenet121": keras.applications.DenseNet121,
    "densenet201": keras.applications.DenseNet201,
}


def build_classifier(
    architecture: str,
    *,
    image_size: int,
    classes: int,
    weights: str | None = None,
    value_range: tuple[float, float] = (0.0, 1.0),
) -> keras.Model:
    """Build a classifier.

    Parameters
    ----------
    architecture
        A name of `ml.classifiers.architectures.ARCHITECTURES`.
    image_size
        Side of the square input, in pixels.
    classes
        Number of outputs.
    weights
        Where the DenseNets of Keras start: None (random), `imagenet`, or the path of a weights file without the
        head. For `backbone`, the path of a network in a `.keras` file. The head is always new.
    value_range
        For `backbone`: what that network wants black and white to be.

    Returns
    -------
    A functional model: float32 (batch, side, side, 3) in [0, 1] → float32 (batch, classes), summing to 1. Scaling is
    inside, so that images stay in [0, 1] everywhere else.

    Raises
    ------
    MlError
        The weights cannot be had: no file, not these layers' weights, or no network to fetch `imagenet` with.
    """
    pixels = keras.Input((image_size, image_size, 3), name="image")
    if architecture in _SMALL:
        features = _SMALL[architecture](layers.Rescaling(2.0, -1.0, name="scale")(pixels))
    elif architecture == "backbone":
        features = backbone_features(pixels, str(weights), image_size=image_size, value_range=value_range)
    else:
        scaled = layers.Normalization(mean=IMAGENET_MEAN, variance=IMAGENET_VARIANCE, name="scale")(pixels)
        features = _large(architecture, image_size=image_size, weights=weights)(scaled)
    probabilities = layers.Dense(classes, activation="softmax", name="diagnosis")(features)
    return keras.Model(pixels, probabilities, name=architecture.replace("-", "_"))


def _large(architecture: str, *, image_size: int, weights: str | None) -> keras.Model:
    try:
        return _LARGE[architecture](
            include_top=False, pooling="avg", weights=weights, input_shape=(image_size, image_size, 3)
        )
    except Exception as error:
        # Keras raises whatever its reader or downloader does: OSError, ValueError, KeyError, its own.
        if weights is None:
            raise
        if weights == "imagenet":
            raise MlError(
                f"The ImageNet weights of {architecture} could not be fetched ({error}). Fetch them where there is a "
                "network (Keras keeps them under ~/.keras/models), or start from random weights."
            ) from error
        raise MlError(f"{weights} does not hold weights of {architecture} without its head: {error}") from error
