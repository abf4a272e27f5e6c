"""What the protocol leaves out of the main figures: told, counted, and shown with and without."""

import csv
import io
from pathlib import Path

import pytest

from studies.answers.exclusions import exclusion_texts
from studies.design.invitations import invite_observers
from studies.design.lifecycle import close_study
from studies.exports.answers import answers_csv
from studies.exports.archive.verification import verify_archive
from studies.models import Answer, Observer, Study
from studies.report.build import build_report
from studies.sessions.screening.steps import answer_check
from studies.sessions.start import start_session
from studies.sessions.trials import position_of, record_answer
from tests.studies.exports.archives import archive_bytes
from tests.studies.factories import (
    answer_trials,
    begin_trials,
    make_open_study,
    make_pair_set,
    make_pair_set_of_strength,
)

pytestmark = pytest.mark.django_db


def make_answered_study(**fields: object) -> Study:
    """Return a closed study of two observers: A says “perturbed” to everything, slowly; B “clean”, faster and faster.

    B saw the image partly in the first trial.
    """
    pair_set = make_pair_set(n=20)
    study = make_open_study(
        pair_set=pair_set,
        n_perturbed=3,
        n_clean=2,
        n_catch=2,
        catch_pair_set=make_pair_set_of_strength(pair_set, 20),
        observers=2,
        closes_when_finished=False,
        **fields,  # type: ignore[arg-type]
    )
    for observer, response, first_ms in zip(
        Observer.objects.filter(study=study).order_by("pk"), ("perturbed", "clean"), (2000, 900), strict=True
    ):
        session = begin_trials(observer)
        for number in range(study.n_trials):
            trial = position_of(session).trial
            assert trial is not None
            shown = {"visible": 0 if response == "clean" and number == 0 else 1}
            time = first_ms - 100 * number
            assert record_answer(session=session, trial_token=trial.token, response=response, rt_ms=time, display=shown)
    return close_study(study=study, by=study.owner)


def test_without_rules_nothing_is_left_out() -> None:
    report = build_report(make_answered_study())

    assert report.as_dict()["exclusions"] == {"rules": [], "observers": [], "answers": 0}
    assert report.as_dict()["without_exclusions"] is None
    assert report.as_dict()["flow"]["excluded"] == 0
    assert {row.left_out for row in report.rows} == {""}


def test_an_observer_who_misses_catch_trials_is_left_out_with_all_answers() -> None:
    report = build_report(make_answered_study(catch_at_least=50))
    figures = report.as_dict()

    assert list(figures["observers"]) == ["Observer A"]
    assert list(figures["without_exclusions"]["observers"]) == ["Observer A", "Observer B"]
    (rule,) = figures["exclusions"]["rules"]
    assert (rule["observers"], rule["answers"]) == (["Observer B"], 5)
    assert "50%" in rule["text"]
    assert figures["flow"]["excluded"] == 1
    assert figures["flow"]["finished"] == 2
    assert {(row.observer, row.left_out) for row in report.rows} == {
        ("Observer A", ""),
        ("Observer B", "too few catch trials seen"),
    }


def test_an_observer_with_just_the_share_stays() -> None:
    figures = build_report(make_answered_study(catch_at_least=100)).as_dict()
    assert list(figures["observers"]) == ["Observer A"]  # saw all of them


def test_fast_answers_and_partly_shown_images_are_left_out_each_for_one_reason() -> None:
    report = build_report(make_answered_study(rt_at_least_ms=1500, leaves_out_partly_shown=True))

    fast = [row for row in report.rows if row.left_out == "answered too fast"]
    assert {row.role for row in fast} == {"series"}
    assert all(row.rt_ms is not None and row.rt_ms < 1500 for row in fast)
    kept = [row for row in report.rows if not row.left_out and row.role == "series"]
    assert all(row.rt_ms is not None and row.rt_ms >= 1500 for row in kept)
    rules = {rule["name"]: rule["answers"] for rule in report.as_dict()["exclusions"]["rules"]}
    assert rules["answered too fast"] == len(fast)
    assert rules["image not wholly in view"] == 0  # it was too fast already
    assert report.as_dict()["exclusions"]["answers"] == len(fast)


def test_what_is_unknown_is_no_reason() -> None:
    study = make_open_study(rt_at_least_ms=1500, leaves_out_partly_shown=True, closes_when_finished=False)
    session = begin_trials(Observer.objects.get(study=study))
    while (trial := position_of(session).trial) is not None:
        record_answer(session=session, trial_token=trial.token, response="clean")
    study = close_study(study=study, by=study.owner)

    assert not build_report(study).as_dict()["exclusions"]["answers"]


def test_answers_given_with_the_flicker_stopped_are_left_out() -> None:
    """Whoever stopped it saw grey: their guesses would say that nobody sees the change."""
    study = make_open_study(trial_type="flicker", closes_when_finished=False)
    session = begin_trials(Observer.objects.get(study=study))
    answer_trials(session, "first")
    series = Answer.objects.filter(trial__session=session, trial__phase="series").order_by("trial__position")
    stopped, *_ = series
    Answer.objects.filter(pk=stopped.pk).update(display={"stopped": 1})
    study = close_study(study=study, by=study.owner)

    assert "Answers before which the observer had stopped the flicker are left out." in exclusion_texts(study)
    figures = build_report(study).as_dict()
    (rule,) = figures["exclusions"]["rules"]
    assert (rule["name"], rule["answers"]) == ("flicker stopped", 1)
    (row,) = [row for row in build_report(study).rows if row.left_out]
    assert row.position == stopped.trial.position


def test_a_study_that_was_opened_without_that_rule_goes_on_without_it() -> None:
    study = make_open_study(trial_type="flicker")
    del study.protocol["flicker"]["stopped_answers"]  # type: ignore[index]

    assert not study.leaves_out_stopped
    assert exclusion_texts(study) == []


def test_a_report_where_everybody_is_left_out_says_so_and_stands() -> None:
    report = build_report(make_answered_study(catch_at_least=100, rt_at_least_ms=60_000))

    (name, observer), *others = report.as_dict()["observers"].items()
    assert (name, others) == ("Observer A", [])  # with catch trials, and nothing else
    assert observer["sensitivity"]["estimate"] is None
    assert set(observer["counts"].values()) == {0}
    assert report.as_dict()["pooled"]["sensitivity"]["estimate"] is None
    assert report.as_dict()["exclusions"]["answers"] == 10
    assert len(report.as_dict()["without_exclusions"]["observers"]) == 2


def test_the_table_of_answers_gives_the_same_figures_as_the_report() -> None:
    from perception.analysis.study_summary import summarise_study
    from studies.answers.readers.reading import read_answers

    report = build_report(make_answered_study(catch_at_least=50))
    text = answers_csv(report.rows)
    again = summarise_study(read_answers(text.encode(), source="answers.csv")).as_dict()

    reasons = {row["observer"]: row["left_out"] for row in csv.DictReader(io.StringIO(text))}
    assert reasons == {"Observer A": "", "Observer B": "too few catch trials seen"}
    assert {key: report.as_dict()[key] for key in ("observers", "pooled", "catch_trials")} == {
        key: again[key] for key in ("observers", "pooled", "catch_trials")
    }


def test_somebody_invited_later_is_judged_by_the_same_rules() -> None:
    study = make_open_study(observers=0, closes_when_finished=False)
    invite_observers(study=study, labels=["Late"], by=study.owner)
    assert study.protocol is not None
    assert study.protocol["analysis"]["exclusions"]["response_time_at_least_ms"] == 0


def screened_study(**fields: object) -> Study:
    """Return a closed study of three observers: A sat at 60 cm, B at 120 cm; C said that they could not tell."""
    study = make_open_study(
        observers=3,
        n_perturbed=3,
        n_clean=2,
        pair_set=make_pair_set(n=12),
        asks_calibration=True,
        closes_when_finished=False,
        **fields,  # type: ignore[arg-type]
    )
    for observer, given in zip(
        Observer.objects.filter(study=study).order_by("pk"),
        ({"told_cm": "60"}, {"told_cm": "120"}, {"cannot": "1"}),
        strict=True,
    ):
        session = start_session(observer=observer, display={"css_px_per_mm": 4, "pixel_ratio": 1})
        answer_check(session=session, given={"number": "0", **given})
        session.refresh_from_db()
        answer_trials(begin_trials(observer))
    return close_study(study=study, by=study.owner)


def test_whoever_did_not_pass_a_check_that_leaves_out_is_left_out_with_all_answers() -> None:
    study = screened_study(checks_viewing_distance="leave_out")
    report = build_report(study)
    figures = report.as_dict()

    assert list(figures["observers"]) == ["Observer A"]
    assert list(figures["without_exclusions"]["observers"]) == ["Observer A", "Observer B", "Observer C"]
    (rule,) = figures["exclusions"]["rules"]
    assert (rule["name"], rule["observers"]) == ("viewing distance not passed", ["Observer B", "Observer C"])
    assert rule["answers"] == 10
    assert rule["text"] in exclusion_texts(study)
    assert {(row.observer, row.checks_not_passed, row.left_out) for row in report.rows} == {
        ("Observer A", "", ""),
        ("Observer B", "viewing_distance", "viewing distance not passed"),
        ("Observer C", "viewing_distance", "viewing distance not passed"),
    }
    assert figures["flow"]["excluded"] == 2


def test_a_check_that_only_records_leaves_nobody_out_and_stands_in_no_row() -> None:
    report = build_report(screened_study(checks_viewing_distance="record"))

    assert len(report.as_dict()["observers"]) == 3
    assert report.as_dict()["exclusions"]["rules"] == []
    assert {row.checks_not_passed for row in report.rows} == {""}
    assert report.as_dict()["flow"]["not_passed"] == {"viewing_distance": 2}


def test_of_several_checks_the_first_is_the_reason_and_each_stands_in_the_rows() -> None:
    study = screened_study(checks_viewing_distance="leave_out", checks_screen_colours="leave_out")
    report = build_report(study)

    rules = {rule["name"]: rule["observers"] for rule in report.as_dict()["exclusions"]["rules"]}
    # No browser told anything of its colours.
    assert rules == {
        "screen colours not passed": ["Observer A", "Observer B", "Observer C"],
        "viewing distance not passed": [],
    }
    assert {row.checks_not_passed for row in report.rows} == {"screen_colours", "screen_colours|viewing_distance"}


def test_an_archive_leaves_the_same_observers_out_by_its_own_answers(tmp_path: Path) -> None:
    data = archive_bytes(screened_study(checks_viewing_distance="leave_out"))
    path = tmp_path / "study.zip"
    path.write_bytes(data)
    findings = verify_archive(path)
    assert findings.agrees, findings.problems
