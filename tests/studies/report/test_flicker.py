"""What the report says of images that flicker: rate, frames, flashes, in words and in figures."""

import re
from typing import Any

import pytest

from studies.design.lifecycle import close_study
from studies.models import Study
from studies.report.build import Report, build_report
from studies.report.methods.paragraph import methods_of
from studies.report.sections.study.design import design_section
from studies.report.sections.study.observers_flow import flow_section
from studies.sessions.trials import position_of, record_answer
from tests.studies.factories import begin_trials, make_open_study

pytestmark = pytest.mark.django_db

DISPLAYS: list[dict[str, Any]] = [
    {"refresh_hz": 60, "flicker_hz": 5, "frames": 240, "late_frames": 0, "stopped": 0},
    {"refresh_hz": 75, "flicker_hz": 4.688, "frames": 100, "late_frames": 3, "stopped": 1},
    {"refresh_hz": 60, "flicker_hz": 5, "frames": 60, "late_frames": 1, "stopped": 0},
    {},
]


def answered_report(trial_type: str, **fields: object) -> Report:
    study = make_open_study(trial_type=trial_type, n_perturbed=2, n_clean=2, **fields)  # type: ignore[arg-type]
    session = begin_trials(study.observers.get())
    for display in DISPLAYS:
        trial = position_of(session).trial
        assert trial is not None
        assert record_answer(session=session, trial_token=trial.token, response="first", display=display)
    study = Study.objects.get(pk=study.pk)
    if study.state == Study.State.OPEN:
        close_study(study=study, by=study.owner)
    return build_report(Study.objects.get(pk=study.pk))


def test_frames_are_counted_over_all_answers() -> None:
    report = answered_report("flicker")

    assert report.as_dict()["flicker"] == {
        "answers": 4,
        "uncounted": 1,
        "late": 2,
        "stopped": 1,
        "frames": 400,
        "late_frames": 4,
        "slowest_hz": 4.688,
        "fastest_hz": 5,
    }
    told = {fact.name: fact.text for fact in flow_section(report).facts}["Flicker"]
    assert told.startswith(
        "Images alternated at 4.69 to 5.00 cycles a second, counted frame by frame of 3 of 4 answers."
    )
    assert "4 of 400 frames (1.00%) came late" in told
    assert told.endswith("Of the other 1 answers nothing was counted.")
    row = report.rows[1]
    assert (row.frames, row.late_frames, row.flicker_hz, row.flicker_stopped) == (100, 3, 4.688, True)
    assert report.rows[3].frames is None


def test_the_methods_name_rate_time_frames_standard_and_thresholds() -> None:
    text = methods_of(answered_report("flicker", display_ms=4000)).text

    assert "at no more than 5 cycles a second" in text
    assert "for 4000 ms, then a mask" in text
    assert "ISO/IEC 29170-2:2015." in text
    assert "Each image pair was measured against the thresholds of general and red flashes" in text
    assert re.search(r"0 of \d+ pairs exceeded them and were not used", text)
    assert "4 of 400 frames (1.00%) came late" in text


def test_a_slow_flicker_needs_no_measure() -> None:
    facts = {fact.name: fact.text for fact in design_section(answered_report("flicker", flicker_hz=3)).facts}

    assert facts["Flashes"] == "Nothing flashed more than three times a second (WCAG 2.2, success criterion 2.3.1)."
    assert "at no more than 3 cycles a second" in facts["Course of a trial"]


def test_a_study_whose_images_stand_still_says_nothing_of_it() -> None:
    report = answered_report("two_afc")

    assert "flicker" not in report.as_dict()
    assert "29170" not in methods_of(report).text
    assert not {"Flicker", "Flashes"} & {
        fact.name for fact in (*flow_section(report).facts, *design_section(report).facts)
    }
