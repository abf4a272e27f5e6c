"""Masks of twins: images that are white where the perturbed twin was changed, as whoever changed it says.

A mask is the truth of studies that ask for a place, so it is refused, and its pair with it, where it cannot mean what
it says: a pair that was kept without its mask would be judged by another rule than the others, and nobody would look.
"""

import io
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from ml.datasets.readers.archive import RefusalKind, RefusedError
from ml.datasets.readers.files import ArchiveFile
from ml.datasets.readers.verification import FORMATS, LONGEST_QUOTED, MAX_PIXELS
from ml.images.change_region import ENERGY_SHARE, Mask, energy_outside, region_of_mask
from ml.images.deep_levels import UnfitLevelsError, bits_of, to_eight_bits
from ml.images.pixels import Pixels, mask_to_square

HALF: Final = 128
"""Of 255 levels: from here on a pixel is in the region."""
GREYS: Final = (64, 192)
"""From the first level, and below the second, a pixel is neither black nor white."""
MOST_GREY: Final = 0.5
"""So many pixels that are neither may there be for each one of the region. An edge that was smoothed (antialiased, or
by JPEG) has fewer from a few pixels' width on, and runs where half is; a map of how much was changed has more (a round
one that fades as a Gaussian does 1.6), and where half of it lies says nothing of where the change ends."""
MOST_COLOUR: Final = 16
"""Levels by which the channels of a pixel may differ: JPEG's rounding, and no colour."""
MOST_OUTSIDE: Final = 1 - ENERGY_SHARE
"""Of the change's energy, out of where a mark counts as right: what the region that is computed without a mask leaves
out of itself. Beyond it a mark at the change is judged wrong more often than it would be without the mask."""
_NAMED = 5
_MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA"})


@dataclass(frozen=True, slots=True)
class TwinMask:
    """A mask as it was read: where the twin was changed, bool of shape (height, width), and how its edge looks."""

    region: Mask
    has_greys: bool


def read_mask(file: ArchiveFile, *, height: int, width: int) -> TwinMask:
    """Read a mask: in it is what is lighter than half.

    Taken are images of any mode that are black and white, turned upright as EXIF says; a smoothed edge is cut at half.
    Refused is what may mean something else: see-through or coloured pixels, several frames, many greys (`MOST_GREY`),
    another size than the clean image's (scaled, cropped or of another image: the region would lie elsewhere), all
    black (nothing was changed, or the levels are 0 and 1), all white (no place).

    Parameters
    ----------
    height, width
        Of the clean image as decoded, upright, in pixels.

    Raises
    ------
    RefusedError
        It cannot be used; the reason names the file.
    """
    try:
        mask = _read(file.read())
        if mask.region.shape != (height, width):
            of_mask = f"{mask.region.shape[1]} × {mask.region.shape[0]}"
            raise _bad(f"{of_mask} pixels, and the clean image {width} × {height}; save it at the size of the twins")
    except RefusedError as error:
        raise RefusedError(RefusalKind.BAD_MASK, f"the mask {file.where}: {error.reason}") from error
    return mask


def square_mask(mask: TwinMask, *, size: int, fit: str) -> Mask:
    """Return a mask as it is stored, bool of shape (size, size), brought there as the twins are.

    Raises
    ------
    RefusedError
        Nothing of its region is left: it was cropped away, or is too narrow for that size.
    """
    square = mask_to_square(mask.region, size, fit)
    if not square.any():
        reason = (
            f"the mask: nothing of its region is left in the square of {size} pixels that both twins are brought to"
        )
        raise RefusedError(RefusalKind.BAD_MASK, reason)
    return square


def _read(data: bytes) -> TwinMask:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is decided here
        try:
            levels = _levels(data)
        except RefusedError:
            raise
        except UnfitLevelsError as error:
            raise _bad(str(error)) from error
        except Exception as error:  # a damaged file can raise anything from within a decoder
            raise _bad(f"it does not decode: {str(error)[:LONGEST_QUOTED]}") from error
    region = levels >= HALF
    if not region.any():
        lightest = int(levels.max())
        scaled = "; levels of 0 and 1 are to be multiplied by 255" if lightest == 1 else ""
        raise _bad(f"no pixel is lighter than half (the lightest has level {lightest} of 255){scaled}")
    if region.all():
        raise _bad("no pixel is darker than half: white everywhere it names no place; leave it out")
    greys = int(np.count_nonzero((levels >= GREYS[0]) & (levels < GREYS[1])))
    if greys > MOST_GREY * np.count_nonzero(region):
        raise _bad(
            f"{greys:,} pixels are grey, beside {np.count_nonzero(region):,} that are lighter than half: a mask is "
            "black and white; decide where the region ends, and save it so"
        )
    return TwinMask(region, greys > 0)


def _levels(data: bytes) -> Pixels:
    """Return the levels of a mask, black 0 and white 255, uint8 of shape (height, width), upright."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise _bad(f"more than {MAX_PIXELS // 10**6} million pixels")
        if getattr(opened, "n_frames", 1) > 1 and opened.format != "MPO":
            raise _bad("several frames (animated, or several pages)")
        bits = bits_of(opened, data)
        image: Image.Image = opened if bits == 8 else to_eight_bits(data, bits=bits, said=bits).image
        if image.mode not in _MODES:
            raise _bad(f"its colours are {image.mode}; save it in black and white, at 8 bits")
        if "A" in image.mode or "transparency" in image.info:
            image = image.convert("RGBA")
            if image.getchannel("A").getextrema() != (255, 255):
                raise _bad("see-through in places, which may be in the region or not; save it without transparency")
        pixels = np.asarray(ImageOps.exif_transpose(image).convert("RGB"), dtype=np.uint8)
    if int((pixels.max(axis=-1) - pixels.min(axis=-1)).max()) > MOST_COLOUR:
        raise _bad("it has colours; save it in black and white, white where the twin was changed")
    return np.asarray(pixels[..., 1], dtype=np.uint8)


def _bad(reason: str) -> RefusedError:
    return RefusedError(RefusalKind.BAD_MASK, reason)


@dataclass(slots=True)
class MaskFindings:
    """What the masks of an import turned out to be, counted."""

    counts: Counter[str] = field(default_factory=Counter)
    elsewhere: list[tuple[float, str]] = field(default_factory=list)
    """Of masks that the change does not lie in: the share of its energy that lies outside, and the file."""

    def add(self, mask: TwinMask, square: Mask, *, where: str, clean: Pixels, perturbed: Pixels) -> None:
        """Count what is to be known of one mask.

        Parameters
        ----------
        square
            It as it is stored.
        where
            Its file.
        clean, perturbed
            The twins as they are stored.
        """
        region = region_of_mask(square)
        self.counts["masks"] += 1
        self.counts["greys"] += mask.has_greys
        self.counts["everywhere"] += not region.is_local
        outside = energy_outside(clean, perturbed, region.accepted)
        if outside > MOST_OUTSIDE:
            self.elsewhere.append((outside, where))

    def notes(self, pairs: int) -> Iterator[str]:
        """Yield a sentence for whatever a reader is to know.

        Parameters
        ----------
        pairs
            How many pairs were stored, with a mask or without.
        """
        masks = self.counts["masks"]
        if not masks:
            return
        others = "" if masks == pairs else "; where the others were changed is found out from their twins"
        yield f"{masks:,} of {pairs:,} pairs came with a mask that says where they were changed{others}"
        if greys := self.counts["greys"]:
            yield f"{greys:,} of the masks have grey pixels, as at a smoothed edge: what is lighter than half is in it"
        if everywhere := self.counts["everywhere"]:
            yield (
                f"{everywhere:,} of the masks take more than a quarter of the image, or lie all over it: studies that "
                "ask for a place do not show these pairs"
            )
        if self.elsewhere:
            worst = sorted(self.elsewhere, reverse=True)
            named = ", ".join(f"{where} ({share:.0%})" for share, where in worst[:_NAMED])
            yield (
                f"of {len(worst):,} of the masks more than {MOST_OUTSIDE:.0%} of the change (its squared size) lies "
                "outside, further off than a mark that counts as right may lie, so that right marks would be judged "
                f"wrong; look at them, and whether white is where the twin was changed: {named}"
                f"{' and more' if len(worst) > _NAMED else ''}"
            )
