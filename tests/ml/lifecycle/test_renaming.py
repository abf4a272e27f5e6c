"""A row is renamed while nothing calls it by its name for good; whatever leads to it leads to it still."""

import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from ml.errors import MlError
from ml.lifecycle.renaming import rename
from ml.models import Attack, Classifier, Dataset, PairSet, Run
from ml.runs.checkpoints import Checkpoint
from studies.design.lifecycle import create_study
from studies.models import Study
from tests.ml.factories import make_dataset
from tests.ml.lifecycle.rows import browser_of, chain_of, owned_by
from tests.studies.factories import make_open_study, make_pair_set, make_researcher, make_study

pytestmark = pytest.mark.django_db
KINDS = ["dataset", "classifier", "attack", "pair-set"]


@pytest.mark.parametrize("place", range(4), ids=KINDS)
def test_a_row_that_a_draft_rests_on_is_renamed_in_place(place: int) -> None:
    owner = make_researcher()
    pair_set = owned_by(owner, make_pair_set())
    draft = make_study(owner=owner, pair_set=pair_set)
    row, kind = chain_of(pair_set)[place], KINDS[place]
    browser, page = browser_of(owner), reverse(f"ml:{KINDS[place]}-detail", args=[chain_of(pair_set)[place].pk])
    assert reverse(f"ml:{kind}-rename", args=[row.pk]) in browser.get(page).content.decode()
    answer = browser.post(reverse(f"ml:{kind}-rename", args=[row.pk]), {"name": "  Lesions of 2026 "}, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "It is called “Lesions of 2026” now." in answer.content.decode()
    row.refresh_from_db()
    assert str(row) == "Lesions of 2026"
    assert Study.objects.get(pk=draft.pk).pair_set == pair_set


@pytest.mark.parametrize("place", range(4), ids=KINDS)
def test_what_an_opened_studys_protocol_names_keeps_its_name(place: int) -> None:
    owner = make_researcher()
    pair_set = owned_by(owner, make_pair_set())
    study = make_open_study(owner=owner, pair_set=pair_set)
    row, kind = chain_of(pair_set)[place], KINDS[place]
    before = str(row)
    answer = browser_of(owner).post(reverse(f"ml:{kind}-rename", args=[row.pk]), {"name": "another"})
    assert answer.status_code == 422
    assert study.title in answer.content.decode()
    page = browser_of(owner).get(reverse(f"ml:{kind}-detail", args=[row.pk])).content.decode()
    assert "Its name stays" in page
    row.refresh_from_db()
    assert str(row) == before


def test_a_study_that_somebody_does_not_see_is_counted_and_not_named() -> None:
    owner = make_researcher()
    pair_set = owned_by(owner, make_pair_set(), shared=True)
    study = make_open_study(owner=make_researcher(), pair_set=pair_set, title="Somebody else's secret")
    with pytest.raises(MlError, match="1 that you do not see") as refused:
        rename(row=pair_set, name="another", by=owner)
    assert study.title not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "why"), [("", "needs a name"), ("x" * 101, "at most 100"), ("taken", "already"), ("planned", "to give")]
)
def test_a_name_that_cannot_be_given_is_refused_and_kept_in_the_form(name: str, why: str) -> None:
    owner = make_researcher()
    row = owned_by(owner, make_pair_set())
    PairSet.objects.filter(pk=make_pair_set().pk).update(name="taken")
    Run.objects.create(kind=Run.Kind.MAKE_PAIRS, options={"name": "planned", "attack": "a"})
    with pytest.raises(MlError, match=why):
        rename(row=row, name=name, by=owner)
    if name:
        answer = browser_of(owner).post(reverse("ml:pair-set-rename", args=[row.pk]), {"name": name})
        assert answer.status_code == 422
        assert f'value="{name}"' in answer.content.decode()


def test_a_run_holds_the_name_of_what_it_uses_until_it_is_discarded() -> None:
    dataset = make_dataset()
    run = Run.objects.create(
        kind=Run.Kind.TRAIN_CLASSIFIER, options={"name": "net", "dataset": dataset.name, "uid": str(uuid.uuid4())}
    )
    for state, kept in ((Run.State.QUEUED, False), (Run.State.RUNNING, False), (Run.State.INTERRUPTED, True)):
        Run.objects.filter(pk=run.pk).update(state=state)
        if kept:
            Checkpoint(run.options["uid"]).write("training.npz", b"half-way")
        with pytest.raises(MlError, match="train a classifier: net"):
            rename(row=dataset, name="moles", by=None)
    Checkpoint(run.options["uid"]).remove()
    rename(row=dataset, name="moles", by=None)
    assert Dataset.objects.get(pk=dataset.pk).name == "moles"


def test_the_run_that_made_a_row_still_leads_to_it_and_one_of_a_namesake_does_not() -> None:
    from django.utils import timezone

    def finished(name: str) -> Run:
        return Run.objects.create(
            kind=Run.Kind.IMPORT_DATASET,
            state=Run.State.SUCCEEDED,
            options={"name": name},
            result={"kind": "dataset", "name": name},
            finished_at=timezone.now(),
        )

    earlier = finished("lesions")  # of a dataset of that name that is gone
    dataset = make_dataset("lesions")
    run = finished("lesions")
    rename(row=dataset, name="moles", by=None)
    browser = browser_of(make_researcher())
    page = reverse("ml:dataset-detail", args=[dataset.pk])
    assert page in browser.get(reverse("ml:run-detail", args=[run.pk])).content.decode()
    assert page not in browser.get(reverse("ml:run-detail", args=[earlier.pk])).content.decode()
    rename(row=dataset, name="lesions", by=None)
    assert page not in browser.get(reverse("ml:run-detail", args=[earlier.pk])).content.decode()


def test_its_owner_and_an_administrator_rename_it_and_nobody_else() -> None:
    owner = make_researcher()
    row = owned_by(owner, make_pair_set(), shared=True)
    address = reverse("ml:pair-set-rename", args=[row.pk])
    assert browser_of(make_researcher()).post(address, {"name": "another"}).status_code == 403
    with pytest.raises(MlError, match="Only the owner"):
        rename(row=row, name="another", by=make_researcher())
    assert browser_of(make_researcher(superuser=True)).post(address, {"name": "another"}).status_code == 302
    nobodys = make_pair_set()
    assert browser_of(owner).post(reverse("ml:pair-set-rename", args=[nobodys.pk]), {"name": "x"}).status_code == 403
    assert Client().post(address, {"name": "x"}).status_code == 302


def test_a_command_renames_and_says_why_not() -> None:
    dataset = make_dataset("lesions")
    out = StringIO()
    call_command("rename", "dataset", "lesions", "moles", stdout=out)
    assert "'lesions' is called 'moles' now" in out.getvalue()
    with pytest.raises(CommandError, match="no dataset named 'lesions'"):
        call_command("rename", "dataset", "lesions", "moles")
    with pytest.raises(CommandError, match="Only the owner"):
        call_command("rename", "dataset", "moles", "x", "--by", make_researcher().username)
    dataset.refresh_from_db()
    assert dataset.name == "moles"


def test_attacks_that_a_draft_compares_go_on_with_another_name() -> None:
    pair_set = make_pair_set()
    study = create_study(by=make_researcher(), title="T", pair_set=pair_set, n_perturbed=2, n_clean=2)
    for row in chain_of(pair_set):
        rename(row=row, name=f"renamed {row._meta.model_name}", by=None)
    assert [model.objects.filter(name__startswith="renamed").count() for model in (Dataset, Classifier, Attack)] == [
        1
    ] * 3
    assert Study.objects.get(pk=study.pk).pair_set.name == "renamed pairset"
