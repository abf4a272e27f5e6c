"""Whether the same work was done before: told by its options; one that an earlier version lacked was at its default."""

from contextlib import nullcontext
from pathlib import Path

import pytest
from pytest_django import Settings

from ml.classifiers.training import ClassifierTraining
from ml.datasets.import_run import DatasetImporting
from ml.errors import MlError
from ml.models import Classifier, Run
from ml.runs.reuse import find_or_make, find_reusable, name_is_taken
from perception.core.progress import silent
from tests.ml.factories import make_dataset
from tests.ml.network_rows import make_classifier

WORK = DatasetImporting(name="moles", source="synthetic", train=10)


def run_of(work: DatasetImporting, **options: object) -> Run:
    return Run(options={**work.as_options(), "uid": "1f", **options})


def test_the_same_work_differs_in_nothing() -> None:
    assert WORK.differences_from(run_of(WORK)) == {}


def test_an_option_of_another_value_is_a_difference() -> None:
    assert WORK.differences_from(run_of(WORK, train=20, seed=3)) == {"train": (20, 10), "seed": (3, 0)}


def test_an_option_that_an_earlier_version_did_not_have_was_at_its_default() -> None:
    earlier = run_of(WORK)
    del earlier.options["seed"]
    del earlier.options["train"]

    assert WORK.differences_from(earlier) == {"train": (800, 10)}


def test_an_option_that_this_version_does_not_have_is_a_difference() -> None:
    assert WORK.differences_from(run_of(WORK, colour="blue")) == {"colour": ("blue", None)}


@pytest.mark.django_db
def test_what_the_same_work_made_is_used_again(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    dataset = make_dataset()
    asked = ClassifierTraining(dataset=dataset, name="c", seed=1)
    run = Run.objects.create(kind=Run.Kind.TRAIN_CLASSIFIER, options={**asked.as_options(), "uid": "1f"})
    made = make_classifier(dataset, name="c", run=run)
    in_less_memory = ClassifierTraining(dataset=dataset, name="c", seed=1, recompute=True)
    other = ClassifierTraining(dataset=dataset, name="c", seed=2)

    def find(work: ClassifierTraining, *, made_otherwise: bool = False) -> Classifier:
        return find_or_make(
            Classifier, work, "Training", lambda title: nullcontext(silent), made_otherwise=made_otherwise
        )

    assert find_reusable(Classifier, asked) == find(asked) == find(in_less_memory) == made
    assert find_reusable(Classifier, other) is None
    assert (name_is_taken(Classifier, asked), name_is_taken(Classifier, other)) == (False, True)
    with pytest.raises(MlError, match=r"a classifier 'c' already that was made otherwise \(seed 1, not 2\)"):
        find(other)
    assert find(other, made_otherwise=True) == made
    assert Run.objects.count() == 1, "nothing was done"
