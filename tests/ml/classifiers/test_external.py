"""A classifier that somebody else trained: registered, measured, attacked; and what is refused, before any work."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from ml.attacks.stored_options import AttackRecord
from ml.attacks.training import AttackTraining
from ml.classifiers.external import ExternalClassifierImport
from ml.classifiers.keras_file import read_outline
from ml.classifiers.stored_options import ExternalRecord, TrainingRecord
from ml.errors import MlError
from ml.evaluation.attack import AttackEvaluation
from ml.models import Classifier, Dataset, Run
from ml.pairs.making import PairMaking
from ml.runs.lifecycle import perform
from tests.ml.factories import make_dataset

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("tensorflow")]

# Not in the dataset's order, and one more than it has.
CLASSES = ["nv", "vasc", "mel", "bcc"]


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset()


def build(
    *,
    shape: tuple[int | None, ...] = (20, 24, 3),
    outputs: int = 4,
    end: str | None = "softmax",
    extra: int | None = None,
    **image: Any,
) -> Any:
    """Return a tiny external network that wants values from −1 to 1."""
    from ml.networks.backend import keras, reset_session

    reset_session(1)
    layers = keras.layers
    inputs = [keras.Input(shape, name="photo", **image)]
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, activation="relu")(inputs[0]))
    if extra:
        inputs.append(keras.Input((extra,), name="age"))
        x = layers.Concatenate()([x, inputs[1]])
    return keras.Model(inputs, layers.Activation(end)(layers.Dense(outputs)(layers.Dropout(0.5)(x))))


def read_brightness() -> Any:
    """Return a network that says nv (the first output), but bcc (the last) of what is brighter than most images."""
    from ml.networks.backend import keras

    image = keras.Input((20, 24, 3))
    end = keras.layers.Dense(4, activation="softmax")
    network = keras.Model(image, end(keras.layers.GlobalAveragePooling2D()(image)))
    brightness = np.zeros((3, 4), dtype=np.float32)
    brightness[:, 3] = 5.0
    end.set_weights([brightness, np.array([0, -9, -9, -3.5], dtype=np.float32)])
    return network


@cache
def bytes_of(**network: Any) -> bytes:
    """Return the file of such a network, built once."""
    from ml.networks.saved_network import network_to_bytes

    return network_to_bytes(build(**network))


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Path]:
    def write(**network: Any) -> Path:
        (tmp_path / "theirs.keras").write_bytes(bytes_of(**network))
        return tmp_path / "theirs.keras"

    return write


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    def save(network: Any, name: str = "theirs.keras") -> Path:
        network.save(tmp_path / name)
        return tmp_path / name

    return save


def external_import(dataset: Dataset, file: Path, **options: Any) -> ExternalClassifierImport:
    defaults: dict[str, Any] = {"name": "theirs", "classes": CLASSES, "value_range": [-1.0, 1.0]}
    return ExternalClassifierImport(dataset=dataset, file=str(file), **(defaults | options))


@pytest.mark.training
@pytest.mark.usefixtures("shallow_generator")
def test_the_whole_chain_keeps_to_the_classes_of_the_classifier(dataset: Dataset, saved: Callable[..., Path]) -> None:
    file = saved(read_brightness())

    classifier = perform(external_import(dataset, file))

    assert (classifier.architecture, classifier.image_size, classifier.classes) == ("added", 24, CLASSES)
    assert classifier.metrics["confusion"] == [[2, 0, 0, 0], [0, 0, 0, 0], [2, 0, 0, 0], [2, 0, 0, 0]]
    assert (classifier.metrics["correct"], classifier.metrics["balanced_accuracy"]) == (2, pytest.approx(1 / 3))
    for told in (classifier.options, classifier.provenance["options"]):
        assert told["file"] == "theirs.keras"
        assert told["file_sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert (told["size"], told["side"], told["value_range"], told["inputs"]) == ([20, 24], 24, [-1.0, 1.0], {})
    assert classifier.provenance["dataset_hash"] == dataset.content_hash
    record = ExternalRecord.of(classifier)
    assert record is not None
    assert (record.file, record.size, record.black, record.white) == ("theirs.keras", (20, 24), (-1.0,), (1.0,))
    assert (record.bgr, record.logits, record.constant_inputs) == (False, False, ())
    assert TrainingRecord.of(classifier) is None

    attack = perform(
        AttackTraining(
            classifier=classifier,
            name="brighter",
            target_class="bcc",
            strength=64.0,
            settings={"steps": 40, "batch_size": 4, "learning_rate": 1e-2, "filters": 4},
        )
    )
    assert (AttackRecord.of(attack).split, AttackRecord.of(attack).settings["steps"]) == ("train", 40)
    evaluation = perform(AttackEvaluation(pair_set=perform(PairMaking(attack=attack, name="p"))))

    assert list(evaluation.table["classes"]) == CLASSES
    overall = evaluation.table["overall"]
    assert overall["accuracy_before"]["estimate"] == pytest.approx(1 / 3)
    assert evaluation.table["classes"]["nv"]["recall_before"]["estimate"] == 1
    assert overall["fooling_ratio"]["estimate"] == 1, "every image that was no bcc is one now"
    assert evaluation.table["classes"]["bcc"]["recall_after"]["estimate"] == 1
    assert evaluation.table["classes"]["vasc"]["n"] == 0


def test_other_inputs_and_logits_in_a_legacy_file(dataset: Dataset, saved: Callable[..., Path]) -> None:
    file = saved(build(end="linear", extra=2), "theirs.h5")

    classifier = perform(external_import(dataset, file, logits=True, inputs={"age": [0.5, 1.0]}, side=32))

    assert (classifier.image_size, classifier.metrics["n"]) == (32, 6)
    assert classifier.options["inputs"] == {"age": [0.5, 1.0]}
    record = ExternalRecord.of(classifier)
    assert record is not None
    assert (record.logits, record.constant_inputs) == (True, ("age",))


@pytest.mark.parametrize(
    ("network", "options", "message"),
    [
        ({"outputs": 7}, {}, "gives 7 values for an image, and --classes names 4 classes"),
        ({}, {"classes": ["nv", "mel", "vasc", "basal"]}, "lacks bcc, .* the dataset has no vasc, basal"),
        ({}, {"classes": ["nv", "mel", "bcc", "nv"]}, "names nv more than once"),
        ({}, {"classes": ["nv"]}, "two classes or more"),
        ({}, {"classes": ["nv", "mel", "bcc", ""]}, "1 to 50 characters"),
        ({}, {"value_range": [255.0, 0.0]}, "the lower first; not 255,0"),
        ({}, {"value_range": [0.0, float("nan")]}, "--range is two numbers"),
        ({}, {"value_range": [0.0, 1.0, 2.0]}, "--range is two numbers"),
        ({}, {"size": [24, 24]}, r"takes images of 20x24 \(height x width\); --size says 24x24"),
        ({}, {"size": [0, 24]}, "both above 0; not 0x24"),
        ({"shape": (None, None, 3)}, {}, "any size: say which it was trained on"),
        ({"shape": (None, 20, 3)}, {"size": [20, 24]}, "takes images of anyx20"),
        ({}, {"side": 4}, "--side; .* is 11 to 1024 pixels, not 4"),
        ({"shape": (24, 24, 1)}, {}, r"is photo \(24 × 24 × 1\); it is to be height × width × 3"),
        ({"shape": (3, 24, 24)}, {}, "channels first"),
        ({"dtype": "int32"}, {}, "whole numbers .int32., through which no gradient passes"),
        ({"extra": 2}, {}, r"inputs beside the image: age \(2\).*--input NAME=V1,V2"),
        ({"extra": 2}, {"inputs": {"age": [1.0]}}, "--input age has 1 values; the network wants 2"),
        ({"extra": 2}, {"inputs": {"age": [1.0, float("inf")]}}, "a value that is not a number"),
        ({"extra": 2}, {"inputs": {"sex": [1.0]}}, r"no input sex beside the image's. It has: age \(2\)"),
        ({"extra": 2}, {"image_input": "picture"}, "no input 'picture' .* It has: photo"),
        ({"extra": 2}, {"image_input": "age"}, "it is to be height × width × 3"),
        ({}, {"name": " "}, "needs a name"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_work(
    dataset: Dataset, file_of: Callable[..., Path], network: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    file = file_of(**network)

    with pytest.raises(MlError, match=message):
        perform(external_import(dataset, file, **options))

    assert not Run.objects.exists()
    assert not Classifier.objects.exists()


def a_lambda(network: Any) -> Any:
    from ml.networks.backend import keras

    return keras.Sequential([network, keras.layers.Lambda(lambda x: x)])


def two_images(network: Any) -> Any:
    from ml.networks.backend import keras

    other = keras.Input((20, 24, 3), name="close_up")
    return keras.Model([network.input, other], network(other))


def two_outputs(network: Any) -> Any:
    from ml.networks.backend import keras

    return keras.Model(network.input, [network.output, network.layers[1].output])


def no_image(network: Any) -> Any:
    from ml.networks.backend import keras

    row = keras.Input((4,), name="row")
    return keras.Model(row, keras.layers.Dense(4, activation="softmax")(row))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (a_lambda, "brings code of its own .* a Lambda"),
        (two_images, r"several inputs for images: photo \(20 × 24 × 3\), close_up .*--image-input NAME"),
        (two_outputs, "has 2 outputs; a classifier has one"),
        (no_image, r"no input for an image .* It has: row \(4\)"),
    ],
)
def test_a_network_of_another_kind_is_refused_before_any_work(
    dataset: Dataset, saved: Callable[..., Path], change: Callable[[Any], Any], message: str
) -> None:
    file = saved(change(build()))

    with pytest.raises(MlError, match=message):
        perform(external_import(dataset, file))

    assert not Run.objects.exists()


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def noise(file: Path) -> None:
    file.write_bytes(np.random.default_rng(0).bytes(5000))


def one_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        weights = archive.getinfo("model.weights.h5")
    data[weights.header_offset + weights.file_size // 2] ^= 1
    file.write_bytes(data)


def no_weights(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        config = archive.read("config.json")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", config)


def own_class(file: Path) -> None:
    rewrite(file, lambda text: text.replace('"module": "keras.layers"', '"module": "theirs.layers"'))


def registered_class(file: Path) -> None:
    rewrite(file, lambda text: text.replace('"registered_name": null', '"registered_name": "Theirs>Layer"'))


def rewrite(file: Path, change: Callable[[str], str]) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["config.json"] = change(parts["config.json"].decode()).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def gone(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def only_weights(file: Path) -> None:
    import h5py  # type: ignore[import-untyped]

    with h5py.File(file, "w") as weights:
        weights["kernel"] = np.zeros(3)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (cut, "damaged or was cut short"),
        (noise, "not a Keras file"),
        (one_byte, "damaged"),
        (no_weights, "not the file of a whole network: it lacks model.weights.h5"),
        (own_class, r"needs code that is not part of Keras: theirs\.layers\.InputLayer"),
        (registered_class, "needs code that is not part of Keras: Theirs>Layer"),
        (gone, "There is no file"),
        (a_folder, "is a folder"),
        (only_weights, "holds weights without their network"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_before_any_work(
    dataset: Dataset, file_of: Callable[..., Path], spoil: Callable[[Path], None], message: str
) -> None:
    file = file_of()
    spoil(file)

    with pytest.raises(MlError, match=message):
        perform(external_import(dataset, file))

    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("network", "options", "message"),
    [
        ({"end": "linear"}, {}, "does not give probabilities"),
        ({}, {"logits": True}, "gives probabilities already"),
    ],
)
def test_logits_that_are_none_are_found_on_a_few_images(
    dataset: Dataset, file_of: Callable[..., Path], network: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    file = file_of(**network)

    with pytest.raises(MlError, match=message):
        perform(external_import(dataset, file, **options))

    assert not Classifier.objects.exists()
    assert Run.objects.get().state == Run.State.FAILED


def sequential() -> Any:
    from ml.networks.backend import keras

    layers = keras.layers
    return keras.Sequential(
        [keras.Input((16, 16, 3)), layers.Flatten(), layers.Dense(5), layers.Dropout(0.5), layers.Softmax()]
    )


def nested() -> Any:
    from ml.networks.backend import keras

    image = keras.Input((16, 16, 3))
    return keras.Model(image, keras.layers.Softmax()(sequential()(image)))


@pytest.mark.parametrize("make", [sequential, nested, lambda: build(shape=(16, 16, 3), outputs=5)])
@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_what_a_file_says_of_its_network_is_what_keras_says(
    saved: Callable[..., Path], make: Callable[[], Any], ending: str
) -> None:
    outline = read_outline(saved(make(), f"theirs.{ending}"))

    assert outline is not None
    assert [one.shape for one in outline.inputs] == [(16, 16, 3)]
    assert outline.outputs == (5,)


def test_the_command_says_how_good_it_is(dataset: Dataset, file_of: Callable[..., Path]) -> None:
    file = file_of(extra=2)

    said = run(file, "--classes", "nv, vasc,mel,bcc", "--range=-1,1", "--size", "20x24", "--input", "age=0.5,1")

    classifier = Classifier.objects.get()
    assert classifier.name == "lesions theirs"
    assert f"right on {classifier.metrics['correct']} of 6 test images" in said


def test_the_command_doubts_a_classifier_that_is_no_better_than_one_word(
    dataset: Dataset, saved: Callable[..., Path]
) -> None:
    said = run(saved(read_brightness()), "--classes", ",".join(CLASSES), "--range=-1,1")

    assert "no better than calling every image by the commonest class (2 of 6)" in said


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--range", "0"], "--range is two numbers"),
        (["--range", "black,white"], "numbers with commas between them"),
        (["--range", "0,1", "--size", "big"], "height x width in pixels"),
        (["--range", "0,1", "--input", "0.5"], "NAME=V1,V2"),
        (["--range", "0,1", "--input", "age=1", "--input", "age=2"], "names an input more than once"),
    ],
)
def test_the_command_refuses_what_it_cannot_read(
    dataset: Dataset, tmp_path: Path, flags: list[str], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        run(tmp_path / "theirs.keras", "--classes", "nv,mel,bcc", *flags)


@pytest.mark.django_db(transaction=True)
def test_a_queued_adding_is_done_by_the_worker(file_of: Callable[..., Path]) -> None:
    dataset = make_dataset()

    said = run(file_of(), "--classes", ",".join(CLASSES), "--range=-1,1", "--enqueue")
    call_command("db_worker", "--batch", "--no-startup-delay", "--no-reload", verbosity=0)

    queued = Run.objects.get()
    assert f"Queued as run {queued.pk}" in said
    assert (queued.kind, queued.state, queued.error) == ("add_classifier", Run.State.SUCCEEDED, "")
    assert Classifier.objects.get().dataset == dataset
    assert json.loads(json.dumps(queued.options)) == queued.options


def run(file: Path, *arguments: str) -> str:
    out = io.StringIO()
    call_command("add_classifier", str(file), *arguments, stdout=out)
    return out.getvalue()
