"""The researcher's pages of runs: what they show, and how a run is cancelled, resumed and discarded."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ml.classifiers.training import ClassifierTraining
from ml.models import Run, Worker
from ml.models.owned import Owned
from ml.runs.checkpoints import Checkpoint, has_checkpoint
from ml.runs.leases.lease import from_now, lease_length
from ml.runs.status import WORKER_LATE
from ml.runs.storage import pairs_folder
from ml.tasks import enqueue
from ml.workers.presence import say_that_it_lives
from tests.ml.factories import make_dataset
from tests.studies.factories import make_pair_set, make_researcher

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_researcher())
    return client


def make_run(**fields: Any) -> Run:
    fields.setdefault("kind", Run.Kind.TRAIN_CLASSIFIER)
    fields.setdefault("options", {"name": "moles tiny", "learning_rate": 0.002, "uid": str(uuid.uuid4())})
    return Run.objects.create(**fields)


def page(browser: Client, run: Run) -> str:
    return browser.get(reverse("ml:run-detail", args=[run.pk])).content.decode()


def state(browser: Client, run: Run) -> dict[str, Any]:
    answer: dict[str, Any] = browser.get(reverse("ml:run-state", args=[run.pk])).json()
    return answer


def act(browser: Client, run: Run, what: str) -> str:
    return browser.post(reverse(f"ml:run-{what}", args=[run.pk]), follow=True).content.decode()


def test_without_runs_the_list_says_what_they_are(browser: Client) -> None:
    assert "No run yet" in browser.get(reverse("ml:run-list")).content.decode()


def test_a_queued_run_is_listed_shown_and_cancelled(browser: Client) -> None:
    run = enqueue(ClassifierTraining(dataset=make_dataset(), name="tiny", architecture="densenet-tiny"))

    assert "Train a classifier: tiny" in browser.get(reverse("ml:run-list")).content.decode()
    text = page(browser, run)
    assert "densenet-tiny" in text
    assert "Cancel the run" in text
    assert "waits for its turn" in text
    assert state(browser, run)["state"] == "queued"

    assert "asked to end" in act(browser, run, "cancel")
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    text = page(browser, run)
    assert "It was cancelled." in text
    assert "Resume" not in text
    assert "Cancel the run" not in text
    assert "has ended already" in act(browser, run, "cancel")


def test_a_running_run_tells_how_far_it_is(browser: Client) -> None:
    heard = timezone.now()
    run = make_run(
        state=Run.State.RUNNING,
        done=3,
        total=8,
        note="loss 0.5",
        curve=[[1, {"loss": 0.9}], [2, {"loss": 0.5}]],
        heartbeat_at=heard,
        lease_until=from_now(dt.timedelta(seconds=30)),
    )
    text = page(browser, run)
    assert 'value="3" max="8"' in text
    assert "3 of 8" in text
    assert "loss 0.5" in text
    told = state(browser, run)
    act(browser, run, "cancel")
    assert state(browser, run)["cancelling"] is True
    assert "asked to end and does so" in page(browser, run)

    assert told == {
        "state": "running",
        "title": "Running",
        "ended": False,
        "done": 3,
        "total": 8,
        "note": "loss 0.5",
        "heard_at": heard.timestamp(),
        "cancelling": False,
        "waits": "",
        "no_worker": False,
        "curve": [[1, {"loss": 0.9}], [2, {"loss": 0.5}]],
        "shards": None,
    }


@pytest.mark.parametrize("is_for_worker", [True, False])
def test_a_run_whose_lease_is_over_is_shown_as_interrupted_and_looking_changes_nothing(
    browser: Client, *, is_for_worker: bool
) -> None:
    run = make_run(
        kind=Run.Kind.MAKE_PAIRS,
        state=Run.State.RUNNING,
        lease_until=from_now(-dt.timedelta(seconds=1)),
        heartbeat_at=dt.datetime(2026, 11, 29, 12, 30, 5, tzinfo=dt.UTC),
        is_for_worker=is_for_worker,
    )
    file = default_storage.save(f"{pairs_folder(run.options['uid'])}/one.png", ContentFile(b"a pair of a living run?"))

    text, told = page(browser, run), state(browser, run)

    said = (
        "worker was last heard of at 2026-11-29 12:30:05 UTC; the next worker goes on with it."
        if is_for_worker
        else "command was last heard of at 2026-11-29 12:30:05 UTC. The same command goes on with it."
    )
    assert f"Its {said}" in text
    assert (told["state"], told["ended"], told["waits"]) == ("interrupted", False, f"Its {said}")
    assert "state-interrupted" in browser.get(reverse("ml:run-list")).content.decode()
    assert ('id="no-worker">' in text) is is_for_worker
    run.refresh_from_db()
    assert run.state == Run.State.RUNNING
    assert default_storage.exists(file)


def test_a_run_whose_worker_died_is_cancelled_at_once(browser: Client) -> None:
    run = make_run(state=Run.State.RUNNING, is_for_worker=True)

    act(browser, run, "cancel")

    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED


def test_a_run_that_was_cut_off_is_resumed(browser: Client) -> None:
    run = make_run(state=Run.State.INTERRUPTED, error="It was stopped.")
    Checkpoint(run.options["uid"]).write("training.npz", b"half-way")

    text = page(browser, run)
    assert "It was interrupted." in text
    assert "Resume" in text
    assert "goes on from where it was" in act(browser, run, "resume")
    run.refresh_from_db()
    assert (run.state, run.error) == (Run.State.QUEUED, "")
    assert "was not cut off" in act(browser, run, "resume")


def test_what_a_run_kept_is_discarded(browser: Client) -> None:
    run = make_run(state=Run.State.FAILED, error="The disk is full.\nMake room.")
    Checkpoint(run.options["uid"]).write("training.npz", b"half-way")
    text = page(browser, run)
    assert "It failed." in text
    assert "The disk is full.<br>Make room." in text

    assert "is removed" in act(browser, run, "discard")

    assert not has_checkpoint(run.options["uid"])
    assert "Resume" not in page(browser, run)


def test_a_run_on_its_way_is_not_discarded(browser: Client) -> None:
    run = make_run()

    assert "cancel it first" in act(browser, run, "discard")


def test_what_a_run_made_is_one_click_away(browser: Client) -> None:
    pair_set = make_pair_set(n=1)
    address = reverse("ml:pair-set-detail", args=[pair_set.pk])
    made = make_run(
        kind=Run.Kind.MAKE_PAIRS, state=Run.State.SUCCEEDED, result={"kind": "pair set", "name": pair_set.name}
    )
    measured = make_run(
        kind=Run.Kind.EVALUATE_ATTACK,
        state=Run.State.SUCCEEDED,
        options={"pair_set": pair_set.name},
        result={"kind": "evaluation", "name": f"evaluation of {pair_set.name}"},
    )
    gone = make_run(kind=Run.Kind.MAKE_PAIRS, state=Run.State.SUCCEEDED, result={"kind": "pair set", "name": "gone"})

    assert address in page(browser, made)
    assert address in page(browser, measured)
    assert "Open the pair set" not in page(browser, gone)
    assert browser.get(reverse("ml:run-list")).content.decode().count(address) == 2


def test_a_run_that_made_something_leads_to_what_is_done_next_with_it(browser: Client) -> None:
    pair_set = make_pair_set(n=1)
    attack = pair_set.attack
    made: dict[str, tuple[Owned, str]] = {
        Run.Kind.IMPORT_DATASET: (pair_set.dataset, "/classifiers/new/?dataset="),
        Run.Kind.TRAIN_CLASSIFIER: (attack.attacked_classifier, "/attacks/new/?classifier="),
        Run.Kind.TRAIN_ATTACK: (attack, "/pairs/new/?attack="),
        Run.Kind.MAKE_PAIRS: (pair_set, "/studies/new/?pair_set="),
    }
    for kind, (row, address) in made.items():
        result = {"kind": row._meta.verbose_name, "name": str(row)}
        run = make_run(kind=kind, state=Run.State.SUCCEEDED, result=result, finished_at=timezone.now())
        assert f"{address}{row.pk}" in page(browser, run)
        type(row).objects.filter(pk=row.pk).update(owner=make_researcher())
        Run.objects.filter(pk=run.pk).update(is_shared=True)
        assert f"{address}{row.pk}" not in page(browser, run), "what somebody keeps to themselves is not offered"
    measured = make_run(
        kind=Run.Kind.EVALUATE_ATTACK,
        state=Run.State.SUCCEEDED,
        options={"pair_set": pair_set.name},
        result={"kind": "evaluation", "name": f"evaluation of {pair_set.name}"},
    )
    assert "/studies/new/?pair_set=" not in page(browser, measured)


def test_a_queue_that_nobody_works_on_is_told(browser: Client) -> None:
    run = enqueue(ClassifierTraining(dataset=make_dataset(), name="tiny", architecture="densenet-tiny"))
    assert state(browser, run)["no_worker"] is False

    Run.objects.update(queued_at=from_now(-2 * WORKER_LATE))
    assert state(browser, run)["no_worker"] is True
    assert 'id="no-worker">' in page(browser, run)

    say_that_it_lives()
    assert state(browser, run)["no_worker"] is False

    Worker.objects.update(heard_at=from_now(-2 * lease_length()))
    assert state(browser, run)["no_worker"] is True


def test_many_runs_stand_on_several_pages(browser: Client) -> None:
    for _ in range(31):
        make_run()

    assert "Page 1 of 2" in browser.get(reverse("ml:run-list")).content.decode()


@pytest.mark.parametrize("name", ["run-detail", "run-state"])
def test_a_run_that_is_not_there_is_a_404(browser: Client, name: str) -> None:
    assert browser.get(reverse(f"ml:{name}", args=[999_999])).status_code == 404


@pytest.mark.parametrize("name", ["run-cancel", "run-resume", "run-discard"])
def test_runs_change_by_post_alone(browser: Client, name: str) -> None:
    assert browser.get(reverse(f"ml:{name}", args=[make_run().pk])).status_code == 405


def test_an_outsider_sees_and_changes_no_run(client: Client) -> None:
    run = make_run()
    for name in ("run-detail", "run-state"):
        assert client.get(reverse(f"ml:{name}", args=[run.pk])).headers["Location"].startswith(reverse("login"))
    assert client.get(reverse("ml:run-list")).status_code == 302

    client.post(reverse("ml:run-cancel", args=[run.pk]))

    run.refresh_from_db()
    assert run.state == Run.State.QUEUED


def test_a_run_that_makes_pairs_shows_where_its_shards_stand(browser: Client) -> None:
    why = "job 7_2 ended without a result: slurmstepd: error: *** JOB 9 CANCELLED DUE TO TIME LIMIT ***"
    shards = {
        "engine": "slurm",
        "done": 11,
        "running": 4,
        "pending": 25,
        "failed": [{"shard": 2, "attempts": 1, "why": why}],
        "waiting_for": "the cluster (Resources)",
    }
    run = make_run(kind=Run.Kind.MAKE_PAIRS, state=Run.State.RUNNING, shards=shards)

    text = page(browser, run)

    assert "made by a job of the cluster (SLURM)" in text
    for name, number in (("done", 11), ("running", 4), ("pending", 25), ("again", 1)):
        assert f'id="run-shards-{name}">{number}<' in text
    assert why in text
    assert "the cluster (Resources)" in text
    assert state(browser, run)["shards"] == shards


def test_a_run_without_shards_shows_none(browser: Client) -> None:
    assert "run-shards" not in page(browser, make_run(state=Run.State.RUNNING))
    assert 'id="run-shards" aria-labelledby="shards-title" hidden' in page(
        browser, make_run(kind=Run.Kind.MAKE_PAIRS, state=Run.State.RUNNING)
    )
