"""A study is opened by a worker: files first, kept where it is cut off; rows at once; never twice; told on its page."""

from contextlib import suppress
from typing import Any
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ml.models import Run
from ml.runs.lifecycle import cancel
from ml.tasks import resume
from studies.design.invitations import invite_observers
from studies.design.lifecycle import change_study, delete_study, open_study, preparation
from studies.design.lifecycle.long_work import ask_for, latest_opening
from studies.design.lifecycle.pilot import running_pilot
from studies.design.stimulus_files import encode_stimulus
from studies.errors import StudyError
from studies.models import AuditEvent, Observer, Stimulus, Study, Truth
from studies.models.study_state import OPEN, PILOT
from tests.studies.factories import make_draft_with_observers, make_open_link, make_pair_set, make_study
from tests.studies.worker import do_queued_work

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What ends a worker in the middle of its work."""


def files_of(study: Study) -> set[str]:
    try:
        return set(default_storage.listdir(f"stimuli/{study.uid}")[1])
    except FileNotFoundError:
        return set()


def page_of(study: Study) -> str:
    client = Client()
    client.force_login(study.owner)
    return client.get(reverse("studies:study-detail", args=[study.pk])).content.decode()


def test_a_worker_opens_it_as_the_service_does(monkeypatch: pytest.MonkeyPatch) -> None:
    study = make_draft_with_observers(observers=3)
    make_open_link(study, places=2)
    twin = make_study(pair_set=study.pair_set)
    Study.objects.filter(pk=twin.pk).update(seed=study.seed)
    invite_observers(study=twin, labels=list(study.observers.values_list("label", flat=True)), by=twin.owner)

    run = ask_for(OPEN, study=study, by=study.owner, reason=" It is time. ")
    assert Study.objects.get(pk=study.pk).state == "draft", "nothing is done in the request"
    do_queued_work()
    open_study(study=Study.objects.get(pk=twin.pk), by=twin.owner)

    run.refresh_from_db()
    assert (run.state, run.done, run.total) == (Run.State.SUCCEEDED, 5, 5), run.error
    opened = Study.objects.get(pk=study.pk)
    assert opened.state == "open"
    event = AuditEvent.objects.get(study_uid=study.uid, action=AuditEvent.Action.OPENED)
    assert (event.details["reason"], event.by) == ("It is time.", study.owner.username)
    assert files_of(study) == {name.rpartition("/")[2] for name in opened.stimuli.values_list("file", flat=True)}
    plans = [list(one.observers.order_by("pk").values_list("plan", flat=True)) for one in (study, twin)]
    assert plans[0] == plans[1]
    assert all(place.sequence for place in study.open_links.get().places.all())


def test_the_orders_that_are_drawn_before_the_rows_are_those_that_are_drawn_after() -> None:
    for fields in ({"n_subsets": 2, "pair_set": make_pair_set(n=14)}, {"groups": "Experts\nOthers"}):
        study = make_draft_with_observers(observers=5, **fields)
        names = study.group_names
        for place, observer in enumerate(study.observers.all()):
            Observer.objects.filter(pk=observer.pk).update(group=names[place % 2] if names else "")
        open_study(study=study, by=study.owner)
        early = list(study.observers.order_by("pk").values_list("plan", flat=True))

        study = Study.objects.get(pk=study.pk)
        Observer.objects.filter(study=study).update(plan=None)
        from studies.design.trial_sequences import assign_trial_sequences

        assign_trial_sequences(study=study, observers=list(study.observers.order_by("pk")))

        assert list(study.observers.order_by("pk").values_list("plan", flat=True)) == early


def test_whoever_takes_it_over_makes_only_the_files_that_are_missing(settings: Settings) -> None:
    settings.CHECKPOINT_SECONDS = 0
    study = make_study()
    run = ask_for(OPEN, study=study, by=study.owner)
    made: list[Any] = []

    def dies(pair: Any, *, perturbed: bool, frames: int) -> tuple[bytes, int]:
        if len(made) == 3:
            raise Killed
        made.append(pair)
        return encode_stimulus(pair, perturbed=perturbed, frames=frames)

    with mock.patch("studies.design.stimulus_files.encode_stimulus", dies), suppress(Killed):
        do_queued_work()
    kept = files_of(study)
    assert len(kept) == 3
    assert not Stimulus.objects.exists()
    run.refresh_from_db()
    if run.state != Run.State.QUEUED:
        resume(run)
    with mock.patch("studies.design.stimulus_files.encode_stimulus", wraps=encode_stimulus) as encoded:
        do_queued_work()

    run.refresh_from_db()
    assert (run.state, encoded.call_count) == (Run.State.SUCCEEDED, 2), run.error
    assert kept < files_of(study)
    assert Stimulus.objects.count() == Truth.objects.count() == len(files_of(study)) == 5


def test_it_is_not_opened_twice_at_a_time() -> None:
    study = make_study()
    ask_for(OPEN, study=study, by=study.owner)

    for action in (OPEN, PILOT):
        with pytest.raises(StudyError, match="is being opened already"):
            ask_for(action, study=study, by=study.owner)
    with pytest.raises(CommandError, match="is being opened already"):
        call_command("open_study", str(study.pk), "--by", study.owner.username)

    assert Run.objects.count() == 1


def test_the_page_says_how_far_it_is_and_offers_to_cancel_it() -> None:
    study = make_study()
    run = ask_for(OPEN, study=study, by=study.owner)
    Run.objects.filter(pk=run.pk).update(done=2, total=5)
    cancel_it = reverse("studies:study-opening-cancel", args=[study.pk])
    assert "It waits for its turn." in page_of(study)
    assert cancel_it in page_of(study)
    assert 'href="./open/"' not in page_of(study)
    client = Client()
    client.force_login(study.owner)

    client.post(cancel_it)
    do_queued_work()

    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    assert "The opening was cancelled." in page_of(study)
    assert 'href="./open/"' in page_of(study)
    assert Study.objects.get(pk=study.pk).state == "draft"


def test_what_was_cancelled_half_way_leaves_no_file(settings: Settings) -> None:
    settings.CHECKPOINT_SECONDS = 0
    study = make_study()
    run = ask_for(OPEN, study=study, by=study.owner)

    def cancels(pair: Any, *, perturbed: bool, frames: int) -> tuple[bytes, int]:
        if Run.objects.get(pk=run.pk).cancel_asked_at is None:
            cancel(Run.objects.get(pk=run.pk))
        return encode_stimulus(pair, perturbed=perturbed, frames=frames)

    with (
        mock.patch("studies.design.stimulus_files.encode_stimulus", cancels),
        mock.patch("ml.runs.lifecycle.NOTE_EVERY", 0),
    ):
        do_queued_work()

    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED, run.error
    assert files_of(study) == set()


def test_what_was_changed_meanwhile_is_told_and_nothing_is_left() -> None:
    study = make_study()
    ask_for(OPEN, study=study, by=study.owner)
    real = preparation.prepare

    def change(*arguments: Any) -> Any:
        change_study(study=Study.objects.get(pk=study.pk), by=study.owner, seed=99)
        return real(*arguments)

    with mock.patch("studies.design.lifecycle.opening.prepare", change):
        do_queued_work()

    run = latest_opening(study)
    assert run is not None
    assert run.state == Run.State.FAILED
    assert "was changed while it was being opened; look at it and open it again" in run.error
    assert "was changed while it was being opened" in page_of(study)
    assert files_of(study) == set()


def test_who_is_invited_meanwhile_has_an_order_too() -> None:
    study = make_draft_with_observers(observers=1)
    real, late = preparation.prepare, iter(["Late", "Later"])

    def invite(*arguments: Any) -> Any:
        prepared = real(*arguments)
        with suppress(StopIteration):
            invite_observers(study=Study.objects.get(pk=study.pk), labels=[next(late)], by=study.owner)
        return prepared

    with mock.patch("studies.design.lifecycle.opening.prepare", invite):
        opened = open_study(study=study, by=study.owner)

    assert opened.observers.count() == 3
    assert not opened.observers.filter(plan=None).exists()


def test_a_draft_that_is_deleted_meanwhile_takes_its_files_with_it() -> None:
    study = make_study()
    run = ask_for(OPEN, study=study, by=study.owner)
    delete_study(study=Study.objects.get(pk=study.pk), by=study.owner)

    do_queued_work()

    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert "was deleted meanwhile" in run.error


def test_a_worker_starts_a_pilot() -> None:
    study = make_study()
    ask_for(PILOT, study=study, by=study.owner)
    assert "The pilot is being made" in page_of(study)

    do_queued_work()

    study = Study.objects.get(pk=study.pk)
    pilot = running_pilot(study)
    assert study.state == "pilot"
    assert pilot is not None
    assert pilot.observers.count() == 1
