"""Training in less memory: what the layers give is computed again on the way back, instead of being kept."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ml.networks.backend import Tensor, keras

ops = keras.ops


class RecomputingNetwork(keras.Model):
    """A network that learns exactly as the one it is made of, with its layers and weights, in less memory.

    Training keeps what each layer gave until the gradient has passed it on its way back: of a DenseNet hundreds of
    megabytes an image. Here the network is cut where a single array leads from what is before to what is behind; the
    arrays at the chosen cuts are kept, and what lies between two of them is computed a second time when the gradient
    arrives there (Chen, Xu, Zhang, Guestrin 2016, "Training deep nets with sublinear memory cost"; of DenseNets Pleiss
    et al. 2017, "Memory-efficient implementation of DenseNets"). That takes most of one more forward pass.

    The batch is not divided: batch normalisation sees all of it. The second time starts from the state that the first
    began with, so that dropout draws the same; moving averages follow the first alone. Layers that add a loss of their
    own (`activity_regularizer`) are not computed again.

    Parameters
    ----------
    network
        Functional, of one input and one output.
    """

    def __init__(self, network: keras.Model) -> None:
        """Share the layers of a network."""
        super().__init__(inputs=network.inputs[0], outputs=network.outputs[0], name=network.name)
        *before, last = segments_of(network)
        # The gradient begins at the end: what the last segment gave is needed at once.
        steps = [*(_kept(segment) if _adds_loss(segment) else _recomputed(segment) for segment in before), _kept(last)]

        def run(images: Tensor) -> Tensor:
            for step in steps:
                images = step(images)
            return images

        # A function, since Keras would count the segments' layers as further ones.
        self._run = run

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None) -> Tensor:  # noqa: FBT001
        """Compute the output; where it is to learn from it, keep little."""
        if not training:
            return super().call(inputs, training=training, mask=mask)
        return self._run(inputs)


def kept_bytes(network: keras.Model) -> int:
    """Return about how much training keeps of each image, in bytes, if nothing is computed again.

    That is every layer's output, as float32. TensorFlow needs some more while it computes.
    """
    return 4 * sum(_numbers(operation) for operation in network.operations)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What lies between two neighbouring cuts."""

    begin: Tensor
    end: Tensor
    numbers: int
    """How many numbers its layers give for an image."""
    within: keras.Model | None
    """The network that it is, if it is one layer that is a network itself."""


def segments_of(network: keras.Model) -> list[keras.Model]:
    """Return the networks, with its layers, that are the network when they are called one after the other.

    They are chosen so that the arrays that lead from one to the next and all that the largest gives together are least.
    """
    return [
        segment
        for run in _runs(_pieces(network))
        for segment in (
            segments_of(run[0].within)
            if run[0].within is not None
            else [keras.Model(part[0].begin, part[-1].end) for part in _divided(run)]
        )
    ]


def _pieces(network: keras.Model) -> list[_Piece]:
    """Cut a network wherever a single array leads on; one that calls a layer more than once stays whole."""
    operations = [one for one in network.operations if not isinstance(one, keras.layers.InputLayer)]
    wanted = {id(tensor): place for place, one in enumerate(operations) for tensor in _taken(one)}
    wanted[id(network.outputs[0])] = len(operations)
    begin = network.inputs[0]
    # A layer answers with its first call: where there is another, what that gave is wanted and given by none.
    if not wanted.keys() <= {id(begin), *(id(tensor) for one in operations for tensor in _given(one))}:
        return [_Piece(begin, network.outputs[0], sum(map(_numbers, operations)), None)]
    alive = {id(begin): begin}
    pieces: list[_Piece] = []
    since: list[keras.Operation] = []
    for place, operation in enumerate(operations):
        since.append(operation)
        alive |= {id(tensor): tensor for tensor in _given(operation)}
        alive = {key: tensor for key, tensor in alive.items() if wanted.get(key, -1) > place}
        if len(alive) == 1:
            (end,) = alive.values()
            within = operation if len(since) == 1 and _is_functional(operation) else None
            pieces.append(_Piece(begin, end, sum(map(_numbers, since)), within))
            begin, since = end, []
    return pieces


def _runs(pieces: Sequence[_Piece]) -> Iterator[Sequence[_Piece]]:
    """Keep what is a network itself apart from what is before and behind it."""
    run: list[_Piece] = []
    for piece in pieces:
        if piece.within is None:
            run.append(piece)
            continue
        if run:
            yield run
        yield [piece]
        run = []
    if run:
        yield run


def _divided(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Divide neighbouring pieces so that the arrays at the cuts and the largest part together are least."""
    whole = sum(piece.numbers for piece in pieces)
    divisions = [_filled(pieces, whole / count) for count in range(1, len(pieces) + 1)]
    return min(divisions, key=_most_at_once)


def _filled(pieces: Sequence[_Piece], most: float) -> list[list[_Piece]]:
    parts: list[list[_Piece]] = []
    room = 0.0
    for piece in pieces:
        if not parts or piece.numbers > room:
            parts.append([])
            room = most
        parts[-1].append(piece)
        room -= piece.numbers
    return parts


def _most_at_once(parts: Sequence[Sequence[_Piece]]) -> int:
    at_cuts = sum(_size(part[0].begin) for part in parts)
    return at_cuts + max(sum(piece.numbers for piece in part) for part in parts)


def _numbers(operation: keras.Operation) -> int:
    if _is_functional(operation):
        return sum(map(_numbers, operation.operations))
    if isinstance(operation, keras.layers.InputLayer):
        return 0
    return sum(map(_size, _given(operation)))


def _size(tensor: Tensor) -> int:
    """Return how many numbers it has for an image; a side that is not known before counts as one."""
    return math.prod(side or 1 for side in tensor.shape[1:])


def _taken(operation: keras.Operation) -> list[Tensor]:
    """Return what a layer is called with; a network that is a layer would answer with its own graph's beginning."""
    tensors: list[Tensor] = keras.tree.flatten(keras.Operation.input.fget(operation))
    return tensors


def _given(operation: keras.Operation) -> list[Tensor]:
    tensors: list[Tensor] = keras.tree.flatten(keras.Operation.output.fget(operation))
    return tensors


def _is_functional(operation: keras.Operation) -> bool:
    return isinstance(operation, keras.Model) and hasattr(operation, "operations")


def _adds_loss(segment: keras.Model) -> bool:
    return any(getattr(layer, "activity_regularizer", None) is not None for layer in segment.layers)


def _kept(segment: keras.Model) -> Callable[[Tensor], Tensor]:
    return partial(segment, training=True)


def _recomputed(segment: keras.Model) -> Callable[[Tensor], Tensor]:
    """Return what a segment does in training, by a function that the gradient calls again."""
    learnt = len(segment.trainable_variables)

    def call(images: Tensor, *variables: Tensor) -> tuple[Tensor, ...]:
        # Weights and state come as arguments, and the new state goes out as a result: to call it again changes nothing.
        output, state = segment.stateless_call(variables[:learnt], variables[learnt:], images, training=True)
        return (output, *map(ops.stop_gradient, state))

    again = keras.remat(call)

    def run(images: Tensor) -> Tensor:
        variables = [*segment.trainable_variables, *segment.non_trainable_variables]
        output, *state = again(images, *map(ops.convert_to_tensor, variables))
        for variable, value in zip(segment.non_trainable_variables, state, strict=True):
            variable.assign(value)
        return output

    return run
