"""The report of each trial type: the page, the JSON and the command agree, and each says what it should."""

import io
import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from studies.models import Study, Trial, Truth
from studies.report.build import build_report
from studies.report.sections.contents import sections_of
from studies.sessions.trials import position_of, record_answer
from studies.trial_types import TRIAL_TYPES, Buttons
from tests.studies.answered import simulated_study
from tests.studies.factories import begin_trials, make_open_study, make_pair_set
from tests.studies.report.conftest import AnsweredStudies

pytestmark = pytest.mark.django_db


def with_everything(trial_type: str) -> Study:
    return simulated_study(
        trial_type,
        n_practice=2,
        n_catch=2,
        catch_pair_set=make_pair_set(n=26, size=4, strength=30),
        asks_diagnosis=True,
    )


@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_page_json_csv_and_command_are_one_path(trial_type: str, client: Client, tmp_path: Any) -> None:
    study = with_everything(trial_type)
    client.force_login(study.owner)

    figures = json.loads(b"".join(client.get(reverse("studies:study-download", args=[study.pk, "figures.json"]))))
    path = tmp_path / "answers.csv"
    path.write_bytes(b"".join(client.get(reverse("studies:study-download", args=[study.pk, "answers.csv"]))))
    page = client.get(reverse("studies:study-report", args=[study.pk])).content.decode()
    out, text = io.StringIO(), io.StringIO()
    call_command("analyse", str(path), "--format", "json", "--margin", str(study.margin), stdout=out)
    call_command("analyse", str(path), stdout=text)

    again = json.loads(out.getvalue())
    assert {key: figures[key] for key in again} == again
    assert set(figures) - set(again) == {
        "study",
        "publication",
        "simulated",
        "flow",
        "history",
        "characteristics",
        "exclusions",
        "without_exclusions",
        "display",
        "attack",
        *(["flicker"] if study.flickers else []),
    }
    assert not re.search(r"\bnan\b", page + text.getvalue(), re.IGNORECASE)
    assert max(map(len, text.getvalue().splitlines())) <= 100
    for title in ("Catch trials", "The second question", "Response times"):
        assert title in page
    buttons = Buttons.of(study.trials, study.words("en"))
    for button in (*buttons.responses, *buttons.ratings, *buttons.confidences, *buttons.grades):
        assert f"“{button.label}”" in page


@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_catch_trials_stand_apart_and_practice_nowhere(trial_type: str) -> None:
    study = with_everything(trial_type)

    report = build_report(study)

    assert len(report.rows) == 3 * (10 + 2)
    assert {row.phase for row in report.rows} == {"series"}
    catch = [row for row in report.rows if row.role == "catch"]
    assert {row.strength for row in catch} == {30}
    assert {row.strength for row in report.rows if row.role == "series"} <= {4, 0}
    figures = report.as_dict()
    assert (figures["n_images"], figures["n_missing"]) == (10, 0)
    assert figures["catch_trials"]["pooled"]["k"] == sum(row.truth == row.response for row in catch)
    assert [share["n"] for share in figures["catch_trials"]["observers"].values()] == [2, 2, 2]


def test_of_two_images_the_row_says_which_stood_where(answered: AnsweredStudies) -> None:
    study = answered.simulated("two_afc")

    rows = build_report(study).rows

    perturbed = {
        truth.stimulus.name
        for truth in Truth.objects.filter(stimulus__study=study).select_related("stimulus")
        if truth.perturbed
    }
    for row in rows:
        first = next(name for name in row.item.split("+") if name != row.second_item)
        assert row.truth == row.side == ("first" if first in perturbed else "second")
    assert len({row.item for row in rows}) == 10, "an item is the same pair for everybody"
    for observer in {row.observer for row in rows}:
        assert sum(row.side == "first" for row in rows if row.observer == observer) == 5


def test_same_pairs_are_clean_and_have_no_side(answered: AnsweredStudies) -> None:
    rows = build_report(answered.simulated("same_different")).rows

    assert {(row.truth, row.side != "", row.strength) for row in rows} == {("same", False, 0), ("different", True, 4)}


def test_choices_are_counted_as_they_were_made() -> None:
    """Who always chooses the first image is right where it is the perturbed one: in half of the trials."""
    study = make_open_study(trial_type="two_afc", n_perturbed=6, n_clean=4)
    session = begin_trials(study.observers.get())
    while (trial := position_of(session).trial) is not None:
        assert record_answer(session=session, trial_token=trial.token, response="first")

    figures = build_report(Study.objects.get(pk=study.pk)).as_dict()

    observer = figures["observers"]["Observer A"]
    assert (observer["correct"]["k"], observer["correct"]["n"]) == (5, 10)
    assert observer["said_first"]["k"] == 10
    assert observer["side_difference"]["estimate"] == 1
    assert observer["dprime"]["estimate"] == 0
    assert figures["response_times"] is None


@pytest.mark.parametrize(
    ("trial_type", "said", "rating", "response"),
    [
        ("rating", {"rating": "3"}, 3, "clean"),
        ("rating", {"rating": "4"}, 4, "perturbed"),
        ("yes_no_confidence", {"response": "clean", "confidence": "3"}, 1, "clean"),
        ("yes_no_confidence", {"response": "perturbed", "confidence": "1"}, 4, "perturbed"),
    ],
)
def test_a_rating_is_one_of_six_ordered_categories(
    trial_type: str, said: dict[str, Any], rating: int, response: str
) -> None:
    study = make_open_study(trial_type=trial_type)
    session = begin_trials(study.observers.get())
    while (trial := position_of(session).trial) is not None:
        assert record_answer(session=session, trial_token=trial.token, **said)

    report = build_report(Study.objects.get(pk=study.pk))

    assert {(row.rating, row.response) for row in report.rows} == {(rating, response)}
    area = report.as_dict()["roc"]["observers"]["Observer A"]
    assert (area["estimate"], area["low"]) == (0.5, None)


def test_observers_of_different_sets_of_images_have_no_missing_answers() -> None:
    study = simulated_study("rating", observers=4, n_subsets=2)

    report = build_report(study)

    assert (report.as_dict()["n_images"], report.as_dict()["n_missing"]) == (20, 0)
    assert {counts["counts"]["missing"] for counts in report.as_dict()["observers"].values()} == {0}
    assert {row.subset for row in report.rows} == {1, 2}
    assert report.as_dict()["roc"]["pooled"]["estimate"] is not None
    # No image was rated by everybody: the area for other observers is Gallas', which needs none.
    assert "Gallas" in report.as_dict()["roc"]["pooled_observers_random"]["method"]


def test_lost_focus_and_unfit_displays_are_counted(client: Client) -> None:
    study = make_open_study()
    session = begin_trials(study.observers.get())
    displays = [{"visible": 0, "focus_losses": 2}, {"visible": 1, "focus_losses": 0}, {}, {}, {}]
    for display in displays:
        trial = position_of(session).trial
        assert trial is not None
        record_answer(session=session, trial_token=trial.token, response="clean", rt_ms=700, display=display)
    client.force_login(study.owner)

    page = client.get(reverse("studies:study-report", args=[study.pk])).content.decode()

    assert build_report(Study.objects.get(pk=study.pk)).as_dict()["display"] == {
        "answers": 5,
        "unmeasured": 3,
        "not_whole": 1,
        "focus_unmeasured": 3,
        "focus_lost": 1,
        "untimed": 0,
    }
    assert "1 of 2 answers was given with the image not in full view. Of the other 3, " in page
    assert "1 of 2 answers was given after the window had lost the focus. Of the other 3, " in page


def test_of_a_display_that_was_never_measured_no_count_is_given(answered: AnsweredStudies) -> None:
    """“0 of 30 answers with the image not in full view” would be a claim about what nobody knows."""
    report = build_report(answered.simulated("yes_no"))
    assert report.figures.display.unmeasured == report.figures.display.answers

    (display,) = [fact for section in sections_of(report) if section.key == "flow" for fact in section.facts]

    assert "was measured of no answer" in display.text
    assert " 0 " not in display.text


def test_the_servers_stamps_are_exported() -> None:
    study = make_open_study()
    session = begin_trials(study.observers.get())
    while (trial := position_of(session).trial) is not None:
        record_answer(session=session, trial_token=trial.token, response="clean")

    rows = build_report(Study.objects.get(pk=study.pk)).rows

    served = dict(Trial.objects.filter(session=session).values_list("position", "served_at"))
    assert [row.served_at for row in rows] == [served[row.position] for row in rows]
    assert all(row.served_at is not None and row.served_at <= row.answered_at for row in rows[1:])
