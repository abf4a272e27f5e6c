"""A network trained from the browser, for real: asked for in a form, done by the worker, watched, opened, cancelled."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import Prepare
from tests.browser.visitors import sign_in
from tests.processes import manage

SCRIPT = """
from django.contrib.auth.models import User
from tests.ml.factories import make_dataset
User.objects.create_user("researcher", password="a long password")
make_dataset("moles")
"""
# TensorFlow is imported and a network traced, on a machine that may be busy.
PATIENCE = 120_000


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Make a few tiny images."""

    def fill(data_dir: Path) -> None:
        manage(data_dir, "shell", "--verbosity", "0", "--command", SCRIPT)

    return fill


def ask(page: Page, name: str, *, steps: int) -> None:
    """Ask for the training of a tiny classifier and stay on its page."""
    page.get_by_role("link", name="Classifiers").click()
    page.get_by_role("link", name=re.compile("^Train (a classifier|the first one)")).click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Architecture").select_option("densenet-tiny")
    page.get_by_label("Image size").fill("24")
    page.get_by_label("Steps").fill(str(steps))
    page.get_by_label("Batch size").fill("4")
    page.get_by_role("button", name="Start the training").click()
    expect(page.get_by_role("heading", name=f"Train a classifier: {name}")).to_be_visible()


def test_it_works(page: Page) -> None:
    """From a form to the page of a trained classifier, watched on the way."""
    sign_in(page)
    ask(page, "From the browser", steps=150)
    state = page.locator("#run-state")
    expect(state).to_have_text("Running", timeout=PATIENCE)
    expect(page.get_by_role("img", name="loss:")).to_be_visible(timeout=PATIENCE)
    assert_accessible(page)

    expect(state).to_have_text("Succeeded", timeout=PATIENCE)
    page.get_by_role("link", name="Open the classifier").click()

    expect(page.get_by_role("heading", name="From the browser")).to_be_visible()
    expect(page.get_by_role("region", name="Confusion matrix")).to_be_visible()
    expect(page.get_by_role("img", name="accuracy:")).to_be_visible()
    expect(page.get_by_text("of 6 test images")).to_be_visible()
    assert_accessible(page)


def test_a_training_is_cancelled_half_way(page: Page) -> None:
    sign_in(page)
    ask(page, "Cancelled", steps=100_000)
    state = page.locator("#run-state")
    expect(page.get_by_role("img", name="loss:")).to_be_visible(timeout=PATIENCE)

    page.get_by_role("button", name="Cancel the run").click()

    expect(state).to_have_text("Cancelled", timeout=PATIENCE)
    expect(page.get_by_role("region", name="How it ended")).to_contain_text("Somebody cancelled it.")
    page.get_by_role("link", name="Classifiers").click()
    expect(page.get_by_role("link", name="Cancelled")).to_have_count(0)
