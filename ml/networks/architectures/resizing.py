"""A convolutional network for images of another size than it was made for: the same layers, the same weights."""

from ml.networks.backend import keras

layers = keras.layers


def resized(network: keras.Model, image_size: int) -> keras.Model:
    """Return a network of the same layers and weights that takes square images of another size.

    Parameters
    ----------
    network
        Functional, of one image input and one output, without networks within it (`without_nesting`).
    image_size
        Side of the images, in pixels.

    Raises
    ------
    ValueError
        Its layers take images of one size alone, as one that flattens a plane does.
    """
    pixels = keras.Input((image_size, image_size, network.inputs[0].shape[-1]), name="image")
    whole = keras.Model(network.inputs[0], network.outputs[0])
    copy = keras.models.clone_model(whole, input_tensors=pixels)
    copy.set_weights(whole.get_weights())
    return copy


def without_nesting(network: keras.Model) -> keras.Model:
    """Return a network with the same weights, and the layers of the networks within it in these networks' place."""
    flat = keras.Model(network.inputs[0], network.outputs[0])
    if not _networks_within(flat):
        return network
    while nested := _networks_within(flat):
        # Of two networks within, both may have a layer of one name. What a network's `call` adds of its own, a
        # conversion of its input, has the same name in each process: one in the file may have it, too.
        for model in nested:
            for operation in getattr(model, "operations", model.layers):
                operation.name = f"{model.name}_{operation.name}"
        for operation in flat.operations:
            if not isinstance(operation, layers.Layer):
                operation.name = f"{flat.name}_{operation.name}"
        # A network's `call` adds its layers to the graph, where calling it would add it as one layer.
        flat = keras.models.clone_model(
            flat,
            clone_function=lambda layer: layer,
            call_function=lambda layer, *tensors, **options: (
                layer.call(*tensors) if isinstance(layer, keras.Model) else layer(*tensors, **options)
            ),
        )
    # The layers are in the graphs that they were in before, too: new ones are in this one alone.
    copy = keras.models.clone_model(flat)
    copy.set_weights(flat.get_weights())
    return copy


def _networks_within(network: keras.Model) -> list[keras.Model]:
    return [layer for layer in network.layers if isinstance(layer, keras.Model)]
