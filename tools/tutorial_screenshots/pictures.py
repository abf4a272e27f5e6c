"""Pictures of pages, small enough for documents and marked as what they show: synthetic images."""

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

MOST_BYTES = 80_000
WORDS = "All images are synthetic: drawn by the program, of no patient"
STRIP = 26
"""Pixels of the strip at the foot that says so."""
COLOURS = (128, 64, 32, 16)
"""Of the palette: as many as a picture may have and be small enough."""


def save_picture(screenshot: bytes, path: Path) -> str:
    """Write a page's picture as a PNG with a palette, with a strip that marks its images; return what was written.

    Raises
    ------
    ValueError
        Even with few colours it has more than `MOST_BYTES`.
    """
    picture = _marked(Image.open(io.BytesIO(screenshot)).convert("RGB"))
    for colours in COLOURS:
        out = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(out, format="PNG", optimize=True)
        if len(out.getvalue()) <= MOST_BYTES:
            path.write_bytes(out.getvalue())
            return f"{path}: {picture.width} × {picture.height} pixels, {len(out.getvalue()):,} bytes"
    raise ValueError(f"{path} would have more than {MOST_BYTES:,} bytes")


def _marked(picture: Image.Image) -> Image.Image:
    marked = Image.new("RGB", (picture.width, picture.height + STRIP), "#f3e7c9")
    marked.paste(picture, (0, 0))
    drawing = ImageDraw.Draw(marked)
    drawing.text((12, picture.height + STRIP / 2), WORDS, fill="#5c4100", anchor="lm", font=ImageFont.load_default(13))
    return marked
