"""Images of more than 8 bits a channel, brought to 8 by one rule for grey and colour.

The rule: linear. Level 0 becomes 0, the largest level that the file's bits can hold becomes 255; an image is never
stretched to its own darkest and brightest pixel, so that two images of one camera stay comparable. A file may hold
fewer bits than it has room for (a camera's 12 in 16): read so it would be all but black. An image whose brightest level
lies in the lower half is therefore refused, unless somebody says how many bits its levels have.
"""

import io
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BITS_PER_SAMPLE, PHOTOMETRIC = 258, 262  # TIFF
WHITE_IS_ZERO = 0
GREY_MODES = frozenset({"I;16", "I;16B", "I;16L", "I;16N"})
COLOUR_MODES = frozenset({"RGB", "RGBA"})
BIT_CHOICES = range(9, 17)
LITTLE, BIG = ";16L", ";16B"
ORDERS = {LITTLE: BIG, BIG: LITTLE, ";16N": BIG if sys.byteorder == "little" else LITTLE}


class UnfitLevelsError(ValueError):
    """The levels have no one meaning in 8 bits; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class EightBits:
    """An image brought to 8 bits."""

    image: Image.Image
    """Of mode L, RGB or RGBA."""
    done: str
    """The rule, in words."""


def bits_of(image: Image.Image, data: bytes) -> int:
    """Return how many bits a channel of an opened file has; 8 for what has 8 or fewer.

    Parameters
    ----------
    image
        As Pillow opened it. Its mode alone does not tell: Pillow cuts colours of 16 bits to 8.
    data
        The bytes of its file.
    """
    if image.format == "PNG" and len(data) > 24:
        return max(8, int(data[24]))
    if image.format == "TIFF":
        bits: int | tuple[int, ...] = getattr(image, "tag_v2", {}).get(BITS_PER_SAMPLE, 1)
        return max(8, *(bits if isinstance(bits, tuple) else (bits,)))
    return 8


def to_eight_bits(data: bytes, *, bits: int, said: int | None) -> EightBits:
    """Bring an image to 8 bits.

    Parameters
    ----------
    data
        The bytes of a PNG or TIFF.
    bits
        How many bits a channel of the file has, 9 to 16 (`bits_of`).
    said
        How many of them are used, where somebody says so; None takes all, and refuses an image that does not use them.

    Raises
    ------
    UnfitLevelsError
        A kind of image that is not read; or levels that do not fit the bits.
    OSError, ValueError, SyntaxError
        The file is damaged (Pillow's own errors).
    """
    with Image.open(io.BytesIO(data)) as image:
        values = _grey_levels(image) if image.mode in GREY_MODES else _colour_levels(image, data)
        top = 2 ** (said or bits) - 1
        brightest = int(values.max())
        if brightest > top:
            raise UnfitLevelsError(f"it has levels up to {brightest:,}, more than {said or bits} bits hold ({top:,})")
        if said is None and brightest < 2 ** (bits - 1):
            raise UnfitLevelsError(
                f"its brightest level is {brightest:,} of {top:,}: it does not seem to use its {bits} bits, and would "
                f"be too dark; say how many it uses (--bits {max(brightest.bit_length(), BIT_CHOICES[0])}), or convert "
                "it to 8 bits"
            )
        levels = Image.fromarray(np.rint(values * np.float32(255 / top)).astype(np.uint8))
        # What the file says of colours and of which side is up holds for its levels, however many bits they have.
        levels.info = {**image.info, "exif": image.getexif().tobytes()}
    return EightBits(levels, f"brought from {said or bits} to 8 bits, linearly from 0 to {top:,}")


def _grey_levels(image: Image.Image) -> NDArray[np.float32]:
    """Return the levels, black 0, as an array of shape (height, width)."""
    white_is_zero = getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == WHITE_IS_ZERO
    values = np.asarray(image).astype(np.float32)
    if white_is_zero:  # Pillow turns round 8 bits, and not 16
        np.subtract(65535, values, out=values)
    return values


def _colour_levels(image: Image.Image, data: bytes) -> NDArray[np.float32]:
    """Return the levels as an array of shape (height, width, channels).

    Pillow has no colours of 16 bits: it decodes the upper half of each level. Told that the bytes stand the other way
    round, it decodes the lower.
    """
    if image.mode not in COLOUR_MODES:
        raise UnfitLevelsError(f"its colours are {image.mode} of more than 8 bits; convert it to 8-bit RGB first")
    upper: NDArray[np.float32] = np.asarray(image).astype(np.float32)
    with Image.open(io.BytesIO(data)) as again:
        again.tile = [tile._replace(args=_other_half(tile.args)) for tile in again.tile]
        lower = np.asarray(again)
    return upper * np.float32(256) + lower.astype(np.float32)


def _other_half(args: tuple[object, ...] | str | None) -> tuple[object, ...] | str:
    """Return a decoder's arguments with the order of the two bytes of a level turned round."""
    first, *rest = args if isinstance(args, tuple) else (args,)
    if not isinstance(first, str) or first[-4:] not in ORDERS:
        raise UnfitLevelsError("its levels of 16 bits are laid out in a way that is not read; convert it to 8 bits")
    turned = first[:-4] + ORDERS[first[-4:]]
    return (turned, *rest) if isinstance(args, tuple) else turned
