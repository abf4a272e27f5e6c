"""Recruiters' ids are kept apart, and deleted so many days after the closing, before all else."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studies.data_protection.erasure import withdraw_later
from studies.data_protection.outside_ids import delete_expired_outside_ids, expired_outside_ids
from studies.design.lifecycle import close_study
from studies.management.housekeeping import delete_expired, expired
from studies.models import Observer, OutsideId, Study, TurnedAway
from studies.sessions.recruitment.arrival import TurnedAwayError
from tests.studies.factories import answer_trials, arrive_by, begin_trials, make_open_link, make_open_study

pytestmark = pytest.mark.django_db


def closed(*, days: int) -> Study:
    study = make_open_study(observers=0, outside_ids_kept_days=days)
    link = make_open_link(study, places=1, recruiter="prolific")
    observer = arrive_by(link, "known")
    with pytest.raises(TurnedAwayError):
        arrive_by(link, "turned away")
    answer_trials(begin_trials(observer))
    study.refresh_from_db()
    return study if study.state == "closed" else close_study(study=study, by=study.owner)


def test_they_are_kept_until_their_day_and_then_deleted_with_nothing_else() -> None:
    study = closed(days=10)
    day = study.closed_at + dt.timedelta(days=10) if study.closed_at else timezone.now()
    assert list(expired_outside_ids(day - dt.timedelta(seconds=1))) == []
    assert [(one.study, one.count) for one in expired_outside_ids(day)] == [(study, 1)]
    assert delete_expired_outside_ids(study=study, now=day) == 1
    assert not OutsideId.objects.exists()
    assert Observer.objects.filter(study=study).count() == 1
    assert list(expired_outside_ids(day)) == []


def test_whoever_was_turned_away_stays_counted_and_is_recognised_no_more() -> None:
    study = closed(days=0)
    before = TurnedAway.objects.get().digest
    delete_expired_outside_ids(study=study, now=timezone.now())
    turned_away = TurnedAway.objects.get()
    assert turned_away.reason == "full"
    assert turned_away.digest == str(turned_away.pk)
    assert len(before) == 64


def test_the_daily_deletion_takes_them_along() -> None:
    closed(days=0)
    assert any("recruiters' ids" in one.what for one in expired(timezone.now()))
    delete_expired(timezone.now())
    assert not OutsideId.objects.exists()


def test_an_open_study_keeps_them() -> None:
    study = make_open_study(observers=0, outside_ids_kept_days=0)
    arrive_by(make_open_link(study, recruiter="prolific"), "known")
    assert delete_expired_outside_ids(study=study, now=timezone.now() + dt.timedelta(days=999)) == 0
    assert OutsideId.objects.exists()


def test_detached_answers_have_none_and_it_leads_to_nobodys_session() -> None:
    study = make_open_study(observers=0, later_withdrawal="detaches", closes_when_finished=False)
    link = make_open_link(study, recruiter="prolific")
    observer = arrive_by(link, "known")
    answer_trials(begin_trials(observer))
    withdraw_later(observer=Observer.objects.select_related("session").get(pk=observer.pk))
    assert not OutsideId.objects.exists()
    reply = Client().get(reverse("open-link:welcome", args=[link.token]), {"PROLIFIC_PID": "known"})
    assert Observer.objects.get().token not in reply.headers.get("Location", "")


def test_whoever_was_turned_away_by_one_link_and_came_by_another_is_told_once() -> None:
    study = make_open_study(observers=0)
    full = make_open_link(study, places=1, recruiter="prolific", name="full")
    arrive_by(full, "first")
    with pytest.raises(TurnedAwayError):
        arrive_by(full, "second")
    arrive_by(make_open_link(study, recruiter="prolific", name="further"), "second")
    assert not TurnedAway.objects.exists()
