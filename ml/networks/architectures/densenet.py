"""Small densely connected networks, for what two processor cores can train in a minute."""

from ml.networks.backend import Tensor, keras

layers = keras.layers


def densenet_bc(pixels: Tensor, *, blocks: tuple[int, ...], growth: int, stem: int) -> Tensor:
    """Return the features of a DenseNet-BC, averaged over the image.

    Huang, Liu, van der Maaten, Weinberger 2017, "Densely connected convolutional networks": bottlenecks of 4 ×
    `growth` channels, transitions that halve the channels and the side. The stem is a 5 × 5 convolution with
    stride 2 and a pooling.

    Parameters
    ----------
    pixels
        Tensor of shape (batch, side, side, channels), values in about [−1, 1].
    blocks
        The number of layers in each dense block.
    growth
        Channels that each layer adds.
    stem
        Channels of the first convolution.

    Returns
    -------
    Tensor of shape (batch, features).
    """
    x = layers.Conv2D(stem, 5, strides=2, padding="same", use_bias=False, name="stem")(pixels)
    x = _normalise(x, "stem")
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="stem_pool")(x)
    for number, depth in enumerate(blocks, start=1):
        for place in range(1, depth + 1):
            x = _dense_layer(x, growth=growth, name=f"block{number}_layer{place}")
        if number < len(blocks):
            x = _transition(x, name=f"transition{number}")
    x = _normalise(x, "head")
    return layers.GlobalAveragePooling2D(name="average")(x)


def _normalise(x: Tensor, name: str) -> Tensor:
    x = layers.BatchNormalization(name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x)


def _dense_layer(x: Tensor, *, growth: int, name: str) -> Tensor:
    new = _normalise(x, f"{name}_in")
    new = layers.Conv2D(4 * growth, 1, use_bias=False, name=f"{name}_bottleneck")(new)
    new = _normalise(new, f"{name}_mid")
    new = layers.Conv2D(growth, 3, padding="same", use_bias=False, name=f"{name}_conv")(new)
    return layers.Concatenate(name=f"{name}_join")([x, new])


def _transition(x: Tensor, *, name: str) -> Tensor:
    halved = x.shape[-1] // 2
    x = _normalise(x, name)
    x = layers.Conv2D(halved, 1, use_bias=False, name=f"{name}_conv")(x)
    return layers.AveragePooling2D(2, padding="same", name=f"{name}_pool")(x)
