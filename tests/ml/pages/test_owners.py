"""Who made what, and who may change it: its owner or an administrator; everybody, where it has none."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from ml.attacks.training import AttackTraining
from ml.classifiers.training import ClassifierTraining
from ml.datasets.import_run import DatasetImporting
from ml.errors import MlError
from ml.evaluation.attack import AttackEvaluation
from ml.models import Attack, Classifier, Dataset, PairSet, Run
from ml.models.owned import Owned
from ml.pairs.making import PairMaking
from ml.runs.checkpoints import Checkpoint, has_checkpoint
from ml.runs.lifecycle import new_run, perform, perform_run
from ml.runs.work import Work
from ml.sharing import set_shared
from ml.tasks import enqueue
from perception.versions import versions
from tests.ml.factories import make_dataset
from tests.ml.network_rows import make_attack, make_classifier
from tests.studies.factories import make_pair_set, make_researcher

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("tensorflow")]

ACTIONS = ["cancel", "resume", "discard"]
TRAINING: dict[str, Any] = {"architecture": "densenet-tiny", "image_size": 24, "steps": 1, "batch_size": 4}


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def run_to_act_on(action: str, owner: User | None) -> Run:
    """Return a queued run, or one that was cut off and left something to go on from."""
    state = Run.State.QUEUED if action == "cancel" else Run.State.INTERRUPTED
    options = {"name": "moles tiny", "uid": str(uuid.uuid4())}
    run = Run.objects.create(kind=Run.Kind.TRAIN_CLASSIFIER, state=state, options=options, owner=owner, is_shared=True)
    if state == Run.State.INTERRUPTED:
        Checkpoint(options["uid"]).write("training.npz", b"half-way")
    return run


def was_changed(run: Run) -> bool:
    before = run.state, True
    run.refresh_from_db()
    return (run.state, run.state == Run.State.QUEUED or has_checkpoint(run.options["uid"])) != before


def page(client: Client, run: Run) -> str:
    return client.get(reverse("ml:run-detail", args=[run.pk])).content.decode()


@pytest.mark.parametrize("action", ACTIONS)
def test_its_owner_and_a_superuser_end_and_resume_a_run(action: str) -> None:
    owner = make_researcher()
    for user in (owner, make_researcher(superuser=True)):
        run = run_to_act_on(action, owner)
        browser = browser_of(user)
        assert reverse(f"ml:run-{action}", args=[run.pk]) in page(browser, run)
        assert browser.post(reverse(f"ml:run-{action}", args=[run.pk])).status_code == 302
        assert was_changed(run)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_colleague_looks_at_it_and_may_not(action: str) -> None:
    owner = make_researcher()
    run = run_to_act_on(action, owner)
    browser = browser_of(make_researcher())
    text = page(browser, run)
    assert f"UTC by {owner.username}" in text
    assert reverse(f"ml:run-{action}", args=[run.pk]) not in text

    answer = browser.post(reverse(f"ml:run-{action}", args=[run.pk]))

    assert answer.status_code == 403
    assert f"is {owner.username}’s" in answer.content.decode()
    assert not was_changed(run)


@pytest.mark.parametrize("action", ACTIONS)
def test_what_has_no_owner_is_everybodys_but_an_outsiders(action: str, client: Client) -> None:
    run = run_to_act_on(action, None)
    assert client.post(reverse(f"ml:run-{action}", args=[run.pk])).status_code == 302
    assert not was_changed(run)
    assert browser_of(make_researcher()).post(reverse(f"ml:run-{action}", args=[run.pk])).status_code == 302
    assert was_changed(run)


def test_whose_account_is_closed_changes_nothing_any_more() -> None:
    user = make_researcher()
    run = run_to_act_on("cancel", user)
    assert run.may_be_changed_by(user)
    user.is_active = False
    assert not run.may_be_changed_by(user)


def test_the_list_of_runs_names_their_owners() -> None:
    owner = make_researcher()
    run_to_act_on("cancel", owner)
    text = browser_of(make_researcher()).get(reverse("ml:run-list")).content.decode()
    assert f'<td class="text">{owner.username}</td>' in text


def test_what_a_form_asks_for_is_its_senders() -> None:
    owner = make_researcher()
    fields = {"name": "drawn", "train": 14, "test": 14, "size": 64, "seed": 1}
    answer = browser_of(owner).post(reverse("ml:dataset-create") + "?source=synthetic", fields)
    assert answer.status_code == 302
    assert Run.objects.get().owner == owner


def test_a_measurement_is_whose_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, pair_set = make_researcher(), make_pair_set(n=1)
    monkeypatch.setattr(AttackEvaluation, "check", lambda self: None)  # its classifier has no weights
    browser_of(owner).post(reverse("ml:pair-set-evaluate", args=[pair_set.pk]))
    assert Run.objects.get().owner == owner


def done(work: Work[Any], by: User) -> Any:
    return perform_run(new_run(work, by=by), work)


@pytest.mark.training
@pytest.mark.usefixtures("eager_networks")
def test_what_a_run_makes_is_its_owners_and_its_page_says_so() -> None:
    owner = make_researcher()
    drawn = DatasetImporting(name="drawn", source=Dataset.Source.SYNTHETIC, train=14, test=14, size=64)
    dataset: Dataset = done(drawn, owner)
    classifier: Classifier = done(ClassifierTraining(dataset=dataset, name="tiny", **TRAINING), owner)
    attack: Attack = done(AttackTraining(classifier=classifier, name="fast", kind="fgsm", strength=8.0), owner)
    pair_set: PairSet = done(PairMaking(attack=attack, name="pairs", limit=2), owner)

    browser = browser_of(make_researcher())
    made: list[tuple[str, Owned]] = [
        ("dataset", dataset),
        ("classifier", classifier),
        ("attack", attack),
        ("pair-set", pair_set),
    ]
    for name, row in made:
        row.refresh_from_db()
        assert (row.owner, row.is_shared) == (owner, False)
        set_shared(row=row, shared=True, by=owner)
        text = browser.get(reverse(f"ml:{name}-detail", args=[row.pk])).content.decode()
        assert f"by {owner.username}" in text


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (make_dataset, "dataset"),
        (make_classifier, "classifier"),
        (make_attack, "attack"),
        (lambda: make_pair_set(n=1), "pair-set"),
    ],
)
def test_what_an_earlier_version_made_has_no_owner_and_a_page(make: Callable[[], Owned], name: str) -> None:
    row = make()
    assert row.owner is None
    text = browser_of(make_researcher()).get(reverse(f"ml:{name}-detail", args=[row.pk])).content.decode()
    assert "UTC by" not in text
    assert row.may_be_changed_by(make_researcher())


def test_only_its_owner_adds_images_to_a_dataset() -> None:
    owner, colleague = make_researcher(), make_researcher()
    drawn = DatasetImporting(name="drawn", source=Dataset.Source.SYNTHETIC, train=14, test=14, size=64)
    done(drawn, owner)
    for name in ("drawn", " drawn "):
        again = DatasetImporting(name=name, source=Dataset.Source.SYNTHETIC, train=14, test=14, size=64)
        with pytest.raises(MlError, match=rf"of {owner.username}: only they may add to it"):
            enqueue(again, by=colleague)
    fields = {"name": "drawn", "train": 14, "test": 14, "size": 64, "seed": 0}
    answer = browser_of(colleague).post(reverse("ml:dataset-create") + "?source=synthetic", fields)
    assert answer.status_code == 422
    assert "only they may add to it" in answer.content.decode()
    assert Run.objects.count() == 1
    done(drawn, owner)
    done(drawn, make_researcher(superuser=True))
    perform(drawn)  # a command
    assert Dataset.objects.get().owner == owner


def test_a_dataset_that_was_made_meanwhile_is_not_added_to() -> None:
    owner, colleague = make_researcher(), make_researcher()
    drawn = DatasetImporting(name="drawn", source=Dataset.Source.SYNTHETIC, train=14, test=14, size=64)
    early = new_run(drawn, by=colleague)
    done(drawn, owner)
    with pytest.raises(MlError, match="only they may add to it"):
        perform_run(early, drawn)
    early.refresh_from_db()
    assert early.state == Run.State.FAILED


@pytest.mark.parametrize("version", ["this", "another"])
def test_a_colleagues_run_that_was_cut_off_is_neither_taken_up_nor_discarded(version: str) -> None:
    owner, colleague = make_researcher(), make_researcher()
    work = ClassifierTraining(dataset=make_dataset(), name="tiny", **TRAINING)
    options = {**work.as_options(), "uid": str(uuid.uuid4())}
    told = versions() if version == "this" else {"perception": "0.0.1"}
    cut_off = Run.objects.create(
        owner=owner, kind=work.run_kind, state=Run.State.INTERRUPTED, options=options, versions=told
    )
    Checkpoint(options["uid"]).write("training.npz", b"half-way")

    assert new_run(work, by=colleague).pk != cut_off.pk
    assert has_checkpoint(options["uid"])
    cut_off.refresh_from_db()
    assert cut_off.state == Run.State.INTERRUPTED
    Run.objects.exclude(pk=cut_off.pk).delete()
    assert new_run(work, by=owner).pk == cut_off.pk, "whoever does it sees which version began it"
