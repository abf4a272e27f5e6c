"""Whether there are images enough: the count agrees with the very drawing of the opening."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studies.design.drafts.supply import Use, image_supply, supply_text
from studies.design.stimulus_selection import select_stimuli
from studies.models import Study
from studies.randomization import DrawingError
from tests.studies.factories import make_pair_set, make_pair_set_of_strength, make_study

pytestmark = pytest.mark.django_db


def supply(study: Study) -> list[tuple[str, int, int]]:
    return [(use.name, use.needed, use.lacking) for use in image_supply(study, study.further_pair_sets.all())]


def test_what_is_needed_for_what_is_told_at_once() -> None:
    pair_set = make_pair_set(n=10)
    catch = make_pair_set_of_strength(pair_set, 9)
    fields = {"pair_set": pair_set, "catch_pair_set": catch}

    enough = make_study(**fields, n_perturbed=3, n_clean=2, n_practice=2, n_catch=2)  # type: ignore[arg-type]
    assert supply(enough) == [("series", 5, 0), ("practice", 3, 0), ("catch", 2, 0)]
    few = make_study(**fields, n_perturbed=4, n_clean=3, n_practice=3, n_catch=2)  # type: ignore[arg-type]
    assert supply(few) == [("series", 7, 0), ("practice", 4, 1), ("catch", 2, 2)]
    fewer = make_study(**fields, n_perturbed=20, n_clean=3, n_practice=3)  # type: ignore[arg-type]
    assert supply(fewer) == [("series", 23, 13), ("practice", 4, 4)]


def test_sets_of_images_and_repeated_lesions_count() -> None:
    pair_set = make_pair_set(n=10, lesions=5)

    assert supply(make_study(pair_set=pair_set, n_subsets=2)) == [("series", 10, 5)]
    assert supply(make_study(pair_set=pair_set, n_subsets=2, one_lesion_once=False)) == [("series", 10, 0)]


def test_catch_trials_of_another_dataset_have_lesions_of_their_own() -> None:
    study = make_study(pair_set=make_pair_set(n=5), catch_pair_set=make_pair_set(n=2, strength=9), n_catch=2)

    assert supply(study) == [("series", 5, 0), ("catch", 2, 0)]


def test_images_that_a_further_strength_lacks_do_not_count() -> None:
    pair_set = make_pair_set(n=5)
    further = make_pair_set_of_strength(pair_set, 9)
    study = make_study(pair_set=pair_set, further_pair_sets=[further])
    further.pairs.first().delete()  # type: ignore[union-attr]

    assert supply(study) == [("series", 5, 1)]


@given(
    n_perturbed=st.integers(1, 6),
    n_clean=st.integers(1, 6),
    n_practice=st.integers(0, 4),
    n_catch=st.integers(0, 4),
    n_subsets=st.integers(1, 2),
    allocation=st.sampled_from(["shared", "pool"]),
    pool_size=st.none() | st.integers(2, 10),
    one_lesion_once=st.booleans(),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_says_what_the_opening_would(pairs: Study, **fields: object) -> None:
    """A draft opens, as far as images go, exactly if nothing is lacking."""
    study = pairs
    for name, value in fields.items():
        setattr(study, name, value)

    lacking = [use for use in image_supply(study, []) if use.lacking]
    try:
        select_stimuli(study)
    except DrawingError:
        assert lacking
    else:
        assert not lacking


@pytest.fixture
def pairs() -> Study:
    """Return a draft on twelve images of nine lesions, with catch trials on the same ones."""
    pair_set = make_pair_set(n=12, lesions=9)
    return make_study(pair_set=pair_set, catch_pair_set=make_pair_set_of_strength(pair_set, 9))


@pytest.mark.parametrize(
    ("use", "text"),
    [
        (Use("series", 1000, 8, of_lesions=False), "The series needs 1,000 images, and the image pairs hold 8"),
        (
            Use("practice", 5, 2, of_lesions=True),
            "Practice and its example need 5 lesions that are not shown otherwise, and 2 are left",
        ),
        (
            Use("catch", 5, 0, of_lesions=True),
            "Catch trials need 5 lesions that are not shown otherwise, and 0 are left",
        ),
    ],
)
def test_it_is_told_in_a_sentence(use: Use, text: str) -> None:
    assert supply_text(use) == text
