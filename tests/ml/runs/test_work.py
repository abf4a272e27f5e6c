"""From images to Table 1 on tiny networks, for real: runs, files, refusals, interruptions, the queue."""

import io
import json
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import models

from ml.attacks.training import AttackTraining
from ml.classifiers.stored_options import TrainingRecord
from ml.classifiers.training import ClassifierTraining
from ml.classifiers.weights import read_weights, store_weights
from ml.errors import MlError
from ml.evaluation.attack import AttackEvaluation
from ml.images.arrays import read_squares
from ml.images.pixels import decode
from ml.models import Attack, Classifier, Dataset, Evaluation, ImagePair, PairSet, Run
from ml.pairs.making import PairMaking
from ml.runs.lifecycle import interrupt_abandoned_commands, perform
from ml.tasks import enqueue
from tests.ml.factories import make_dataset

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("tensorflow"),
    pytest.mark.usefixtures("shallow_generator", "eager_networks"),
]

TRAINING: dict[str, Any] = {"architecture": "densenet-tiny", "image_size": 24, "steps": 3, "batch_size": 4}
ATTACKING: dict[str, Any] = {"settings": {"steps": 2, "batch_size": 4}, "strength": 5.0}


def train(dataset: Dataset, name: str = "c", **options: Any) -> Classifier:
    return perform(ClassifierTraining(dataset=dataset, name=name, **(TRAINING | options)))


def make_attack(classifier: Classifier, name: str = "a", **options: Any) -> Attack:
    return perform(AttackTraining(classifier=classifier, name=name, **(ATTACKING | options)))


def files_in(folder: str) -> list[str]:
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset()


@pytest.fixture
def classifier(dataset: Dataset) -> Classifier:
    return train(dataset)


@pytest.fixture
def untrained(dataset: Dataset) -> Classifier:
    """Return a classifier whose weights are read and checked, and never loaded."""
    weights, sha256 = store_weights(b"never loaded", uid=uuid.uuid4())
    return Classifier.objects.create(
        name="untrained",
        dataset=dataset,
        architecture="densenet-tiny",
        classes=dataset.classes,
        image_size=24,
        weights=weights,
        weights_sha256=sha256,
    )


@pytest.fixture
def attack(classifier: Classifier) -> Attack:
    return make_attack(classifier)


@pytest.fixture
def pair_set(attack: Attack) -> PairSet:
    return perform(PairMaking(attack=attack, name="p"))


def test_it_works(pair_set: PairSet) -> None:
    """One chain from images to Table 1, looked at from every side (each training traces its networks for seconds)."""
    evaluation = perform(AttackEvaluation(pair_set=pair_set))

    pairs = list(pair_set.pairs.select_related("image"))
    assert {pair.image.split for pair in pairs} == {"test"}
    assert evaluation.table["overall"]["n"] == len(pairs) == 6
    assert evaluation.sizes["linf"]["max"] <= 5
    assert all(pair.clean_prediction in pair_set.attack.attacked_classifier.classes for pair in pairs)
    assert set(Run.objects.values_list("state", flat=True)) == {Run.State.SUCCEEDED}
    assert Run.objects.count() == 4
    record = TrainingRecord.of(pair_set.attack.attacked_classifier)
    assert record is not None
    assert (record.steps, record.batch_size, record.learning_rate, record.weights) == (3, 4, 0.003, None)
    passes = 3 * 4 / pair_set.dataset.images.filter(split="train").count()
    assert pair_set.attack.attacked_classifier.options["epochs"] == pytest.approx(passes, abs=0.005)

    for pair in pairs:
        with pair.clean_file.open() as clean_file, pair.perturbed_file.open() as perturbed_file:
            clean, perturbed = decode(clean_file.read()).astype(int), decode(perturbed_file.read()).astype(int)
        assert clean.shape == perturbed.shape == (24, 24, 3)
        assert abs(perturbed - clean).max() == pair.linf <= 5
        files = {str(pair.clean_file.name), str(pair.perturbed_file.name)}
        assert not any(word in name for name in files for word in ("clean", "perturbed", pair.image.name))

    for made in (pair_set.attack, pair_set.attack.attacked_classifier):
        assert made.provenance["dataset_hash"] == pair_set.dataset.content_hash
        assert made.provenance["seed"] == 0
        assert {"keras", "numpy", "perception", "source_sha256"} <= set(made.provenance["versions"])

    with default_storage.open(str(pairs[0].perturbed_file.name), "wb") as file:
        file.write(b"damaged")
    with pytest.raises(MlError, match="not as it was saved"):
        perform(AttackEvaluation(pair_set=pair_set))
    run = Run.objects.latest("pk")
    assert (run.state, "not as it was saved" in run.error) == (Run.State.FAILED, True)
    assert Evaluation.objects.get().table == evaluation.table, "the earlier evaluation is kept"


@pytest.mark.parametrize(
    ("asked", "at_most", "recomputed"),
    [(None, 2**30, False), (None, 1, True), (True, 2**30, True), (False, 1, False)],
)
def test_what_layers_give_is_recomputed_where_a_batch_needs_much_memory(
    asked: bool | None, at_most: int, recomputed: bool, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for or not, what was done stands in the options and in the provenance."""
    from ml.networks.training import classifier as fitting

    made: list[Any] = []

    def counted(network: Any) -> Any:
        made.append(network)
        return network

    monkeypatch.setattr("ml.classifiers.training.KEPT_AT_MOST", at_most)
    monkeypatch.setattr(fitting, "RecomputingNetwork", counted)
    trained = train(dataset, steps=1, recompute=asked)

    assert bool(made) is recomputed
    assert trained.options["recompute"] is recomputed
    assert trained.provenance["options"]["recompute"] is recomputed


@pytest.mark.training
def test_a_classifier_is_judged_and_saved_with_the_statistics_of_what_came_out(dataset: Dataset) -> None:
    """Over its train images; the moving averages of three steps would still be nearly those that it began with."""
    from ml.networks.saved_network import network_from_bytes

    pixels = read_squares(list(dataset.images.filter(split="train")), 24, tell=lambda *_: None)
    trained = train(dataset, batch_size=len(pixels))
    saved = network_from_bytes(read_weights(trained), source="the classifier")
    given = saved.get_layer("stem")(saved.get_layer("scale")(pixels.astype(np.float32) / np.float32(255)))

    assert trained.options["normalised_over"] == len(pixels)
    stem = saved.get_layer("stem_norm")
    np.testing.assert_allclose(stem.moving_mean, np.mean(given, axis=(0, 1, 2)), rtol=0, atol=1e-4)
    np.testing.assert_allclose(stem.moving_variance, np.var(given, axis=(0, 1, 2)), rtol=1e-2)


@pytest.mark.training
@pytest.mark.parametrize("reached", ["batch normalisation, 0 of", "batch normalisation, 1 of", "test image"])
def test_a_training_that_was_cut_off_after_its_last_step_goes_on(dataset: Dataset, reached: str) -> None:
    """The statistics that were half taken are taken from the beginning, of the weights that had come out."""

    def stopped(done: int, total: int, note: str = "", figures: object = None) -> None:
        if note.startswith(reached):
            raise KeyboardInterrupt

    asked = ClassifierTraining(dataset=dataset, name="c", **TRAINING)
    whole = read_weights(train(dataset, "whole"))

    with pytest.raises(KeyboardInterrupt):
        perform(asked, progress=stopped)
    assert not Classifier.objects.filter(name="c").exists()
    trained = perform(asked)

    assert Run.objects.filter(state=Run.State.SUCCEEDED).count() == 2
    assert weights_in(read_weights(trained)) == weights_in(whole)


def weights_in(saved: bytes) -> list[bytes]:
    from ml.networks.saved_network import network_from_bytes

    return [np.asarray(weight).tobytes() for weight in network_from_bytes(saved, source="the classifier").weights]


@pytest.mark.training
def test_the_same_seeds_give_the_same_pairs(dataset: Dataset) -> None:
    hashes = []
    for name in ("one", "two"):
        attack = make_attack(train(dataset, name, seed=3), name, seed=4)
        pair_set = perform(PairMaking(attack=attack, name=name))
        pairs = pair_set.pairs.order_by("image__name")
        hashes.append(list(pairs.values_list("clean_sha256", "perturbed_sha256")))

    assert hashes[0] == hashes[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"architecture": "resnet"}, "--architecture is one of densenet201"),
        ({"image_size": 8}, "--image-size of densenet-tiny is 16 to 1024 pixels, not 8"),
        ({"epochs": 0}, "--epochs is to be above 0"),
        ({"batch_size": 0}, "--batch-size is to be above 0"),
        ({"learning_rate": float("nan")}, "--learning-rate is to be above 0"),
        ({"seed": -1}, "--seed is a whole number"),
        ({"weights": "/nowhere/weights.h5"}, "starts from random weights"),
        (
            {"architecture": "densenet121", "image_size": 32, "weights": "/nowhere/w.h5"},
            "no weights file /nowhere/w.h5",
        ),
        ({"name": ""}, "needs a name"),
    ],
)
def test_a_classifier_that_cannot_be_is_refused_before_any_work(
    dataset: Dataset, options: dict[str, Any], message: str
) -> None:
    fields: dict[str, Any] = {"dataset": dataset, "name": "c"} | TRAINING | options

    with pytest.raises(MlError, match=message):
        perform(ClassifierTraining(**fields))

    assert not Run.objects.exists()
    assert not Classifier.objects.exists()


def test_a_class_without_a_train_image_is_refused_before_any_work(dataset: Dataset) -> None:
    dataset.images.filter(diagnosis="mel", split="train").update(split="test")

    with pytest.raises(MlError, match="no train images of mel"):
        train(dataset)

    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strength": 0.0}, "--strength is 1 to 255 levels, not 0"),
        ({"strength": 300.0}, "--strength is 1 to 255 levels, not 300"),
        ({"target_class": "vasc"}, "--target-class is one of bcc, mel, nv; not 'vasc'"),
        ({"settings": {"steps": 0}}, "--steps is to be above 0"),
        ({"settings": {"size_penalty": -1.0}}, "--size-penalty is 0 or more"),
        ({"kind": "guess"}, "--kind is one of generator"),
        ({"split": "all"}, "--split is one of"),
    ],
)
def test_an_attack_that_cannot_be_is_refused_before_any_work(
    untrained: Classifier, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(MlError, match=message):
        make_attack(untrained, **options)

    assert not Attack.objects.exists()
    assert not Run.objects.exists()


def test_damaged_weights_are_found_before_any_work(untrained: Classifier) -> None:
    with default_storage.open(str(untrained.weights.name), "wb") as file:
        file.write(b"damaged")

    with pytest.raises(MlError, match="damaged or was replaced"):
        make_attack(untrained)


def stop_after(steps: int) -> Callable[..., None]:
    def progress(done: int, total: int, note: str = "", figures: object = None) -> None:
        if done >= steps:
            raise KeyboardInterrupt

    return progress


@pytest.mark.training
def test_what_is_stopped_half_way_leaves_nothing(attack: Attack) -> None:
    before = files_in("networks")
    works: list[Any] = [
        ClassifierTraining(dataset=attack.attacked_classifier.dataset, name="x", **TRAINING),
        AttackTraining(classifier=attack.attacked_classifier, name="x", **ATTACKING),
        PairMaking(attack=attack, name="x"),
    ]

    for work in works:
        with pytest.raises(KeyboardInterrupt):
            perform(work, progress=stop_after(1))
        run = Run.objects.latest("pk")
        assert run.state == Run.State.INTERRUPTED
        assert files_in("networks") == before
        assert files_in(f"pairs/{run.options['uid']}") == []
    assert not PairSet.objects.exists()
    assert not ImagePair.objects.exists()


def test_a_run_of_a_command_that_is_gone_is_marked() -> None:
    run = Run.objects.create(
        kind=Run.Kind.TRAIN_CLASSIFIER,
        state=Run.State.RUNNING,
        options={"uid": str(uuid.uuid4())},
    )
    left, _ = store_weights(b"half-made", uid=run.options["uid"])

    assert interrupt_abandoned_commands() == 1

    run.refresh_from_db()
    assert run.state == Run.State.INTERRUPTED
    assert not default_storage.exists(left)


@pytest.mark.django_db(transaction=True)
def test_a_queued_training_is_done_by_the_worker() -> None:
    dataset = make_dataset()
    run = enqueue(ClassifierTraining(dataset=dataset, name="queued", **TRAINING))
    assert run.state == Run.State.QUEUED

    call_command("db_worker", "--batch", "--no-startup-delay", "--no-reload", verbosity=0)

    run.refresh_from_db()
    assert (run.state, run.error) == (Run.State.SUCCEEDED, "")
    assert run.done == run.total == 3
    assert Classifier.objects.get().name == "queued"


@pytest.mark.django_db(transaction=True)
def test_a_queued_run_that_cannot_begin_is_not_called_queued_for_ever(dataset: Dataset) -> None:
    run = enqueue(ClassifierTraining(dataset=dataset, name="queued", **TRAINING))
    del run.options["dataset"]  # as if another version had queued it
    run.save()

    call_command("db_worker", "--batch", "--no-startup-delay", "--no-reload", verbosity=0)

    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert run.error.startswith("An error that this program did not foresee: TypeError")


@pytest.mark.training
def test_the_commands_choose_the_newest_and_print_table_one(dataset: Dataset) -> None:
    tiny = ["--architecture", "densenet-tiny", "--image-size", "24", "--steps", "2", "--batch-size", "4"]
    printed = "".join(
        run(*command)
        for command in (
            ["train_classifier", *tiny],
            ["train_attack", "--steps", "2", "--batch-size", "4"],
            ["make_pairs", "--limit", "4"],
            ["evaluate_attack"],
        )
    )

    assert "Fooling" in printed
    assert "PSNR" in printed
    table = json.loads(run("evaluate_attack", "--format", "json"))
    assert table["overall"]["n"] == 4
    assert names(Classifier) == ["lesions densenet-tiny"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("train_classifier", "no dataset yet; .*import_ham10000"),
        ("train_attack", "no classifier yet; .*train_classifier"),
        ("make_pairs", "no attack yet; .*train_attack"),
        ("evaluate_attack", "no pair set yet; .*make_pairs"),
    ],
)
def test_a_step_too_early_names_the_step_before(command: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(command)


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def names(model: type[models.Model]) -> list[str]:
    return [str(row) for row in model._default_manager.all()]
