"""Open links: made, changed, revoked; their places are drawn ahead, and the design is as balanced as they are."""

from collections import Counter
from typing import Any, cast

import pytest
from django.core.exceptions import ValidationError

from studies.data_protection.erasure import withdraw_later
from studies.design.invitations import invite_observers
from studies.design.lifecycle import close_study, open_study
from studies.design.recruitment.open_links import (
    change_open_link,
    links_with_counts,
    make_open_link,
    open_link_url,
    revoke_open_link,
)
from studies.errors import StudyError
from studies.models import AuditEvent, Observer, Place
from studies.models.observer import TrialSequence
from studies.models.recruitment.recruiter import CONVENTIONS
from studies.sessions.ending import withdraw
from tests.studies import factories
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_study,
    make_pair_set,
    make_session,
    make_study,
)

pytestmark = pytest.mark.django_db

GROUPS = "dermatologists\ngeneral practitioners"


def sequence_of(place: Place) -> TrialSequence:
    return cast("TrialSequence", place.sequence)


def seed_of(observer: Observer) -> int:
    return cast("TrialSequence", observer.plan)["seed"]


def series_of(observer: Observer) -> list[list[int]]:
    return cast("TrialSequence", observer.plan)["series"]


def test_places_of_a_draft_get_their_orders_when_it_opens_and_later_ones_at_once() -> None:
    study = make_study()
    link = factories.make_open_link(study, places=2)
    assert not Place.objects.filter(sequence__isnull=False)
    study = open_study(study=study, by=study.owner)
    change_open_link(link=link, by=study.owner, places=3)
    seeds = list(Place.objects.values_list("sequence__seed", flat=True))
    assert len(set(seeds)) == 3
    assert None not in seeds


def test_the_places_have_each_set_of_images_equally_often_in_each_group_and_in_all() -> None:
    pair_set = make_pair_set(n=15, size=4)
    study = make_open_study(observers=0, pair_set=pair_set, n_subsets=3, groups=GROUPS)
    for number, group in enumerate(study.group_names):
        factories.make_open_link(study, name=group, group=group, places=4 + number)
    places = Place.objects.all()
    for group in study.group_names:
        in_group = Counter(sequence_of(place)["subset"] for place in places if place.group == group)
        assert max(in_group.values()) - min(in_group[subset] for subset in range(3)) <= 1
    overall = Counter(sequence_of(place)["subset"] for place in places)
    assert max(overall.values()) - min(overall.values()) <= 1


def test_the_same_study_and_link_draw_the_same_places() -> None:
    pair_set = make_pair_set(n=8, size=4)
    drawn = []
    for _ in range(2):
        study = make_open_study(observers=0, pair_set=pair_set)
        factories.make_open_link(study, places=3)
        drawn.append([place.sequence for place in Place.objects.filter(link__study=study)])
    assert drawn[0] == drawn[1]


def test_a_person_invited_by_name_takes_over_what_was_drawn_for_somebody_who_ended_early() -> None:
    session = make_session()
    study = session.observer.study
    withdraw(session=session)
    study.refresh_from_db()
    study.state = "open"
    study.save()
    first, second = invite_observers(study=study, labels=["next", "after"], by=study.owner)
    assert first.plan == Observer.objects.get(pk=session.observer.pk).plan
    assert seed_of(second) != seed_of(first)


def test_a_freed_place_is_kept_for_its_link_and_not_given_to_a_person_invited_by_name() -> None:
    study = make_open_study(observers=0)
    link = factories.make_open_link(study, places=1)
    withdraw(session=arrive_by(link).session)
    [invited] = invite_observers(study=study, labels=["by name"], by=study.owner)
    assert seed_of(invited) != sequence_of(Place.objects.get())["seed"]


def test_what_somebody_took_over_is_not_free_once_their_answers_are_detached() -> None:
    study = make_open_study(observers=1, later_withdrawal="detaches", closes_when_finished=False)
    withdraw(session=make_session(study))
    [heir] = invite_observers(study=study, labels=["heir"], by=study.owner)
    left = series_of(heir)
    assert left == series_of(Observer.objects.order_by("pk")[0])
    answer_trials(begin_trials(heir))
    withdraw_later(observer=Observer.objects.select_related("session").get(pk=heir.pk))
    [third] = invite_observers(study=study, labels=["third"], by=study.owner)
    assert series_of(third) != left


def test_fewer_places_are_taken_from_the_free_ones_and_never_from_people() -> None:
    study = make_open_study(observers=0)
    link = factories.make_open_link(study, places=4)
    for _ in range(2):
        arrive_by(link)
    change_open_link(link=link, by=study.owner, places=2)
    assert list(Place.objects.values_list("number", flat=True)) == [1, 2]
    with pytest.raises(StudyError, match=r"2 places .* are taken"):
        change_open_link(link=link, by=study.owner, places=1)
    assert Place.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "taken"}, "name"),
        ({"group": "nobody"}, "group"),
        ({"group": ""}, "group"),
        ({"recruiter": "own"}, "id_parameter"),
        ({"completion_url": "http://plain.example/"}, "completion_url"),
        ({"completion_url": "javascript:alert(1)"}, "completion_url"),
        ({"screen_out_url": "https:///no-host"}, "screen_out_url"),
        ({"full_url": "nonsense"}, "full_url"),
    ],
    ids=str,
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_made(fields: dict[str, Any], field: str) -> None:
    study = make_open_study(observers=0, groups=GROUPS)
    factories.make_open_link(study, name="taken", group="dermatologists")
    with pytest.raises(ValidationError) as refused:
        make_open_link(study=study, by=study.owner, places=2, **{"name": "New", "group": "dermatologists", **fields})
    assert set(refused.value.message_dict) == {field}
    assert study.open_links.count() == 1


@pytest.mark.parametrize("places", [0, -1, 5_001])
def test_a_link_has_a_sensible_number_of_places(places: int) -> None:
    study = make_open_study(observers=0)
    with pytest.raises(StudyError, match="1 to 5000 places"):
        make_open_link(study=study, by=study.owner, places=places, name="A link")
    assert not study.open_links.exists()


def test_who_sends_people_is_fixed_once_somebody_has_come() -> None:
    study = make_open_study(observers=0)
    link = factories.make_open_link(study)
    change_open_link(link=link, by=study.owner, recruiter="sona")
    link.refresh_from_db()
    arrive_by(link, "1")
    with pytest.raises(ValidationError) as refused:
        change_open_link(link=link, by=study.owner, recruiter="prolific")
    assert set(refused.value.message_dict) == {"recruiter"}
    change_open_link(link=link, by=study.owner, completion_code="DONE")
    assert study.open_links.get().completion_code == "DONE"


def test_the_log_tells_what_was_done_and_no_code() -> None:
    study = make_open_study(observers=0)
    link = factories.make_open_link(study, recruiter="prolific", completion_code="SECRET")
    change_open_link(link=link, by=study.owner, screen_out_code="SECRET2", places=5)
    revoke_open_link(link=link, by=study.owner)
    revoke_open_link(link=link, by=study.owner)
    events = list(AuditEvent.objects.filter(action__startswith="open_link"))
    assert [event.action for event in events] == ["open_link_made", "open_link_changed", "open_link_revoked"]
    assert "SECRET" not in str([event.details for event in events])


def test_no_link_is_made_for_a_study_that_is_over() -> None:
    study = make_open_study(observers=0)
    close_study(study=study, by=study.owner)
    with pytest.raises(StudyError, match="further observers"):
        factories.make_open_link(study)


@pytest.mark.parametrize("recruiter", sorted(name for name, one in CONVENTIONS.items() if not one.by_script))
def test_the_address_for_a_recruiter_has_its_placeholders_as_it_looks_for_them(recruiter: str) -> None:
    link = factories.make_open_link(make_open_study(observers=0), recruiter=recruiter)
    url = open_link_url(link, "https://lab.example")
    for parameter, placeholder in zip(
        CONVENTIONS[recruiter].parameters, CONVENTIONS[recruiter].placeholders, strict=True
    ):
        assert f"{parameter}={placeholder}" in url
    assert url.startswith(f"https://lab.example/r/{link.token}/?")


def test_the_address_of_a_link_of_ones_own_names_the_parameters() -> None:
    link = factories.make_open_link(
        make_open_study(observers=0), recruiter="own", id_parameter="panelist", further_parameters="wave, source"
    )
    assert open_link_url(link, "https://lab.example").endswith("/?panelist=…&wave=…&source=…")


def test_links_are_counted_by_places_taken_finished_and_people_turned_away() -> None:
    study = make_open_study(observers=0, closes_when_finished=False)
    link = factories.make_open_link(study, places=3)
    answer_trials(begin_trials(arrive_by(link)))
    arrive_by(link)
    [counted] = links_with_counts(study)
    assert (counted.link, counted.places, counted.taken, counted.finished, counted.turned_away) == (link, 3, 2, 1, 0)


def test_a_study_closes_by_itself_once_every_place_is_filled_and_not_before() -> None:
    study = make_open_study(observers=0)
    link = factories.make_open_link(study, places=2)
    answer_trials(begin_trials(arrive_by(link)))
    study.refresh_from_db()
    assert study.state == "open"
    answer_trials(begin_trials(arrive_by(link)))
    study.refresh_from_db()
    assert study.state == "closed"


def test_mturk_gets_a_link_that_hands_on_what_its_page_was_told() -> None:
    """MTurk takes `${workerId}` for a column of the requester's own file: an address with it would not be filled in."""
    study = make_open_study(observers=0)
    link = factories.make_open_link(study, recruiter="mturk")
    told = open_link_url(link, "https://lab.example")
    assert f'href="https://lab.example/r/{link.token}/"' in told
    assert "location.search" in told
    assert "${" not in told
