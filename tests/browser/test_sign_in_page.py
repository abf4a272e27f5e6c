"""The page on which a researcher signs in, in a real browser; and that the harness sees what it should see."""

import pytest
from playwright.sync_api import Page

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import Prepare
from tests.browser.prepared_studies import prepare_waiting_study
from tests.browser.visitors import PHONE, Visitors


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Take the server of the researcher's pages: this page is the same on any."""
    return prepare_waiting_study


def test_it_works(page: Page) -> None:
    answer = page.goto("/accounts/login/")
    assert answer is not None
    assert answer.status == 200
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Please enter a correct username and password").wait_for()
    assert_accessible(page)


def test_it_fits_a_phone(phone_page: Page) -> None:
    phone_page.goto("/accounts/login/")
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert_accessible(phone_page)


def test_a_page_that_throws_is_noticed(visitors: Visitors) -> None:
    page = visitors.open()
    page.goto("/accounts/login/")
    page.evaluate("setTimeout(() => { throw new Error('thrown on purpose') })")
    page.evaluate("console.error('logged on purpose')")
    page.wait_for_timeout(100)
    assert len(visitors.faults) == 2
    visitors.forgive("thrown on purpose")
    visitors.forgive("logged on purpose")


def test_a_request_to_another_host_is_noticed(visitors: Visitors) -> None:
    page = visitors.open()
    page.goto("/accounts/login/")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://tracker.example/pixel.png'}))")
    page.wait_for_timeout(300)
    assert any("http://tracker.example/pixel.png" in fault for fault in visitors.faults)
    visitors.forgive("tracker.example")


def test_a_barrier_is_noticed(page: Page) -> None:
    page.goto("/accounts/login/")
    page.evaluate("document.body.innerHTML = '<form><input type=text></form><p style=\"color: #ccc\">pale</p>'")
    with pytest.raises(AssertionError, match=r"(?s)color-contrast.*label"):
        assert_accessible(page)
