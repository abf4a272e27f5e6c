"""From a study's page to the plans of its own methods, with its numbers."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from studies.models.study import Study
from studies.planning.precision.links import precision_links
from tests.studies.factories import make_adaptive_study, make_open_study, make_pair_set, make_study

pytestmark = pytest.mark.django_db


def numbers(study: Study, *, observers: int) -> list[tuple[str, dict[str, list[str]]]]:
    """Return of each link the last part of its address, and the numbers."""
    parts = [urlsplit(link.address) for link in precision_links(study, observers=observers)]
    return [(part.path.split("/")[-2], parse_qs(part.query)) for part in parts]


def test_each_method_has_the_numbers_of_the_study() -> None:
    pairs = make_pair_set(n=30)
    places = make_study(pair_set=pairs, trial_type="marked_place", n_perturbed=6, n_clean=4)
    assert numbers(places, observers=5) == [
        ("places", {"images": ["10"], "prevalence": ["0.6"], "observers": ["5"]}),
    ]
    grades = make_study(pair_set=pairs, trial_type="degradation", n_perturbed=6, n_clean=4, n_repeated=3)
    assert numbers(grades, observers=0) == [
        ("grades", {"images": ["6"], "half_width": ["0.2"]}),
        ("repeats", {"repeats": ["3"], "images": ["10"], "prevalence": ["0.6"]}),
    ]
    assert numbers(make_study(pair_set=pairs), observers=4) == []


@pytest.mark.parametrize(("trial_type", "of_task"), [("yes_no", {"prevalence": ["0.6"]}), ("two_afc", {})])
def test_chosen_strengths_are_those_of_the_study(trial_type: str, of_task: dict[str, list[str]]) -> None:
    study = make_adaptive_study(trial_type)

    assert numbers(study, observers=1) == [
        (
            "thresholds",
            {
                "trials": ["20"],
                "task": [trial_type],
                "strength": ["1, 2, 4, 8, 16"],
                "observers": ["2"],
                **of_task,
            },
        )
    ]


def test_the_study_leads_there_and_the_page_answers(client: Client) -> None:
    study = make_open_study(trial_type="degradation", n_perturbed=4, n_clean=2)
    client.force_login(study.owner)

    page = client.get(reverse("studies:study-detail", args=[study.pk])).content.decode()

    (link,) = precision_links(study, observers=study.observers.count())
    assert link.address.replace("&", "&amp;") in page
    assert "The plan" in client.get(link.address).content.decode()
