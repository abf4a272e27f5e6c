"""The templates of a study."""

import pytest

from studies.design.drafts.templates import TEMPLATES, TEMPLATES_BY_KEY, StudyTemplate, setting_texts
from studies.design.options import OPTIONS
from tests.studies.factories import make_pair_set, make_pair_set_of_strength, make_researcher, make_study

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_a_study_of_every_template_can_be_made(template: StudyTemplate) -> None:
    pair_set = make_pair_set(n=2)
    make_pair_set_of_strength(pair_set, 8)

    study = make_study(**template.options_for(pair_set, by=make_researcher()))  # type: ignore[arg-type]

    study.full_clean()
    assert len(study.strengths) == min(template.strengths, 2)
    assert template.options.keys() <= OPTIONS.keys()
    assert len(setting_texts(template)) == len(template.options) + (template.strengths > 1)


def test_the_papers_study_showed_thirty_perturbed_and_twenty_clean_images() -> None:
    paper = make_study(**TEMPLATES_BY_KEY["paper"].options_for(make_pair_set(n=2), by=make_researcher()))  # type: ignore[arg-type]

    assert (paper.trial_type, paper.n_perturbed, paper.n_clean, paper.n_practice) == ("yes_no", 30, 20, 0)


def test_five_strengths_are_spread_over_those_that_there_are() -> None:
    pair_set = make_pair_set(n=1, strength=4)
    for strength in (4, 2, 3, 5, 6, 7, 8, 9):  # those of the same strength are no further ones
        make_pair_set_of_strength(pair_set, strength)
    make_pair_set(n=1, strength=12)  # of other images

    further = TEMPLATES_BY_KEY["strengths"].further_of(pair_set, by=make_researcher())

    assert [other.strength for other in further] == [2, 5, 7, 9]
