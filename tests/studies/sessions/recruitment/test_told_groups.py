"""Groups that observers tell in the questionnaire: the place and the trials are given with the answer."""

import datetime as dt
from typing import cast

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studies.data_protection.tally import ErasedPeople
from studies.design.invitations import invite_observers
from studies.design.recruitment.groups import change_group
from studies.design.recruitment.open_links import change_open_link
from studies.errors import StudyError
from studies.models import Observer, OpenLink, Place, Session, Study, StudyRole
from studies.models.observer import TrialSequence
from studies.models.observer_state import ObserverState, state_of
from studies.models.session import FULL
from studies.report.facts import ObserverFlow
from studies.sessions.ending import withdraw
from studies.sessions.recruitment.arrival import TurnedAwayError
from studies.sessions.stage import Stage, stage_of
from studies.sessions.steps import answer_questionnaire, complete_instructions
from tests.pages import without_addresses
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    make_open_link,
    make_open_study,
    make_pair_set,
    make_researcher,
    make_study,
)

pytestmark = pytest.mark.django_db

DERMATOLOGY, PRACTICE = "dermatology", "general practice"
QUESTIONNAIRE = f"Specialty: {DERMATOLOGY} | {PRACTICE} *\nYears: number 0-60"
TOLD = {"questionnaire": QUESTIONNAIRE, "group_question": "Specialty"}


def linked(places: dict[str, int], **fields: object) -> OpenLink:
    fields = {"observers": 0, "closes_when_finished": False, **TOLD, **fields}
    study = make_open_study(**fields)  # type: ignore[arg-type]
    return make_open_link(study, places=places, recruiter="prolific", full_code="FULL", completion_code="DONE")


def sent(group: str) -> dict[str, str]:
    """Return what a browser sends: a choice by its place."""
    return {"q1": str((DERMATOLOGY, PRACTICE).index(group)), "q2": "3"}


def tell(observer: Observer, group: str) -> Session:
    answer_questionnaire(session=observer.session, given=sent(group))
    return Session.objects.select_related("observer").get(observer=observer)


def play(observer: Observer, group: str) -> Session:
    session = tell(observer, group)
    complete_instructions(session=session)
    answer_trials(session)
    return session


def test_the_choices_are_the_groups_and_stand_in_the_protocol() -> None:
    study = make_open_study(observers=0, **TOLD)  # type: ignore[arg-type]
    assert study.group_names == (DERMATOLOGY, PRACTICE)
    assert study.protocol is not None
    assert (study.protocol["groups"], study.protocol["group_question"]) == (f"{DERMATOLOGY}\n{PRACTICE}", "Specialty")


@pytest.mark.parametrize(
    ("questionnaire", "question", "said"),
    [
        (QUESTIONNAIRE, "Profession", "no question"),
        (QUESTIONNAIRE, "Years", "one choice"),
        ("Specialty: a | b", "Specialty", "Everybody must answer"),
        ("Specialty: [ ] a [ ] b *", "Specialty", "one choice"),
        ("Old: a | b *\nSpecialty: c | d *\n only if Old = a", "Specialty", "Everybody must answer"),
    ],
)
def test_a_question_that_not_everybody_answers_with_one_choice_tells_no_group(
    questionnaire: str, question: str, said: str
) -> None:
    with pytest.raises(ValidationError) as error:
        make_study(questionnaire=questionnaire, group_question=question).full_clean()
    assert said in " ".join(error.value.message_dict["group_question"])


def test_groups_by_hand_and_by_question_exclude_one_another() -> None:
    with pytest.raises(ValidationError) as error:
        make_study(groups="a\nb", **TOLD).full_clean()  # type: ignore[arg-type]
    assert list(error.value.message_dict) == ["groups"]
    study = make_study(**TOLD)  # type: ignore[arg-type]
    with pytest.raises(StudyError, match="say themselves"):
        invite_observers(study=study, labels=["A"], groups=[DERMATOLOGY], by=study.owner)
    invite_observers(study=study, labels=["A"], by=study.owner)
    with pytest.raises(StudyError, match="say themselves"):
        change_group(study=study, labels=["A"], group=DERMATOLOGY, by=study.owner)


def test_whoever_was_invited_is_in_the_group_that_they_tell() -> None:
    study = make_open_study(observers=1, **TOLD)  # type: ignore[arg-type]
    (observer,) = study.observers.all()
    from studies.sessions.start import start_session

    session = start_session(observer=observer)
    before = list(session.trials.values_list("stimulus", flat=True))
    tell(observer, PRACTICE)
    observer.refresh_from_db()
    assert observer.group == PRACTICE
    assert list(session.trials.values_list("stimulus", flat=True)) == before != []


def test_by_an_open_link_the_place_and_the_trials_come_with_the_answer() -> None:
    link = linked({DERMATOLOGY: 2, PRACTICE: 1})
    observer = arrive_by(link, "1")
    session = observer.session
    assert (observer.group, observer.plan, session.seed, session.trials.count()) == ("", None, None, 0)
    assert not Place.objects.filter(observer__isnull=False)
    assert stage_of(session, link.study) == Stage.QUESTIONS

    session = tell(observer, PRACTICE)
    place = Place.objects.get(observer=observer)
    observer.refresh_from_db()
    assert (observer.group, place.group, observer.plan) == (PRACTICE, PRACTICE, place.sequence)
    assert session.seed == cast("TrialSequence", place.sequence)["seed"]
    assert session.trials.count() == link.study.n_trials
    assert stage_of(session, link.study) == Stage.INSTRUCTIONS


def test_an_answer_that_lacks_the_group_takes_no_place() -> None:
    link = linked({DERMATOLOGY: 1, PRACTICE: 1})
    observer = arrive_by(link, "1")
    reading = answer_questionnaire(session=observer.session, given={"q1": "7", "q2": "3"})
    assert reading.errors
    assert not Place.objects.filter(observer__isnull=False)


def test_where_the_group_is_full_the_session_ends_with_the_code_for_that(client: Client) -> None:
    link = linked({DERMATOLOGY: 1, PRACTICE: 1})
    tell(arrive_by(link, "1"), PRACTICE)
    late = arrive_by(link, "2")
    page = client.post(reverse("observer:questions", args=[late.token]), sent(PRACTICE), follow=True)
    session = Session.objects.get(observer=late)
    assert (session.screened_out_by, session.trials.count()) == (FULL, 0)
    assert state_of(Observer.objects.get(pk=late.pk)) == ObserverState.SCREENED_OUT
    text = page.content.decode()
    assert "FULL" in text
    assert "DONE" not in text
    assert "All places of this study for people with your answers are taken" in text
    again = client.get(reverse("observer:welcome", args=[late.token]), follow=True).content.decode()
    assert "FULL" in again


def test_somebody_is_turned_away_at_the_door_only_where_all_groups_are_full() -> None:
    link = linked({DERMATOLOGY: 1, PRACTICE: 1})
    tell(arrive_by(link, "1"), PRACTICE)
    tell(arrive_by(link, "2"), DERMATOLOGY)
    with pytest.raises(TurnedAwayError):
        arrive_by(link, "3")


def test_a_freed_place_goes_to_the_next_of_the_same_group_with_its_order() -> None:
    link = linked({DERMATOLOGY: 1, PRACTICE: 1})
    leaver = tell(arrive_by(link, "1"), PRACTICE)
    left = leaver.observer.plan
    withdraw(session=leaver)
    tell(arrive_by(link, "2"), DERMATOLOGY)
    heir = arrive_by(link, "3")
    tell(heir, PRACTICE)
    heir.refresh_from_db()
    assert heir.plan == left


def test_who_left_before_the_questionnaire_times_out_and_who_is_silent_frees_the_place_for_the_answer() -> None:
    link = linked({DERMATOLOGY: 1, PRACTICE: 1}, abandoned_after_minutes=30)
    silent, unanswered = arrive_by(link, "1"), arrive_by(link, "2")
    tell(silent, PRACTICE)
    long_ago = timezone.now() - dt.timedelta(hours=2)
    Session.objects.filter(observer__in=[silent, unanswered]).update(consented_at=long_ago)
    Session.objects.filter(observer=silent).update(questionnaire_at=long_ago)
    heir = arrive_by(link, "3")
    assert stage_of(tell(heir, PRACTICE), link.study) == Stage.INSTRUCTIONS
    for gone in (silent, unanswered):
        assert state_of(Observer.objects.select_related("session").get(pk=gone.pk)) == ObserverState.TIMED_OUT


def test_the_study_closes_when_every_place_of_every_group_is_done() -> None:
    link = linked({DERMATOLOGY: 1, PRACTICE: 1}, closes_when_finished=True)
    waiting = arrive_by(link, "1")
    play(arrive_by(link, "2"), PRACTICE)
    play(arrive_by(link, "3"), DERMATOLOGY)
    assert Study.objects.get().state == Study.State.OPEN
    tell(waiting, PRACTICE)
    assert Study.objects.get().state == Study.State.CLOSED


def test_each_group_has_each_set_of_images_equally_often() -> None:
    link = linked({DERMATOLOGY: 4, PRACTICE: 2}, pair_set=make_pair_set(n=10, size=4), n_subsets=2)
    subsets = {
        group: sorted(
            cast("TrialSequence", place.sequence)["subset"] for place in Place.objects.filter(link=link, group=group)
        )
        for group in (DERMATOLOGY, PRACTICE)
    }
    assert subsets == {DERMATOLOGY: [0, 0, 1, 1], PRACTICE: [0, 1]}


def test_a_link_says_how_many_places_each_group_has_and_can_change_it() -> None:
    link = linked({DERMATOLOGY: 2, PRACTICE: 1})
    by = link.study.owner
    tell(arrive_by(link, "1"), PRACTICE)
    with pytest.raises(StudyError, match="each group"):
        change_open_link(link=link, by=by, places=5)
    with pytest.raises(StudyError, match=f"1 places of “A link, {PRACTICE}” are taken"):
        change_open_link(link=link, by=by, places={DERMATOLOGY: 2, PRACTICE: 0})
    change_open_link(link=link, by=by, places={DERMATOLOGY: 0, PRACTICE: 3})
    assert [place.group for place in Place.objects.all()] == [PRACTICE] * 3
    with pytest.raises(ValidationError, match="all groups"):
        make_open_link(link.study, places={PRACTICE: 1}, name="Another", group=PRACTICE)


def test_the_command_says_the_places_of_each_group() -> None:
    study = make_open_study(observers=0, **TOLD)  # type: ignore[arg-type]
    command = ["recruitment", str(study.pk), "make", "Poster"]
    call_command(*command, "--places-of", f"{DERMATOLOGY}=2", "--places-of", f"{PRACTICE}=1")
    assert sorted(Place.objects.values_list("group", flat=True)) == [DERMATOLOGY] * 2 + [PRACTICE]
    with pytest.raises(CommandError, match="each group"):
        call_command("recruitment", str(study.pk), "make", "Another", "--places", "3")


def test_the_form_asks_for_the_places_of_each_group(client: Client) -> None:
    study = make_open_study(observers=0, **TOLD)  # type: ignore[arg-type]
    client.force_login(study.owner)
    address = reverse("studies:study-open-link-make", args=[study.pk])
    page = client.get(address).content.decode()
    assert f"Places: {DERMATOLOGY}" in page
    assert 'name="group"' not in page
    sent = {"name": "Poster", "recruiter": "none", "places_0": "3", "places_1": "0"}
    assert client.post(address, sent).status_code == 302
    assert set(Place.objects.values_list("group", flat=True)) == {DERMATOLOGY}
    listing = client.get(reverse("studies:study-recruitment", args=[study.pk])).content.decode()
    assert f"{DERMATOLOGY}: 0 of 3 taken" in listing


def test_observers_see_no_number_of_places_before_they_answer(client: Client) -> None:
    link = linked({DERMATOLOGY: 37, PRACTICE: 41})
    observer = arrive_by(link, "1")
    page = without_addresses(client.get(reverse("observer:questions", args=[observer.token])).content.decode())
    assert "Specialty" in page
    assert observer.token not in page  # it can hold any number
    assert "37" not in page
    assert "41" not in page
    assert client.get(reverse("observer:trial", args=[observer.token])).status_code == 303


def test_the_flow_tells_whose_group_was_full() -> None:
    link = linked({DERMATOLOGY: 1, PRACTICE: 1})
    for number in range(3):
        tell(arrive_by(link, str(number)), PRACTICE)
    flow = ObserverFlow.of(link.study, simulated=False, excluded=0, gone=ErasedPeople.of(link.study))
    assert (flow.screened_out, dict(flow.screened_out_by)) == (2, {FULL: 2})


def test_whoever_withdraws_has_told_no_group() -> None:
    session = tell(arrive_by(linked({DERMATOLOGY: 1, PRACTICE: 1}), "1"), PRACTICE)
    withdraw(session=session)
    assert Observer.objects.get().group == ""


def test_a_monitor_is_not_told_who_belongs_to_which_group(client: Client) -> None:
    study = linked({DERMATOLOGY: 2, PRACTICE: 1}).study
    session = tell(arrive_by(study.open_links.get(), "1"), PRACTICE)
    tell(arrive_by(study.open_links.get(), "2"), DERMATOLOGY)
    monitor = make_researcher()
    StudyRole.objects.create(study=study, user=monitor, role=StudyRole.Role.MONITOR)
    for name in ("study-detail", "study-live"):
        address = reverse(f"studies:{name}", args=[study.pk])
        client.force_login(study.owner)
        assert f"<td>{PRACTICE}</td>" in client.get(address).content.decode()
        client.force_login(monitor)
        asked = {"group": DERMATOLOGY, "sort": "group"}
        page = client.get(address, asked).content.decode()
        assert f"<td>{PRACTICE}</td>" not in page
        assert session.observer.label in page
