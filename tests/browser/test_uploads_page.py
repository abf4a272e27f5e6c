"""Files sent from a browser: chosen or dropped, resumed after the connection broke off, imported by the worker."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.accessibility import assert_accessible, assert_fits
from tests.browser.conftest import Prepare
from tests.browser.visitors import DESKTOP, PHONE, Visitors, sign_in
from tests.ml.factories import make_image_bytes
from tests.ml.pairs.elsewhere.twins_on_disk import write_twins
from tests.processes import manage
from tools.tutorial_screenshots.walker import ByKeyboard
from tools.tutorial_screenshots.walks import Press, Send, WaitForRun, Write

SCRIPT = """
from django.contrib.auth.models import User
User.objects.create_user("researcher", password="a long password")
"""
PATIENCE = 120_000
SIZES = [DESKTOP, PHONE, (320, 640)]
DATASETS = "/datasets/new/?source=folder"
PAIRS = "/pairs/import/"
NOISE = 1_400_000
"""Bytes that make a zip of more than a piece."""
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


def images_in(folder: Path, *, padded: bool = False) -> Path:
    """Return a zip of six images in folders of two diagnoses, with one file that calls itself an image and is none."""
    zipped = folder / "moles.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        for number in range(6):
            name = f"{('mel', 'nv')[number % 2]}/{number}.png"
            archive.writestr(name, make_image_bytes(number, width=24, height=24, form="PNG"))
        archive.writestr("nv/broken.png", "no image")
        if padded:
            archive.writestr("notes.txt", "x" * NOISE)
    return zipped


def import_is_done(page: Page) -> None:
    expect(page.locator("#run-state")).to_have_text("Succeeded", timeout=PATIENCE)


def test_a_zip_is_sent_and_imported_by_keyboard_and_what_is_no_image_is_named(page: Page, tmp_path: Path) -> None:
    sign_in(page)
    page.goto(DATASETS)
    assert_fits(page, SIZES)
    files = {"moles.zip": images_in(tmp_path)}
    keyboard = ByKeyboard(page, files=files, texts={}, look=lambda picture: None)
    keyboard.walk([Send("Zip or files", "moles.zip")])
    assert_fits(page, SIZES)
    keyboard.walk([Write("Name", "by keyboard"), Press("button", "Bring the images"), WaitForRun()])
    expect(page.get_by_text("6 images imported; 1 refused, the first: nv/broken.png")).to_be_visible()
    assert_fits(page, SIZES)
    keyboard.walk([Press("link", "Open the dataset")])
    expect(page.get_by_text("6 images of 6 lesions")).to_be_visible()
    assert_fits(page, SIZES)


def test_a_folder_is_sent_by_keyboard_with_its_diagnoses(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "skin"
    with zipfile.ZipFile(images_in(tmp_path)) as archive:
        archive.extractall(folder)
    sign_in(page)
    page.goto(DATASETS)
    keyboard = ByKeyboard(page, files={"skin": folder}, texts={}, look=lambda picture: None)
    keyboard.walk([Send("Or a folder", "skin"), Press("button", "Bring the images"), WaitForRun()])
    expect(page.get_by_role("heading", name="Import a dataset: skin")).to_be_visible()
    keyboard.walk([Press("link", "Open the dataset")])
    expect(page.get_by_text("6 images of 6 lesions")).to_be_visible()


def test_a_zip_that_is_dropped_is_imported(page: Page, tmp_path: Path) -> None:
    sign_in(page)
    page.goto(DATASETS)
    dropped = [["dropped.zip", list(images_in(tmp_path).read_bytes())]]
    page.evaluate(DROP, [page.locator(".upload").element_handle(), dropped])
    expect(page.get_by_role("status")).to_contain_text("All is sent, and chosen below: dropped")
    page.get_by_role("button", name="Bring the images").click()
    import_is_done(page)
    expect(page.get_by_role("heading", name="Import a dataset: dropped")).to_be_visible()


def test_a_page_that_was_closed_midway_goes_on_when_the_same_file_is_chosen_again(
    page: Page, visitors: Visitors, tmp_path: Path
) -> None:
    zipped = images_in(tmp_path, padded=True)
    sign_in(page)
    page.goto(DATASETS)
    page.route("**/uploads/*/0/?offset=1048576", lambda route: route.abort("connectionreset"))
    page.get_by_label("Zip or files").set_input_files(zipped)
    expect(page.get_by_role("status")).to_contain_text("The connection is lost")
    assert_fits(page, SIZES)
    page.once("dialog", lambda dialog: dialog.accept())  # the page asks before it is left
    page.goto(DATASETS)
    visitors.forgive("net::ERR_CONNECTION_RESET")
    page.unroute("**/uploads/*/0/?offset=1048576")
    offsets: list[str] = []

    def note(request: Request) -> None:
        if "offset=" in request.url:
            offsets.append(request.url.rpartition("=")[2])

    page.on("request", note)
    page.get_by_label("Zip or files").set_input_files(zipped)
    expect(page.get_by_role("status")).to_contain_text("All is sent, and chosen below: moles")
    assert offsets == ["1048576"], "what was there is not sent again"
    page.get_by_label("Name").fill("resumed")
    page.get_by_role("button", name="Bring the images").click()
    import_is_done(page)


def test_pairs_in_a_table_are_sent_as_a_folder_and_imported_by_keyboard(page: Page, tmp_path: Path) -> None:
    folder = write_twins(tmp_path / "attacked", ["1", "2", "3"])
    rows = [f"clean/{name}.png,perturbed/{name}.png,mel,8,mel,nv" for name in "123"]
    table = ["clean,perturbed,diagnosis,strength,prediction_before,prediction_after", *rows]
    (folder / "pairs.csv").write_text("\n".join(table), encoding="utf-8")
    sign_in(page)
    page.goto(PAIRS)
    assert_fits(page, SIZES)
    keyboard = ByKeyboard(page, files={"attacked": folder}, texts={}, look=lambda picture: None)
    keyboard.walk(
        [
            Send("Or a folder", "attacked"),
            Write("What perturbed the images", "a program"),
            Press("button", "Bring the pairs"),
            WaitForRun(),
            Press("link", "Open the pair set"),
        ]
    )
    expect(page.get_by_text("3 pairs of")).to_be_visible()
    expect(page.get_by_role("heading", name="What the attack does to the classifier")).to_be_visible()
    assert_fits(page, SIZES)
