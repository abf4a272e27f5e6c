"""Studies in which each observer judges images of their own: what is made, who gets what, and that it stays even."""

from collections import Counter
from itertools import groupby
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from studies.design.invitations import invite_observers
from studies.design.trial_sequences import draw_trial_sequences
from studies.errors import StudyError
from studies.models import Observer, Study, Truth
from studies.sessions.ending import withdraw
from studies.sessions.start import start_session
from studies.trial_types import TRIAL_TYPES
from tests.studies.factories import make_open_study, make_pair_set, make_pair_set_of_strength, make_study

pytestmark = pytest.mark.django_db


def make_pool_study(n: int = 20, **fields: object) -> Study:
    pair_set = make_pair_set(n=n, size=4)
    settings: dict[str, object] = {
        "pair_set": pair_set,
        "allocation": "pool",
        "n_perturbed": 3,
        "n_clean": 2,
        "observers": 4,
    }
    if fields.get("n_catch"):
        settings["catch_pair_set"] = make_pair_set_of_strength(pair_set, 20)
    if strengths := fields.pop("strengths", ()):
        settings["further_pair_sets"] = [
            make_pair_set_of_strength(pair_set, strength)
            for strength in strengths  # type: ignore[attr-defined]
        ]
    return make_open_study(**(settings | fields))  # type: ignore[arg-type]


def plans(study: Study) -> list[dict[str, Any]]:
    found = Observer.objects.filter(study=study).order_by("pk").values_list("plan", flat=True)
    return [plan for plan in found if plan is not None]


def truths_of(study: Study) -> dict[int, Truth]:
    truths = Truth.objects.filter(stimulus__study=study)
    return {
        truth.stimulus.number: truth for truth in truths.select_related("stimulus", "pair__image", "pair__pair_set")
    }


def shown_in(plan: dict[str, Any], truths: dict[int, Truth]) -> list[list[Truth]]:
    """Return what each trial of the series shows, catch trials left out."""
    trials = [[truths[number] for number in shown] for shown in plan["series"]]
    return [shown for shown in trials if shown[0].role == Truth.Role.SERIES]


@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_each_observer_meets_images_of_their_own_once_in_the_numbers_asked_for(trial_type: str) -> None:
    study = make_pool_study(trial_type=trial_type, strengths=(2, 8), n_practice=2, n_catch=2)
    truths, images = truths_of(study), Counter[str]()

    for plan in plans(study):
        trials = shown_in(plan, truths)
        assert len(plan["series"]) == 7
        assert len(trials) == 5
        assert {len(shown) for shown in plan["series"]} == {study.trials.images}
        named = [shown[0].pair.image.name for shown in trials]
        assert len(set(named)) == 5
        for shown in trials:
            assert len({truth.pair.image_id for truth in shown}) == 1, "the twins of one image"
            assert len({truth.stimulus_id for truth in shown}) == study.trials.images
        perturbed = [any(truth.perturbed for truth in shown) for shown in trials]
        assert sum(perturbed) == (5 if study.trials.always_perturbed else 3)
        strengths = Counter(truth.pair.pair_set.strength for shown in trials for truth in shown if truth.perturbed)
        assert max(strengths.values()) - min(strengths.values()) <= 1
        images.update(named)
    pool = {truth.pair.image.name for truth in truths.values() if truth.role == Truth.Role.SERIES}
    assert len(pool) == 20 - 3 - 2, "all that practice, its example and catch trials leave"
    counts = [images[name] for name in pool]
    assert max(counts) - min(counts) <= 1


def test_stimuli_are_made_once_for_every_image_of_the_pool_in_an_order_that_tells_nothing() -> None:
    study = make_pool_study(pool_size=12, strengths=(8,), observers=0)
    truths = truths_of(study)

    of_image = Counter((truth.pair.image.name, truth.perturbed) for truth in truths.values())
    assert len(truths) == 12 * 3
    assert set(of_image.values()) == {1, 2}
    assert sorted(truths) == list(range(1, 37))
    assert {truth.subset for truth in truths.values()} == {0}
    in_order = [truths[number].perturbed for number in sorted(truths)]
    assert in_order not in (sorted(in_order), sorted(in_order, reverse=True))


def test_whoever_withdraws_leaves_their_images_to_the_next() -> None:
    study = make_pool_study(observers=3)
    gone = Observer.objects.filter(study=study).order_by("pk")[1]
    withdraw(session=start_session(observer=gone))

    heir, last = invite_observers(study=study, labels=["Heir", "Last"], by=study.owner)

    truths = truths_of(study)
    gone.refresh_from_db()
    assert gone.plan is not None
    assert heir.plan is not None
    assert last.plan is not None
    assert [plan["of_pool"] for plan in plans(study)] == [0, 1, 2, 1, 3]
    assert heir.plan == gone.plan
    assert shown_in(last.plan, truths)


def test_balance_holds_over_the_usable_ones_when_observers_come_and_go() -> None:
    """Of 24 who come one after the other every third withdraws; the last three take what is left."""
    study = make_pool_study(n=20, strengths=(8,), observers=0, n_perturbed=2, n_clean=2)
    for number in range(24):
        (observer,) = invite_observers(study=study, labels=[f"O {number}"], by=study.owner)
        if number % 3 == 1:
            withdraw(session=start_session(observer=observer))
    truths = truths_of(study)

    kept = Observer.objects.filter(study=study, session__isnull=True).order_by("pk")
    shown = Counter[str]()
    perturbed = Counter[str]()
    for observer in kept:
        assert observer.plan is not None
        for (truth,) in shown_in(observer.plan, truths):
            shown[truth.pair.image.name] += 1
            perturbed[truth.pair.image.name] += truth.perturbed
    names = {truth.pair.image.name for truth in truths.values()}
    assert len(kept) == 16
    assert max(shown[name] for name in names) - min(shown[name] for name in names) <= 1
    assert all(abs(perturbed[name] - shown[name] / 2) < 1 for name in names)


def test_simulated_observers_are_counted_apart_from_people_and_nothing_is_stored_by_drawing() -> None:
    study = make_pool_study(observers=2)

    further = draw_trial_sequences(study, ["place 1", "place 2"])
    simulated = draw_trial_sequences(study, ["S"], simulated=True)

    assert [plan["of_pool"] for plan in (*further, *simulated)] == [2, 3, 0]
    assert draw_trial_sequences(study, ["place 1", "place 2"]) == further
    assert len(plans(study)) == 2
    assert draw_trial_sequences(study, []) == []


def test_the_protocol_lists_every_image_of_the_pool() -> None:
    study = make_pool_study(pool_size=10)

    assert study.protocol is not None
    assert len(study.protocol["stimuli"]) == 20
    assert study.protocol["images"]["allocation"] == "pool"
    assert study.protocol["images"]["pool_size"] == 10


@pytest.mark.parametrize(
    ("fields", "name", "told"),
    [
        ({"allocation": "pool", "n_subsets": 2}, "n_subsets", "images of their own"),
        ({"allocation": "pool", "pool_size": 4}, "pool_size", "judges 5 images"),
        ({"pool_size": 40}, "pool_size", "leave this empty"),
    ],
)
def test_what_does_not_go_with_a_pool_is_told_by_field(fields: dict[str, object], name: str, told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_study(**fields)  # type: ignore[arg-type]

    assert told in refused.value.message_dict[name][0]


def test_a_pool_that_the_image_pairs_cannot_fill_is_refused_at_the_opening() -> None:
    with pytest.raises(StudyError, match="pool of 30 images is asked for, but only 20 lesions"):
        make_pool_study(pool_size=30)
    with pytest.raises(StudyError, match="to judge 5 images, but only 4 lesions"):
        make_pool_study(n=4)


def test_a_sequence_that_no_order_holds_the_limits_of_stands_in_nobodys_way() -> None:
    """By chance some sequence of six has five images of one kind: then three of them stand in a row."""
    study = make_pool_study(
        n=30, prevalence="random", n_perturbed=3, n_clean=3, longest_run=2, observers=0, seed=3, n_practice=0
    )

    invite_observers(study=study, labels=[f"O {number}" for number in range(40)], by=study.owner)

    numbers = [plan["of_pool"] for plan in plans(study)]
    assert len(set(numbers)) == 40
    assert max(numbers) > 39, "one of the first 40 was passed over"
    truths = truths_of(study)
    for plan in plans(study):
        said = [truths[number].perturbed for (number,) in plan["series"]]
        assert max(len(list(run)) for _, run in groupby(said)) <= 2


def test_limits_that_hardly_any_sequence_holds_are_refused_at_the_opening() -> None:
    with pytest.raises(StudyError, match="some run is of"):
        make_pool_study(n=30, n_perturbed=8, n_clean=1, longest_run=2)
