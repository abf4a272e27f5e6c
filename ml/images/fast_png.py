"""PNG files written in a third of a library's time: where thousands are written, that is what they wait for.

Pillow tries five filters on every row and looks for repetitions. A photograph has none, and one filter does as well:
on lesions of 224 × 224 pixels 1.1 ms instead of 3.8 (and 6 at Pillow's own settings), for files as large to 1%.
"""

import struct
import zlib

import numpy as np

from ml.images.pixels import Pixels

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Of the image header: bits a channel, colour (red, green, blue), compression, filter method, no interlacing.
RGB = (8, 2, 0, 0, 0)
# The filter of every row: its difference from the row above, modulo 256.
UP = 2


def encode_png_quickly(pixels: Pixels) -> bytes:
    """Encode as PNG without any metadata (ISO/IEC 15948; nothing is lost).

    Parameters
    ----------
    pixels
        uint8 array of shape (height, width, 3).
    """
    height, width, _ = pixels.shape
    plain = pixels.reshape(height, -1)
    filtered = np.empty((height, 1 + plain.shape[1]), dtype=np.uint8)
    filtered[:, 0] = UP
    filtered[0, 1:] = plain[0]
    np.subtract(plain[1:], plain[:-1], out=filtered[1:, 1:])  # wraps round, as it is to
    compressor = zlib.compressobj(strategy=zlib.Z_HUFFMAN_ONLY)
    data = compressor.compress(filtered.data) + compressor.flush()
    header = struct.pack(">II5B", width, height, *RGB)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
