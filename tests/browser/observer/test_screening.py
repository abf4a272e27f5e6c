"""The checks of a screening in a browser: what it measures, by keyboard, without barriers, in both languages."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_fits
from tests.browser.observer.observing import stored_session
from tests.browser.visitors import DESKTOP, PHONE, Visitors
from tests.processes import Server, rows_in

FOCUSED = "() => document.activeElement.closest('fieldset')?.id ?? document.activeElement.textContent.trim()"
SHOWN = "() => [...document.images].every(image => image.complete && image.naturalWidth > 0)"


def results_of(server: Server, link: str) -> dict[str, tuple[bool | None, dict[str, object]]]:
    """Return what came of each check."""
    query = """
        SELECT check_key, passed, measured FROM studies_screeningresult
        JOIN studies_session ON session_id = studies_session.id
        JOIN studies_observer ON observer_id = studies_observer.id WHERE studies_observer.token = %s
    """
    return {
        row["check_key"]: (None if row["passed"] is None else bool(row["passed"]), json.loads(row["measured"]))
        for row in rows_in(server.data_dir, query, link.split("/")[2])
    }


def consent(page: Page, link: str, language: str = "en", *, measured: bool = True) -> None:
    """Measure the screen, and consent."""
    page.goto(f"{link}?lang={language}")
    if measured:
        page.locator("#card-size").press("ArrowRight")
    page.locator("#consent-form button").click()
    page.wait_for_url("**/check/")


def cannot(page: Page) -> None:
    """Say that the check cannot be done, and wait for the next page."""
    page.wait_for_function(SHOWN)  # what was asked for is not to come too late
    heading = page.get_by_role("heading", level=1).text_content() or ""
    page.locator("[name=cannot]").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(heading)


# CSS pixels a millimetre, and the width of the window, of some phones.
PHONES = {"360 wide": (5.58, 360, 780), "375 wide": (6.41, 375, 667), "390 wide": (6.04, 390, 844)}


@pytest.mark.parametrize("phone", PHONES)
def test_a_card_fits_on_a_phone(visitors: Visitors, links: dict[str, list[str]], phone: str) -> None:
    per_mm, width, height = PHONES[phone]
    page = visitors.open((width, height), has_touch=True, is_mobile=True, device_scale_factor=3)
    page.goto(links["screening"][0])
    assert_fits(page, [(width, height)])
    slider, sent = page.locator("#card-size"), page.locator("[name=css_px_per_mm]")
    needed = round(53.98 * per_mm)

    slider.fill(str(needed))

    assert page.locator(".card").evaluate("card => card.getBoundingClientRect().width") == needed
    assert float(sent.input_value()) == pytest.approx(per_mm, abs=0.02)
    most = slider.get_attribute("max")
    assert most is not None
    slider.fill(most)
    expect(sent).to_have_value("")
    expect(page.get_by_text("Not measured: the page is too narrow")).to_be_visible()


def test_a_rectangle_that_fits_as_it_is_is_measured_and_a_zoom_does_not_undo_it(
    visitors: Visitors, links: dict[str, list[str]]
) -> None:
    page = visitors.open(DESKTOP)
    page.goto(links["screening"][0])
    sent = page.locator("[name=css_px_per_mm]")
    expect(sent).to_have_value("")
    page.get_by_role("button", name="It is as large as the card").press("Enter")
    before = float(sent.input_value())
    assert before == pytest.approx(96 / 25.4, abs=0.01)

    zoomed = {"width": DESKTOP[0] // 2, "height": DESKTOP[1] // 2, "deviceScaleFactor": 2, "mobile": False}
    page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", zoomed)

    expect(sent).to_have_value(f"{before / 2:.3f}")
    expect(page.locator("[name=pixel_ratio]")).to_have_value("2")
    assert page.locator(".card").evaluate("card => card.getBoundingClientRect().width") == pytest.approx(
        before / 2 * 85.6, abs=1
    )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_of_a_check_has_a_barrier(visitors: Visitors, links: dict[str, list[str]], language: str) -> None:
    page = visitors.open(DESKTOP, reduced_motion="reduce")
    link = links["screening"].pop()
    page.goto(f"{link}?lang={language}")
    assert_fits(page, [DESKTOP, PHONE])
    consent(page, link, language)
    for _ in range(3):
        page.wait_for_function(SHOWN)
        assert_fits(page, [DESKTOP, PHONE])
        cannot(page)
    assert_fits(page, [DESKTOP, PHONE])
    page.locator("form .primary").click()
    page.wait_for_url("**/understood/")
    assert_fits(page, [DESKTOP, PHONE])
    page.locator("form .primary").click()
    expect(page.get_by_role("alert")).to_be_visible()
    visitors.forgive("422")
    page.locator("[name=q1]").first.check()
    page.locator("form .primary").click()
    page.wait_for_url("**/instructions/")
    expect(page.get_by_role("status")).to_be_visible()
    assert_fits(page, [DESKTOP, PHONE])


def test_a_check_is_done_by_keys_alone(visitors: Visitors, served: Server, links: dict[str, list[str]]) -> None:
    link = links["screening"].pop()
    page = visitors.open(DESKTOP)
    consent(page, link)
    page.locator("#figure1 input").first.focus()
    for place, key in enumerate("23456790", start=1):
        assert page.evaluate(FOCUSED) == f"figure{place}"
        page.keyboard.press(key)
    assert page.evaluate(FOCUSED) == "Go on"
    page.wait_for_function(SHOWN)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Colours")
    assert results_of(served, link)["brightness"][1]["said"] == [*"2345679", "none"]
    cannot(page)
    page.locator("#figure1 input").first.focus()
    for key in ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft", "0", "ArrowUp", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    page.wait_for_function(SHOWN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/instructions/")
    assert results_of(served, link)["acuity"][1]["said"] == ["up", "right", "down", "left", "none", "up", "up", "up"]


def test_a_device_is_measured_and_told_before_the_consent(
    visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    link = links["screening"].pop()
    page = visitors.open(PHONE)
    page.goto(link)
    expect(page.locator("[data-check=touch] [data-met]")).to_be_visible()
    expect(page.locator("[data-check=window] [data-unmet]")).to_be_visible()
    page.set_viewport_size({"width": 1000, "height": 700})
    expect(page.locator("[data-check=window] [data-met]")).to_be_visible()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    consent(page, link, measured=False)
    results = results_of(served, link)
    assert (results["touch"][0], results["window"][0]) == (True, False)
    assert stored_session(served, link)["screened_out_at"] is None
    cannot(page)
    cannot(page)
    expect(page.get_by_text("was not measured with a card")).to_be_visible()
    page.locator("form .primary").click()
    page.wait_for_url("**/instructions/")
    assert results_of(served, link)["acuity"][0] is None


def test_a_finger_ends_the_session_where_a_mouse_is_needed(
    visitors: Visitors, served: Server, links: dict[str, list[str]]
) -> None:
    link = links["screening"].pop()
    page = visitors.open(PHONE, has_touch=True, is_mobile=True)
    page.goto(link)
    expect(page.locator("[data-check=touch] [data-unmet]")).to_be_visible()
    page.locator("#consent-form button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your part has ended")
    assert stored_session(served, link)["screened_out_by"] == "touch"
