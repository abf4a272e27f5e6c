"""The image side of a new server, on which there is nothing yet, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_fits
from tests.browser.conftest import Prepare
from tests.browser.visitors import DESKTOP, PHONE, sign_in
from tests.processes import manage

SCRIPT = """
from django.contrib.auth.models import User
User.objects.create_user("researcher", password="a long password")
"""
ADDRESSES = [f"/{section}/" for section in ("datasets", "classifiers", "attacks", "pairs", "runs", "studies")]
FORMS = ["/classifiers/new/", "/classifiers/add/", "/attacks/new/", "/pairs/new/"]


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Make a researcher and nothing else."""

    def fill(data_dir: Path) -> None:
        manage(data_dir, "shell", "--verbosity", "0", "--command", SCRIPT)

    return fill


def test_empty_pages_say_what_comes_first_accessibly(phone_page: Page) -> None:
    page = phone_page
    sign_in(page)

    for address in [*ADDRESSES, *FORMS]:
        page.goto(address)
        expect(page.locator(".empty h2")).to_be_visible()
        assert_fits(page, [PHONE, DESKTOP])
