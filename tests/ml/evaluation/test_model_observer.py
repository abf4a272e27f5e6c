"""The model observer: it sees what can be seen and nothing else, on lesions that it never saw."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ml.errors import MlError
from ml.evaluation.model_observer import ModelObserverTraining, split_by_lesion
from ml.images.degradation import DEGRADATIONS, Degradation, as_saved
from ml.models import ModelObserver, PairSet, Run
from ml.runs.lifecycle import perform
from tests.ml.factories import make_dataset, make_pixels
from tests.ml.network_rows import make_classifier
from tests.ml.pair_rows import add_noise, make_pair_set

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("tensorflow")]

SHORT = {"steps": 30, "batch_size": 6}


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.CHECKPOINT_SECONDS = 0.0
    (tmp_path / "data").mkdir()


@pytest.fixture
def pair_set() -> PairSet:
    return make_pair_set(make_classifier(make_dataset(per_class=25)), perturb=add_noise(12))


@pytest.mark.training
def test_it_tells_noise_from_smooth_pictures_on_lesions_it_never_saw(pair_set: PairSet) -> None:
    table = perform(ModelObserverTraining(pair_set=pair_set, **SHORT)).table

    assert table["auc"]["estimate"] > 0.9
    assert table["pairs_told_apart"]["estimate"] > 0.9
    assert table["pairs_learnt_from"] + table["pairs_judged"] == 30
    assert table["lesions_learnt_from"] == table["lesions_judged"] == 15
    assert table["sensitivity"]["n"] == table["specificity"]["n"] == table["pairs_judged"]
    assert table["seed"] == 0
    assert table["provenance"]["dataset_hash"] == pair_set.dataset.content_hash


@pytest.mark.training
@pytest.mark.usefixtures("eager_networks")
def test_where_there_is_nothing_to_see_it_sees_nothing() -> None:
    same = make_pair_set(make_classifier(make_dataset(per_class=10)), perturb=lambda clean, rng: clean)

    table = perform(ModelObserverTraining(pair_set=same, steps=3, batch_size=2)).table

    assert table["auc"]["estimate"] == pytest.approx(0.5)
    assert table["pairs_told_apart"]["k"] == 0


@pytest.mark.training
@pytest.mark.usefixtures("eager_networks")
def test_a_training_that_was_cut_off_goes_on(pair_set: PairSet) -> None:
    work = ModelObserverTraining(pair_set=pair_set, steps=6, batch_size=4, seed=3)
    whole = perform(work).table
    ModelObserver.objects.all().delete()

    with pytest.raises(KeyboardInterrupt):
        perform(work, progress=stop_at(4))
    observer = perform(work)

    assert observer.run == Run.objects.latest("pk")
    assert Run.objects.count() == 2
    assert _figures(observer.table) == _figures(whole)


def _figures(table: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in table.items() if name != "provenance"}


def stop_at(step: int) -> Callable[..., None]:
    def progress(done: int, total: int, note: str = "", figures: object = None) -> None:
        if figures and done == step:
            raise KeyboardInterrupt

    return progress


def test_no_lesion_is_on_both_sides(pair_set: PairSet) -> None:
    images = [pair.image for pair in pair_set.pairs.select_related("image")]
    for place, image in enumerate(images):
        image.lesion = f"lesion-{place // 3}"
        image.save()
    pairs = list(pair_set.pairs.select_related("image"))

    learnt_from, judged = split_by_lesion(pairs, seed=1)

    assert len(learnt_from) == len(judged) == 15
    assert not {pair.image.lesion for pair in learnt_from} & {pair.image.lesion for pair in judged}
    assert {pair.pk for pair in learnt_from + judged} == {pair.pk for pair in pairs}
    assert split_by_lesion(pairs, seed=2)[0] != learnt_from


def test_too_few_lesions_are_refused(pair_set: PairSet) -> None:
    for image in (pair.image for pair in pair_set.pairs.select_related("image")):
        image.lesion = "one"
        image.save()

    with pytest.raises(MlError, match="The pair set pairs shows 1 lesion; half of them are learnt from"):
        perform(ModelObserverTraining(pair_set=pair_set))
    assert not Run.objects.exists()


@pytest.mark.parametrize("option", ["steps", "batch_size", "learning_rate", "crop"])
def test_numbers_that_are_none_are_refused(pair_set: PairSet, option: str) -> None:
    flag = "--" + option.replace("_", "-")

    with pytest.raises(CommandError, match=f"{flag} is to be above 0, not 0"):
        call_command("train_model_observer", f"{flag}=0")


@pytest.mark.training
@pytest.mark.usefixtures("eager_networks")
def test_the_command_prints_the_figures(pair_set: PairSet) -> None:
    out = io.StringIO()
    call_command("train_model_observer", "--steps", "2", "--batch-size", "2", "--crop", "16", stdout=out)

    said = out.getvalue()
    assert "Area under the ROC curve" in said
    assert "(DeLong 1988)" in said
    assert "judged on 15 pairs of 15 others" in said
    again = io.StringIO()
    arguments = ("--steps", "2", "--batch-size", "2", "--crop", "16", "--format", "json")
    call_command("train_model_observer", *arguments, stdout=again)
    assert _figures(json.loads(again.getvalue())) == _figures(ModelObserver.objects.get().table)


@pytest.mark.parametrize("degradation", DEGRADATIONS, ids=lambda degradation: degradation.key)
def test_degradations_keep_size_and_levels(degradation: Degradation) -> None:
    pixels = make_pixels(4, width=31, height=24)
    before = pixels.copy()

    degraded = degradation.apply(pixels)

    assert degraded.shape == pixels.shape
    assert degraded.dtype == np.uint8
    assert np.array_equal(pixels, before)
    change = np.abs(degraded.astype(int) - pixels).mean()
    assert (change == 0) == (degradation.apply is as_saved)
    assert change < 12, "it is still the picture"
