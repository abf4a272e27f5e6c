"""Stimuli name no colour space: Chromium shows them as sRGB, on a screen of sRGB their very values."""

import base64
import io
import struct
import zlib

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, BrowserType

from ml.images.pixels import encode_png
from tests.browser.conftest import CHROMIUM_OPTIONS

SIDE = 64
SIGNATURE_AND_HEADER = 8 + 25
"""Bytes of a PNG before its next chunk."""

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def pixels() -> Pixels:
    """Return an image of every kind of colour, changed by a level here and there."""
    return np.random.default_rng(5).integers(0, 256, size=(SIDE, SIDE, 3), dtype=np.uint8)


def shown(browser_type: BrowserType, chromium: str, png: bytes, *, screen: str) -> Pixels:
    """Return what a screen of a colour profile shows of an image."""
    started = browser_type.launch(
        executable_path=chromium, headless=True, args=[*CHROMIUM_OPTIONS, f"--force-color-profile={screen}"]
    )
    try:
        page = started.new_page(viewport={"width": SIDE, "height": SIDE})
        source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
        page.set_content(f'<style>body{{margin:0}}</style><img src="{source}">')
        page.wait_for_function("document.images[0].complete")
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    finally:
        started.close()
    return np.asarray(picture)[:SIDE, :SIDE]


def tagged_as_srgb(png: bytes) -> bytes:
    kind_and_data = b"sRGB\x00"
    chunk = struct.pack(">I", 1) + kind_and_data + struct.pack(">I", zlib.crc32(kind_and_data))
    return png[:SIGNATURE_AND_HEADER] + chunk + png[SIGNATURE_AND_HEADER:]


def test_on_a_screen_of_srgb_the_values_of_the_file_are_shown(browser: Browser, chromium: str, pixels: Pixels) -> None:
    png = encode_png(pixels, compress_level=0)

    assert np.array_equal(shown(browser.browser_type, chromium, png, screen="srgb"), pixels)


def test_on_a_screen_of_wide_gamut_a_stimulus_looks_like_one_that_names_srgb(
    browser: Browser, chromium: str, pixels: Pixels
) -> None:
    png = encode_png(pixels, compress_level=0)
    assert png[SIGNATURE_AND_HEADER + 4 :].startswith(b"IDAT"), "a stimulus names no colour space"

    untagged, tagged = (
        shown(browser.browser_type, chromium, one, screen="display-p3-d65") for one in (png, tagged_as_srgb(png))
    )

    assert np.array_equal(untagged, tagged)
    assert not np.array_equal(untagged, pixels), "the screen's own colours are wider"
    assert np.abs(untagged.astype(int).mean(axis=2) - pixels.astype(int).mean(axis=2)).mean() < 20
