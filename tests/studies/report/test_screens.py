"""What a report says of screens and viewing distances: counts, ranges, a line an observer."""

from typing import Any

import pytest

from studies.design.lifecycle import close_study
from studies.models import Study
from studies.report.build import Report, build_report
from studies.report.methods.paragraph import methods_of
from studies.report.sections.contents import sections_of, warnings_of
from studies.report.sections.elements import Section
from studies.screening.viewing import separation_mm
from studies.sessions.screening.steps import answer_check
from studies.sessions.start import start_session
from tests.ml.visibility_rows import add_visibility
from tests.studies.answered import simulated_study
from tests.studies.factories import answer_trials, begin_trials, make_open_study, make_pair_set

pytestmark = pytest.mark.django_db

SCREENS: tuple[dict[str, Any], ...] = (
    {"colour_depth": 24, "gamut": 1, "high_dynamic_range": 0, "css_px_per_mm": 4, "pixel_ratio": 1},
    {"colour_depth": 30, "gamut": 2, "high_dynamic_range": 1, "css_px_per_mm": 5, "pixel_ratio": 2},
    {"pixel_ratio": 1},
    {},
)
GIVEN: tuple[dict[str, str], ...] = (
    {"separations": " ".join(f"{separation_mm(cm):.1f}" for cm in (49, 50, 51, 50, 52))},
    {"told_cm": "70"},
    {"told_cm": "60"},
    {"cannot": "1"},
)


def report_of(*, flip_at: float | None = None, with_extras: bool = False, **fields: Any) -> Report:
    """Return the report of four observers on the screens above; FLIP was taken at some pixels per degree, or not."""
    pair_set = make_pair_set(n=12, size=8)
    if flip_at is not None:
        scores = [place / 10 for place in range(12)]
        add_visibility(pair_set, scores, pixels_per_degree=flip_at, with_extras=with_extras)
    study = make_open_study(observers=4, pair_set=pair_set, asks_calibration=True, closes_when_finished=False, **fields)
    for observer, display, given in zip(study.observers.order_by("pk"), SCREENS, GIVEN, strict=True):
        session = start_session(observer=observer, display=display)
        if study.page_checks:
            answer_check(session=session, given={"number": "0", **given})
        answer_trials(begin_trials(observer))
    return build_report(close_study(study=Study.objects.get(pk=study.pk), by=study.owner))


def flow_of(report: Report) -> Section:
    return next(section for section in sections_of(report) if section.key == "flow")


def facts_of(report: Report) -> dict[str, str]:
    return {fact.name: fact.text for fact in flow_of(report).facts}


def test_what_browsers_told_is_counted_with_those_that_did_not_tell() -> None:
    report = report_of()
    assert facts_of(report)["Screens"] == (
        "Bits a pixel: 24 in 1, 30 in 1, not told in 2; widest gamut covered: sRGB in 1, Display P3 in 1, not told in "
        "2; dynamic range: standard in 1, high in 1, not told in 2."
    )
    screens = report.as_dict()["screens"]
    assert screens == {
        "sessions": 4,
        "bits_a_pixel": {"24": 1, "30": 1},
        "gamuts": {"sRGB": 1, "Display P3": 1},
        "dynamic_ranges": {"standard": 1, "high": 1},
        "forced_colours": 0,
        "inverted_colours": 0,
    }
    assert "Viewing distance" not in facts_of(report)


def test_distances_are_told_with_how_they_are_known_and_how_large_an_image_was() -> None:
    report = report_of(checks_viewing_distance="record", scale=2)
    text = facts_of(report)["Viewing distance"]
    assert text.startswith("Median 60 (50 to 70) cm (1 by the blind spot, 2 told by the observer, 1 not known)")
    # At 50 cm one degree is 8.727 mm, 17.45 image pixels of ½ mm; at 70 cm 12.218 mm, 61.09 pixels of 0.2 mm.
    assert "39 (17 to 61) image pixels per degree" in text
    (table,) = [table for table in flow_of(report).tables if table.head[0] == "Observer"]
    assert table.rows[0] == ("Observer A", "50", "blind spot", "3", "0.5", "17")
    assert table.rows[2] == ("Observer C", "60", "told", "", "", "")
    assert table.rows[3] == ("Observer D", "", "not known", "", "", "")
    seats = report.as_dict()["screens"]["seats"]
    assert [seat["how"] for seat in seats] == ["blind spot", "told", "told", None]
    assert report.as_dict()["screens"]["distance_cm"] == {
        "median": 60.0,
        "lowest": pytest.approx(50, abs=0.1),
        "highest": 70.0,
    }


def test_the_methods_cite_the_blind_spot_and_only_where_it_was_used() -> None:
    methods = methods_of(report_of(checks_viewing_distance="record"))
    assert any("by the blind spot of the left eye" in text for text in methods.paragraphs)
    assert any("virtual chinrest" in reference for reference in methods.references)
    without = methods_of(build_report(simulated_study("yes_no")))
    assert not any("virtual chinrest" in reference for reference in without.references)


def test_who_was_left_out_by_a_check_is_told_apart_from_who_is_in_the_figures() -> None:
    report = report_of(checks_viewing_distance="leave_out", most_distance_cm=65, checks_screen_colours="record")
    notes = " ".join(flow_of(report).notes)
    # None told whether colours were replaced.
    assert "screen colours 4. They are in the figures." in notes
    assert "and are left out by the protocol: viewing distance 2." in notes
    finished = next(step for step in flow_of(report).flow if step.name == "Finished")
    assert [(left.name, left.text) for left in finished.left] == [
        ("left out by the protocol: viewing distance not passed", "2")
    ]


def test_a_report_of_sessions_that_told_nothing_says_nothing_of_screens() -> None:
    report = build_report(simulated_study("yes_no"))
    assert "screens" not in report.as_dict()
    assert "Screens" not in facts_of(report)


@pytest.mark.parametrize(("flip_at", "ratio", "beyond", "warned"), [(40.0, 0.98, 2, False), (67.0, 0.59, 1, True)])
def test_the_distance_at_which_flip_was_taken_is_held_against_those_of_the_sessions(
    flip_at: float, ratio: float, beyond: int, warned: bool
) -> None:
    report = report_of(flip_at=flip_at, checks_viewing_distance="record", scale=2)

    (found,) = report.as_dict()["flip_viewing"]
    # 17.45 and 61.09 pixels per degree, as above: the middle of the two is 39.27.
    assert found["sessions"]["median"] == pytest.approx(39.3, abs=0.1)
    assert found["ratio"]["median"] == pytest.approx(ratio, abs=0.01)
    assert (found["known"], found["beyond"], found["measures"]) == (2, beyond, ["FLIP"])
    told = facts_of(report)[f"FLIP at {flip_at:g} pixels per degree"]
    assert told.startswith(f"Observers had median 39 (17 to 61), median {ratio:.2f} (")
    warnings = [warning.text for warning in warnings_of(report) if warning.name == "FLIP at another distance."]
    assert len(warnings) == warned
    assert all("measure_visibility --pixels-per-degree 39" in text for text in warnings)


def test_colorvideovdp_is_held_against_the_distance_of_the_sessions_where_it_was_measured() -> None:
    report = report_of(flip_at=67.0, checks_viewing_distance="record", scale=2, with_extras=True)

    (found,) = report.as_dict()["flip_viewing"]
    assert found["measures"] == ["FLIP", "ColorVideoVDP"]
    assert "FLIP and ColorVideoVDP at 67 pixels per degree" in facts_of(report)
    (warning,) = [one.text for one in warnings_of(report) if one.name == "FLIP and ColorVideoVDP at another distance."]
    assert "was measured by FLIP and ColorVideoVDP at 67 pixels per degree" in warning


def test_without_flip_or_without_distances_nothing_is_said_of_it() -> None:
    for report in (report_of(checks_viewing_distance="record"), report_of(flip_at=67.0)):
        assert "flip_viewing" not in report.as_dict()
        assert not [name for name in facts_of(report) if name.startswith("FLIP")]
