"""The measuring of a pair set: each pair's own numbers, gone on with after a cut, kept with how they were taken."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from pytest_django import Settings

from ml.errors import MlError
from ml.evaluation.visibility import PART, VisibilityMeasurement
from ml.images.pixels import Pixels
from ml.images.visibility.measures import MEASURES, measure_visibility, measured_by
from ml.models import PairSet, PairVisibility, Run, Visibility
from ml.pairs.files import read_twins
from ml.runs.checkpoints import Checkpoint, has_checkpoint
from ml.runs.lifecycle import perform
from ml.workers.after_pairs import queue_measurement
from tests.ml.factories import make_dataset
from tests.ml.images.visibility.colorvideovdp_environment import make_environment
from tests.ml.network_rows import make_classifier
from tests.ml.pair_rows import make_pair_set

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.CHECKPOINT_SECONDS = 0.0
    (tmp_path / "data").mkdir()


@pytest.fixture
def pair_set() -> PairSet:
    made = make_pair_set(make_classifier(make_dataset(per_class=6)))
    assert made.pairs.count() > 4
    return made


def stop_at(count: int) -> Callable[..., None]:
    def progress(done: int, total: int, note: str = "", figures: object = None) -> None:
        if done >= count:
            raise KeyboardInterrupt

    return progress


def stored(pair_set: PairSet) -> dict[str, dict[str, float | None]]:
    names = [measure.key for measure in MEASURES]
    rows = PairVisibility.objects.filter(pair__pair_set=pair_set).select_related("pair__image")
    return {row.pair.image.name: {name: getattr(row, name) for name in names} for row in rows}


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_each_pair_has_the_measures_of_its_files(pair_set: PairSet) -> None:
    visibility = perform(VisibilityMeasurement(pair_set=pair_set, pixels_per_degree=40.0))

    pairs = list(pair_set.pairs.select_related("image"))
    expected = {
        pair.image.name: asdict(measure_visibility(*read_twins(pair), pixels_per_degree=40.0)) for pair in pairs
    }
    assert stored(pair_set) == expected
    assert len({row["flip"] for row in expected.values()}) == len(pairs)
    assert visibility.pixels_per_degree == 40
    assert visibility.versions == measured_by()
    means = [row["ciede2000_mean"] for row in expected.values()]
    assert visibility.distributions["ciede2000_mean"]["median"] == pytest.approx(np.median(means))
    assert visibility.distributions["ciede2000_mean"]["n"] == len(pairs)
    # Images of 24 pixels are too small for it.
    assert visibility.distributions["ssimulacra2"]["infinite"] == len(pairs)
    assert visibility.distributions["ssimulacra2"]["median"] is None


def test_large_images_have_all_measures() -> None:
    pair_set = make_pair_set(make_classifier(make_dataset(per_class=2)), size=120)

    visibility = perform(VisibilityMeasurement(pair_set=pair_set))

    extras = {measure.key for measure in MEASURES if measure.is_extra}
    assert all((row[name] is None) == (name in extras) for row in stored(pair_set).values() for name in row)
    assert not extras & visibility.distributions.keys()
    assert visibility.distributions["ssimulacra2"]["max"] < 90


def test_equal_twins_are_stored() -> None:
    def leave(clean: Pixels, rng: np.random.Generator) -> Pixels:
        return clean

    pair_set = make_pair_set(make_classifier(make_dataset(per_class=2)), perturb=leave, size=120)

    perform(VisibilityMeasurement(pair_set=pair_set))

    assert {tuple(row.values()) for row in stored(pair_set).values()} == {(0, 0, 0, 0, 100, None)}


def test_colorvideovdp_is_measured_where_it_is_asked_for(pair_set: PairSet, settings: Settings, tmp_path: Path) -> None:
    settings.COLORVIDEOVDP_PYTHON = make_environment(tmp_path / "environment")

    visibility = perform(VisibilityMeasurement(pair_set=pair_set, pixels_per_degree=50.0, colorvideovdp=True))

    largest = dict(pair_set.pairs.values_list("image__name", "linf"))
    found = {name: row["colorvideovdp"] for name, row in stored(pair_set).items()}
    assert found == pytest.approx({name: 10 - linf / 50 - 0.0024 for name, linf in largest.items()})
    assert visibility.distributions["colorvideovdp"]["n"] == len(found)
    assert visibility.versions == measured_by() | {"cvvdp": "0.0.1", "torch": "0.0.2", "cvvdp display": "standard_fhd"}


def test_colorvideovdp_goes_on_after_its_end(pair_set: PairSet, settings: Settings, tmp_path: Path) -> None:
    settings.COLORVIDEOVDP_PYTHON = make_environment(tmp_path / "environment")
    asked = VisibilityMeasurement(pair_set=pair_set, colorvideovdp=True)
    perform(asked)
    whole = stored(pair_set)
    PairVisibility.objects.all().delete()
    with pytest.raises(KeyboardInterrupt):
        perform(asked, progress=stop_at(3))
    settings.COLORVIDEOVDP_PYTHON = sys.executable
    with pytest.raises(MlError, match="No module named 'torch'"):
        perform(asked)
    settings.COLORVIDEOVDP_PYTHON = str(tmp_path / "environment" / "python")
    done: list[int] = []

    perform(asked, progress=lambda step, total, note="", figures=None: done.append(step))

    assert done[0] == 3, "what was measured before its environment broke is kept"
    assert stored(pair_set) == whole


def test_what_was_measured_before_colorvideovdp_broke_is_kept(
    pair_set: PairSet, settings: Settings, tmp_path: Path
) -> None:
    settings.COLORVIDEOVDP_PYTHON = make_environment(tmp_path / "environment")
    settings.CHECKPOINT_SECONDS = 60.0  # none is due
    packages = tmp_path / "environment" / "pycvvdp.py"
    whole = packages.read_text()
    packages.write_text(
        f"{whole}\nit, left = cvvdp.predict, [1, 2, 3]\n"
        "cvvdp.predict = lambda *given, **named: left.pop() and it(*given, **named)\n"
    )
    asked = VisibilityMeasurement(pair_set=pair_set, colorvideovdp=True)
    with pytest.raises(MlError, match=r"What was measured before is kept.*IndexError"):
        perform(asked)
    packages.write_text(whole)
    done: list[int] = []

    perform(asked, progress=lambda step, total, note="", figures=None: done.append(step))

    assert done[0] == 3


def test_colorvideovdp_is_refused_where_it_is_not_set_up(pair_set: PairSet, settings: Settings) -> None:
    settings.COLORVIDEOVDP_PYTHON = ""

    with pytest.raises(MlError, match="ColorVideoVDP is not set up here"):
        perform(VisibilityMeasurement(pair_set=pair_set, colorvideovdp=True))

    assert not Run.objects.exists()


@pytest.mark.parametrize(("flags", "is_measured"), [((), True), (("--no-colorvideovdp",), False)])
def test_the_command_measures_by_colorvideovdp_where_it_is_set_up(
    pair_set: PairSet, settings: Settings, tmp_path: Path, flags: tuple[str, ...], is_measured: bool
) -> None:
    settings.COLORVIDEOVDP_PYTHON = make_environment(tmp_path / "environment")

    said = run("measure_visibility", *flags)

    assert ("ColorVideoVDP" in said) == is_measured
    assert ("cvvdp 0.0.1" in said) == is_measured


def test_measuring_that_was_cut_off_goes_on(pair_set: PairSet) -> None:
    perform(VisibilityMeasurement(pair_set=pair_set))
    whole = stored(pair_set)
    Visibility.objects.all().delete()
    PairVisibility.objects.all().delete()

    with pytest.raises(KeyboardInterrupt):
        perform(VisibilityMeasurement(pair_set=pair_set), progress=stop_at(3))
    cut_off = Run.objects.latest("pk")
    assert len(json.loads(Checkpoint(cut_off.options["uid"]).read(PART) or b"")) == 3
    assert not PairVisibility.objects.exists()
    done: list[int] = []
    visibility = perform(
        VisibilityMeasurement(pair_set=pair_set),
        progress=lambda step, total, note="", figures=None: done.append(step),
    )

    assert done == list(range(3, pair_set.pairs.count() + 1)), "what was measured is not measured again"
    assert visibility.run == cut_off
    assert stored(pair_set) == whole
    assert not has_checkpoint(cut_off.options["uid"])


def test_measuring_anew_replaces_what_was_there(pair_set: PairSet) -> None:
    first = perform(VisibilityMeasurement(pair_set=pair_set))
    before = stored(pair_set)

    again = perform(VisibilityMeasurement(pair_set=pair_set, pixels_per_degree=20.0))

    assert (again.pk, again.pixels_per_degree) == (first.pk, 20)
    after = stored(pair_set)
    assert all(after[name]["flip"] != before[name]["flip"] for name in before)
    assert all(after[name]["ciede2000_p95"] == before[name]["ciede2000_p95"] for name in before)


def test_a_file_that_is_gone_is_named_and_nothing_is_stored(pair_set: PairSet) -> None:
    pair = pair_set.pairs.order_by("image__name")[2]
    default_storage.delete(str(pair.perturbed_file.name))

    with pytest.raises(MlError, match=f"An image of the pair of {pair.image.name} is gone from the storage"):
        perform(VisibilityMeasurement(pair_set=pair_set))

    assert Run.objects.get().state == Run.State.FAILED
    assert not PairVisibility.objects.exists()
    assert not Visibility.objects.exists()


@pytest.mark.parametrize(
    ("ppd", "why"),
    [
        (0.0, "--pixels-per-degree is to be above 0, not 0"),
        (float("nan"), "--pixels-per-degree is to be above 0, not nan"),
        (5000.0, "--pixels-per-degree is at most 1000"),
    ],
)
def test_what_no_eye_sees_is_refused(pair_set: PairSet, ppd: float, why: str) -> None:
    with pytest.raises(MlError, match=why):
        perform(VisibilityMeasurement(pair_set=pair_set, pixels_per_degree=ppd))
    assert not Run.objects.exists()


def test_a_pair_set_without_pairs_is_refused(pair_set: PairSet) -> None:
    pair_set.pairs.all().delete()

    with pytest.raises(MlError, match="The pair set pairs has no pairs"):
        perform(VisibilityMeasurement(pair_set=pair_set))


@pytest.mark.parametrize(
    "wrong",
    [
        {"ciede2000_mean": -0.1},
        {"ciede2000_p95": -1.0},
        {"ciede2000_above_1": 1.1},
        {"flip": -0.1},
        {"ssimulacra2": 100.5},
        {"colorvideovdp": 10.5},
    ],
)
def test_the_database_holds_the_measures_to_what_they_can_be(pair_set: PairSet, wrong: dict[str, float]) -> None:
    values = {"ciede2000_mean": 1.0, "ciede2000_p95": 2.0, "ciede2000_above_1": 0.5, "flip": 0.1, "ssimulacra2": 80.0}
    pair = pair_set.pairs.order_by("pk")[0]

    with pytest.raises(IntegrityError), transaction.atomic():
        PairVisibility.objects.create(pair=pair, **(values | wrong))

    assert PairVisibility.objects.create(pair=pair, **values).pk


def test_the_command_prints_what_was_measured(pair_set: PairSet) -> None:
    said = run("measure_visibility", "--distance-cm", "60", "--pixels-per-cm", "40")

    visibility = Visibility.objects.get()
    assert visibility.pixels_per_degree == pytest.approx(41.88897, abs=1e-4)
    lines = {line.split("  ")[0] for line in said.splitlines()}
    assert {"ΔE00, mean", "ΔE00, 95th percentile", "ΔE00, share above 1", "FLIP", "SSIMULACRA2"} <= lines
    assert f"n = {pair_set.pairs.count()} pairs; viewed at 41.889 pixels per degree" in said
    assert f"scikit-image {measured_by()['scikit-image']}" in said
    told = json.loads(run("measure_visibility", "--pairs", "pairs", "--pixels-per-degree", "30", "--format", "json"))
    assert told["pixels_per_degree"] == 30
    assert told["measures"] == Visibility.objects.get().distributions


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--distance-cm", "60"), "go together"),
        (("--pixels-per-cm", "60", "--scale", "2"), "go together"),
        (("--scale", "2"), "--scale goes with --distance-cm"),
        (("--pixels-per-degree", "60", "--distance-cm", "60", "--pixels-per-cm", "40"), "not both"),
        (("--distance-cm", "-60", "--pixels-per-cm", "40"), "above 0, not -60"),
        (("--pixels-per-degree", "-3"), "above 0, not -3"),
    ],
)
def test_half_a_viewing_condition_is_refused(pair_set: PairSet, arguments: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        run("measure_visibility", *arguments)
    assert not Run.objects.exists()


def test_a_worker_measures_what_was_asked_for_with_the_pairs(pair_set: PairSet) -> None:
    owner = User.objects.create_user("owner")
    asked = {"uid": str(pair_set.uid), "visibility": True}
    queue_measurement(Run.objects.create(kind=Run.Kind.MAKE_PAIRS, options={**asked, "visibility": False}, owner=owner))
    assert Run.objects.count() == 1

    queue_measurement(Run.objects.create(kind=Run.Kind.MAKE_PAIRS, options=asked, owner=owner))

    queued = Run.objects.get(kind=Run.Kind.MEASURE_VISIBILITY)
    assert (queued.options["pair_set"], queued.state, queued.owner) == ("pairs", Run.State.QUEUED, owner)
