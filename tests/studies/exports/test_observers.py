"""What observers told of themselves, as a table: every question, no answer to a trial."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from studies.exports.observers import session_columns, sessions_csv
from studies.models import AuditEvent, Observer, Session, Study
from studies.sessions.start import start_session
from studies.sessions.steps import answer_questionnaire, save_comments
from tests.studies.factories import answer_trials, make_open_study, make_pair_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    """Return a study that one of three observers has finished, and another begun."""
    study = make_open_study(observers=3, questionnaire="Years: number 0-60\nGlasses?: yes | no", asks_comments=True)
    first, second, _ = Observer.objects.filter(study=study).order_by("pk")
    session = start_session(observer=first, language="fr", display={"pixel_ratio": 2, "css_px_per_mm": 3.8})
    answer_questionnaire(session=session, given={"q1": "9", "q2": "0"})
    answer_trials(session, "perturbed")
    save_comments(session=session, text="=HYPERLINK(1)\nSo it was.")
    answer_questionnaire(session=start_session(observer=second), given={})
    return study


def test_it_works(study: Study) -> None:
    one, other = csv.DictReader(io.StringIO(sessions_csv(study)))

    assert list(one) == [column.name for column in session_columns(study)]
    assert (one["observer"], one["language"], one["subset"], one["simulated"]) == ("Observer A", "fr", "1", "0")
    assert one["of_pool"] == ""
    assert (one["Years"], one["Glasses?"], one["pixel_ratio"], one["css_px_per_mm"]) == ("9", "yes", "2", "3.8")
    assert one["comments"] == "'=HYPERLINK(1)\nSo it was."
    assert one["finished_at"] == Session.objects.get(observer__label="Observer A").finished_at.isoformat()  # type: ignore[union-attr]
    assert (other["observer"], other["Years"], other["finished_at"], other["comments"]) == ("Observer B", "", "", "")


def test_own_words_begin_no_formula_and_what_was_not_due_is_empty() -> None:
    asked = "Glasses?: yes | no\nSince: number 0-60\nif Glasses? = yes\n=Read: [ ] a [ ] =b\nRemarks: text 300"
    study = make_open_study(observers=1, questionnaire=asked)
    given = {"q1": "1", "q2": "7", "q3-0": "1", "q3-1": "1", "q4": '@SUM(1)\r\n"and", more'}
    answer_questionnaire(session=start_session(observer=Observer.objects.get(study=study)), given=given)

    (row,) = csv.DictReader(io.StringIO(sessions_csv(study)))

    assert (row["Glasses?"], row["Since"], row["'=Read"]) == ("no", "", "a | =b")
    assert row["Remarks"] == '\'@SUM(1)\n"and", more'
    described = {column.name: column.description for column in session_columns(study)}
    assert described["Since"] == "a question of the study; asked only if “Glasses?” is yes, else empty"
    assert described["Remarks"] == "a question of the study; in the observer's words"


def test_of_a_pool_it_says_which_sequence_each_observer_had() -> None:
    study = make_open_study(pair_set=make_pair_set(n=12), observers=2, allocation="pool", n_perturbed=2, n_clean=2)
    for observer in Observer.objects.filter(study=study):
        start_session(observer=observer)

    rows = list(csv.DictReader(io.StringIO(sessions_csv(study))))

    assert [(row["subset"], row["of_pool"]) for row in rows] == [("", "1"), ("", "2")]


def test_it_holds_nothing_of_the_answers(study: Study) -> None:
    assert "perturbed" not in sessions_csv(study)


def test_it_is_downloaded_while_the_study_is_open_and_that_is_written_down(client: Client, study: Study) -> None:
    client.force_login(study.owner)

    response = client.get(reverse("studies:study-observers", args=[study.pk]))

    assert response.content.decode() == sessions_csv(study)
    assert "observers.csv" in response.headers["Content-Disposition"]
    assert AuditEvent.objects.get(action="exported").details == {"what": "observers.csv"}


def test_the_command_writes_the_same(study: Study, tmp_path: Path) -> None:
    call_command("export_observers", str(study.pk), output=tmp_path / "observers.csv")

    with (tmp_path / "observers.csv").open(encoding="utf-8", newline="") as file:
        assert file.read() == sessions_csv(study)
    assert AuditEvent.objects.filter(action="exported").count() == 1
