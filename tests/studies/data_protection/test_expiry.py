"""Personal data go when their time is over: not before, once, and as observers were told."""

import datetime as dt

import pytest
from django.utils import timezone

from studies.data_protection.amendment import amend_data_protection
from studies.data_protection.expiry import delete_expired_people, expired_people
from studies.data_protection.retention import deletion_day
from studies.data_protection.tally import ErasedPeople
from studies.design.lifecycle import archive_study, change_study, close_study, end_pilot, open_study, reopen_study
from studies.errors import StudyError
from studies.models import Answer, AuditEvent, Observer, Study
from studies.report.build import build_report
from tests.studies.data_protection.people import FINISHED, TOLD, make_study_with_people
from tests.studies.factories import make_open_study, make_pair_set, make_study, make_study_in

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def closed_study(**fields: object) -> Study:
    study = make_study_with_people(pair_set=make_pair_set(n=8, size=4), **{"kept_days": 30, **fields})
    return close_study(study=study, by=study.owner)


def test_it_works_on_the_day_and_not_before() -> None:
    study = closed_study()
    assert study.closed_at is not None
    day = study.closed_at + 30 * DAY
    assert deletion_day(study) == day
    assert list(expired_people(day - DAY)) == []
    assert delete_expired_people(study=study, now=day - DAY) == 0

    (found,) = expired_people(day)
    assert (found.study, found.since, found.count) == (study, day, 4)
    assert delete_expired_people(study=study, now=day) == 4


def test_asked_again_it_does_nothing() -> None:
    study = closed_study()
    later = timezone.now() + 31 * DAY
    delete_expired_people(study=study, now=later)
    rows = (list(Observer.objects.values()), AuditEvent.objects.count())

    assert list(expired_people(later)) == []
    assert delete_expired_people(study=study, now=later) == 0

    assert (list(Observer.objects.values()), AuditEvent.objects.count()) == rows


@pytest.mark.parametrize("is_archived", [False, True])
def test_figures_and_flow_stay_where_the_answers_are_kept(is_archived: bool) -> None:
    study = closed_study()
    if is_archived:
        study = archive_study(study=study, by=study.owner)
    before = build_report(study)

    delete_expired_people(study=study, now=timezone.now() + 31 * DAY)

    after = build_report(study)
    assert after.flow == before.flow
    assert after.figures.summary.answers.n_answering == before.figures.summary.answers.n_answering == 1
    assert not Observer.objects.filter(label=FINISHED).exists()
    assert not Observer.objects.filter(session__comments=TOLD).exists()
    assert ErasedPeople.of(study).kept_by_time == 4
    assert AuditEvent.objects.get(action="expired").by == "(the program)"


def test_everything_goes_where_the_answers_are_not_kept_and_the_report_says_so() -> None:
    study = closed_study(keeps_detached_answers=False)
    before = build_report(study).flow

    delete_expired_people(study=study, now=timezone.now() + 31 * DAY)

    assert not Observer.objects.filter(study=study).exists()
    assert not Answer.objects.exists()
    after = build_report(Study.objects.get(pk=study.pk)).flow
    assert (after.invited, after.consented, after.withdrew) == (before.invited, before.consented, before.withdrew)
    assert (after.finished, after.erased) == (0, 1)


def test_a_study_that_runs_is_left_alone_and_one_that_was_reopened() -> None:
    long_after = timezone.now() + 10_000 * DAY
    make_open_study(kept_days=1)
    closed = closed_study(may_be_reopened=True)
    reopen_study(study=closed, by=closed.owner, reason="r", although_seen=True)
    assert list(expired_people(long_after)) == []
    assert delete_expired_people(study=closed, now=long_after) == 0


def test_without_a_time_nothing_goes_and_simulated_observers_stay() -> None:
    closed_study(kept_days=None)
    simulated = make_open_study(kept_days=1, simulated=True)
    close_study(study=simulated, by=simulated.owner)
    assert list(expired_people(timezone.now() + 10_000 * DAY)) == []


def amended(study: Study, **changes: object) -> Study:
    given = {name: getattr(study, name) for name in ("data_controller", "data_contact", "kept_days")}
    given["keeps_detached_answers"] = study.keeps_detached_answers
    return amend_data_protection(study=study, by=study.owner, **given | changes)


def test_once_open_somebody_else_may_be_responsible_and_the_time_be_shorter() -> None:
    study = make_open_study(kept_days=30)
    study = amended(study, data_contact="somebody@clinic.example", kept_days=20, keeps_detached_answers=False)
    assert (study.data_contact, study.kept_days, study.keeps_detached_answers) == ("somebody@clinic.example", 20, False)
    assert AuditEvent.objects.filter(action="changed").latest("pk").details == {
        "fields": ["data_contact", "keeps_detached_answers", "kept_days"]
    }
    assert amended(close_study(study=study, by=study.owner), kept_days=10).kept_days == 10


@pytest.mark.parametrize(("told", "days", "then"), [(None, 20, 20), (30, 20, 20), (10, 20, 10), (30, 30, 30)])
def test_pilots_follow_their_study_and_keep_nothing_longer_than_they_said(
    told: int | None, days: int, then: int
) -> None:
    study = make_study_in("pilot", kept_days=told)
    study = change_study(study=end_pilot(study=study, by=study.owner), by=study.owner, kept_days=30)
    study = open_study(study=study, by=study.owner)
    study = amended(study, data_contact="somebody@clinic.example", kept_days=days)
    pilot = Study.with_pilots.get(pilot_of=study)
    assert (pilot.data_contact, pilot.kept_days) == ("somebody@clinic.example", then)

    amended(study, keeps_detached_answers=False)

    pilot.refresh_from_db()
    assert (pilot.keeps_detached_answers, pilot.kept_days) == (False, then)


@pytest.mark.parametrize("changes", [{"kept_days": 31}, {"kept_days": None}, {"keeps_detached_answers": True}])
def test_nothing_is_kept_longer_than_observers_were_told(changes: dict[str, object]) -> None:
    study = make_open_study(kept_days=30, keeps_detached_answers=False)
    with pytest.raises(StudyError, match="Observers were told"):
        amended(study, **changes)


def test_a_draft_is_changed_as_a_draft_and_nothing_is_written_down_where_nothing_changed() -> None:
    with pytest.raises(StudyError, match="has not opened"):
        amended(make_study())
    study = make_open_study()
    events = AuditEvent.objects.count()
    amended(study)
    assert AuditEvent.objects.count() == events
