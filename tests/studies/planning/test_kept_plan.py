"""A plan that is kept with a study."""

import json

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from studies.design.lifecycle import close_study, keep_plan, open_study
from studies.design.protocol import protocol_hash
from studies.errors import StudyError
from studies.exports.preregistration import preregistration_text
from studies.models import AuditEvent
from studies.planning.kept_plan import KeptPlan, make_kept_plan
from studies.report.build import build_report
from studies.report.methods.stard import STARD
from tests.studies.factories import make_open_study, make_pair_set, make_study

QUERY = "goal=equivalence&margin=0.1&images=10&observers=3&icc=0.2"


@given(
    margin=st.floats(0.02, 0.4),
    images=st.integers(4, 400),
    observers=st.integers(1, 20),
    prevalence=st.floats(0.5, 0.6),
    detects=st.booleans(),
)
@settings(max_examples=20)
def test_a_plan_is_read_back_as_it_was_stored(
    margin: float, images: int, observers: int, prevalence: float, *, detects: bool
) -> None:
    goal = "goal=detection&dprime=0.5" if detects else f"goal=equivalence&margin={margin}"
    stored = make_kept_plan(f"{goal}&images={images}&observers={observers}&prevalence={prevalence}")

    plan = KeptPlan.read(json.loads(json.dumps(stored)))

    assert plan.perturbed + plan.clean == images
    assert (plan.observers, plan.margin) == (observers, None if detects else margin)
    assert plan.options.keys() == {"n_perturbed", "n_clean", "n_subsets"} | (set() if detects else {"margin"})
    # The address that is kept gives the same plan again.
    again = make_kept_plan(plan.query)
    assert again["figures"] == stored["figures"]


def test_it_says_what_was_assumed_by_which_rule_and_when() -> None:
    stored = make_kept_plan(f"https://study.example.org/studies/plan/?{QUERY}&csrf=x")

    assert stored["rule_of_equivalence"] == "d_prime"
    assert "csrf" not in str(stored["query"])
    text = KeptPlan.read(stored).text
    assert text.startswith("Planned on ")
    for part in (
        "to show that the change is undetectable within 10 points: the 90% interval of d′ lies inside ±0.51",
        "Assumed: 3 observers who guess; ρ = 0.2 between answers to one image",
        "images for 80% power",
        "5 perturbed + 5 clean images × 3 observers = 30 answers; power by formula",
    ):
        assert part in text


@pytest.mark.parametrize("query", ["margin=x", "images=1", "margin=0.01&observers=1", "goal=detection&dprime=0"])
def test_what_is_no_plan_or_none_that_a_study_can_have_is_refused(query: str) -> None:
    with pytest.raises(ValidationError, match="plan"):
        make_kept_plan(query)


@pytest.mark.django_db
def test_of_two_images_the_number_of_trials_counts_alone() -> None:
    plan = KeptPlan.read(make_kept_plan("images=10&margin=0.05"))

    assert plan.departures(make_study(n_perturbed=6, n_clean=4, trial_type="two_afc")) == []
    assert plan.departures(make_study(n_perturbed=6, n_clean=4)) == [
        "6 perturbed + 4 clean images in the place of 5 + 5"
    ]
    assert plan.departures(make_study(n_perturbed=5, n_clean=6, trial_type="two_afc"))


@pytest.mark.django_db
def test_it_is_in_the_protocol_the_preregistration_and_the_report() -> None:
    study = make_study(pair_set=make_pair_set(n=12), n_perturbed=5, n_clean=5, margin=0.1)
    plan = make_kept_plan(QUERY)
    keep_plan(study=study, by=study.owner, plan=plan)
    assert AuditEvent.objects.latest("pk").details == {"fields": ["plan"]}

    study = open_study(study=study, by=study.owner)

    assert study.protocol is not None
    assert study.protocol["plan"] == plan
    assert study.protocol_sha256 == protocol_hash(study.protocol)
    text = KeptPlan.read(plan).text
    registered = preregistration_text(study).replace("\\", "")
    assert text in registered
    assert "Of observers: 3 as planned" in registered
    report = build_report(close_study(study=study, by=study.owner))
    (item,) = [question for question in STARD.questions if question.number == "18"]
    answer = item.answer(report)
    assert answer.endswith(text)
    assert "to fill in" not in answer
    with pytest.raises(StudyError, match="is closed"):
        keep_plan(study=study, by=study.owner, plan=None)


@pytest.mark.django_db
def test_without_a_plan_it_is_to_be_filled_in_and_the_protocol_says_nothing() -> None:
    study = make_open_study()

    assert study.protocol is not None
    assert "plan" not in study.protocol
    assert "To fill in: why so many" in preregistration_text(study)
    (item,) = [question for question in STARD.questions if question.number == "18"]
    assert "how the number was arrived at" in item.answer(build_report(close_study(study=study, by=study.owner)))
