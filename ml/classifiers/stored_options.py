"""How a classifier was made, read from its stored options: the one place that knows their keys."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ml.classifiers.architectures import EXTERNAL
from ml.models.classifier import Classifier

EARLIER = "earlier_trainings"
BEGAN_WITH = "began_with"
"""Under these names the provenance of a classifier tells of the trainings with which its own went on."""


@dataclass(frozen=True, slots=True)
class EarlierTraining:
    """A training with which a later one went on: what is told of it, though its classifier be renamed or deleted.

    Attributes
    ----------
    name, weights_sha256
        The classifier that came of it.
    image_size
        Side of the images that it learnt from, in pixels.
    steps, batch_size, learning_rate, seed
        As of any training.
    """

    name: str
    weights_sha256: str
    image_size: int
    steps: int
    batch_size: int
    learning_rate: float
    seed: int


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
        Where it began, or the first of the trainings with which it went on: None (random), `imagenet`, or the name of a
        file, without its folder.
    earlier
        The trainings with which it went on, the last before it first; none where it began anew.
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
    earlier: tuple[EarlierTraining, ...]
    seed: int
    normalised_over: int

    @classmethod
    def of(cls, classifier: Classifier) -> "TrainingRecord | None":
        """Read what is stored; None where nothing is, or where somebody else trained it."""
        options = classifier.options
        if is_external(classifier) or "steps" not in options:
            return None
        return cls(
            steps=options["steps"],
            batch_size=options["batch_size"],
            learning_rate=options["learning_rate"],
            weights=_file_name(classifier.provenance.get(BEGAN_WITH, options.get("weights"))),
            earlier=earlier_trainings(classifier.provenance),
            seed=options["seed"],
            normalised_over=options.get("normalised_over", 0),  # up to version 0.7.0 they were not
        )

    @property
    def first_seed(self) -> int:
        """The seed of what was random when the first of these trainings began."""
        return self.earlier[-1].seed if self.earlier else self.seed


def trainings_gone_on_with(before: Classifier | None) -> dict[str, object]:
    """Return what the provenance of a classifier says of the one whose training it went on with; nothing for None.

    That one's training, those before it, and what the first of them began with.
    """
    record = None if before is None else TrainingRecord.of(before)
    if before is None or record is None:
        return {}
    last = EarlierTraining(
        name=before.name,
        weights_sha256=before.weights_sha256,
        image_size=before.image_size,
        steps=record.steps,
        batch_size=record.batch_size,
        learning_rate=record.learning_rate,
        seed=record.seed,
    )
    return {EARLIER: [asdict(one) for one in (last, *record.earlier)], BEGAN_WITH: record.weights}


def earlier_trainings(provenance: Mapping[str, Any]) -> tuple[EarlierTraining, ...]:
    """Return the trainings with which that of a classifier went on, the last before it first."""
    return tuple(EarlierTraining(**one) for one in provenance.get(EARLIER, []))


def _file_name(weights: str | None) -> str | None:
    return None if weights is None else weights.replace("\\", "/").rsplit("/", maxsplit=1)[-1]


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
