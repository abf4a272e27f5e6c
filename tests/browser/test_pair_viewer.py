"""One pair, looked at closely: clean and perturbed in one place, pixel for pixel, and the way to the next."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Prepare
from tests.browser.image_side import prepare_image_side
from tests.browser.visitors import PHONE, Visitors, sign_in

SIDE = 64
# The first pair of fourteen; two belong to the pair set before it.
FIRST, LAST = 3, 16
PIXELS = """image => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = image.naturalWidth;
    canvas.getContext("2d").drawImage(image, 0, 0);
    return Array.from(canvas.getContext("2d").getImageData(0, 0, 4, 1).data);
}"""


@pytest.fixture(scope="module")
def prepare() -> Prepare:
    """Make pairs of noise."""
    return prepare_image_side


def open_pair(page: Page, pair: int = FIRST, query: str = "") -> None:
    page.goto(f"/pairs/pair/{pair}/{query}")
    page.get_by_role("button", name="Change over").wait_for()


def pixels_on_top(page: Page) -> list[int]:
    """Return the first pixels of the image that a person sees in the place of both."""
    top = page.locator(".stacked img").filter(visible=True).last
    found: list[int] = top.evaluate(PIXELS)
    return found


def twins(page: Page) -> tuple[list[int], list[int]]:
    """Return the first pixels of the clean and of the perturbed image beside it."""
    clean, perturbed = (page.get_by_role("img", name=name).evaluate(PIXELS) for name in (", clean", ", perturbed"))
    return clean, perturbed


def test_the_space_bar_changes_over_and_nothing_else_does(page: Page) -> None:
    sign_in(page)
    open_pair(page)
    clean, perturbed = twins(page)
    assert clean != perturbed
    shown = page.locator("#flicker-shown")
    page.wait_for_timeout(1500)  # never by itself
    assert (pixels_on_top(page), shown.text_content()) == (clean, "clean")

    page.keyboard.press("Space")
    assert (pixels_on_top(page), shown.text_content()) == (perturbed, "perturbed")
    assert page.evaluate("window.scrollY") == 0
    page.keyboard.press("Space")
    assert (pixels_on_top(page), shown.text_content()) == (clean, "clean")

    button = page.get_by_role("button", name="Change over")
    button.click()
    assert shown.text_content() == "perturbed"
    button.press("Space")  # the button has the focus: it is pressed once, not twice
    assert shown.text_content() == "clean"


def test_the_arrow_keys_lead_to_the_neighbours_that_the_filter_lets_pass(page: Page) -> None:
    sign_in(page)
    open_pair(page, query="?fooled=yes")  # bcc, mel, nv (the target, left out), bcc, …
    expect(page.get_by_text("Pair 1 of 10")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Pair 2 of 10")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Pair 3 of 10")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/pair/{FIRST + 3}/"))
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Pair 2 of 10")).to_be_visible()
    open_pair(page, LAST)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="Next")).to_have_count(0)
    expect(page.get_by_text("Pair 14 of 14")).to_be_visible()


@pytest.mark.parametrize(("ratio", "size"), [(1, (1280, 800)), (2, PHONE), (1.25, (1280, 800))])
def test_an_image_pixel_is_a_whole_number_of_screen_pixels(
    visitors: Visitors, ratio: float, size: tuple[int, int]
) -> None:
    page = visitors.open(size, device_scale_factor=ratio)
    sign_in(page)
    open_pair(page)

    def sides() -> set[float]:
        found = page.locator(".viewer img").evaluate_all("all => all.map(image => image.getBoundingClientRect().width)")
        return {round(side * ratio, 1) for side in found}  # a browser's own lengths are sixty-fourths of a pixel

    assert sides() == {SIDE}
    page.get_by_label("Scale").select_option("4")
    assert sides() == {4 * SIDE}
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.locator(".viewer img").first.evaluate("image => getComputedStyle(image).imageRendering") == "pixelated"
    page.get_by_label("Scale").press("ArrowRight")  # the choice has the focus: the key is its own
    expect(page.get_by_text("Pair 1 of 14")).to_be_visible()

    page.get_by_role("link", name="Next").click()
    page.get_by_text("Pair 2 of 14").wait_for()
    expect(page.get_by_label("Scale")).to_have_value(re.compile("[46]"))
