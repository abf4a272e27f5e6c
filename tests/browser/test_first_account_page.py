"""From an empty server to a colleague's sign-in, in a real browser: nothing but the code comes from the terminal."""

import re

from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_fits
from tests.browser.visitors import DESKTOP, PHONE, Visitors
from tests.processes import Server, eventually

SIZES = [PHONE, DESKTOP]
PASSWORD = "seven grey lesions"


def set_password(page: Page) -> None:
    for number in range(2):
        page.locator("input[type=password]").nth(number).fill(PASSWORD)


def test_accounts_are_made_without_a_terminal(visitors: Visitors, served: Server) -> None:
    (code,) = eventually(lambda: re.findall(r"with the code (\S+)", served.log.read_text()), "the server prints a code")
    page = visitors.open(PHONE)
    page.goto("/datasets/")
    expect(page.get_by_role("heading", name="The first account")).to_be_visible()
    assert_fits(page, SIZES)
    page.get_by_label("Code").fill(code)
    page.get_by_label("Username").fill("anna")
    set_password(page)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("status")).to_contain_text("Your account is made")

    page.locator(".account-menu summary").press("Enter")
    page.get_by_role("link", name="Accounts").press("Enter")
    assert_fits(page, SIZES)
    page.get_by_label("Username").fill("ben")
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Link for ben").input_value()
    assert_fits(page, SIZES)

    colleague = visitors.open(PHONE)
    colleague.goto(link)
    assert_fits(colleague, SIZES)
    set_password(colleague)
    colleague.get_by_role("button", name="Set the password").click()
    expect(colleague.get_by_role("heading", name="Studies")).to_be_visible()
    for address in ("/accounts/me/", "/accounts/me/password/"):
        colleague.goto(address)
        assert_fits(colleague, SIZES)
