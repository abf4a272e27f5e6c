"""The margin's power at a study's size, in a sentence; the page that fetches it."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from studies.design.lifecycle import keep_plan
from studies.models import Study
from studies.planning.kept_plan import KeptPlan, make_kept_plan
from studies.planning.plan import make_plan
from studies.planning.request import PlanRequest
from studies.planning.verdict_power import verdict_power_text
from studies.planning.wording import power_text
from tests.studies.factories import make_draft_with_observers, make_pair_set, make_pair_set_of_strength, make_study


def study(**fields: object) -> Study:
    return Study(**{"n_perturbed": 30, "n_clean": 20, "trial_type": "yes_no", "margin": 0.05} | fields)


def test_the_papers_study_has_next_to_no_power() -> None:
    assert verdict_power_text(study(), observers=2) == (
        "With 50 images and 2 observers a change of d′ 0 would be called undetectable in 0.0% of such studies; 491 "
        "images for 80%."
    )


@pytest.mark.parametrize("fields", [{}, {"margin": 0.2, "n_clean": 30}, {"trial_type": "two_afc", "margin": 0.15}])
def test_it_is_the_plans_own_figure(fields: dict[str, object]) -> None:
    planned = make_plan(
        PlanRequest(
            margin=float(str(fields.get("margin", 0.05))),
            observers=4,
            images=study(**fields).n_images,
            prevalence=0.5 if fields else 0.6,
        )
    )
    assert planned.design_power is not None

    text = verdict_power_text(study(**fields), observers=4)

    assert f"undetectable in {power_text(planned.design_power.formula.power)} of such studies" in text
    assert f"{planned.images_needed:,} images for 80%" in text


def test_from_one_image_of_a_kind_there_is_no_verdict() -> None:
    text = verdict_power_text(study(n_perturbed=1), observers=1)

    assert text.startswith("With 21 images and 1 observer there is no verdict: an interval takes at least 2")


@pytest.mark.django_db
def test_of_several_strengths_it_is_of_one_verdict_and_so_is_what_departs_from_a_plan() -> None:
    pair_set = make_pair_set(n=4)
    shared_out = make_study(
        pair_set=pair_set, further_pair_sets=[make_pair_set_of_strength(pair_set, 8)], n_perturbed=30, n_clean=20
    )

    assert verdict_power_text(shared_out, observers=2).startswith("With 35 images for each of 2 verdicts and 2 obs")
    plan = KeptPlan.read(make_kept_plan("images=50&prevalence=0.6&observers=2"))
    assert plan.departures(make_study(n_perturbed=30, n_clean=20)) == []
    assert plan.departures(shared_out) == ["15 perturbed + 20 clean images for each verdict in the place of 30 + 20"]


@pytest.mark.django_db
def test_it_counts_those_invited_or_planned_or_two(client: Client) -> None:
    pair_set = make_pair_set(n=7)
    invited = make_draft_with_observers(pair_set=pair_set, observers=3)
    planned = make_study(pair_set=pair_set, owner=invited.owner)
    keep_plan(study=planned, by=planned.owner, plan=make_kept_plan("images=20&observers=5"))
    neither = make_study(pair_set=pair_set, owner=invited.owner)
    in_sets = make_draft_with_observers(pair_set=pair_set, owner=invited.owner, observers=3, n_subsets=2, n_clean=1)
    client.force_login(invited.owner)

    for one, observers in ((invited, 3), (planned, 5), (neither, 2), (in_sets, 1)):
        text = unescape(client.get(reverse("studies:study-power", args=[one.pk])).content.decode())
        assert f"and {observers} observer" in text


@pytest.mark.django_db
def test_images_of_a_pool_are_reckoned_as_those_of_one_observer() -> None:
    fields = {"pair_set": make_pair_set(n=4), "n_perturbed": 15, "n_clean": 15, "margin": 0.1}
    pool = make_study(**fields, allocation="pool", pool_size=300)  # type: ignore[arg-type]
    planned = make_plan(PlanRequest(margin=0.1, observers=20, images=30, pool=300))
    assert planned.design_power is not None

    text = verdict_power_text(pool, observers=20)

    assert text.startswith(
        "With 30 images of each observer’s own, from a pool of 300, and 20 observers a change of d′ 0"
    )
    assert f"undetectable in {power_text(planned.design_power.formula.power)} of such studies" in text
    assert verdict_power_text(make_study(**fields), observers=20) != text  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_plan_with_a_pool_is_kept_and_a_study_without_it_departs_from_it() -> None:
    plan = KeptPlan.read(make_kept_plan("images=30&observers=20&pool=300"))

    assert plan.pool == 300
    assert plan.options["allocation"] == "pool"
    assert plan.options["pool_size"] == 300
    assert "of a pool of 300 images, each judged by up to 1.0 at one strength" in plan.text
    fields = {"pair_set": make_pair_set(n=4), "n_perturbed": 15, "n_clean": 15}
    assert plan.departures(make_study(**fields, allocation="pool", pool_size=300)) == []  # type: ignore[arg-type]
    assert plan.departures(make_study(**fields)) == [  # type: ignore[arg-type]
        "the same images for all in the place of images of each observer’s own from a pool of 300"
    ]
