"""Many places: drawn before the transaction that stores them, as few of them are within it, and anew if they must."""

from collections import Counter
from typing import Any, cast

import pytest
from django.db import connection

from studies.design import trial_sequences
from studies.design.invitations import invite_observers
from studies.design.recruitment import place_drawing
from studies.design.recruitment.open_links import change_open_link
from studies.errors import StudyError
from studies.models import Observer, OpenLink, Place, Study
from studies.models.observer import TrialSequence
from tests.studies.factories import make_open_link, make_open_study, make_pair_set

pytestmark = pytest.mark.django_db

TOLD: dict[str, Any] = {"questionnaire": "Specialty: dermatology | general practice *", "group_question": "Specialty"}
EACH = {"dermatology": 4, "general practice": 5}


@pytest.fixture(autouse=True)
def two_in_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place_drawing, "MOST_IN_A_TRANSACTION", 2)


@pytest.fixture
def drawn_in_transaction(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """Of each time that places were drawn: how many, and whether within the change."""
    calls: list[tuple[int, bool]] = []
    depth = len(connection.savepoint_ids)
    draw = trial_sequences.draw_place_sequences

    def note(study: Study, places: list[Place]) -> None:
        calls.append((len(places), len(connection.savepoint_ids) > depth))
        draw(study, places)

    monkeypatch.setattr(place_drawing, "draw_place_sequences", note)
    return calls


def make_pool_study(**fields: Any) -> Study:
    settings: dict[str, Any] = {"allocation": "pool", "n_perturbed": 3, "n_clean": 2, "observers": 2}
    return make_open_study(pair_set=make_pair_set(n=20, size=4), **(settings | fields))


def sequences_of(study: Study) -> list[TrialSequence]:
    return [cast("TrialSequence", place.sequence) for place in Place.objects.filter(link__study=study)]


def test_many_places_are_drawn_ahead_and_few_with_the_change(drawn_in_transaction: list[tuple[int, bool]]) -> None:
    study = make_open_study(observers=0)
    link = make_open_link(study, places=5)
    change_open_link(link=link, by=study.owner, places=7)
    assert drawn_in_transaction == [(5, False), (2, True)]
    assert len({sequence["seed"] for sequence in sequences_of(study)}) == 7


@pytest.mark.parametrize("fields", [{}, {"allocation": "pool", "n_perturbed": 3, "n_clean": 2}])
def test_what_is_drawn_ahead_is_what_the_change_would_draw(
    monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]
) -> None:
    pair_set = make_pair_set(n=20, size=4)
    drawn = []
    for most in (2, 100):
        monkeypatch.setattr(place_drawing, "MOST_IN_A_TRANSACTION", most)
        study = make_open_study(pair_set=pair_set, observers=1, **(TOLD | fields))
        make_open_link(study, places=EACH)
        drawn.append(sequences_of(study))
    assert len(drawn[0]) == sum(EACH.values())
    assert drawn[0] == drawn[1]


def test_places_of_several_groups_share_no_sequence_of_a_pool() -> None:
    study = make_pool_study(**TOLD)
    make_open_link(study, places=EACH)
    numbers = [sequence["of_pool"] for sequence in sequences_of(study)]
    assert sorted(numbers) == list(range(2, 11))


def test_the_sets_are_used_equally_often_in_all_groups_together() -> None:
    study = make_open_study(observers=0, pair_set=make_pair_set(n=15, size=4), n_subsets=3, **TOLD)
    make_open_link(study, places=EACH)
    used = Counter(sequence["subset"] for sequence in sequences_of(study))
    assert used == {0: 3, 1: 3, 2: 3}


@pytest.mark.parametrize("times", [1, place_drawing.TRIES])
def test_places_are_drawn_anew_if_somebody_was_invited_meanwhile(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    study = make_pool_study()
    draw = trial_sequences.draw_place_sequences
    late = [f"late {number}" for number in range(times)]

    def draw_while_somebody_is_invited(study: Study, places: list[Place]) -> None:
        draw(study, places)
        if late:
            invite_observers(study=study, labels=[late.pop()], by=study.owner)

    monkeypatch.setattr(place_drawing, "draw_place_sequences", draw_while_somebody_is_invited)
    make_open_link(study, places=4)
    plans = [cast("TrialSequence", plan) for plan in Observer.objects.values_list("plan", flat=True)]
    numbers = [sequence["of_pool"] for sequence in (*plans, *sequences_of(study))]
    assert sorted(numbers) == list(range(2 + times + 4))


def test_a_link_whose_places_cannot_be_drawn_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(study: Study, places: list[Place]) -> None:
        raise StudyError("no order holds the limits")

    study = make_open_study(observers=0)
    monkeypatch.setattr(place_drawing, "draw_place_sequences", refuse)
    with pytest.raises(StudyError, match="no order holds"):
        make_open_link(study, places=4)
    assert not OpenLink.objects.exists()
