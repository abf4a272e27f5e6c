"""Checks of the device: judged once, with the consent, recorded, and ending the session where the study says so."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studies.data_protection.erasure import detach
from studies.exports.observers import sessions_csv
from studies.models import Observer, Place, ScreeningResult, Session, Study
from studies.models.observer_state import ObserverState, state_of
from studies.models.screening.check import DEVICE_CHECKS, Check
from studies.report.facts import ObserverFlow
from studies.report.history import StudyHistory
from studies.sessions.ending import withdraw
from studies.sessions.start import start_session
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
)

pytestmark = pytest.mark.django_db

FIT = {"touch": 0, "window_width": 1200, "window_height": 800, "pixel_ratio": 2, "zoom": 1.01, "pinch": 1}
FIT |= {"colour_depth": 24, "forced_colours": 0, "gamut": 2, "high_dynamic_range": 1}
ALL: dict[str, Any] = {f"checks_{check}": "record" for check in DEVICE_CHECKS}


def results_of(session: Session) -> dict[str, bool | None]:
    return {result.check_key: result.passed for result in session.screening_results.all()}


def begun(study: Study, **display: Any) -> Session:
    observer = Observer.objects.filter(study=study, session__isnull=True).order_by("pk")[0]
    return start_session(observer=observer, display=display)


@pytest.mark.parametrize(
    ("check", "told", "passes"),
    [
        (Check.TOUCH, {"touch": 1}, False),
        (Check.WINDOW, {"window_width": 1000, "window_height": 600}, True),
        (Check.WINDOW, {"window_width": 999}, False),
        (Check.WINDOW, {"window_height": 599}, False),
        (Check.PIXEL_RATIO, {"pixel_ratio": 3}, True),
        (Check.PIXEL_RATIO, {"pixel_ratio": 3.5}, False),
        (Check.PIXEL_RATIO, {"pixel_ratio": 0.9}, False),
        (Check.ZOOM, {"zoom": 1.1}, False),
        (Check.ZOOM, {"zoom": 0.9}, False),
        (Check.ZOOM, {"pinch": 1.5}, False),
        (Check.SCREEN_COLOURS, {"colour_depth": 30, "inverted_colours": 0}, True),
        (Check.SCREEN_COLOURS, {"colour_depth": 18}, False),
        (Check.SCREEN_COLOURS, {"forced_colours": 1}, False),
        (Check.SCREEN_COLOURS, {"inverted_colours": 1}, False),
    ],
)
def test_each_check_looks_at_what_it_is_about(check: Check, told: dict[str, float], passes: bool) -> None:
    session = begun(make_open_study(**ALL), **(FIT | told))
    assert results_of(session) == {other.value: passes if other == check else True for other in DEVICE_CHECKS}


@pytest.mark.parametrize(
    ("told", "passes"),
    [
        ({}, False),
        ({"gamut": 1}, False),
        ({"high_dynamic_range": 0}, False),
        ({"gamut": 1, "high_dynamic_range": 0}, True),
        ({"gamut": 0, "high_dynamic_range": 0}, True),
        ({"gamut": None, "high_dynamic_range": 0}, None),
        ({"gamut": 1, "high_dynamic_range": None}, None),
    ],
)
def test_a_study_may_ask_for_no_wider_gamut_and_no_high_dynamic_range(
    told: dict[str, int | None], passes: bool | None
) -> None:
    study = make_open_study(checks_screen_colours="record", refuses_wide_gamut=True, refuses_high_dynamic_range=True)
    display = {name: value for name, value in (FIT | told).items() if value is not None}
    assert results_of(begun(study, **display)) == {"screen_colours": passes}


def test_a_browser_that_does_not_tell_gamut_and_range_passes_where_they_do_not_matter() -> None:
    session = begun(make_open_study(checks_screen_colours="record"), colour_depth=24, forced_colours=0)
    assert results_of(session) == {"screen_colours": True}
    assert session.screening_results.get().measured == {"colour_depth": 24, "forced_colours": 0}


def test_what_was_not_told_is_not_measured_and_not_passed() -> None:
    study = make_open_study(observers=2, checks_touch="record", checks_zoom="end")
    session = begun(study, zoom=1, pinch=1)
    assert results_of(session) == {"touch": None, "zoom": True}
    assert state_of(session.observer) == ObserverState.STARTED
    without_javascript = begun(study)
    assert results_of(without_javascript) == {"touch": None, "zoom": None}
    assert (state_of(without_javascript.observer), without_javascript.screened_out_by) == (
        ObserverState.SCREENED_OUT,
        "zoom",
    )


def test_a_study_without_checks_records_none() -> None:
    session = begun(make_open_study())
    assert results_of(session) == {}
    assert not session.is_over


def test_the_first_check_that_ends_the_session_is_the_reason_and_all_are_recorded() -> None:
    session = begun(
        make_open_study(**(ALL | {"checks_window": "end", "checks_zoom": "end"})),
        **(FIT | {"zoom": 2, "window_width": 300}),
    )
    assert results_of(session) == dict.fromkeys(DEVICE_CHECKS, True) | {"window": False, "zoom": False}
    assert session.screened_out_by == "window"
    result = session.screening_results.get(check_key="window")
    assert result.measured == {"window_width": 300, "window_height": 800}


def test_a_second_consent_changes_nothing() -> None:
    session = begun(make_open_study(checks_touch="end"), touch=1)
    again = start_session(observer=session.observer, display=FIT)
    assert again == session
    assert ScreeningResult.objects.count() == 1
    again.refresh_from_db()
    assert again.screened_out_by == "touch"


def test_the_place_of_an_open_link_goes_to_the_next_person() -> None:
    link = make_open_link(make_open_study(observers=0, checks_touch="end"), places=1)
    first = arrive_by(link)  # without a word of the device
    assert state_of(first) == ObserverState.SCREENED_OUT
    assert Place.objects.get().observer is None


def test_a_screened_out_observer_gets_to_no_page_but_the_last() -> None:
    study = make_open_study(checks_touch="end", questionnaire="Age: number 1-99")
    observer = Observer.objects.get()
    welcome = reverse("observer:welcome", args=[observer.token])
    page = Client().get(welcome).content.decode()
    assert "a mouse, a trackpad or a pen" in page.casefold()
    assert "your part ends as soon as you begin" in page
    assert "<noscript>" in page
    said = Client().post(welcome, {"lang": "en", "touch": "1"}, follow=True)
    assert "Your part has ended" in said.content.decode()
    for name in ("questions", "instructions", "trial", "welcome"):
        shown = Client().get(reverse(f"observer:{name}", args=[observer.token]), follow=True)
        assert "session-ended-early" in shown.content.decode()
    assert study.checks == (Check.TOUCH,)


def test_a_study_without_checks_says_nothing_of_them() -> None:
    make_open_study()
    page = Client().get(reverse("observer:welcome", args=[Observer.objects.get().token])).content.decode()
    assert "What this study needs" not in page


def test_simulated_observers_pass_without_rows() -> None:
    study = make_open_study(observers=1, simulated=True, checks_touch="end")
    answer_trials(begin_trials(Observer.objects.get()))
    assert not ScreeningResult.objects.exists()
    assert study.observers.filter(session__finished_at__isnull=False).exists()


def test_whoever_withdraws_leaves_no_result() -> None:
    session = begun(make_open_study(checks_touch="record"), touch=1)
    withdraw(session=session)
    assert not ScreeningResult.objects.exists()


def test_of_detached_answers_it_stays_whether_a_check_was_passed_and_nothing_by_what() -> None:
    study = make_open_study(checks_zoom="record", closes_when_finished=False)
    session = begun(study, **(FIT | {"zoom": 2}))
    begin_trials(session.observer)
    answer_trials(session)
    before = session.screening_results.get().at
    detach(Observer.objects.select_related("session").get(), timezone.now())
    result = ScreeningResult.objects.get()
    assert (result.passed, result.measured) == (False, {})
    assert result.at < before


def test_the_flow_and_the_table_of_observers_tell_each_check() -> None:
    study = make_open_study(observers=4, checks_touch="end", checks_zoom="record", closes_when_finished=False)
    begun(study, **(FIT | {"touch": 1}))
    begun(study)
    for zoom in (2, 1):
        session = begun(study, **(FIT | {"zoom": zoom}))
        begin_trials(session.observer)
        answer_trials(session)
    flow = ObserverFlow.of(study, simulated=False, excluded=0, gone=StudyHistory.of(study).erased)
    assert (flow.invited, flow.screened_out, flow.finished) == (4, 2, 2)
    assert dict(flow.screened_out_by) == {"touch": 2}
    assert dict(flow.not_passed) == {"zoom": 1}
    head, *rows = [line.split(",") for line in sessions_csv(study).splitlines()]
    checked = [(row[head.index("check_touch")], row[head.index("check_zoom")]) for row in rows]
    assert checked == [
        ("not passed", "passed"),
        ("not measured", "not measured"),
        ("passed", "not passed"),
        ("passed", "passed"),
    ]


def test_researchers_see_which_check_ended_a_session() -> None:
    study = make_open_study(checks_touch="end")
    begun(study, touch=1)
    client = Client()
    client.force_login(study.owner)
    page = client.get(reverse("studies:study-detail", args=[study.pk])).content.decode()
    assert '<span class="facts">touch screen</span>' in page


def test_a_range_upside_down_is_refused() -> None:
    with pytest.raises(Exception, match="below the smallest"):
        make_open_study(checks_pixel_ratio="end", least_pixel_ratio=3, most_pixel_ratio=2)
