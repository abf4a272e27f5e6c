"""Evaluations and survivals: figures of the saved files, cut off and gone on with, and damaged files named."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ml.classifiers.weights import load_classifier
from ml.errors import MlError
from ml.evaluation.attack import AttackEvaluation
from ml.evaluation.predictions import BATCH, PART
from ml.evaluation.survival import SurvivalMeasurement
from ml.images.degradation import DEGRADATIONS
from ml.models import Attack, Evaluation, ImagePair, PairSet, Run, Survival
from ml.pairs.files import read_twins
from ml.pairs.making import PairMaking
from ml.runs.checkpoints import Checkpoint, has_checkpoint
from ml.runs.lifecycle import perform
from ml.runs.work import Work
from tests.ml.factories import make_dataset
from tests.ml.network_rows import make_attack
from tests.ml.pair_rows import make_pair_set, make_working_classifier

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("tensorflow")]


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.CHECKPOINT_SECONDS = 0.0
    (tmp_path / "data").mkdir()


@pytest.fixture
def pair_set() -> PairSet:
    made = make_pair_set(make_working_classifier())
    assert BATCH < made.pairs.count() == 24
    return made


def stop_at(count: int) -> Callable[..., None]:
    def progress(done: int, total: int, note: str = "", figures: object = None) -> None:
        if done >= count:
            raise KeyboardInterrupt

    return progress


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def said_one_by_one(pair_set: PairSet) -> list[tuple[str, str]]:
    """Return what the classifier says of each image alone, without any pipeline."""
    import numpy as np

    classifier = pair_set.attack.attacked_classifier
    network = load_classifier(classifier)
    said = []
    for pair in pair_set.pairs.select_related("image").order_by("image__name"):
        both = np.stack(read_twins(pair)).astype(np.float32) / np.float32(255)
        before, after = np.argmax(network.predict_on_batch(both), axis=1)
        said.append((classifier.classes[before], classifier.classes[after]))
    return said


def test_an_evaluation_says_what_the_classifier_says(pair_set: PairSet) -> None:
    evaluation = perform(AttackEvaluation(pair_set=pair_set))

    pairs = pair_set.pairs.order_by("image__name")
    said = list(pairs.values_list("clean_prediction", "perturbed_prediction"))
    assert said == said_one_by_one(pair_set)
    assert len({before for before, _ in said}) == 3, "the classifier says now this and now that"
    assert any(before != after for before, after in said)
    overall = evaluation.table["overall"]
    read_as_target = [after for _, after in said].count("nv")
    assert (overall["target_share_after"]["k"], overall["target_share_after"]["n"]) == (read_as_target, 24)
    of_mel = [(pair.clean_prediction, pair.perturbed_prediction) for pair in pairs if pair.image.diagnosis == "mel"]
    fooled = [after for before, after in of_mel if before != "nv"]
    row = evaluation.table["classes"]["mel"]["fooling_ratio_of_others"]
    assert (row["k"], row["n"]) == (fooled.count("nv"), len(fooled))


def test_an_evaluation_that_was_cut_off_goes_on(pair_set: PairSet) -> None:
    whole = perform(AttackEvaluation(pair_set=pair_set)).table
    said = list(ImagePair.objects.values_list("clean_prediction", "perturbed_prediction"))
    Evaluation.objects.all().delete()
    ImagePair.objects.update(clean_prediction="", perturbed_prediction="")

    with pytest.raises(KeyboardInterrupt):
        perform(AttackEvaluation(pair_set=pair_set), progress=stop_at(BATCH))
    run = Run.objects.latest("pk")
    assert len(json.loads(Checkpoint(run.options["uid"]).read(PART) or b"")) == BATCH
    assert not ImagePair.objects.exclude(clean_prediction="").exists()
    done: list[int] = []
    evaluation = perform(
        AttackEvaluation(pair_set=pair_set),
        progress=lambda step, total, note="", figures=None: done.append(step),
    )

    assert done == [0, 24], "what was said is not asked again"
    assert evaluation.run == run
    assert evaluation.table == whole
    assert list(ImagePair.objects.values_list("clean_prediction", "perturbed_prediction")) == said
    assert not has_checkpoint(run.options["uid"])


def test_a_survival_has_a_row_for_each_degradation(pair_set: PairSet) -> None:
    overall = perform(AttackEvaluation(pair_set=pair_set)).table["overall"]

    survival = perform(SurvivalMeasurement(pair_set=pair_set))

    assert [row["key"] for row in survival.rows] == [degradation.key for degradation in DEGRADATIONS]
    as_saved = survival.rows[0]
    for name in ("fooling_ratio", "fooling_ratio_of_others", "accuracy_before", "accuracy_after"):
        assert (as_saved[name]["k"], as_saved[name]["n"]) == (overall[name]["k"], overall[name]["n"])
        assert all(row[name]["low"] <= row[name]["estimate"] <= row[name]["high"] for row in survival.rows)
    assert {row["n"] for row in survival.rows} == {24}
    assert len({json.dumps(row["fooling_ratio"]) for row in survival.rows}) > 1, "degradations change what is read"
    assert {row["clean_read_as_target"]["n"] for row in survival.rows} == {16}


def test_a_survival_that_was_cut_off_goes_on(pair_set: PairSet) -> None:
    whole = perform(SurvivalMeasurement(pair_set=pair_set)).rows
    Survival.objects.all().delete()

    with pytest.raises(KeyboardInterrupt):
        perform(SurvivalMeasurement(pair_set=pair_set), progress=stop_at(BATCH))
    survival = perform(SurvivalMeasurement(pair_set=pair_set))

    assert survival.run == Run.objects.latest("pk")
    assert Run.objects.count() == 2
    assert survival.rows == whole


def test_a_file_that_was_changed_is_named(pair_set: PairSet) -> None:
    pair = pair_set.pairs.order_by("image__name")[20]
    default_storage.delete(str(pair.clean_file.name))

    with pytest.raises(MlError, match=f"An image of the pair of {pair.image.name} is gone from the storage"):
        perform(SurvivalMeasurement(pair_set=pair_set))

    assert Run.objects.get().state == Run.State.FAILED


def test_a_pair_set_without_pairs_is_refused(pair_set: PairSet) -> None:
    pair_set.pairs.all().delete()

    works: list[Work[Any]] = [SurvivalMeasurement(pair_set=pair_set), AttackEvaluation(pair_set=pair_set)]
    for work in works:
        with pytest.raises(MlError, match="The pair set pairs has no pairs"):
            perform(work)
    assert not Run.objects.exists()


def test_the_commands_print_both(pair_set: PairSet) -> None:
    said = run("evaluate_attack")
    assert "of the images not of class nv" in said
    assert "Balanced" in said
    assert "of all images are read as nv" in said

    said = run("measure_survival")
    lines = {line.split("  ")[0] for line in said.splitlines()}
    assert {degradation.name for degradation in DEGRADATIONS} <= lines
    assert "n = 24" in said
    rows = json.loads(run("measure_survival", "--format", "json"))
    assert rows == Survival.objects.get().rows


@pytest.fixture
def asking_attack() -> Attack:
    """Return an attack that learns nothing: what it needs is its classifier."""
    return make_attack(make_working_classifier(), kind="fgsm", weights="", weights_sha256="", options={"settings": {}})


def test_an_attack_is_held_against_another_dataset(asking_attack: Attack) -> None:
    own = perform(PairMaking(attack=asking_attack, name="own"))
    perform(AttackEvaluation(pair_set=own))
    other = make_dataset("elsewhere", per_class=8, classes=("mel", "nv"))

    said = run("evaluate_attack", "--dataset", "elsewhere")

    pair_set = PairSet.objects.get(dataset=other)
    assert pair_set.pairs.count() == pair_set.evaluation.table["overall"]["n"] == 6
    lines = [line.split() for line in said.splitlines()]
    assert ["lesions", "elsewhere"] in lines
    assert ["Images", "24", "6"] in lines
    assert any(line[:2] == ["of", "bcc"] and line[-1] == "–" for line in lines), "there is no bcc elsewhere"

    table = json.loads(run("evaluate_attack", "--dataset", "elsewhere", "--format", "json"))
    assert PairSet.objects.count() == 2, "the pairs are there already"
    assert (table["overall"]["n"], table["own_dataset"]["overall"]["n"]) == (6, 24)
    assert table["own_dataset"]["dataset"] == "lesions"


def test_another_dataset_is_refused_where_it_cannot_be(asking_attack: Attack) -> None:
    make_dataset("strange", classes=("nv", "wart"))
    make_dataset("elsewhere", classes=("mel", "nv"))

    for arguments, message in (
        (["--dataset", "strange"], "has classes that the classifier moles tiny does not know: wart"),
        (["--dataset", "nowhere"], "There is no dataset named 'nowhere'"),
        (["--dataset", "elsewhere", "--attack", "a", "--pairs", "p"], "Give --attack or --pairs, not both"),
        (["--attack", "moles attack"], "--attack goes with --dataset"),
        (["--dataset", "elsewhere", "--enqueue"], r"queue them first \(`manage.py make_pairs --attack 'moles attack'"),
    ):
        with pytest.raises(CommandError, match=message):
            run("evaluate_attack", *arguments)
    assert not Run.objects.exists()
