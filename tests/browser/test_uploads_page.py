"""Files sent from a browser: chosen or dropped, resumed after the connection broke off, imported by the worker."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import Prepare
from tests.browser.visitors import Visitors, sign_in
from tests.ml.pairs.elsewhere.twins_on_disk import write_twins
from tests.processes import manage

SCRIPT = """
from django.contrib.auth.models import User
User.objects.create_user("researcher", password="a long password")
"""
PATIENCE = 120_000
DROP = """
([zone, files]) => {
  const transfer = new DataTransfer();
  for (const [name, bytes] of files) transfer.items.add(new File([new Uint8Array(bytes)], name, {lastModified: 1}));
  zone.dispatchEvent(new DragEvent("dragover", {dataTransfer: transfer, bubbles: true, cancelable: true}));
  zone.dispatchEvent(new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
}
"""


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Make an account."""

    def fill(data_dir: Path) -> None:
        manage(data_dir, "shell", "--verbosity", "0", "--command", SCRIPT)

    return fill


def zip_of_twins(folder: Path) -> Path:
    """Return a zip of twins of more than a piece: images of noise, which do not get smaller."""
    twins = write_twins(folder / "twins", ["mel/1", "mel/2", "nv/3", "nv/4"])
    zipped = folder / "twins.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        for path in sorted(path for path in twins.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(twins))
        archive.writestr("notes.txt", "x" * 2_500_000)
    return zipped


def test_a_zip_of_pairs_is_sent_over_a_lost_connection_and_imported(
    page: Page, visitors: Visitors, tmp_path: Path
) -> None:
    lost: list[str] = []

    def lose_the_second_piece_once(route: Route) -> None:
        if "offset=1048576" in route.request.url and not lost:
            lost.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/*/0/*", lose_the_second_piece_once)
    sign_in(page)
    page.get_by_role("link", name="Image pairs").click()
    page.get_by_role("link", name="bring pairs").click()
    assert_accessible(page)
    page.get_by_label("Zip or files").set_input_files(zip_of_twins(tmp_path))

    expect(page.get_by_role("status")).to_contain_text("All is sent, and chosen below: twins (1 file, 2.5 MB)")
    assert lost
    visitors.forgive("net::ERR_CONNECTION_RESET")
    expect(page.get_by_label("Name", exact=False).first).to_have_value("twins")
    assert_accessible(page)
    page.get_by_label("What perturbed the images").fill("a program")
    page.get_by_role("button", name="Bring the pairs").click()
    expect(page.locator("#run-state")).to_have_text("Succeeded", timeout=PATIENCE)
    page.get_by_role("link", name="Open the pair set").click()
    expect(page.get_by_role("heading", name="When the pairs were brought in")).to_be_visible()
    assert_accessible(page)


def test_dropped_files_are_judged_and_can_be_removed(page: Page) -> None:
    sign_in(page)
    page.goto("/datasets/new/?source=folder")
    files = [["a.png", [1, 2, 3]], ["empty.png", []]]
    page.evaluate(DROP, [page.locator(".upload").element_handle(), files])

    expect(page.get_by_role("status")).to_contain_text("All is sent, and chosen below: files (1 file")
    expect(page.get_by_text("Not sent: empty.png: empty")).to_be_visible()
    page.reload()
    page.get_by_text("Your uploads").click()
    page.get_by_role("button", name="Remove files").click()
    expect(page.get_by_text("is removed.")).to_be_visible()
    expect(page.get_by_text("Your uploads")).to_have_count(0)
