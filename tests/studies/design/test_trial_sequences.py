"""What is drawn for each observer: which stimuli, in which order, within the study's limits."""

from collections import Counter
from itertools import groupby, pairwise
from typing import Any

import pytest

from studies.design.invitations import invite_observers
from studies.design.lifecycle import open_study
from studies.errors import StudyError
from studies.models import Observer, Stimulus, Study, Truth
from studies.sessions.ending import withdraw
from studies.sessions.start import start_session
from studies.trial_types import TRIAL_TYPES
from tests.studies.factories import make_open_study, make_pair_set, make_pair_set_of_strength, make_study

pytestmark = pytest.mark.django_db


def plans(study: Study) -> list[dict[str, Any]]:
    found = Observer.objects.filter(study=study).order_by("pk").values_list("plan", flat=True)
    return [plan for plan in found if plan is not None]


def truth_by_number(study: Study) -> dict[int, Truth]:
    return {
        truth.stimulus.number: truth
        for truth in Truth.objects.filter(stimulus__study=study).select_related("stimulus", "pair__image")
    }


def make_full_study(**fields: object) -> Study:
    pair_set = make_pair_set(n=20)
    settings: dict[str, object] = {
        "pair_set": pair_set,
        "catch_pair_set": make_pair_set_of_strength(pair_set, 20),
        "n_perturbed": 4,
        "n_clean": 4,
        "n_practice": 4,
        "n_catch": 2,
        "observers": 3,
    }
    return make_open_study(**(settings | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_a_plan_holds_every_stimulus_once_in_its_part(trial_type: str) -> None:
    study = make_full_study(trial_type=trial_type)
    truths, images = truth_by_number(study), study.trials.images

    for plan in plans(study):
        for part, roles, trials in (
            ("series", {"series", "catch"}, 10),
            ("practice", {"practice"}, 4),
        ):
            assert len(plan[part]) == trials
            assert {len(shown) for shown in plan[part]} == {images}
            numbers = [number for shown in plan[part] for number in shown]
            assert sorted(numbers) == sorted(number for number, truth in truths.items() if truth.role in roles)
            for shown in plan[part]:
                assert len({truths[number].pair_id for number in shown}) == 1, "the twins of one pair"
        clean, perturbed = sorted((truths[number] for number in plan["example"]), key=lambda truth: truth.perturbed)
        assert (clean.role, clean.perturbed, perturbed.perturbed) == ("example", False, True)
        assert clean.pair == perturbed.pair


@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_strengths_are_shared_out_among_what_is_perturbed(trial_type: str) -> None:
    pair_set = make_pair_set(n=20)
    further = [make_pair_set_of_strength(pair_set, 2), make_pair_set_of_strength(pair_set, 8)]
    study = make_full_study(
        trial_type=trial_type,
        pair_set=pair_set,
        catch_pair_set=make_pair_set_of_strength(pair_set, 20),
        further_pair_sets=further,
        n_perturbed=6,
        n_clean=2,
    )

    shown = Truth.objects.filter(stimulus__study=study, perturbed=True).select_related("pair__pair_set")
    strengths = Counter((truth.role, truth.pair.pair_set.strength) for truth in shown)
    # Of two-alternative forced choice every trial shows a perturbed image, the eight are shared out among three.
    series = [count for (role, _), count in strengths.items() if role == "series"]
    assert sorted(series) == ([2, 3, 3] if study.trials.always_perturbed else [2, 2, 2])
    assert {strength for role, strength in strengths if role == "series"} == {2, 4, 8}
    assert {strength for role, strength in strengths if role == "catch"} == {20}
    assert {strength for role, strength in strengths if role in {"practice", "example"}} == {4}
    assert study.protocol is not None
    told = Counter(stimulus["strength_levels"] for stimulus in study.protocol["stimuli"] if stimulus["perturbed"])
    assert told == Counter(truth.pair.pair_set.strength for truth in shown)


def test_an_image_without_a_twin_of_every_strength_is_not_drawn() -> None:
    pair_set = make_pair_set(n=8)
    stronger = make_pair_set_of_strength(pair_set, 8)
    stronger.pairs.order_by("pk")[0].delete()
    study = make_study(pair_set=pair_set, further_pair_sets=[stronger], n_perturbed=4, n_clean=4)

    with pytest.raises(StudyError, match="only 7 lesions"):
        open_study(study=study, by=study.owner)


def test_series_practice_catch_and_example_show_lesions_of_their_own() -> None:
    study = make_full_study()
    lesions: dict[str, set[str]] = {}
    for truth in truth_by_number(study).values():
        lesions.setdefault(truth.role, set()).add(truth.pair.image.lesion)

    assert {role: len(shown) for role, shown in lesions.items()} == {
        "series": 8,
        "practice": 4,
        "catch": 2,
        "example": 1,
    }
    assert len(set.union(*lesions.values())) == 15


def test_catch_trials_are_plainly_perturbed_and_spread() -> None:
    study = make_full_study(n_catch=3, n_perturbed=5, n_clean=5, n_practice=0)
    truths = truth_by_number(study)

    for truth in truths.values():
        if truth.role == "catch":
            assert truth.perturbed
            assert truth.pair.pair_set == study.catch_pair_set
    for plan in plans(study):
        caught = [truths[shown[0]].role == "catch" for shown in plan["series"]]
        assert not caught[0]
        assert not any(one and other for one, other in pairwise(caught))


@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_no_run_is_longer_than_the_study_allows(trial_type: str) -> None:
    study = make_full_study(trial_type=trial_type, longest_run=2, n_catch=0, n_practice=0, n_perturbed=8, n_clean=8)
    truths = truth_by_number(study)

    for plan in plans(study):
        right = [study.trials.expected(tuple(truths[number].perturbed for number in shown)) for shown in plan["series"]]
        assert max(len(list(run)) for _, run in groupby(right)) <= 2
        assert len(set(right)) == 2


def test_of_two_images_the_perturbed_one_is_first_in_half_of_the_trials() -> None:
    study = make_full_study(trial_type="two_afc", n_perturbed=6, n_clean=4, n_practice=0, n_catch=0)
    truths = truth_by_number(study)

    orders = []
    for plan in plans(study):
        first = [truths[shown[0]].perturbed for shown in plan["series"]]
        assert sum(first) == 5
        orders.append({truths[shown[0]].pair_id: truths[shown[0]].perturbed for shown in plan["series"]})
    assert orders[0] != orders[1], "each observer has sides of their own"


def test_the_reference_comes_first_and_is_never_the_file_of_another_trial() -> None:
    study = make_full_study(trial_type="degradation", n_perturbed=6, n_clean=4)
    truths = truth_by_number(study)

    for plan in plans(study):
        shown = [*plan["series"], *plan["practice"], plan["example"]]
        assert not any(truths[reference].perturbed for reference, _ in shown)
        assert sum(truths[test].perturbed for _, test in plan["series"]) == 6 + study.n_catch
        assert len({number for pair in shown for number in pair}) == 2 * len(shown)


def test_which_of_two_clean_files_is_the_reference_is_drawn_for_each_observer() -> None:
    """Else whoever knows the numbers, which are drawn when the study opens, would know the hidden references."""
    study = make_full_study(trial_type="degradation", n_perturbed=2, n_clean=8, n_practice=0, n_catch=0, longest_run=0)
    truths = truth_by_number(study)

    lower_first = [
        reference < test for plan in plans(study) for reference, test in plan["series"] if not truths[test].perturbed
    ]
    assert 0 < sum(lower_first) < len(lower_first)


@pytest.mark.parametrize("trial_type", ["same_different", "degradation"])
def test_the_same_image_twice_is_two_files(trial_type: str) -> None:
    study = make_full_study(trial_type=trial_type, n_practice=0, n_catch=0, observers=1)
    truths = truth_by_number(study)

    same = [shown for shown in plans(study)[0]["series"] if not any(truths[number].perturbed for number in shown)]
    assert len(same) == 4
    for shown in same:
        one, other = (Stimulus.objects.get(study=study, number=number) for number in shown)
        assert one.file.name != other.file.name
        with one.file.open() as file, other.file.open() as other_file:
            assert file.read() == other_file.read()


def test_lesions_that_may_repeat_are_kept_apart() -> None:
    study = make_open_study(
        pair_set=make_pair_set(n=12, lesions=4), one_lesion_once=False, n_perturbed=6, n_clean=6, observers=4
    )
    truths = truth_by_number(study)

    for plan in plans(study):
        lesions = [truths[shown[0]].pair.image.lesion for shown in plan["series"]]
        assert not any(one == other for one, other in pairwise(lesions))


def test_what_cannot_be_ordered_is_said_when_the_study_opens() -> None:
    study = make_study(pair_set=make_pair_set(n=12), n_perturbed=9, n_clean=2, longest_run=2)

    with pytest.raises(StudyError, match=r"in a row|run"):
        open_study(study=study, by=study.owner)

    study.refresh_from_db()
    assert study.state == Study.State.DRAFT
    assert not Stimulus.objects.exists()


def test_observers_are_spread_evenly_over_the_subsets() -> None:
    study = make_open_study(pair_set=make_pair_set(n=20), n_perturbed=3, n_clean=3, n_subsets=3, observers=0)
    invite_observers(study=study, labels=["A", "B", "C", "D"], by=study.owner)
    invite_observers(study=study, labels=["E", "F"], by=study.owner)
    truths = truth_by_number(study)

    used = [plan["subset"] for plan in plans(study)]
    assert sorted(used) == [0, 0, 1, 1, 2, 2]
    seen: dict[object, set[int]] = {}
    for plan in plans(study):
        numbers = {shown[0] for shown in plan["series"]}
        assert seen.setdefault(plan["subset"], numbers) == numbers, "a subset is the same for all who judge it"
        assert sum(truths[number].perturbed for number in numbers) == 3
    assert len(set.union(*seen.values())) == 18, "no image is in two subsets"


def test_who_withdraws_leaves_the_subset_to_the_next() -> None:
    study = make_open_study(pair_set=make_pair_set(n=20), n_perturbed=3, n_clean=3, n_subsets=2, observers=2)
    gone = Observer.objects.filter(study=study).order_by("pk")[0]
    withdraw(session=start_session(observer=gone))

    (heir,) = invite_observers(study=study, labels=["Heir"], by=study.owner)

    gone.refresh_from_db()
    assert gone.plan is not None
    assert heir.plan is not None
    assert heir.plan["subset"] == gone.plan["subset"]


def test_plans_are_drawn_at_opening_for_those_who_are_invited_before() -> None:
    study = make_study()
    invite_observers(study=study, labels=["Early"], by=study.owner)
    assert Observer.objects.get().plan is None

    study = open_study(study=study, by=study.owner)
    invite_observers(study=study, labels=["Late"], by=study.owner)

    early, late = plans(study)
    assert sorted(early["series"]) == sorted(late["series"])


def test_prevalence_by_chance_varies_around_the_share_that_is_set() -> None:
    pair_set = make_pair_set(n=12)
    counts = []
    for seed in range(30):
        study = make_open_study(
            pair_set=pair_set, n_perturbed=6, n_clean=4, prevalence="random", observers=0, seed=seed
        )
        counts.append(Truth.objects.filter(stimulus__study=study, perturbed=True).count())

    # Of 30 studies of ten images: a mean of 6, with a standard error of 0.28.
    assert len(set(counts)) > 1
    assert abs(sum(counts) / len(counts) - 6) < 4 * 0.28


def test_a_plan_is_numbers_and_nothing_else() -> None:
    (plan, *_) = plans(make_full_study())

    assert set(plan) == {"subset", "example", "practice", "series", "seed", "drawing_version"}
    flat = [*plan["example"], *(number for part in ("practice", "series") for shown in plan[part] for number in shown)]
    assert all(type(number) is int for number in flat)
