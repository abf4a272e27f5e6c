"""The image side of a new server, on which there is nothing yet, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import Prepare
from tests.browser.image_side import sign_in
from tests.browser.visitors import DESKTOP, PHONE, Visitors
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


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_empty_pages_say_what_comes_first_accessibly(visitors: Visitors, size: tuple[int, int]) -> None:
    page = visitors.open(size)
    sign_in(page)

    for address in [*ADDRESSES, *FORMS]:
        page.goto(address)
        expect(page.locator(".empty h2")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address
        assert_accessible(page)
