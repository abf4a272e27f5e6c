"""The protocol as a preregistration: the template's order, what is fixed, what is not, and nothing of the answers."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from studies.design.lifecycle import unblind_study
from studies.errors import StudyError
from studies.exports.preregistration import preregistration_text
from studies.models import AuditEvent, Observer, Study
from studies.trial_types import TRIAL_TYPES
from tests.studies.factories import begin_trials, make_open_study, make_study

pytestmark = pytest.mark.django_db

HEADINGS = """
Hypotheses
Study type
Blinding
Is there any additional blinding in this study?
Study design
Randomization
Existing Data
Explanation of existing data
Data collection procedures
Sample size
Sample size rationale
Stopping rule
Manipulated variables
Measured variables
Indices
Statistical models
Transformations
Inference criteria
Data exclusion
Missing data
Exploratory analysis
Other
""".strip().splitlines()


@pytest.fixture
def study() -> Study:
    return make_open_study(observers=2)


def answers_of(study: Study) -> dict[str, str]:
    parts = preregistration_text(study).split("\n### ")[1:]
    return {heading: text.split("\n## ")[0].strip() for heading, text in (part.split("\n", 1) for part in parts)}


@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_every_question_of_the_template_is_there_in_its_order(trial_type: str) -> None:
    answers = answers_of(make_open_study(trial_type=trial_type))

    assert list(answers) == HEADINGS
    assert all(answers.values())


def test_what_the_protocol_fixes_is_told() -> None:
    study = make_open_study(
        n_perturbed=3, n_clean=2, margin=0.1, rt_at_least_ms=300, seed=77, closes_when_finished=False
    )

    text, answers = preregistration_text(study), answers_of(study)
    assert study.protocol_sha256 in text
    assert "3 perturbed and 2 clean images" in answers["Study design"]
    assert "answers 60% rightly" in answers["Statistical models"]
    assert "the seed 77" in answers["Randomization"]
    assert answers["Data exclusion"] == "Answers given in less than 300 ms are left out."
    assert "To fill in: when it is closed" in answers["Stopping rule"]


def test_it_says_whether_data_existed_when_it_was_made(study: Study) -> None:
    assert "prior to creation of data" in answers_of(study)["Existing Data"]

    begin_trials(Observer.objects.filter(study=study)[0])
    begun = answers_of(study)["Existing Data"]
    assert "1 observer had begun. Results cannot be seen before the study is closed." in begun

    unblind_study(study=study, by=study.owner, reason="an alarm")
    study.refresh_from_db()
    assert "Results were unblinded on" in answers_of(study)["Existing Data"]


def test_it_holds_no_account_and_no_link(study: Study) -> None:
    text = preregistration_text(study)

    assert study.owner.username not in text
    assert not any(token in text for token in study.observers.values_list("token", flat=True))


def test_a_draft_has_none_and_a_changed_protocol_neither(client: Client, study: Study) -> None:
    draft = make_study()
    with pytest.raises(StudyError, match="is a draft: its protocol is fixed when it opens"):
        preregistration_text(draft)
    client.force_login(draft.owner)
    response = client.get(reverse("studies:study-preregistration", args=[draft.pk]), follow=True)
    assert "is a draft: its protocol is fixed when it opens" in response.content.decode()

    study.protocol = {**(study.protocol or {}), "title": "Another"}
    with pytest.raises(StudyError, match="is not the one that was written down"):
        preregistration_text(study)


def test_page_and_command_give_the_same_and_write_it_down(client: Client, study: Study) -> None:
    client.force_login(study.owner)
    address = reverse("studies:study-preregistration", args=[study.pk])
    assert address in client.get(reverse("studies:study-detail", args=[study.pk])).content.decode()

    response = client.get(address)
    out = StringIO()
    call_command("export_preregistration", str(study.pk), by=study.owner.username, stdout=out)

    assert response.content.decode() == out.getvalue() == preregistration_text(study)
    assert "preregistration.md" in response.headers["Content-Disposition"]
    events = AuditEvent.objects.filter(action="exported")
    assert [event.details for event in events] == [{"what": "preregistration.md"}] * 2


def test_a_file_that_cannot_be_written_is_told(study: Study) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_preregistration", str(study.pk), by=study.owner.username, output=Path("/nonexistent/a.md"))

    assert not AuditEvent.objects.filter(action="exported").exists()
