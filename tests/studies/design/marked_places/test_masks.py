"""A study that asks for places, of pairs that came with masks: the masks are the truth, and the protocol says so."""

from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from ml.images.change_region import change_region, mask_sha256
from studies.answers.rows import rows_of
from studies.design.definitions.pair_set_reference import content_sha256
from studies.design.lifecycle.opening import open_study
from studies.design.marked_places.judging import PlaceJudge
from studies.design.marked_places.region_checks import RegionTally, measure_regions, region_of
from studies.design.stimulus_files import read_twin
from studies.models import RegionCheck, Stimulus, Study, Truth
from studies.sessions.trials import position_of, record_answer
from tests.studies.design.test_flicker import replace_twin
from tests.studies.factories import make_open_study, make_pair_set, make_session, make_study
from tests.studies.masks import corner, give_mask, make_masked_pair_set

pytestmark = pytest.mark.django_db
SIDE = 12


def masked_study(*, masked: int | None = None, **fields: Any) -> Study:
    pair_set = make_masked_pair_set(n=8, masked=masked)
    numbers = {"n_perturbed": 4, "n_clean": 4} | fields
    return make_study(trial_type="marked_place", pair_set=pair_set, **numbers)


def told_of(study: Study) -> dict[str, Any]:
    study.refresh_from_db()
    assert study.protocol is not None
    told: dict[str, Any] = study.protocol
    return told


def test_a_mask_is_the_region_and_what_lies_near_it_counts() -> None:
    pair = make_masked_pair_set(n=1, size=40).pairs.get()
    computed = change_region(read_twin(pair, perturbed=False), read_twin(pair, perturbed=True))

    found = region_of(pair)

    np.testing.assert_array_equal(found.region, corner(40))
    assert (computed.region & ~found.accepted).any(), "it differs from where the energy lies"
    assert found.accepted[0, 4]  # 5% of 40 pixels: two further than the last of the mask
    assert not found.accepted[0, 5]


def test_marks_are_judged_by_the_mask_and_not_by_the_energy() -> None:
    study = make_open_study(trial_type="marked_place", pair_set=make_masked_pair_set(n=7), n_perturbed=4, n_clean=3)
    session = make_session(study)
    where_by_energy, n = 0, 0
    while (trial := position_of(session).trial) is not None:
        pair = Truth.objects.get(stimulus=trial.stimulus_id).pair
        computed = change_region(read_twin(pair, perturbed=False), read_twin(pair, perturbed=True)).accepted
        in_corner = trial.position % 2 == 0
        # Outside the mask, where by the energy of the change the mark would be right.
        rows, columns = (corner(SIDE) if in_corner else computed & ~corner(SIDE)).nonzero()
        where_by_energy += not in_corner
        x, y = str(columns[0]), str(rows[0])
        assert record_answer(session=session, trial_token=trial.token, rating="5", place_x=x, place_y=y)
        n += 1

    judged = [row for row in rows_of(study, simulated=False) if row.truth == "perturbed"]

    assert n == 7
    assert 0 < where_by_energy < n
    assert len(judged) == 4
    for row in judged:
        assert row.place_hit == (row.position % 2 == 0)
        assert row.place_share == 9 / SIDE**2


def test_the_pixels_in_which_a_mark_is_right_are_those_of_the_mask() -> None:
    study = make_open_study(trial_type="marked_place", pair_set=make_masked_pair_set(n=4), n_perturbed=2, n_clean=2)
    judge = PlaceJudge(study)

    for truth in Truth.objects.filter(stimulus__study=study):
        expected = {(x, y) for x in range(3) for y in range(3)} if truth.perturbed else set()
        assert set(judge.right_pixels(truth.stimulus_id)) == expected


def test_a_change_everywhere_whose_mask_says_a_place_is_shown() -> None:
    study = masked_study()
    for pair in study.pair_set.pairs.all():
        replace_twin(pair, read_twin(pair, perturbed=False) + np.uint8(3))

    assert measure_regions(study) == RegionTally(pairs=8, measured=8, everywhere=0, from_masks=8)


def test_a_mask_of_more_than_a_quarter_has_no_place() -> None:
    study = masked_study()
    large, *_ = study.pair_set.pairs.all()
    give_mask(large, corner(SIDE, 7))

    assert measure_regions(study).everywhere == 1


def test_a_mask_of_twins_that_are_equal_has_no_place() -> None:
    study = masked_study()
    equal, *_ = study.pair_set.pairs.all()
    equal.linf = 0
    replace_twin(equal, read_twin(equal, perturbed=False))

    assert measure_regions(study).everywhere == 1
    assert RegionCheck.objects.get(pair=equal).share == 0


def test_the_protocol_says_how_many_regions_are_masks_and_fixes_each() -> None:
    study = masked_study(masked=4, n_perturbed=7, n_clean=1)
    open_study(study=study, by=study.owner)

    protocol = told_of(study)

    masked = Truth.objects.filter(stimulus__study=study, perturbed=True, pair__mask__isnull=False)
    names = {stimulus.name for stimulus in Stimulus.objects.filter(pk__in=masked.values("stimulus"))}
    assert 0 < len(names) < 7, "some of the perturbed ones have a mask, and some none"
    assert protocol["marked_place"]["regions"] == 7
    assert protocol["marked_place"]["regions_from_masks"] == len(names)
    hashes = {entry["name"]: entry["mask_sha256"] for entry in protocol["stimuli"] if "mask_sha256" in entry}
    assert hashes == dict.fromkeys(names, mask_sha256(corner(SIDE)))
    computed = Truth.objects.filter(stimulus__study=study, perturbed=True, pair__mask__isnull=True)
    found = {
        entry["name"]: entry["right_place_sha256"] for entry in protocol["stimuli"] if "right_place_sha256" in entry
    }
    assert found == {truth.stimulus.name: mask_sha256(region_of(truth.pair).accepted) for truth in computed}


def test_without_masks_the_protocol_says_that_none_is_one() -> None:
    study = make_open_study(trial_type="marked_place", n_perturbed=4, n_clean=3)

    protocol = told_of(study)

    assert (protocol["marked_place"]["regions"], protocol["marked_place"]["regions_from_masks"]) == (4, 0)
    assert not any("mask_sha256" in entry for entry in protocol["stimuli"])


def test_masks_change_nothing_of_other_trial_types() -> None:
    study = make_open_study(trial_type="rating", pair_set=make_masked_pair_set(n=6), n_perturbed=3, n_clean=3)

    assert "mask" not in str(told_of(study))
    assert not RegionCheck.objects.exists()


def test_files_that_observers_get_are_the_same_with_masks_and_without() -> None:
    pair_set = make_pair_set(n=8)
    shown: list[list[str]] = []
    for masked in (False, True):
        if masked:
            # The same regions as are computed, so that the same pairs are shown.
            for pair in pair_set.pairs.all():
                give_mask(pair, region_of(pair).region)
            RegionCheck.objects.all().delete()
        study = make_study(trial_type="marked_place", pair_set=pair_set, n_perturbed=4, n_clean=4, seed=7)
        open_study(study=study, by=study.owner)
        shown.append(list(study.stimuli.order_by("number").values_list("sha256", flat=True)))

    assert shown[0] == shown[1]


def test_the_command_tells_how_many_regions_are_masks() -> None:
    out = StringIO()

    call_command("check_places", str(masked_study(masked=5).pk), stdout=out)

    assert "Where 5 of them are changed is what masks say that came with them" in out.getvalue()


def test_what_pairs_hold_is_another_thing_with_masks() -> None:
    pair_set = make_pair_set(n=3)
    before = content_sha256(pair_set)
    pair, *_ = pair_set.pairs.all()

    give_mask(pair, corner(SIDE))
    with_mask = content_sha256(pair_set)
    give_mask(pair, corner(SIDE, 2))

    assert len({before, with_mask, content_sha256(pair_set)}) == 3
