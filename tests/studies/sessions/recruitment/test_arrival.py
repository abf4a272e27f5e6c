"""Whoever comes by an open link: let in once, led back, or turned away and counted."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from studies.design.lifecycle import pause_study
from studies.design.recruitment.counts import Recruitment
from studies.design.recruitment.open_links import links_with_counts, revoke_open_link
from studies.design.recruitment.sessions import reject_sessions
from studies.errors import StudyError
from studies.models import Observer, OpenLink, OutsideId, Place, Session, TurnedAway
from studies.models.recruitment.outside_id import LONGEST_ID
from studies.models.recruitment.recruiter import CONVENTIONS, Recruiter
from studies.sessions.ending import withdraw
from studies.sessions.recruitment import arrival as arrival_module
from studies.sessions.recruitment.arrival import (
    Arrival,
    ArrivalProblem,
    TurnedAwayError,
    arrive,
    new_visit,
    read_arrival,
)
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
    make_pair_set,
)


def open_study_with_link(*, places: int = 2, recruiter: str = Recruiter.NONE, **fields: Any) -> OpenLink:
    study = make_open_study(observers=0, closes_when_finished=False, **fields)
    return make_open_link(study, places=places, recruiter=recruiter)


def _series(place: Place) -> list[list[int]]:
    assert place.sequence is not None
    return [*place.sequence["practice"], *place.sequence["series"]]


@pytest.mark.django_db
def test_whoever_consents_is_an_observer_with_a_random_label_a_place_and_a_session() -> None:
    link = open_study_with_link()
    observer = arrive_by(link)
    place = Place.objects.get(observer=observer)
    assert len(observer.label) == 8
    assert observer.plan == place.sequence
    assert place.number == 1
    shown = [trial.stimulus.number for trial in observer.session.trials.order_by("phase", "position")]
    assert [[number] for number in shown] == _series(place)


@pytest.mark.django_db
def test_no_more_get_in_than_there_are_places_and_the_others_are_counted_once() -> None:
    link = open_study_with_link(places=2, recruiter=Recruiter.PROLIFIC)
    for person in ("a", "b"):
        arrive_by(link, person)
    for person in ("c", "d", "c"):
        with pytest.raises(TurnedAwayError):
            arrive_by(link, person)
    assert Observer.objects.filter(study=link.study).count() == 2
    assert TurnedAway.objects.filter(link=link, reason="full").count() == 2


@pytest.mark.django_db
def test_those_without_an_id_are_counted_each_time_in_one_row() -> None:
    link = open_study_with_link(places=1)
    arrive_by(link)
    for _ in range(3):
        with pytest.raises(TurnedAwayError):
            arrive_by(link)
    assert [row.count for row in TurnedAway.objects.all()] == [3]


@pytest.mark.django_db
def test_made_up_ids_do_not_fill_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival_module, "MOST_TOLD_APART", 3)
    link = open_study_with_link(places=1, recruiter=Recruiter.PROLIFIC)
    arrive_by(link, "in")
    for person in ("a", "b", "c", "d", "e", "a"):
        with pytest.raises(TurnedAwayError):
            arrive_by(link, person)
    assert sorted(row.count for row in TurnedAway.objects.all()) == [1, 1, 1, 2]
    assert links_with_counts(link.study)[0].turned_away == 5
    assert Recruitment.of(link.study).n_turned_away.total() == 5


@pytest.mark.django_db
def test_whoever_comes_again_and_gets_a_place_is_not_counted_as_turned_away() -> None:
    link = open_study_with_link(places=1, recruiter=Recruiter.PROLIFIC)
    first = arrive_by(link, "a")
    for person in ("b", "c"):
        with pytest.raises(TurnedAwayError):
            arrive_by(link, person)
    withdraw(session=first.session)
    arrive_by(link, "b")
    assert TurnedAway.objects.count() == 1


@pytest.mark.django_db
def test_nothing_of_who_is_turned_away_tells_their_id() -> None:
    link = open_study_with_link(places=1, recruiter=Recruiter.PROLIFIC)
    arrive_by(link, "the one who is in")
    with pytest.raises(TurnedAwayError):
        arrive_by(link, "5f0c1e")
    turned_away = TurnedAway.objects.get()
    assert "5f0c1e" not in repr(turned_away.__dict__)
    assert not OutsideId.objects.filter(value="5f0c1e")


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["withdraw", "reject"])
def test_whoever_ends_early_leaves_their_place_and_order_to_the_next(end: str) -> None:
    link = open_study_with_link(places=1)
    first = arrive_by(link)
    if end == "withdraw":
        withdraw(session=first.session)
    else:
        reject_sessions(study=link.study, people=[first.label], reason="too_fast", by=link.study.owner)
    second = arrive_by(link)
    assert second.plan == Observer.objects.get(pk=first.pk).plan
    assert Place.objects.get(link=link).observer == second


@pytest.mark.django_db
def test_whoever_finishes_keeps_the_place() -> None:
    link = open_study_with_link(places=1)
    answer_trials(begin_trials(arrive_by(link)))
    with pytest.raises(TurnedAwayError):
        arrive_by(link)


@pytest.mark.django_db
@pytest.mark.parametrize("recruiter", sorted(CONVENTIONS))
def test_the_same_id_is_the_same_observer_whatever_else_the_address_says(recruiter: str) -> None:
    link = open_study_with_link(recruiter=recruiter)
    other_link = make_open_link(link.study, name="Another", recruiter=recruiter)
    observer = arrive_by(link, "the same")
    again = {link.person_parameter: "the same", **dict.fromkeys(link.kept_parameters, "of another visit")}
    for by in (link, other_link):
        arrival = read_arrival(by, again)
        assert arrive(link=by, arrival=arrival, visit=new_visit(by), language="en") == observer
    assert OutsideId.objects.count() == 1


@pytest.mark.django_db
def test_another_recruiter_may_use_the_same_ids() -> None:
    link = open_study_with_link(recruiter=Recruiter.PROLIFIC)
    other = make_open_link(link.study, name="Another", recruiter=Recruiter.MTURK)
    assert arrive_by(link, "17") != arrive_by(other, "17")


@pytest.mark.django_db
def test_a_consent_that_is_sent_twice_begins_one_session() -> None:
    link = open_study_with_link()
    visit = new_visit(link)
    first = arrive(link=link, arrival=Arrival(), visit=visit, language="en")
    assert arrive(link=link, arrival=Arrival(), visit=visit, language="fr") == first
    assert Session.objects.count() == 1


@pytest.mark.django_db
def test_a_visit_is_taken_only_as_the_page_has_it_and_only_for_its_link() -> None:
    link = open_study_with_link()
    other = make_open_link(link.study, name="Another")
    for forged in ("", "x", new_visit(link)[:-1] + "~", new_visit(other)):
        with pytest.raises(StudyError, match="too long ago"):
            arrive(link=link, arrival=Arrival(), visit=forged, language="en")
    assert not Observer.objects.exists()


@pytest.mark.django_db
def test_who_took_part_in_a_named_earlier_study_is_turned_away() -> None:
    earlier = open_study_with_link(recruiter=Recruiter.PROLIFIC)
    arrive_by(earlier, "known")
    pair_set = earlier.study.pair_set
    study = make_open_study(observers=0, pair_set=pair_set, owner=earlier.study.owner)
    link = make_open_link(study, recruiter=Recruiter.PROLIFIC, earlier_studies=[earlier.study])
    with pytest.raises(TurnedAwayError) as refused:
        arrive_by(link, "known")
    assert refused.value.reason == TurnedAway.Reason.EARLIER
    assert arrive_by(link, "new")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "end",
    [
        lambda link: pause_study(study=link.study, by=link.study.owner, reason="x"),
        lambda link: revoke_open_link(link=link, by=link.study.owner),
        lambda link: OpenLink.objects.filter(pk=link.pk).update(deadline=timezone.now()),
    ],
    ids=["paused", "revoked", "deadline"],
)
def test_nobody_begins_once_it_is_over_and_whoever_has_begun_is_led_back(end: Callable[[OpenLink], object]) -> None:
    link = open_study_with_link(recruiter=Recruiter.PROLIFIC)
    begun = arrive_by(link, "begun")
    end(link)
    with pytest.raises(StudyError, match="not open"):
        arrive_by(link, "late")
    assert arrive_by(link, "begun") == begun


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("recruiter", "given", "problem"),
    [
        ("prolific", {}, ArrivalProblem.NO_ID),
        ("prolific", {"PROLIFIC_PID": "{{%PROLIFIC_PID%}}"}, ArrivalProblem.NO_ID),
        ("prolific", {"PROLIFIC_PID": "  "}, ArrivalProblem.NO_ID),
        ("prolific", {"PROLIFIC_PID": "x" * (LONGEST_ID + 1)}, ArrivalProblem.NO_ID),
        ("sona", {"survey_code": "%SURVEY_CODE%"}, ArrivalProblem.NO_ID),
        ("mturk", {"assignmentId": "ASSIGNMENT_ID_NOT_AVAILABLE", "hitId": "h"}, ArrivalProblem.PREVIEW),
        ("mturk", {"workerId": "W", "assignmentId": "A"}, None),
        ("none", {"PROLIFIC_PID": "whoever"}, None),
    ],
)
def test_an_address_that_does_not_say_who_comes_lets_nobody_begin(
    recruiter: str, given: dict[str, str], problem: ArrivalProblem | None
) -> None:
    link = open_study_with_link(recruiter=recruiter)
    arrival = read_arrival(link, given)
    assert arrival.problem == problem
    if problem is not None:
        with pytest.raises(StudyError):
            arrive(link=link, arrival=arrival, visit=new_visit(link), language="en")


@given(value=st.text(max_size=LONGEST_ID * 2), other=st.text(max_size=LONGEST_ID * 2))
def test_whatever_an_address_holds_an_id_is_short_and_clean_or_none(value: str, other: str) -> None:
    link = OpenLink(recruiter=Recruiter.PROLIFIC)
    arrival = read_arrival(link, {"PROLIFIC_PID": value, "STUDY_ID": other, "unknown": value})
    assert (arrival.problem is None) == (0 < len(arrival.outside_id) <= LONGEST_ID)
    assert "\0" not in arrival.outside_id
    assert arrival.outside_id.strip() == arrival.outside_id
    assert set(arrival.parameters) <= {"STUDY_ID", "SESSION_ID"}


@pytest.mark.django_db(transaction=True)
def test_many_at_once_fill_each_place_once_and_one_id_comes_in_once() -> None:
    link = open_study_with_link(places=4, recruiter=Recruiter.PROLIFIC, pair_set=make_pair_set(n=8, size=4))
    people = ["twin", "twin", "a", "b", "c", "d", "e", "twin"]
    begin = threading.Barrier(len(people))
    let_in: list[Observer] = []
    turned_away: list[str] = []

    def come(person: str) -> None:
        begin.wait()
        try:
            let_in.append(arrive_by(link, person))
        except TurnedAwayError:
            turned_away.append(person)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_in) + len(turned_away) == len(people)
    assert Observer.objects.count() == 4 == Place.objects.filter(observer__isnull=False).count()
    assert OutsideId.objects.count() == 4
    assert Session.objects.count() == 4
