"""Images chosen by how visible their change is: what passes, what is drawn, what protocol and draft say of it."""

from collections.abc import Sequence

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml.models import PairSet, Visibility
from studies.design.drafts.readiness import Finding, findings_about
from studies.design.drafts.supply import image_supply
from studies.design.lifecycle.opening import open_study
from studies.design.stimulus_selection import select_stimuli
from studies.design.visible_pairs import names_of_visible
from studies.exports.preregistration import preregistration_text
from studies.models import Study, Truth
from studies.randomization import DrawingError
from studies.report.wording import visibility_text
from tests.ml.visibility_rows import add_visibility
from tests.studies.factories import make_pair_set, make_pair_set_of_attack, make_pair_set_of_strength, make_study

pytestmark = pytest.mark.django_db

SCORES = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0]


@pytest.fixture
def pair_set() -> PairSet:
    pair_set = make_pair_set(n=len(SCORES))
    add_visibility(pair_set, SCORES)
    return pair_set


def draft(pair_set: PairSet, **fields: object) -> Study:
    return make_study(pair_set=pair_set, **{"n_perturbed": 2, "n_clean": 1, **fields})  # type: ignore[arg-type]


def scores_of_visible(study: Study, *further: PairSet) -> list[float]:
    names = names_of_visible(study, [study.pair_set, *further])
    assert names is not None
    passing = study.pair_set.pairs.filter(image__name__in=names).order_by("pk")
    return list(passing.values_list("visibility__ciede2000_mean", flat=True))


def about(study: Study) -> list[Finding]:
    return [one for one in findings_about(study, base_url="https://x.example") if one.option.startswith("visibility")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"visibility_measure": "ciede2000_mean", "visibility_low": 1.5, "visibility_high": 3.0}, SCORES[2:6]),
        ({"visibility_measure": "ciede2000_mean", "visibility_low": 3.6}, [4.0]),
        ({"visibility_measure": "ssimulacra2", "visibility_low": 80}, SCORES[:4]),
        ({"visibility_measure": "flip", "visibility_high": 0}, []),
        ({"visibility_measure": "flip"}, SCORES),
    ],
)
def test_a_range_lets_pass_what_lies_within_it(
    pair_set: PairSet, fields: dict[str, object], expected: Sequence[float]
) -> None:
    assert scores_of_visible(draft(pair_set, **fields)) == list(expected)


def test_without_a_measure_nothing_is_asked(pair_set: PairSet) -> None:
    assert names_of_visible(draft(pair_set), [pair_set]) is None


def test_attacks_are_matched_on_the_images_on_which_they_are_alike(pair_set: PairSet) -> None:
    other = make_pair_set_of_attack(pair_set, "fgsm", strength=6)
    add_visibility(other, [0.5, 1.4, 1.5, 5.0, 2.5, 3.2, 9.0, 4.0])
    fields = {"further_pair_sets": [other], "compares_attacks": True, "visibility_measure": "ciede2000_mean"}

    matched = draft(pair_set, **fields, visibility_tolerance=0.25)
    assert scores_of_visible(matched, other) == [0.5, 1.5, 2.5, 3.0, 4.0]
    both = draft(pair_set, **fields, visibility_tolerance=0.25, visibility_high=3.1)
    assert scores_of_visible(both, other) == [0.5, 1.5, 2.5], "the range holds for every attack"


def test_a_positive_control_is_asked_for_no_visibility(pair_set: PairSet) -> None:
    """It is surely seen: within the range of the others, and as visible as they are, it would be none."""
    other = make_pair_set_of_attack(pair_set, "pgd", strength=6)
    add_visibility(other, [0.5, 1.4, 1.5, 5.0, 2.5, 3.2, 9.0, 4.0])
    control = make_pair_set_of_attack(pair_set, "fgsm", strength=32)  # nobody measured it
    study = draft(
        pair_set,
        n_perturbed=3,
        n_practice=0,
        further_pair_sets=[other, control],
        compares_attacks=True,
        control_pair_set=control,
        visibility_measure="ciede2000_mean",
        visibility_high=3.3,
        visibility_tolerance=0.25,
    )

    assert scores_of_visible(study, other, control) == [0.5, 1.5, 2.5, 3.0]
    assert not [finding for finding in about(study) if finding.stops]
    assert f"; that of “{study.control_name}” is not asked" in visibility_text(study)
    opened = open_study(study=study, by=study.owner)
    chosen = (opened.protocol or {})["images"]["visibility"]
    assert chosen["not_asked_of"] == opened.control_name
    assert set(chosen["versions"]) == {pair_set.name, other.name}


def test_a_control_leaves_one_set_of_pairs_with_nothing_to_match(pair_set: PairSet) -> None:
    control = make_pair_set_of_attack(pair_set, "fgsm", strength=32)
    study = draft(
        pair_set,
        further_pair_sets=[control],
        compares_attacks=True,
        control_pair_set=control,
        visibility_measure="flip",
        visibility_tolerance=0.1,
    )

    assert "nothing is matched" in " ".join(one.text for one in about(study))


def test_an_image_without_a_measure_does_not_pass(pair_set: PairSet) -> None:
    weak = make_pair_set_of_strength(pair_set, 2)
    study = draft(pair_set, further_pair_sets=[weak], visibility_measure="flip", visibility_high=1)

    assert scores_of_visible(study, weak) == []


def test_the_opening_draws_them_alone(pair_set: PairSet) -> None:
    study = make_study(
        pair_set=pair_set,
        n_perturbed=2,
        n_clean=1,
        n_practice=0,
        visibility_measure="ciede2000_mean",
        visibility_low=2.0,
        visibility_high=3.0,
    )

    opened = open_study(study=study, by=study.owner)

    measured = Visibility.objects.get(pair_set=pair_set)
    shown = Truth.objects.filter(stimulus__study=opened).values_list("pair__visibility__ciede2000_mean", flat=True)
    assert sorted(shown) == [2.0, 2.5, 3.0]
    assert (opened.protocol or {})["images"]["visibility"] == {
        "measure": "ciede2000_mean",
        "from": 2.0,
        "to": 3.0,
        "matched_within": None,
        "pixels_per_degree": {pair_set.name: 67.0},
        "versions": {pair_set.name: measured.versions},
    }
    assert "at least 2, at most 3" in preregistration_text(opened)


@given(
    low=st.none() | st.floats(0, 4),
    high=st.none() | st.floats(0, 4),
    n_perturbed=st.integers(1, 4),
    n_practice=st.integers(0, 2),
    allocation=st.sampled_from(["shared", "pool"]),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_draft_counts_what_the_opening_would_find(some: Study, **fields: object) -> None:
    for name, value in fields.items():
        setattr(some, f"visibility_{name}" if name in {"low", "high"} else name, value)

    lacking = [use for use in image_supply(some, []) if use.lacking]
    try:
        select_stimuli(some)
    except DrawingError:
        assert lacking
    else:
        assert not lacking


@pytest.fixture
def some(pair_set: PairSet) -> Study:
    return draft(pair_set, visibility_measure="ciede2000_mean")


def test_a_draft_tells_how_many_images_remain(pair_set: PairSet) -> None:
    (found,) = about(draft(pair_set, visibility_measure="ciede2000_mean", visibility_high=1.6))

    assert "3 of the 8 images" in found.text
    assert not found.stops


def test_a_draft_on_pairs_that_were_not_measured_does_not_open() -> None:
    pair_set = make_pair_set(n=4)

    (found,) = about(draft(pair_set, visibility_measure="flip", visibility_high=1))

    assert found.stops
    assert f"“{pair_set.name}”" in found.text


def test_matching_one_set_of_pairs_is_told_to_be_of_no_effect(pair_set: PairSet) -> None:
    found = about(draft(pair_set, visibility_measure="flip", visibility_tolerance=0.1))

    assert "nothing is matched" in " ".join(one.text for one in found)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"visibility_low": 1}, "visibility_low"),
        ({"visibility_tolerance": 1}, "visibility_tolerance"),
        ({"visibility_measure": "flip", "visibility_low": 1, "visibility_high": 0.5}, "visibility_high"),
        ({"visibility_measure": "flip", "visibility_high": float("nan")}, "visibility_high"),
        ({"visibility_measure": "flip", "visibility_tolerance": -1}, "visibility_tolerance"),
        ({"visibility_measure": "beauty", "visibility_low": 1}, "visibility_measure"),
    ],
)
def test_what_does_not_go_together_is_refused(pair_set: PairSet, fields: dict[str, object], wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        draft(pair_set, **fields)

    assert set(refused.value.message_dict) == {wrong}


def test_the_choice_is_told_in_words() -> None:
    assert visibility_text(Study()) == ""
    study = Study(visibility_measure="flip", visibility_low=0.01, visibility_high=0.2, visibility_tolerance=0.05)
    assert visibility_text(study) == (
        "only images whose measure “FLIP” is at least 0.01, at most 0.2, differing by at most 0.05 between the image "
        "pairs of one image"
    )
