"""Who is where in a running study, who is stuck, how many places are filled, and when it will be full."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.translation import gettext

from studies.design.lifecycle import pause_study
from studies.design.recruitment.counts import Recruitment
from studies.design.recruitment.personal_links import revoke_links
from studies.design.recruitment.sessions import reject_sessions
from studies.design.watching.catch_trials import CatchTrials
from studies.design.watching.outlook import LEAST_FINISHED, outlook
from studies.design.watching.sessions import STAGES, WatchedObserver, count_stuck, stuck_minutes, watch, watched
from studies.models import Answer, Observer, Session, Study, Trial
from studies.models.session import Rejection
from studies.sessions.recruitment.arrival import TurnedAwayError
from studies.sessions.stage import Stage
from studies.sessions.start import start_session
from studies.sessions.steps import answer_questionnaire
from studies.sessions.trials import position_of
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
    make_pair_set,
    make_pair_set_of_strength,
)

pytestmark = pytest.mark.django_db


def now_of(study: Study, now: dt.datetime | None = None) -> list[WatchedObserver]:
    observers = list(watched(study).order_by("pk"))
    return watch(study, observers, now=now or timezone.now(), tells_catch_trials=True)


def test_every_stage_has_a_name() -> None:
    assert {*STAGES, Stage.TRIALS} == set(Stage)


def test_where_an_observer_is_follows_them_to_the_end() -> None:
    pair_set = make_pair_set(n=12)
    study = make_open_study(
        pair_set=pair_set, n_practice=2, questionnaire="Years of practice: number 0-60", asks_comments=True, observers=1
    )
    observer = Observer.objects.get(study=study)
    seen = [str(now_of(study)[0].place)]
    session = start_session(observer=observer)
    seen.append(str(now_of(study)[0].place))
    answer_questionnaire(session=session, given={})
    seen.append(str(now_of(study)[0].place))
    session.refresh_from_db()
    answer_trials(session, count=1)
    seen.append(str(now_of(study)[0].place))
    answer_trials(session, count=2)
    seen.append(str(now_of(study)[0].place))
    answer_trials(session)
    seen.append(str(now_of(study)[0].place))
    assert seen == ["consent", "questions", "instructions", "practice, trial 2 of 2", "trial 2 of 5", "comments"]


def test_times_views_and_focus_are_counted_of_the_series_alone() -> None:
    study = make_open_study(n_practice=2, pair_set=make_pair_set(n=12))
    session = begin_trials(Observer.objects.get(study=study))
    answer_trials(session, count=5)
    practice = Answer.objects.filter(trial__phase=Trial.Phase.PRACTICE)
    practice.update(rt_ms=90_000, display={"visible": 0, "focus_losses": 4})
    series = list(Answer.objects.filter(trial__phase=Trial.Phase.SERIES))
    shown = [{"visible": 1, "focus_losses": 0}, {"visible": 0, "focus_losses": 2}, {}]
    for answer, rt_ms, display in zip(series, (1000, None, 3000), shown, strict=True):
        Answer.objects.filter(pk=answer.pk).update(rt_ms=rt_ms, display=display)
    (row,) = now_of(study)
    assert (row.median_rt_s, row.partly_shown, row.focus_lost) == (2.0, 1, 1)


def test_catch_trials_that_were_missed_are_counted_and_no_others() -> None:
    pair_set = make_pair_set(n=12)
    strong = make_pair_set_of_strength(pair_set, 40)
    study = make_open_study(pair_set=pair_set, catch_pair_set=strong, n_catch=3, observers=3)
    misses, sees, waits = Observer.objects.filter(study=study)
    answer_trials(begin_trials(misses), "clean")
    answer_trials(begin_trials(sees), "perturbed")
    begin_trials(waits)
    assert [row.catch for row in now_of(study)] == [CatchTrials(3, 3), CatchTrials(3, 0), None]


def test_whoever_is_silent_for_too_long_is_stuck_and_only_while_the_study_is_open() -> None:
    study = make_open_study(observers=3, abandoned_after_minutes=20, closes_when_finished=False)
    late, finished, _ = Observer.objects.filter(study=study)
    position_of(begin_trials(late))
    answer_trials(begin_trials(finished))
    arrived = arrive_by(make_open_link(study))
    now = timezone.now() + dt.timedelta(minutes=19)
    assert count_stuck(study, now) == 0
    now += dt.timedelta(minutes=2)
    assert stuck_minutes(study) == 20
    assert count_stuck(study, now) == 2
    rows = now_of(study, now)
    assert {row.observer.label: row.will_be_freed for row in rows if row.is_stuck} == {
        late.label: False,
        arrived.label: True,
    }
    paused = pause_study(study=study, by=study.owner, reason="an alarm")
    assert count_stuck(paused, now) == 0
    assert not any(row.is_stuck for row in now_of(paused, now))


def test_the_places_of_links_and_groups_and_personal_invitations_are_counted() -> None:
    study = make_open_study(observers=2, groups="doctors\nnurses", closes_when_finished=False)
    first, _ = Observer.objects.filter(study=study)
    answer_trials(begin_trials(first))
    doctors = make_open_link(study, name="For doctors", group="doctors", places=2)
    nurses = make_open_link(study, name="For nurses", group="nurses", places=3)
    done, rejected = arrive_by(doctors), arrive_by(doctors)
    with pytest.raises(TurnedAwayError):
        arrive_by(doctors)
    for observer in (done, rejected):
        answer_trials(begin_trials(observer))
    reject_sessions(study=study, people=[rejected.label], reason=Rejection.TECHNICAL, by=study.owner)
    arrive_by(nurses)
    counted = Recruitment.of(study)
    by_link = {line.link.name if line.link else "": line for line in counted.by_link}
    assert {name: (one.places, one.taken, one.came, one.finished) for name, one in by_link.items()} == {
        "": (2, 1, 1, 1),
        "For doctors": (2, 1, 2, 1),
        "For nurses": (3, 1, 1, 0),
    }
    assert {line.group: line.places for line in counted.by_group} == {"": 2, "doctors": 2, "nurses": 3}
    assert counted.n_turned_away == {"full": 1}
    assert counted.finished == 2
    assert counted.wanted(timezone.now()) == 7
    nurses.revoked_at = timezone.now()
    nurses.save()
    assert Recruitment.of(study).wanted(timezone.now()) == 5


def finish_at(study: Study, moments: list[dt.datetime]) -> None:
    """Let sessions end at these moments, a quarter of an hour after their consent."""
    for observer, moment in zip(Observer.objects.filter(study=study), moments, strict=False):
        session = start_session(observer=observer)
        begun = moment - dt.timedelta(minutes=15)
        Session.objects.filter(pk=session.pk).update(consented_at=begun, finished_at=moment)


def test_when_a_study_will_be_full_follows_from_the_pace_of_the_last_sessions() -> None:
    study = make_open_study(observers=12, closes_when_finished=False)
    now = timezone.now()
    finish_at(study, [now - dt.timedelta(hours=9 - hour) for hour in range(10)])
    foreseen = outlook(study, wanted=12, now=now)
    assert foreseen.median_duration == dt.timedelta(minutes=15)
    assert foreseen.earliest is not None
    assert foreseen.latest is not None
    assert now < foreseen.earliest < now + dt.timedelta(hours=2) < foreseen.latest < now + dt.timedelta(hours=7)
    silent = outlook(study, wanted=12, now=now + dt.timedelta(days=3))
    assert silent.latest is not None
    assert silent.latest - now > 3 * (foreseen.latest - now)


def test_nothing_is_foreseen_of_a_few_sessions_or_a_full_or_paused_study() -> None:
    study = make_open_study(observers=LEAST_FINISHED + 1, closes_when_finished=False)
    now = timezone.now()
    finish_at(study, [now - dt.timedelta(hours=hour) for hour in range(1, LEAST_FINISHED)])
    few = outlook(study, wanted=20, now=now)
    assert few.too_few
    assert few.earliest is None
    finish_at(study, [])
    assert outlook(study, wanted=LEAST_FINISHED - 1, now=now).is_full
    last = Observer.objects.filter(study=study, session__isnull=True)[0]
    Session.objects.filter(pk=start_session(observer=last).pk).update(finished_at=now)
    assert outlook(study, wanted=20, now=now).earliest is not None
    paused = pause_study(study=study, by=study.owner, reason="an alarm")
    assert outlook(paused, wanted=20, now=now).earliest is None


def test_no_name_of_a_stage_gives_a_truth_away() -> None:
    words = " ".join(gettext(str(name)) for name in STAGES.values())
    assert not {"clean", "perturbed"} & set(words.split())


def test_whose_link_was_revoked_is_nowhere() -> None:
    study = make_open_study(observers=1)
    revoke_links(study=study, observers=list(Observer.objects.filter(study=study)), by=study.owner)
    (row,) = now_of(study)
    assert (row.state, row.place, row.last_seen_at, row.is_stuck) == ("revoked", "", None, False)
