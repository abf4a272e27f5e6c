"""Two files → the pixels of twins, by the very same steps: decode, colours, bits; then square, and one compression."""

from dataclasses import dataclass

from ml.datasets.readers.archive import RefusalKind, RefusedError
from ml.datasets.readers.dicom import is_dicom
from ml.datasets.readers.verification import VerifiedImage, verify_image
from ml.datasets.reading_choices import ReadingChoices
from ml.images.degradation import compressed
from ml.images.pixels import Pixels, decode, to_square
from ml.pairs.elsewhere.file_traits import read_traits
from ml.pairs.elsewhere.side_channels import (
    Colours,
    Compression,
    Equalisation,
    SideChannel,
    closed_channels,
    side_channels,
)
from ml.pairs.elsewhere.twin_masks import TwinMask, read_mask
from ml.pairs.elsewhere.twins import TwinFiles


@dataclass(frozen=True, slots=True)
class ReadTwins:
    """Twins as they decode, uint8 arrays of shape (height, width, 3) in sRGB, and how their files differ."""

    clean: Pixels
    perturbed: Pixels
    channels: tuple[SideChannel, ...]
    """Those that the researcher chose to take, each with what was done."""
    closed: tuple[str, ...]
    mask: TwinMask | None
    """Where the twin was changed, in the pixels of both; None where nobody said."""


def read_twin_files(twin: TwinFiles, reading: ReadingChoices, chosen: Equalisation) -> ReadTwins:
    """Decode both files of a pair by the same steps, and its mask, if it has one.

    Raises
    ------
    RefusedError
        One cannot be used as an image, and says which; or more than the attack tells them apart, and says what; or the
        mask cannot be used.
    """
    data = twin.clean.read(), twin.perturbed.read()
    clean = _verified(data[0], "the clean one", reading)
    stated = data[0] if chosen.colours == Colours.CLEAN and not any(map(is_dicom, data)) else None
    perturbed = _verified(data[1], "the perturbed one", reading)
    traits = read_traits(data[0], clean), read_traits(data[1], perturbed)
    channels = side_channels(*traits, chosen)
    if refused := [channel for channel in channels if not channel.taken]:
        reason = "; ".join(f"{channel.text}: {channel.remedy}" for channel in refused)
        raise RefusedError(RefusalKind.SIDE_CHANNEL, reason)
    if stated is not None and traits[0].colours != traits[1].colours:
        perturbed = verify_image(data[1], reading, colours_of=stated)
    mask = None if twin.mask is None else read_mask(twin.mask, height=clean.height, width=clean.width)
    return ReadTwins(decode(clean.data), decode(perturbed.data), tuple(channels), tuple(closed_channels(*traits)), mask)


def squared(pixels: Pixels, *, size: int, fit: str, chosen: Equalisation) -> Pixels:
    """Return one twin as it is stored: uint8 of shape (size, size, 3), through the one JPEG where that was chosen."""
    square = to_square(pixels, size, fit)
    if chosen.compression == Compression.JPEG:
        return compressed(chosen.quality, subsampling="4:4:4")(square)
    return square


def _verified(data: bytes, which: str, reading: ReadingChoices) -> VerifiedImage:
    try:
        return verify_image(data, reading)
    except RefusedError as error:
        raise RefusedError(error.kind, f"{which}: {error.reason}") from error
