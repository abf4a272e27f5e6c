"""The check of the viewing distance: measured on a screen of known size, or told; judged once."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studies.exports.observers import session_columns, sessions_csv
from studies.exports.person import person_as_json
from studies.models import Observer, ScreeningResult, Session, Study
from studies.screening.viewing import separation_mm
from studies.sessions.screening.distance import judge_distance
from tests.studies.factories import make_open_study, make_study

pytestmark = pytest.mark.django_db

SCREEN = {"css_px_per_mm": "4", "pixel_ratio": "2"}
CHECKED: dict[str, Any] = {"checks_viewing_distance": "record", "asks_calibration": True}


def separations(*centimetres: float) -> str:
    """Return what a browser sends that measured these distances."""
    return " ".join(f"{separation_mm(cm):.1f}" for cm in centimetres)


FIVE = separations(59, 60, 62, 60, 61)


def begun(display: dict[str, str] = SCREEN, **fields: Any) -> Observer:
    """Return an observer who has consented, and is at the check."""
    make_open_study(**(CHECKED | fields))
    observer = Observer.objects.get()
    Client().post(reverse("observer:welcome", args=[observer.token]), {"lang": "en", **display})
    return observer


def page(observer: Observer) -> str:
    return Client().get(reverse("observer:check", args=[observer.token]), follow=True).content.decode()


def send(observer: Observer, **given: str) -> Any:
    return Client().post(reverse("observer:check", args=[observer.token]), {"number": "0", **given}, follow=True)


def test_a_measured_distance_is_stored_with_its_spread_and_passes_within_the_range() -> None:
    observer = begun()
    assert 'id="blind-spot"' in page(observer)
    assert "Instructions" in send(observer, separations=FIVE).content.decode()
    result = ScreeningResult.objects.get()
    assert result.passed
    assert result.measured == {
        "cm": pytest.approx(60, abs=0.05),
        "how": "blind spot",
        "repetitions": 5,
        "spread_cm": pytest.approx(3, abs=0.1),
        "separations_mm": [float(mm) for mm in FIVE.split()],
    }


@pytest.mark.parametrize(("told", "cm", "passed"), [("57", 57, True), ("57,5", 57.5, True), ("100", 100, False)])
def test_a_distance_is_told_where_it_is_not_measured(told: str, cm: float, passed: bool) -> None:
    observer = begun({})
    shown = page(observer)
    assert "blind-spot" not in shown
    assert "was not measured with a card" in shown
    send(observer, told_cm=told)
    result = ScreeningResult.objects.get()
    assert (result.passed, result.measured) == (passed, {"cm": cm, "how": "told"})


def test_what_was_measured_counts_before_what_was_told() -> None:
    observer = begun()
    send(observer, separations=FIVE, told_cm="200")
    assert ScreeningResult.objects.get().measured["how"] == "blind spot"


def test_a_screen_without_a_card_measures_no_distance() -> None:
    observer = begun({"pixel_ratio": "2"})
    assert send(observer, separations=FIVE).status_code == 422
    assert not ScreeningResult.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"told_cm": ""},
        {"told_cm": "far"},
        {"told_cm": "4"},
        {"told_cm": "601"},
        {"told_cm": "nan"},
        {"told_cm": "5" * 200},
        {"separations": separations(60, 60, 60, 60)},
        {"separations": separations(60, 60, 60, 60, 60, 60)},
        {"separations": "144 144 144 144 inf"},
        {"separations": "144 144 144 144 -144"},
        {"separations": "144 144 144 144 0"},
        {"separations": "144 144 144 144 x"},
        {"separations": "144 144 144 144 " + "1" * 100},
    ],
)
def test_what_is_no_distance_is_asked_for_again(given: dict[str, str]) -> None:
    observer = begun()
    reply = send(observer, **given)
    assert reply.status_code == 422
    assert "Please measure the distance, or tell it" in reply.content.decode()
    assert not ScreeningResult.objects.exists()
    assert Session.objects.get().n_screened == 0


def test_too_near_or_too_far_ends_the_session_where_the_study_says_so() -> None:
    observer = begun(checks_viewing_distance="end", most_distance_cm=55)
    assert "session-ended-early" in send(observer, separations=FIVE).content.decode()
    assert Session.objects.get().screened_out_by == "viewing_distance"


def test_whoever_cannot_do_it_says_so_and_has_not_passed() -> None:
    observer = begun()
    send(observer, cannot="1", told_cm="60")
    result = ScreeningResult.objects.get()
    assert (result.passed, result.measured) == (False, {"could_not": True})


def test_it_is_taken_once_and_comes_before_the_other_pages() -> None:
    observer = begun(checks_brightness="record")
    assert "Light and dark" in send(observer, separations=FIVE).content.decode()
    assert "Light and dark" in send(observer, told_cm="500").content.decode()
    assert ScreeningResult.objects.count() == 1


def test_it_has_no_figures() -> None:
    observer = begun()
    assert Client().get(reverse("observer:figure", args=[observer.token, 1])).status_code == 404


def test_the_limits_of_the_range_pass() -> None:
    study = make_study(**CHECKED)
    for cm, passed in (("40", True), ("80", True), ("39.9", False), ("80.1", False)):
        finding = judge_distance(study, {"told_cm": cm}, {})
        assert finding is not None
        assert finding.passed == passed


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"asks_calibration": False}, "check of the viewing distance needs it"),
        ({"least_distance_cm": 90}, "below the smallest one"),
    ],
)
def test_what_does_not_go_together_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(Exception, match=message):
        make_open_study(**(CHECKED | fields))


def test_the_table_of_observers_tells_how_large_an_image_was_to_each() -> None:
    observer = begun({**SCREEN, "colour_depth": "30", "gamut": "2", "high_dynamic_range": "1"}, scale=2)
    send(observer, told_cm="60")
    study = Study.objects.get()
    head, row = [line.split(",") for line in sessions_csv(study).splitlines()]
    told = dict(zip(head, row, strict=True))
    assert head == [column.name for column in session_columns(study)]
    assert [told[name] for name in ("distance_cm", "distance_how", "distance_spread_cm")] == ["60.0", "told", ""]
    # An image pixel is ¼ mm: 10.472 mm of a degree are 41.89 of them.
    assert told["pixels_per_degree"] == "41.89"
    assert [told[name] for name in ("colour_depth", "gamut", "high_dynamic_range")] == ["30", "2", "1"]
    assert told["inverted_colours"] == ""


def test_a_person_gets_what_was_measured_of_them() -> None:
    observer = begun()
    send(observer, separations=FIVE)
    assert "separations_mm" in str(person_as_json(observer))
