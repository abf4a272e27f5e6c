"""A row goes with its rows and files where nothing rests on it; otherwise the page says what does."""

import uuid
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse

from ml.classifiers.training import ClassifierTraining
from ml.errors import MlError
from ml.lifecycle.deletion import delete
from ml.lifecycle.dependents import REFERRED_AS
from ml.models import Attack, Classifier, Dataset, Evaluation, ImagePair, PairSet, Removal, Run
from ml.models.owned import Owned
from ml.runs.checkpoints import Checkpoint
from ml.runs.lifecycle import new_run
from ml.runs.registry import registered_kinds, work_class
from studies.design.lifecycle import start_pilot
from studies.models import Study
from tests.ml.factories import make_dataset
from tests.ml.lifecycle.rows import browser_of, chain_of, owned_by
from tests.ml.network_rows import make_attack
from tests.studies.factories import (
    make_open_study,
    make_pair_set,
    make_pair_set_of_strength,
    make_researcher,
    make_study,
)

KINDS = ["dataset", "classifier", "attack", "pair-set"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("committed")]


@pytest.fixture
def committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what waits for the commit happen: a test's own transaction is never committed."""
    monkeypatch.setattr(transaction, "on_commit", lambda remove: remove())


def files_of(row: Owned) -> list[str]:
    match row:
        case PairSet():
            return [str(file) for pair in row.pairs.all() for file in (pair.clean_file, pair.perturbed_file)]
        case Dataset():
            return [str(image.file) for image in row.images.all()]
        case Classifier() | Attack():
            return [str(row.weights)]
    raise TypeError(row)


def there(files: list[str]) -> list[bool]:
    return [default_storage.exists(file) for file in files]


def test_a_whole_chain_goes_from_its_end_with_all_files() -> None:
    owner = make_researcher()
    attack = make_attack()
    pair_set = PairSet.objects.create(
        name="p", attack=attack, dataset=attack.attacked_classifier.dataset, split="test", strength=8, image_size=24
    )
    for image in pair_set.dataset.images.all()[:3]:
        clean, perturbed = (
            default_storage.save(f"pairs/{pair_set.uid}/{uuid.uuid4()}.png", ContentFile(b"png")) for _ in range(2)
        )
        ImagePair.objects.create(
            pair_set=pair_set, image=image, clean_file=clean, perturbed_file=perturbed, linf=8, l2=1, psnr=40, ssim=0.9
        )
    Evaluation.objects.create(pair_set=pair_set, sizes={})
    pair_set = owned_by(owner, pair_set)
    browser = browser_of(owner)
    for row, kind in zip(reversed(chain_of(pair_set)), reversed(KINDS), strict=True):
        files = files_of(row)
        assert files
        assert all(there(files))
        page = reverse(f"ml:{kind}-delete", args=[row.pk])
        assert page in browser.get(reverse(f"ml:{kind}-detail", args=[row.pk])).content.decode()
        asked = browser.get(page).content.decode()
        assert "What goes with it" in asked
        assert all(there(files)), "a question deletes nothing"
        answer = browser.post(page, follow=True)
        assert answer.redirect_chain[-1][0] == reverse(f"ml:{kind}-list")
        assert "is deleted, with its files" in answer.content.decode()
        assert not any(there(files))
        assert not type(row).objects.filter(pk=row.pk).exists()
    assert not Evaluation.objects.exists()
    assert not ImagePair.objects.exists()


@pytest.mark.parametrize(("place", "resting"), [(0, "Classifiers"), (1, "Attacks"), (2, "Image pairs"), (3, "Studies")])
def test_what_something_rests_on_stays_and_the_page_says_what(place: int, resting: str) -> None:
    owner = make_researcher()
    pair_set = owned_by(owner, make_pair_set())
    make_study(owner=owner, pair_set=pair_set, title="The draft")
    row, kind = chain_of(pair_set)[place], KINDS[place]
    page = reverse(f"ml:{kind}-delete", args=[row.pk])
    for answer, status in ((browser_of(owner).get(page), 200), (browser_of(owner).post(page), 409)):
        assert answer.status_code == status
        text = answer.content.decode()
        assert f"<dt>{resting}</dt>" in text
        assert "btn-danger" not in text
    assert type(row).objects.filter(pk=row.pk).exists()


def test_each_way_in_which_a_study_uses_pairs_keeps_them() -> None:
    owner = make_researcher()
    first = make_pair_set()
    further, catch = make_pair_set_of_strength(first, 8), make_pair_set_of_strength(first, 16)
    study = make_study(
        owner=owner, pair_set=first, further_pair_sets=[further], catch_pair_set=catch, n_catch=1, title="Three sets"
    )
    for pair_set in (first, further, catch):
        with pytest.raises(MlError, match="Three sets"):
            delete(row=pair_set, by=None)
    assert set(Study.objects.get(pk=study.pk).further_pair_sets.all()) == {further}


def test_a_pilot_that_showed_pairs_keeps_them_under_its_studys_name() -> None:
    owner = make_researcher()
    study = make_study(owner=owner, title="Piloted")
    shown = study.pair_set
    start_pilot(study=study, by=owner)
    Study.objects.filter(pk=study.pk).update(pair_set=make_pair_set())
    with pytest.raises(MlError, match="“Piloted”"):
        delete(row=shown, by=None)


def test_what_others_keep_to_themselves_is_counted_and_not_named() -> None:
    owner = make_researcher()
    pair_set = owned_by(owner, make_pair_set(), shared=True)
    study = make_open_study(owner=make_researcher(), pair_set=pair_set, title="A secret study")
    text = browser_of(owner).get(reverse("ml:pair-set-delete", args=[pair_set.pk])).content.decode()
    assert "1 that is not shared with you" in text
    assert study.title not in text
    assert study.title in browser_of(study.owner).get(reverse("studies:study-list")).content.decode()


def test_a_run_holds_what_it_uses_while_it_is_on_its_way_or_can_be_resumed() -> None:
    dataset = make_dataset()
    options = {"name": "net", "dataset": dataset.name, "uid": str(uuid.uuid4())}
    run = Run.objects.create(kind=Run.Kind.TRAIN_CLASSIFIER, options=options)
    for state in (Run.State.QUEUED, Run.State.RUNNING, Run.State.CANCELLED):
        Run.objects.filter(pk=run.pk).update(state=state)
        if state == Run.State.CANCELLED:
            Checkpoint(options["uid"]).write("training.npz", b"half-way")
        with pytest.raises(MlError, match="train a classifier: net"):
            delete(row=dataset, by=None)
    Checkpoint(options["uid"]).remove()
    adding = Run.objects.create(kind=Run.Kind.IMPORT_DATASET, options={"name": f" {dataset.name} "})
    with pytest.raises(MlError, match="import a dataset"):
        delete(row=dataset, by=None)
    adding.delete()
    delete(row=dataset, by=None)
    assert not Dataset.objects.exists()


def test_every_kind_of_work_names_what_it_uses_as_runs_are_asked() -> None:
    import typing

    named = {
        (model, name)
        for work in map(work_class, registered_kinds())
        for name, hint in typing.get_type_hints(work).items()
        for model in (*typing.get_args(hint), hint)
        if isinstance(model, type) and issubclass(model, Owned)
    }
    assert named == {(model, option) for model, options in REFERRED_AS.items() for option in options}


def test_pairs_of_several_strengths_in_one_folder_lose_their_own_files_alone() -> None:
    first = make_pair_set(n=2)
    second = make_pair_set_of_strength(first, 8)
    of_both = zip(first.pairs.order_by("pk"), second.pairs.order_by("pk"), strict=True)
    for mine, other in of_both:  # the second set shares the first one's clean files
        ImagePair.objects.filter(pk=other.pk).update(clean_file=mine.clean_file.name)
    kept = files_of(second)
    delete(row=first, by=None)
    assert all(there(kept))
    delete(row=second, by=None)
    assert not any(there(kept))


def test_its_owner_and_an_administrator_delete_it_and_nobody_else() -> None:
    owner = make_researcher()
    row = owned_by(owner, make_pair_set(n=1), shared=True)
    page = reverse("ml:pair-set-delete", args=[row.pk])
    colleague = browser_of(make_researcher())
    assert [colleague.get(page).status_code, colleague.post(page).status_code] == [403, 403]
    assert page not in colleague.get(reverse("ml:pair-set-detail", args=[row.pk])).content.decode()
    with pytest.raises(MlError, match="Only the owner"):
        delete(row=row, by=make_researcher())
    nobodys = make_pair_set(n=1)
    assert colleague.post(reverse("ml:pair-set-delete", args=[nobodys.pk])).status_code == 403
    assert browser_of(make_researcher(superuser=True)).post(page).status_code == 302
    assert PairSet.objects.get() == nobodys


def test_a_program_that_ends_between_rows_and_files_leaves_no_row_without_its_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dataset = make_dataset("lesions")
    files = files_of(dataset)
    with monkeypatch.context() as patched:
        patched.setattr(transaction, "on_commit", lambda remove: None)
        delete(row=dataset, by=None)
    assert not Dataset.objects.exists()
    assert all(there(files))
    delete(row=make_dataset("others"), by=None)  # the next one finishes what was left
    assert not any(there(files))


def test_a_deletion_that_fails_keeps_rows_and_files(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = make_dataset("lesions")
    files = files_of(dataset)

    def fail(self: Dataset) -> None:
        raise RuntimeError("the database went away")

    with monkeypatch.context() as patched:
        patched.setattr(Dataset, "delete", fail)
        with pytest.raises(RuntimeError):
            delete(row=dataset, by=None)
    assert Dataset.objects.get() == dataset
    assert all(there(files))
    assert not Removal.objects.exists()


def test_work_is_not_begun_on_what_was_deleted_or_renamed_meanwhile() -> None:
    dataset = make_dataset("lesions")
    work = ClassifierTraining(
        dataset=dataset, name="net", architecture="densenet-tiny", image_size=24, steps=1, batch_size=4
    )
    Dataset.objects.filter(pk=dataset.pk).update(name="moles")
    with pytest.raises(MlError, match="renamed or deleted meanwhile"):
        new_run(work)
    assert not Run.objects.exists()


def test_a_command_says_what_would_go_and_deletes_with_yes() -> None:
    make_dataset("lesions", per_class=2)
    with pytest.raises(CommandError, match=r"6 images with their files.*Say --yes"):
        call_command("delete", "dataset", "lesions")
    assert Dataset.objects.exists()
    with pytest.raises(CommandError, match="Only the owner"):
        call_command("delete", "dataset", "lesions", "--yes", "--by", make_researcher().username)
    out = StringIO()
    call_command("delete", "dataset", "lesions", "--yes", stdout=out)
    assert "is deleted" in out.getvalue()
    assert not Dataset.objects.exists()
