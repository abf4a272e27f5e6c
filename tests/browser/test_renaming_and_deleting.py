"""Renaming in place and deleting, by keyboard: what rests on something is told before anything goes."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_fits
from tests.browser.conftest import Prepare
from tests.browser.visitors import DESKTOP, PHONE, Visitors, sign_in
from tests.processes import manage

SCRIPT = """
from django.contrib.auth.models import User
from ml.models import Attack, Classifier, Dataset, PairSet
from tests.studies.factories import make_open_study, make_pair_set, make_researcher
researcher = User.objects.create_user("researcher", password="a long password")
shown, spare = make_pair_set(n=8), make_pair_set(n=8)
PairSet.objects.filter(pk=spare.pk).update(name="as long as names may be " * 4)
for model in (Dataset, Classifier, Attack, PairSet):
    model.objects.update(owner=researcher)
shown.refresh_from_db()
make_open_study(owner=researcher, pair_set=shown, title="The study")
"""
SIZES = [DESKTOP, PHONE, (320, 640)]
SHOWN, SPARE = 1, 2


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Make pairs that an open study shows, and pairs that no study has."""

    def fill(data_dir: Path) -> None:
        manage(data_dir, "shell", "--verbosity", "0", "--command", SCRIPT)

    return fill


def test_pairs_of_no_study_are_renamed_in_place_and_deleted(page: Page) -> None:
    sign_in(page)
    page.goto(f"/pairs/{SPARE}/")
    page.locator(".managing summary").press("Enter")
    assert_fits(page, SIZES)
    page.get_by_label("Name", exact=True).fill("Spare pairs")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Spare pairs")
    expect(page.get_by_text("It is called “Spare pairs” now.")).to_be_visible()

    page.get_by_role("link", name="Delete", exact=True).press("Enter")
    expect(page.get_by_text("8 image pairs (16 files)")).to_be_visible()
    assert_fits(page, SIZES)
    page.get_by_role("button", name="Delete").press("Enter")
    expect(page.get_by_text("“Spare pairs” is deleted, with its files.")).to_be_visible()
    expect(page.get_by_role("link", name="Spare pairs")).to_have_count(0)


def test_what_an_open_study_shows_keeps_its_name_and_stays(page: Page) -> None:
    sign_in(page)
    page.goto(f"/pairs/{SHOWN}/")
    page.locator(".managing summary").press("Enter")
    expect(page.locator(".managing")).to_contain_text("Studies that have opened, whose protocols name it: “The study”")
    assert_fits(page, SIZES)
    page.get_by_role("link", name="Delete", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("cannot be deleted")
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    assert_fits(page, SIZES)
    page.get_by_role("link", name="The study").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The study")


def test_a_name_that_is_taken_is_told_at_the_field_and_kept(page: Page, visitors: Visitors) -> None:
    sign_in(page)
    page.goto("/attacks/2/")
    page.locator(".managing summary").press("Enter")
    page.get_by_label("Name", exact=True).fill("attack 1")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_text("There is a attack named 'attack 1' already")).to_be_visible()
    visitors.forgive("422")
    expect(page.get_by_label("Name")).to_have_value("attack 1")
    assert_fits(page, SIZES)
