"""The generator of perturbations, after Poursaeed et al. 2018 as Allyn et al. 2020 describe it.

Three down-sampling convolutions, six dense blocks with residual connections, three up-sampling convolutions, tanh
times the strength. One departure: what the second and the third down-sampling convolution are given is handed across
to the up-sampling stage of the same size, as in a U-Net. On the demonstration's images that fooled more in 200 steps
than the plain chain did in 350 (docs/decisions.md).
"""

from ml.networks.backend import Tensor, keras

layers = keras.layers

# The side is halved three times.
STRIDES = 8
# Without a small start of the last layer tanh saturates and nothing is learnt.
LAST_LAYER_START = 0.02
# Channels at the image's own size.
FINE = 8
DENSE_BLOCKS = 6


def build_generator(
    *, image_size: int, strength: float, filters: int = 12, upsampling: str = "transposed"
) -> keras.Model:
    """Return a generator: image → change.

    Parameters
    ----------
    image_size
        Side of the square images, in pixels. A side that is no multiple of eight is padded inside.
    strength
        Largest change to a pixel channel, in 8-bit levels (epsilon).
    filters
        Channels of the first convolution; the next two have twice and four times as many.
    upsampling
        `transposed`: transposed convolutions, as published; their overlapping strokes leave a pattern of small squares.
        `resize`: bilinear resizing, then a convolution (Odena, Dumoulin, Olah 2016), and the image itself is handed
        across to the last layer.

    Returns
    -------
    A Keras model from images of shape (n, side, side, 3) with values in [0, 1] to changes of the same shape with
    values in [−strength/255, strength/255]; the last layer starts near zero.
    """
    image = keras.Input((image_size, image_size, 3), name="image")
    missing = -image_size % STRIDES
    before, after = missing // 2, missing - missing // 2
    x = layers.Rescaling(2.0, -1.0, name="scale")(image)
    if missing:
        x = layers.ZeroPadding2D(((before, after), (before, after)), name="pad")(x)
    across = []
    for number, (channels, kernel) in enumerate(((filters, 7), (2 * filters, 3), (4 * filters, 3)), start=1):
        across.append(x)
        x = layers.Conv2D(channels, kernel, strides=2, padding="same", use_bias=False, name=f"down{number}")(x)
        x = _normalise(x, f"down{number}")
    for number in range(1, DENSE_BLOCKS + 1):
        x = _dense_block(x, name=f"block{number}")
    for number, channels in enumerate((2 * filters, filters), start=1):
        x = _up(x, channels, upsampling, name=f"up{number}")
        x = layers.Concatenate(name=f"across{number}")([x, across[-number]])
        x = _normalise(x, f"up{number}")
    x = _last(x, across[0], upsampling)
    x = layers.Activation("tanh", name="bound")(x)
    if missing:
        x = layers.Cropping2D(((before, after), (before, after)), name="crop")(x)
    change = layers.Rescaling(strength / 255.0, name="strength")(x)
    return keras.Model(image, change, name="generator")


def _up(x: Tensor, channels: int, upsampling: str, *, name: str) -> Tensor:
    if upsampling == "resize":
        x = layers.UpSampling2D(2, interpolation="bilinear", name=f"{name}_resize")(x)
        return layers.Conv2D(channels, 3, padding="same", use_bias=False, name=name)(x)
    return layers.Conv2DTranspose(channels, 4, strides=2, padding="same", use_bias=False, name=name)(x)


def _last(x: Tensor, image: Tensor, upsampling: str) -> Tensor:
    start = keras.initializers.RandomNormal(stddev=LAST_LAYER_START)
    if upsampling == "resize":
        # Few channels at full size: it is there that the time goes.
        x = layers.Conv2D(FINE, 1, name="narrow")(x)
        x = layers.UpSampling2D(2, interpolation="bilinear", name="last_resize")(x)
        x = layers.Concatenate(name="across_image")([x, image])
        x = layers.Conv2D(FINE, 3, padding="same", activation="relu", name="fine")(x)
        return layers.Conv2D(3, 3, padding="same", kernel_initializer=start, name="last")(x)
    return layers.Conv2DTranspose(3, 4, strides=2, padding="same", kernel_initializer=start, name="last")(x)


def _normalise(x: Tensor, name: str) -> Tensor:
    """Normalise each channel of each image by itself, so that batches of any size give the same change."""
    x = layers.GroupNormalization(groups=-1, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x)


def _dense_block(x: Tensor, *, name: str) -> Tensor:
    channels = x.shape[-1]
    joined = x
    for place in (1, 2):
        new = layers.Conv2D(channels // 2, 3, padding="same", use_bias=False, name=f"{name}_conv{place}")(joined)
        new = _normalise(new, f"{name}_{place}")
        joined = layers.Concatenate(name=f"{name}_join{place}")([joined, new])
    new = layers.Conv2D(channels, 1, name=f"{name}_out")(joined)
    return layers.Add(name=f"{name}_add")([x, new])
