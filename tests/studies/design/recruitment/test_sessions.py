"""Sessions that a researcher rejects, for a reason of a list, or marks as given back."""

import pytest
from django.utils import timezone

from studies.answers.rows import rows_of
from studies.design.lifecycle import close_study
from studies.design.recruitment.sessions import reject_sessions, return_sessions
from studies.errors import StudyError
from studies.models import Answer, AuditEvent, Observer, Place, Study
from studies.models.observer_state import ObserverState, state_of
from studies.models.session import Rejection
from studies.permissions import NotPermittedError
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
    make_researcher,
)

pytestmark = pytest.mark.django_db


def finished_by_link() -> tuple[Study, Observer]:
    study = make_open_study(observers=1, closes_when_finished=False)
    link = make_open_link(study, recruiter="prolific")
    observer = arrive_by(link, "5f0c")
    answer_trials(begin_trials(observer))
    return study, observer


def state_now(observer: Observer) -> ObserverState:
    return state_of(Observer.objects.select_related("session").get(pk=observer.pk))


@pytest.mark.parametrize("named", ["label", "id"])
def test_who_is_meant_is_named_by_label_or_by_the_recruiters_id(named: str) -> None:
    study, observer = finished_by_link()
    entry = observer.label if named == "label" else "5f0c"
    marked = reject_sessions(study=study, people=[f" {entry} ", entry], reason=Rejection.TWICE, by=study.owner)
    assert marked.marked == (observer.label,)
    assert state_now(observer) == ObserverState.REJECTED
    assert Answer.objects.count() == study.n_trials
    assert rows_of(study, simulated=False) == []
    assert not Place.objects.filter(observer__isnull=False)


def test_one_that_was_given_back_is_marked_so() -> None:
    study, observer = finished_by_link()
    assert return_sessions(study=study, people=[observer.label], by=study.owner).marked == (observer.label,)
    assert state_now(observer) == ObserverState.RETURNED


def test_whom_nobody_knows_and_whose_session_has_ended_is_told_apart() -> None:
    study, observer = finished_by_link()
    return_sessions(study=study, people=[observer.label], by=study.owner)
    marked = reject_sessions(
        study=study, people=[observer.label, "Observer A", "nobody"], reason=Rejection.TWICE, by=study.owner
    )
    assert (marked.marked, marked.unknown) == ((), ("nobody",))
    assert set(marked.already) == {observer.label, "Observer A"}
    assert not AuditEvent.objects.filter(action="rejected")


def test_the_log_tells_who_why_and_by_whom_and_no_id() -> None:
    study, observer = finished_by_link()
    reject_sessions(study=study, people=["5f0c"], reason=Rejection.TOO_FAST, by=study.owner)
    event = AuditEvent.objects.get(action="rejected")
    assert event.details == {"observers": [observer.label], "because": "too_fast"}
    assert event.by == study.owner.get_username()


@pytest.mark.parametrize("reason", ["", "saw too much", "Rejection.TWICE"])
def test_the_reason_is_one_of_the_list(reason: str) -> None:
    study, observer = finished_by_link()
    with pytest.raises(StudyError, match="took part twice"):
        reject_sessions(study=study, people=[observer.label], reason=reason, by=study.owner)
    assert state_now(observer) == ObserverState.FINISHED


@pytest.mark.parametrize("seen", ["closed", "unblinded"])
def test_nobody_is_left_out_by_hand_once_results_can_be_known(seen: str) -> None:
    study, observer = finished_by_link()
    if seen == "closed":
        close_study(study=study, by=study.owner)
    else:
        Study.objects.filter(pk=study.pk).update(unblinded_at=timezone.now())
    with pytest.raises(StudyError, match="nobody has seen its results"):
        reject_sessions(study=study, people=[observer.label], reason=Rejection.TWICE, by=study.owner)
    assert state_now(observer) == ObserverState.FINISHED


def test_an_outsider_may_not_and_nothing_is_changed() -> None:
    study, observer = finished_by_link()
    with pytest.raises(NotPermittedError):
        return_sessions(study=study, people=[observer.label], by=make_researcher())
    assert state_now(observer) == ObserverState.FINISHED
    assert Place.objects.filter(observer=observer).exists()
