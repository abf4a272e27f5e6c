"""Pairs that another program perturbed: what is stored of them, what is measured, and what a bad one leaves alone."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytest_django import DjangoDbBlocker

from ml.errors import MlError
from ml.evaluation.attack import AttackEvaluation
from ml.models import Attack, Dataset, Evaluation, Image, ImagePair, PairSet
from ml.pairs.files import read_twins
from ml.pairs.making import PairMaking
from ml.runs.lifecycle import perform
from tests.ml.factories import make_dataset
from tests.ml.pairs.elsewhere.twins_on_disk import (
    SIDE,
    clean_pixels,
    pair_import,
    perturbed_pixels,
    save,
    write_twins,
)
from tests.shared_rows import rows_of

pytestmark = pytest.mark.django_db

NAMES = [f"{dx}/{number}" for dx in ("bkl", "mel", "nv") for number in range(3)]
HEADER = ("clean", "perturbed", "diagnosis", "lesion", "strength", "prediction_before", "prediction_after")


def write_table(path: Path, rows: list[tuple[object, ...]], header: tuple[str, ...] = HEADER) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture(scope="module")
def imported(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PairSet]:
    """The pairs of a folder with diagnoses, of a declared strength, without predictions."""
    folder = write_twins(tmp_path_factory.mktemp("twins"), NAMES, levels=6)
    options = {"strength": 8.0, "reference": "Madry et al. 2018", "classifier": "ResNet-50", "target_class": "nv"}
    with rows_of(lambda: perform(pair_import(folder, credit="by us", **options)), django_db_blocker) as pair_set:
        yield pair_set


def test_dataset_attack_and_pairs_say_where_they_are_from(imported: PairSet) -> None:
    dataset, attack = imported.dataset, imported.attack

    assert (dataset.name, dataset.source, dataset.credit) == ("elsewhere", Dataset.Source.PAIRS, "by us")
    assert dataset.classes == ["bkl", "mel", "nv"]
    assert set(dataset.images.values_list("split", flat=True)) == {Image.Split.TEST}
    assert (attack.kind, attack.classifier, attack.against) == ("elsewhere", None, "ResNet-50")
    assert (attack.made_by, attack.reference, attack.target_class) == ("a program", "Madry et al. 2018", "nv")
    assert (imported.strength, attack.strength, imported.image_size, imported.pairs.count()) == (8.0, 8.0, SIDE, 9)
    assert "seed" not in imported.provenance
    assert imported.provenance["dataset_hash"] == dataset.content_hash


def test_the_very_pixels_of_both_files_are_stored(imported: PairSet) -> None:
    for number, name in enumerate(NAMES):
        pair = ImagePair.objects.select_related("image").get(pair_set=imported, image__name=name)
        clean, perturbed = read_twins(pair)
        np.testing.assert_array_equal(clean, clean_pixels(number))
        np.testing.assert_array_equal(perturbed, perturbed_pixels(number, 6))
        assert pair.linf == 6
        files = str(pair.clean_file.name) + str(pair.perturbed_file.name)
        assert not any(word in files for word in ("clean", "perturbed", "mel", "nv", "bkl"))


def test_it_is_measured_and_says_that_no_classifier_was(imported: PairSet) -> None:
    evaluation = Evaluation.objects.get(pair_set=imported)

    assert evaluation.table == {}
    assert evaluation.sizes["linf"]["max"] == 6
    assert evaluation.sizes["psnr"]["n"] == 9
    assert imported.notes[:2] == [
        "the strength was declared as 8 levels; measured on the 8-bit images, the largest change of a channel is 6 "
        "levels, that of the middle pair 6",
        "no classifier was measured: no predictions were given",
    ]


def test_nothing_here_perturbs_or_evaluates_as_it_does(imported: PairSet) -> None:
    with pytest.raises(MlError, match="was made elsewhere"):
        PairMaking(attack=imported.attack, name="more", dataset=make_dataset(name="other")).check()
    with pytest.raises(MlError, match="made elsewhere"):
        AttackEvaluation(pair_set=imported).check()


def test_names_that_are_taken_are_refused_before_anything_is_read(imported: PairSet, tmp_path: Path) -> None:
    folder = write_twins(tmp_path, ["a", "b"])
    with pytest.raises(MlError, match="attack named 'elsewhere' already"):
        pair_import(folder, dataset="elsewhere").check()
    Attack.objects.filter(pk=imported.attack_id).update(name="renamed")
    with pytest.raises(MlError, match="pair set named 'elsewhere' already"):
        pair_import(folder, dataset="elsewhere").check()
    with pytest.raises(MlError, match=r"dataset 'elsewhere' already.*--dataset"):
        pair_import(folder).check()


def test_another_attack_on_the_same_clean_images_has_the_same_dataset(imported: PairSet, tmp_path: Path) -> None:
    """As a study that shows two attacks needs it; what is not the dataset's image is refused."""
    folder = write_twins(tmp_path, [*NAMES, "mel/new"], levels=12)
    save(folder / "clean/nv/2.png", clean_pixels(77))

    other = perform(pair_import(folder, name="another", made_by="another program", dataset="elsewhere"))

    assert other.dataset == imported.dataset
    assert other.split == Image.Split.TEST
    assert set(other.pairs.values_list("image", flat=True)) < set(imported.pairs.values_list("image", flat=True))
    assert other.pairs.count() == 8
    assert other.strength == 12.0
    assert {line.split(":")[0] for line in other.provenance["refused"]} == {"clean/nv/2.png", "clean/mel/new.png"}
