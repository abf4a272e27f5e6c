"""A study that asks for places: its pairs with a local change, and what becomes of the marks."""

from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from ml.models.image_pair import ImagePair
from studies.answers.rows import rows_of
from studies.design.drafts.readiness import findings_about
from studies.design.lifecycle.opening import open_study
from studies.design.marked_places.judging import PlaceJudge
from studies.design.marked_places.region_checks import RegionTally, measure_regions, region_of, region_tally
from studies.design.stimulus_files import read_twin
from studies.errors import StudyError
from studies.models import RegionCheck, Truth
from studies.sessions.trials import position_of, record_answer
from tests.studies.design.test_flicker import replace_twin
from tests.studies.factories import make_open_study, make_pair_set, make_session, make_study

pytestmark = pytest.mark.django_db


def change_everywhere(pair: ImagePair) -> None:
    replace_twin(pair, read_twin(pair, perturbed=False) + np.uint8(3))


def test_pairs_that_are_changed_everywhere_are_not_shown() -> None:
    study = make_study(trial_type="marked_place", pair_set=make_pair_set(n=8), n_perturbed=2, n_clean=2)
    everywhere = list(study.pair_set.pairs.all()[:3])
    for pair in everywhere:
        change_everywhere(pair)

    open_study(study=study, by=study.owner)

    shown = set(Truth.objects.filter(stimulus__study=study).values_list("pair", flat=True))
    assert len(shown) == 4
    assert not shown & {pair.pk for pair in everywhere}
    assert region_tally(study) == RegionTally(pairs=8, measured=8, everywhere=3, from_masks=0)
    study.refresh_from_db()
    assert study.protocol is not None
    told: Any = study.protocol["marked_place"]
    assert told["pairs_not_used"] == 3
    assert told["energy_share"] == 0.8


def test_a_study_of_changes_everywhere_does_not_open_and_says_why() -> None:
    study = make_study(trial_type="marked_place", pair_set=make_pair_set(n=5), n_perturbed=2, n_clean=2)
    for pair in study.pair_set.pairs.all():
        change_everywhere(pair)

    with pytest.raises(StudyError, match=r"only 0 lesions.* 5 of 5 image pairs are not used: they are changed in more"):
        open_study(study=study, by=study.owner)

    texts = [finding.text for finding in findings_about(study, base_url="https://lab.example")]
    assert any("5 of 5 image pairs looked at are not used" in text for text in texts)


def test_other_trial_types_show_changes_everywhere() -> None:
    study = make_study(trial_type="rating", pair_set=make_pair_set(n=4), n_perturbed=2, n_clean=2)
    for pair in study.pair_set.pairs.all():
        change_everywhere(pair)

    open_study(study=study, by=study.owner)

    assert Truth.objects.filter(stimulus__study=study).count() == 4
    assert not RegionCheck.objects.exists()


def test_a_pair_is_looked_at_once() -> None:
    study = make_study(trial_type="marked_place")

    first, again = measure_regions(study), measure_regions(study)

    assert first == again
    assert RegionCheck.objects.count() == first.pairs == first.measured


def test_marks_are_right_in_the_region_and_wrong_elsewhere() -> None:
    study = make_open_study(trial_type="marked_place", n_perturbed=4, n_clean=3)
    session = make_session(study)
    judge = PlaceJudge(study)
    meant: dict[int, bool] = {}
    while (trial := position_of(session).trial) is not None:
        right = set(judge.right_pixels(trial.stimulus_id))
        others = {(x, y) for x in range(12) for y in range(12)} - right
        meant[trial.position] = bool(right) and trial.position % 2 == 0
        x, y = sorted(right if meant[trial.position] else others)[0]
        record_answer(session=session, trial_token=trial.token, rating="5", place_x=str(x), place_y=str(y))

    rows = rows_of(study, simulated=False)

    assert len(rows) == 7
    for row in rows:
        if row.truth == "clean":
            assert (row.place_hit, row.place_share) == (None, None)
        else:
            assert row.place_hit == bool(meant[row.position])
            truth = Truth.objects.get(stimulus__study=study, stimulus__number=int(row.item.lstrip("S")))
            assert row.place_share == region_of(truth.pair).accepted_share
        assert row.place_x is not None


def test_the_command_tells_how_many_have_no_place() -> None:
    study = make_study(trial_type="marked_place", pair_set=make_pair_set(n=5), n_perturbed=2, n_clean=2)
    change_everywhere(study.pair_set.pairs.all()[0])
    out = StringIO()

    call_command("check_places", str(study.pk), stdout=out)

    assert "Looked at 5 image pairs; 1 are changed everywhere, or not at all." in out.getvalue()


def test_the_command_has_nothing_to_do_for_other_trial_types() -> None:
    study = make_study(trial_type="yes_no")
    out = StringIO()

    call_command("check_places", str(study.pk), stdout=out)

    assert "asks for no place" in out.getvalue()
