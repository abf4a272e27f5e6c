"""What a file of an image has beside its pixels, and what made its pixels beside the camera: by it twins may differ."""

import hashlib
import io
from dataclasses import dataclass

from PIL import ExifTags, Image
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from ml.datasets.readers.dicom import is_dicom
from ml.datasets.readers.verification import VerifiedImage
from ml.images.colour_space import to_srgb
from ml.images.deep_levels import bits_of

DICOM = "DICOM"
LOSSLESS = "lossless"
_LOSSY_TIFF = frozenset({"jpeg", "tiff_jpeg", "webp"})
_METADATA = frozenset({"exif", "comment", "xmp", "XML:com.adobe.xmp", "icc_profile", "dpi", "jfif_density"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTraits:
    """One file.

    Attributes
    ----------
    form
        The format, such as `PNG`.
    compression
        `lossless`, or what the pixels went through: two files agree where both went through the very same (of JPEG its
        tables and how it samples colours).
    depth
        How the levels are kept: `8 bits`, `16 bits`, `a palette`.
    colours
        What the file says of its colours, where they are not sRGB; empty where they are.
    orientation
        EXIF's number; 1 is upright.
    size
        Width and height in pixels, upright.
    metadata
        The kinds of metadata in it, sorted.
    """

    form: str
    compression: str = LOSSLESS
    depth: str = "8 bits"
    colours: str = ""
    orientation: int = 1
    size: tuple[int, int]
    metadata: tuple[str, ...] = ()

    @property
    def compressed_as(self) -> str:
        """Return what the pixels went through, for people: without what tells two JPEGs apart."""
        return self.compression.partition(" ")[0]


def read_traits(data: bytes, found: VerifiedImage) -> FileTraits:
    """Return the traits of a file that was verified.

    Parameters
    ----------
    data
        Its bytes.
    found
        What verification found.
    """
    size = (found.width, found.height)
    if is_dicom(data):
        return FileTraits(form=DICOM, size=size)
    with Image.open(io.BytesIO(data)) as image:
        bits = bits_of(image, data)
        return FileTraits(
            form="JPEG" if image.format == "MPO" else str(image.format),
            compression=_compression(image, data),
            depth="a palette" if image.mode == "P" else f"{bits} bits",
            # Of more bits, the conversion says first how they were brought to 8.
            colours=_colours(image, data) if bits == 8 else found.conversion.partition("; ")[2],
            orientation=int(image.getexif().get(ExifTags.Base.Orientation, 1) or 1),
            size=size,
            metadata=tuple(sorted(_METADATA & {str(key) for key in image.info})),
        )


def _compression(image: Image.Image, data: bytes) -> str:
    if isinstance(image, JpegImageFile):
        tables = repr((sorted((key, tuple(table)) for key, table in image.quantization.items()), get_sampling(image)))
        return f"JPEG {hashlib.sha256(tables.encode()).hexdigest()}"
    if image.format == "WEBP" and not _is_lossless_webp(data):
        return "WebP"
    if image.format == "TIFF" and str(image.info.get("compression", "")) in _LOSSY_TIFF:
        return "JPEG-in-TIFF" if "jpeg" in image.info["compression"] else "WebP-in-TIFF"
    return LOSSLESS


def _is_lossless_webp(data: bytes) -> bool:
    """Say whether a WebP's pixels are coded without loss: its chunk of pixels is called `VP8L`."""
    place = 12
    while place + 8 <= len(data):
        kind, length = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "little")
        if kind in {b"VP8 ", b"VP8L"}:
            return kind == b"VP8L"
        place += 8 + length + length % 2
    return False


def _colours(image: Image.Image, data: bytes) -> str:
    """Return what is to be done to bring the file's colours to sRGB; empty where they are. One pixel tells it."""
    done = to_srgb(image.crop((0, 0, 1, 1)), data).done
    profile = image.info.get("icc_profile") or b""
    return f"{done} {hashlib.sha256(profile).hexdigest()[:12]}" if done else ""
