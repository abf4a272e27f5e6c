"""What is wrong with database and files is found, each kind by its name, and nothing where nothing is wrong."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from ml.models import Dataset, Image, ImagePair, PairSet, Run
from studies.integrity.files import YOUNG
from studies.integrity.images import hash_of
from studies.integrity.runs import SILENT, WAITS
from studies.models import Answer, Observer, Place, Session, Stimulus, Study, Trial, Truth
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
    make_session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_file_of_other_tests(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def found(*arguments: str) -> list[dict[str, str]]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_integrity", "--json", *arguments, stdout=out, stderr=StringIO())
    told: list[dict[str, str]] = json.loads(out.getvalue())
    assert ended.value.code == (1 if told else 0)
    assert all(one["told"] and one["mend"] and one["where"] for one in told)
    return told


def kinds(*arguments: str) -> list[str]:
    return sorted({one["kind"] for one in found(*arguments)})


@pytest.fixture
def study() -> Study:
    """An open study, with one observer who has answered all, one who has begun, and places of a link."""
    study = make_open_study(observers=2, n_practice=1)
    Dataset.objects.update(content_hash=hash_of(Dataset.objects.get()))
    first, second = (begin_trials(observer) for observer in study.observers.order_by("pk"))
    answer_trials(first)
    answer_trials(second, count=2)
    return study


def rewrite(name: str, data: bytes) -> None:
    default_storage.delete(name)
    assert default_storage.save(name, ContentFile(data)) == name


def test_nothing_is_wrong_with_what_is_right(study: Study) -> None:
    arrive_by(make_open_link(study, places=2))
    for state in (Run.State.QUEUED, Run.State.RUNNING, Run.State.FAILED):
        Run.objects.create(kind=Run.Kind.MAKE_PAIRS, state=state, heartbeat_at=timezone.now())
    assert found() == []
    out = StringIO()
    call_command("check_integrity", stdout=out)
    assert out.getvalue() == "Nothing is wrong.\n"


@pytest.mark.usefixtures("either_storage")
def test_files_that_are_missing_or_altered_are_named(study: Study) -> None:
    missing, altered, *_ = Stimulus.objects.filter(study=study).order_by("pk")
    default_storage.delete(str(missing.file.name))
    rewrite(str(altered.file.name), b"another image")

    told = {one["kind"]: one for one in found()}
    assert set(told) == {"file-missing", "file-altered"}
    assert str(missing.file.name) in told["file-missing"]["where"]
    assert str(altered.file.name) in told["file-altered"]["where"]
    assert "until then observers go on without this image" in told["file-missing"]["mend"]
    assert kinds("--quick") == ["file-missing"]


@pytest.mark.usefixtures("either_storage")
def test_files_that_no_row_names_are_told_once_they_are_a_day_old(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = default_storage.save("pairs/x/left.png", ContentFile(b"x"))
    assert found() == []
    later = timezone.now() + 2 * YOUNG
    monkeypatch.setattr("studies.integrity.files.timezone.now", lambda: later)
    assert [(one["kind"], one["where"]) for one in found()] == [("file-without-row", left)]
    assert found("--remove-unnamed") == []
    assert not default_storage.exists(left)
    assert Stimulus.objects.filter(study=study).exists()


def dataset_changed(_: Study) -> None:
    Image.objects.filter(pk=Image.objects.earliest("pk").pk).update(diagnosis="other")


def pair_set_empty(_: Study) -> None:
    PairSet.objects.create(
        name="none",
        attack=PairSet.objects.get().attack,
        dataset=Dataset.objects.get(),
        split="test",
        strength=1,
        image_size=12,
    )


def pair_contradicts(_: Study) -> None:
    pair = ImagePair.objects.earliest("pk")
    ImagePair.objects.filter(pk=pair.pk).update(perturbed_sha256=pair.clean_sha256, linf=3)


def protocol_changed(study: Study) -> None:
    assert study.protocol is not None
    Study.objects.filter(pk=study.pk).update(protocol={**study.protocol, "randomization": {}})


def stimulus_without_truth(_: Study) -> None:
    Truth.objects.filter(stimulus=Stimulus.objects.earliest("pk")).delete()


def trial_of_another_study(_: Study) -> None:
    other = make_open_study(pair_set=PairSet.objects.get())
    Trial.objects.filter(pk=Trial.objects.earliest("pk").pk).update(stimulus=other.stimuli.first())


def answer_out_of_turn(study: Study) -> None:
    session = Session.objects.filter(observer__study=study).latest("pk")
    last = session.trials.latest("phase", "position")
    Answer.objects.create(trial=last, response="clean", answered_at=timezone.now())


def answer_to_what_was_not_shown(_: Study) -> None:
    Trial.objects.filter(answer__isnull=False).update(not_shown=True)


def session_finished_early(study: Study) -> None:
    Session.objects.filter(pk=Session.objects.latest("pk").pk).update(finished_at=timezone.now())


def withdrawn_answers_kept(study: Study) -> None:
    Session.objects.filter(pk=Session.objects.latest("pk").pk).update(withdrawn_at=timezone.now())


def answers_before_instructions(study: Study) -> None:
    Session.objects.filter(pk=Session.objects.latest("pk").pk).update(instructed_at=None)


def place_contradicts(study: Study) -> None:
    link, other = make_open_link(study, places=1), make_open_link(study, places=1, name="Another")
    observer = arrive_by(link)
    Observer.objects.filter(pk=observer.pk).update(open_link=other)
    assert Place.objects.filter(observer=observer).exists()


def run_without_worker(_: Study) -> None:
    Run.objects.create(kind=Run.Kind.MAKE_PAIRS, state=Run.State.RUNNING, heartbeat_at=timezone.now() - 2 * SILENT)


def run_waits(_: Study) -> None:
    run = Run.objects.create(kind=Run.Kind.MAKE_PAIRS)
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - 2 * WAITS)


WRONG: dict[str, Callable[[Study], object]] = {
    "dataset-changed": dataset_changed,
    "pair-set-empty": pair_set_empty,
    "pair-contradicts": pair_contradicts,
    "protocol-changed": protocol_changed,
    "stimulus-without-truth": stimulus_without_truth,
    "trial-of-another-study": trial_of_another_study,
    "answer-out-of-turn": answer_out_of_turn,
    "answer-to-what-was-not-shown": answer_to_what_was_not_shown,
    "session-finished-early": session_finished_early,
    "withdrawn-answers-kept": withdrawn_answers_kept,
    "answers-before-instructions": answers_before_instructions,
    "place-contradicts": place_contradicts,
    "run-without-worker": run_without_worker,
    "run-waits": run_waits,
}


def test_a_session_that_went_on_without_an_image_is_right(study: Study) -> None:
    session = Session.objects.filter(observer__study=study).latest("pk")
    trial = session.trials.order_by("phase", "position")[2]
    Trial.objects.filter(pk=trial.pk).update(not_shown=True)
    answer_trials(session)
    session.refresh_from_db()
    assert session.finished_at is not None
    assert found("--quick") == []


@pytest.mark.parametrize("kind", WRONG)
def test_what_contradicts_is_found(study: Study, kind: str) -> None:
    WRONG[kind](study)
    assert kind in kinds("--quick")


@pytest.mark.django_db(transaction=True)
def test_a_row_that_names_what_is_not_there_is_found() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL takes no such row")
    session = make_session()
    try:
        with connection.constraint_checks_disabled():
            Session.objects.filter(pk=session.pk).update(observer_id=987654)
            assert "row-names-nothing" in kinds("--quick")
    finally:
        Session.objects.filter(pk=session.pk).update(observer_id=session.observer_id)
