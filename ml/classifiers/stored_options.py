"""How a classifier was made, read from its stored options: the one place that knows their keys."""

from dataclasses import dataclass

from ml.classifiers.architectures import EXTERNAL
from ml.models.classifier import Classifier


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """How a classifier was trained here.

    Attributes
    ----------
    steps, batch_size
        How many batches of how many images.
    learning_rate
        Its peak.
    weights
        Where it began: None (random), `imagenet`, or the name of a file, without its folder.
    continue_from
        The classifier whose training it went on with; empty where there was none.
    seed
        Of everything random in it.
    normalised_over
        Over how many of the images the statistics of batch normalisation were taken anew after the training; 0 where
        they were not.
    """

    steps: int
    batch_size: int
    learning_rate: float
    weights: str | None
    continue_from: str
    seed: int
    normalised_over: int

    @classmethod
    def of(cls, classifier: Classifier) -> "TrainingRecord | None":
        """Read what is stored; None where nothing is, or where somebody else trained it."""
        options = classifier.options
        if is_external(classifier) or "steps" not in options:
            return None
        weights = options.get("weights")
        return cls(
            steps=options["steps"],
            batch_size=options["batch_size"],
            learning_rate=options["learning_rate"],
            weights=None if weights is None else weights.replace("\\", "/").rsplit("/", maxsplit=1)[-1],
            continue_from=options.get("continue_from") or "",
            seed=options["seed"],
            normalised_over=options.get("normalised_over", 0),  # up to version 0.7.0 they were not
        )


@dataclass(frozen=True, slots=True)
class ExternalRecord:
    """How a classifier that somebody else trained is asked.

    Attributes
    ----------
    file, file_sha256
        The file that it was read from.
    black, white
        What it wants black and white to be: one number, or one for each channel.
    size
        Height and width of what it is given, in pixels.
    bgr
        Whether its channels are blue, green, red.
    logits
        Whether its outputs are logits.
    constant_inputs
        The names of its further inputs, which are held at constant values.
    """

    file: str
    file_sha256: str
    black: tuple[float, ...]
    white: tuple[float, ...]
    size: tuple[int, ...]
    bgr: bool
    logits: bool
    constant_inputs: tuple[str, ...]

    @classmethod
    def of(cls, classifier: Classifier) -> "ExternalRecord | None":
        """Read what is stored; None where it was trained here."""
        if not is_external(classifier):
            return None
        options = classifier.options
        values = options["value_range"]
        half = len(values) // 2
        return cls(
            file=options["file"],
            file_sha256=options["file_sha256"],
            black=tuple(values[:half]),
            white=tuple(values[half:]),
            size=tuple(options["size"]),
            bgr=options.get("bgr", False),
            logits=options.get("logits", False),
            constant_inputs=tuple(options.get("inputs", {})),
        )


def is_external(classifier: Classifier) -> bool:
    """Say whether somebody else trained it."""
    return classifier.architecture == EXTERNAL
