#!/usr/bin/env bash
# Surprise: Pillow turns the levels of an 8-bit grey TIFF whose white is zero, and leaves those of a 16-bit one as stored.
#
# Expected: TIFF's PhotometricInterpretation says which end is white (0: WhiteIsZero, 1: BlackIsZero; TIFF 6.0, page 37),
# at any depth. Pillow gives 8-bit images of both kinds as they look, so that a 16-bit image should be given so as well.
# Seen, Pillow 13.0.0: of stored levels 0, 100, 255 it gives 255, 155, 0 for WhiteIsZero at 8 bits; of 0, 25700, 65535 it
# gives 0, 25700, 65535 for WhiteIsZero and BlackIsZero alike at 16 bits: a negative of the image, without a word.
#
# What follows: whoever reads 16-bit grey asks for tag 262, and turns the levels where it is 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv env
env/bin/python -m pip install --quiet --disable-pip-version-check pillow==13.0.0

env/bin/python - <<'PY'
import io
import struct

from PIL import Image

SHORT, LONG = 3, 4


def grey_tiff(bits, photometric, levels):
    """Return a baseline TIFF of one row, little-endian, in one strip."""
    data = struct.pack(f"<{len(levels)}{'H' if bits == 16 else 'B'}", *levels)
    tags = [
        (256, LONG, len(levels)), (257, LONG, 1), (258, SHORT, bits), (259, SHORT, 1), (262, SHORT, photometric),
        (273, LONG, None), (277, SHORT, 1), (278, LONG, 1), (279, LONG, len(data)),
    ]
    place = 8 + 2 + 12 * len(tags) + 4
    directory = b"".join(
        struct.pack("<HHII", tag, kind, 1, place if value is None else value) for tag, kind, value in tags
    )
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + directory + b"\0\0\0\0" + data


def read(bits, photometric, levels):
    image = Image.open(io.BytesIO(grey_tiff(bits, photometric, levels)))
    return [image.getpixel((column, 0)) for column in range(image.width)]


for bits, levels in ((8, [0, 100, 255]), (16, [0, 25700, 65535])):
    white, black = read(bits, 0, levels), read(bits, 1, levels)
    print(f"{bits} bits, stored {levels}: WhiteIsZero read as {white}, BlackIsZero as {black}")
    assert black == levels
    if bits == 8:
        assert white == [255 - level for level in levels]
    else:
        assert white == levels, "16-bit WhiteIsZero is turned now: this finding is out of date"
PY
echo "As described: the depth decides whether white is zero."
