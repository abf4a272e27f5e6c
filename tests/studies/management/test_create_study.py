"""`create_study`: what a template and a plan give, and what goes before them."""

import io

import pytest
from django.core.management import CommandError, call_command

from studies.models import Study
from studies.planning.kept_plan import KeptPlan
from tests.studies.factories import make_pair_set, make_pair_set_of_strength, make_researcher

pytestmark = pytest.mark.django_db


def created(*arguments: str) -> Study:
    call_command("create_study", "T", *arguments, stdout=io.StringIO())
    return Study.objects.get()


@pytest.fixture(autouse=True)
def researcher() -> None:
    make_researcher()


def test_without_either_every_option_has_its_default() -> None:
    make_pair_set(n=1)
    newest = make_pair_set(n=1)

    study = created()

    assert (study.pair_set, study.n_perturbed, study.n_clean, study.n_practice) == (newest, 30, 20, 0)


def test_what_is_given_goes_before_the_template() -> None:
    pair_set = make_pair_set(n=1)
    make_pair_set_of_strength(pair_set, 8)

    study = created("--template", "strengths", "--pairs", pair_set.name, "--clean", "7", "--perturbed", "30")

    assert (study.n_perturbed, study.n_clean, study.n_practice) == (30, 7, 4)
    assert [used.strength for used in study.strengths] == [4, 8]


def test_the_plans_numbers_go_before_all_else_and_it_is_kept() -> None:
    make_pair_set(n=1)

    study = created("--template", "rating", "--perturbed", "3", "--plan", "/studies/plan/?images=40&margin=0.2")

    assert (study.trial_type, study.n_perturbed, study.n_clean, study.margin) == ("rating", 20, 20, 0.2)
    plan = KeptPlan.of(study)
    assert plan is not None
    assert plan.departures(study) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--plan", "margin=x"), "The address holds no plan. Margin δ: Enter a number."),
        (("--perturbed", "0"), "n_perturbed: Ensure this value is greater than or equal to 1."),
        (("--template", "another"), "invalid choice: 'another'"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(arguments: tuple[str, ...], message: str) -> None:
    make_pair_set(n=1)

    with pytest.raises(CommandError, match=message):
        created(*arguments)
    assert not Study.objects.exists()


def test_without_image_pairs_it_says_how_to_make_some() -> None:
    with pytest.raises(CommandError, match="make_pairs"):
        created("--template", "paper")
