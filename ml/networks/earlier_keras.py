"""Files of other versions of Keras: what in them is harmless is put in this version's words, so that they load.

Nothing here changes what a network says of an image: weights are not touched. What draws at random while a network
learns, such as RandomRotation, is the identity at inference, and is replaced by it, whatever the file says.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ml.networks.keras_config import Config

# Layers that at inference give what they are given. RandomCrop is not among them: it crops to its size then, too.
AUGMENTATIONS = frozenset(
    {
        *("RandomBrightness", "RandomContrast", "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom"),
        *("RandomHue", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomGrayscale", "RandomErasing"),
        *("RandomColorJitter", "RandomColorDegeneration", "RandomPosterization", "RandomInvert", "RandomPerspective"),
        *("RandomGaussianBlur", "RandomElasticTransform", "GaussianNoise", "GaussianDropout", "AlphaDropout"),
    }
)
ENDS = frozenset({"input_layers", "output_layers"})
# Layers that took an argument `groups` in Keras 2 and do not in Keras 3; 1 means none.
UNGROUPED = frozenset({"DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D", "Conv2DTranspose"})
NETWORKS = {"Functional": "keras.src.models.functional", "Sequential": "keras", "Model": "keras"}
# Arithmetic that Keras 2 keeps as an operation of TensorFlow, with a number y: as scale and offset of a Rescaling.
ARITHMETIC: Mapping[str, Callable[[float], tuple[float, float]]] = {
    "math.truediv": lambda y: (1 / y, 0.0),
    "math.divide": lambda y: (1 / y, 0.0),
    "math.multiply": lambda y: (y, 0.0),
    "math.add": lambda y: (1.0, y),
    "__operators__.add": lambda y: (1.0, y),
    "math.subtract": lambda y: (1.0, -y),
}


def in_this_versions_words(config: Config, keras_version: str = "") -> Config:
    """Return the description of a network as this version of Keras writes it; the very same where it does already.

    Parameters
    ----------
    config
        As it stands in the file.
    keras_version
        Of who saved it; empty where the file does not say.
    """
    translated = _translated(config)
    if keras_version.startswith("2."):
        translated = _with_single_ends(translated)
    return config if translated == config else translated


def _translated(value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_translated(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    node = {name: _translated(one) for name, one in value.items()}
    if isinstance(node.get("kwargs"), dict) and node["kwargs"].get("training") is True:
        node["kwargs"]["training"] = False
    kind, config = node.get("class_name"), node.get("config")
    if not isinstance(kind, str) or not isinstance(config, dict):
        return node
    if isinstance(node.get("inbound_nodes"), list):
        node["inbound_nodes"] = _at_inference(node["inbound_nodes"])
    return _translated_layer(node, kind, config)


def _translated_layer(node: dict[str, Any], kind: str, config: dict[str, Any]) -> dict[str, Any]:
    if kind == "Policy":
        return {"module": "keras", "class_name": "DTypePolicy", "config": config, "registered_name": None}
    if kind in NETWORKS and str(node.get("module", "")).startswith("keras.src.engine"):
        node["module"] = NETWORKS[kind]
    if kind in UNGROUPED and config.get("groups") == 1:
        del config["groups"]
    axis = config.get("axis")
    if kind == "BatchNormalization" and isinstance(axis, list) and len(axis) == 1:
        config["axis"] = axis[0]
    if kind in AUGMENTATIONS:
        return _replaced(node, "Identity", {})
    if kind == "TFOpLambda" and (change := _arithmetic(node, config)) is not None:
        scale, offset = change
        node["inbound_nodes"] = [[[*node["inbound_nodes"][0][:3], {}]]]  # as of any layer
        return _replaced(node, "Rescaling", {"scale": scale, "offset": offset})
    return node


def _with_single_ends(value: Any) -> Any:
    """Give networks of one input or output that one, not a list of it: Keras 2 wrote a list, and passed on the one."""
    if isinstance(value, list):
        return [_with_single_ends(one) for one in value]
    if not isinstance(value, dict):
        return value
    single = {name: one[0] for name, one in value.items() if name in ENDS and _is_list_of_one_end(one)}
    return {name: single.get(name) or _with_single_ends(one) for name, one in value.items()}


def _is_list_of_one_end(value: object) -> bool:
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], list)


def _replaced(node: dict[str, Any], kind: str, options: dict[str, float]) -> dict[str, Any]:
    kept = {name: node["config"][name] for name in ("name", "trainable", "dtype") if name in node["config"]}
    made = {**node, "class_name": kind, "config": {**kept, **options}}
    made.pop("build_config", None)
    if "module" in made:
        made |= {"module": "keras.layers", "registered_name": None}
    return made


def _at_inference(inbound: list[Any]) -> list[Any]:
    """Return how a layer is called, never as in training: Keras 2 keeps the call's arguments fourth in a list."""
    if len(inbound) == 4 and isinstance(inbound[0], str) and isinstance(inbound[3], dict):
        arguments = inbound[3] | ({"training": False} if inbound[3].get("training") is True else {})
        return [*inbound[:3], arguments]
    return [_at_inference(one) if isinstance(one, list) else one for one in inbound]


def _arithmetic(node: dict[str, Any], config: dict[str, Any]) -> tuple[float, float] | None:
    """Return scale and offset of an operation between an image and a number; None for any other."""
    inbound = node.get("inbound_nodes")
    function = ARITHMETIC.get(str(config.get("function")))
    if function is None or not isinstance(inbound, list) or len(inbound) != 1:
        return None
    call = inbound[0]
    if not isinstance(call, list) or len(call) != 4 or not isinstance(call[0], str):
        return None
    y = call[3].get("y")
    if not isinstance(y, int | float) or isinstance(y, bool) or set(call[3]) - {"y", "name"}:
        return None
    return None if y == 0 and "div" in str(config["function"]) else function(float(y))
