"""Sessions that were left behind end after the time that their study allows, and their places go on."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from studies.design.lifecycle import close_study, pause_study, reopen_study, resume_study
from studies.design.recruitment.open_links import change_open_link
from studies.errors import StudyError
from studies.models import Answer, Observer, OpenLink, Place, Session, Study, Trial
from studies.models.observer_state import ObserverState, state_of
from studies.sessions.recruitment.abandonment import release_abandoned_everywhere
from studies.sessions.trials import position_of, record_answer
from tests.studies.factories import answer_trials, arrive_by, begin_trials, make_open_link, make_open_study

pytestmark = pytest.mark.django_db

ALLOWED = dt.timedelta(minutes=30)


def begun(**fields: Any) -> Session:
    link = make_open_link(make_open_study(observers=0, abandoned_after_minutes=30, **fields), places=1)
    return begin_trials(arrive_by(link))


def let_pass(session: Session, time: dt.timedelta) -> None:
    """Move all that was heard of a session into the past."""
    for name in ("consented_at", "questionnaire_at", "instructed_at"):
        if (at := getattr(session, name)) is not None:
            Session.objects.filter(pk=session.pk).update(**{name: at - time})
    for trial in Trial.objects.filter(session=session, served_at__isnull=False):
        if trial.served_at is not None:
            Trial.objects.filter(pk=trial.pk).update(served_at=trial.served_at - time)
    for answer in Answer.objects.filter(trial__session=session):
        Answer.objects.filter(pk=answer.pk).update(answered_at=answer.answered_at - time)


def test_nobody_is_late_before_the_time_is_over() -> None:
    session = begun()
    let_pass(session, ALLOWED - dt.timedelta(minutes=1))
    assert release_abandoned_everywhere(timezone.now()) == 0


def test_after_it_the_session_ends_its_answers_stay_and_the_place_is_free() -> None:
    session = begun()
    answer_trials(session, count=2)
    let_pass(session, ALLOWED + dt.timedelta(minutes=1))
    assert release_abandoned_everywhere(timezone.now()) == 1
    observer = Observer.objects.select_related("session").get(session=session)
    assert state_of(observer) == ObserverState.TIMED_OUT
    assert Answer.objects.filter(trial__session=session).count() == 2
    assert Place.objects.get().observer is None
    assert release_abandoned_everywhere(timezone.now()) == 0


def test_an_answer_is_a_sign_of_life() -> None:
    session = begun()
    let_pass(session, ALLOWED + dt.timedelta(minutes=1))
    answer_trials(session, count=1)
    assert release_abandoned_everywhere(timezone.now()) == 0


def test_whoever_comes_frees_the_place_first() -> None:
    session = begun()
    let_pass(session, ALLOWED + dt.timedelta(minutes=1))
    link = Place.objects.get().link
    assert arrive_by(link).place.number == 1


def test_a_session_that_has_ended_so_takes_no_answer() -> None:
    session = begun()
    trial = position_of(session).trial
    assert trial is not None
    let_pass(session, ALLOWED + dt.timedelta(minutes=1))
    release_abandoned_everywhere(timezone.now())
    with pytest.raises(StudyError):
        record_answer(session=session, trial_token=trial.token, response="clean")
    assert not Answer.objects.exists()


def test_nobody_is_late_by_a_personal_link_in_a_pause_or_without_a_limit() -> None:
    study = make_open_study(observers=1, abandoned_after_minutes=30)
    personal = begin_trials(Observer.objects.get(study=study))
    paused = begun()
    unlimited = begun()
    Study.objects.filter(observers__session=unlimited).update(abandoned_after_minutes=None)
    for session in (personal, paused, unlimited):
        let_pass(session, ALLOWED * 10)
    pause_study(study=paused.observer.study, by=paused.observer.study.owner, reason="x")
    assert release_abandoned_everywhere(timezone.now()) == 0


def test_after_a_pause_everybody_has_the_whole_time_again() -> None:
    session = begun()
    study = session.observer.study
    study = pause_study(study=study, by=study.owner, reason="x")
    let_pass(session, ALLOWED * 10)
    resume_study(study=study, by=study.owner)
    assert release_abandoned_everywhere(timezone.now()) == 0
    assert release_abandoned_everywhere(timezone.now() + ALLOWED - dt.timedelta(minutes=1)) == 0
    assert release_abandoned_everywhere(timezone.now() + ALLOWED + dt.timedelta(minutes=1)) == 1


def test_after_a_closing_that_was_taken_back_too() -> None:
    session = begun(may_be_reopened=True)
    study = session.observer.study
    study = close_study(study=study, by=study.owner)
    let_pass(session, ALLOWED * 10)
    reopen_study(study=study, by=study.owner, reason="x")
    assert release_abandoned_everywhere(timezone.now()) == 0


def test_a_study_closes_when_the_deadline_of_its_link_has_passed_and_everybody_is_done() -> None:
    session = begun()
    link = Place.objects.get().link
    change_open_link(link=link, by=link.study.owner, places=2)
    answer_trials(session)
    release_abandoned_everywhere(timezone.now())
    assert Study.objects.get().state == "open"
    OpenLink.objects.update(deadline=timezone.now())
    release_abandoned_everywhere(timezone.now())
    assert Study.objects.get().state == "closed"


def test_a_finished_session_is_not_abandoned() -> None:
    session = begun(closes_when_finished=False)
    answer_trials(session)
    let_pass(session, ALLOWED * 10)
    assert release_abandoned_everywhere(timezone.now()) == 0
