"""DICOM files, as dermatoscopes and X-ray machines write them, brought to 8-bit sRGB as a viewer would show them.

Grey values go the way of DICOM PS3.4, N.2: the modality's rescaling, then the window (or the look-up table) of interest
that the file brings, then to 8 bits; MONOCHROME1 is turned round, so that black is 0. Without a window the values are
spread linearly over what their bits can hold. Of colours, YBR becomes RGB and an ICC profile becomes sRGB. What of it
was done is told. Nothing else of the file is kept: no name, no date, no number of a patient.
"""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ml.datasets.readers.archive import RefusalKind, RefusedError
from ml.images.colour_space import by_profile

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

PREFIX, PREFIX_AT = b"DICM", 128
DEFLATED = "1.2.840.10008.1.2.1.99"
MOST_BITS = 16
GREY = frozenset({"MONOCHROME1", "MONOCHROME2"})
# What a display shows of a window is found by asking for values far beyond any.
FAR = 1e12
# Text that a file brings is quoted at this length.
QUOTED = 60


@dataclass(frozen=True, slots=True)
class DicomImage:
    """The picture of a DICOM file."""

    image: Image.Image
    """Of mode L or RGB, in sRGB."""
    done: str
    """What was done to bring it there, in words."""


@dataclass(frozen=True, slots=True)
class _Values:
    """Values of pixels, and which of them are black and white."""

    array: NDArray[np.float32]
    black: float
    white: float
    done: tuple[str, ...]


def is_dicom(data: bytes) -> bool:
    """Say whether a file is DICOM by its first bytes (PS3.10, 7.1), whatever it is called."""
    return data[PREFIX_AT : PREFIX_AT + len(PREFIX)] == PREFIX


def read_dicom(data: bytes, *, most_pixels: int) -> DicomImage:
    """Return the picture of a DICOM file.

    Parameters
    ----------
    data
        The bytes of a file of which `is_dicom` holds.
    most_pixels
        A larger picture is refused from its header.

    Raises
    ------
    RefusedError
        No picture: a report, a plan, a dose, a mask; several frames; packed in a way that is not unpacked here; or
        values whose black and white nothing tells.
    """
    from pydicom import dcmread

    if DEFLATED.encode() in data[: 4 * 1024]:  # it would be unpacked whole, however large it is
        raise _unfit("its contents are deflated; save it with another transfer syntax")
    dataset = dcmread(io.BytesIO(data))
    _check(dataset, most_pixels)
    pixels = _pixels(dataset)
    kind = str(dataset.PhotometricInterpretation)
    values = _grey(pixels, dataset) if kind in GREY else _colours(pixels, dataset)
    if values.white <= values.black:
        raise _unfit("its black and white are one value")
    scaled = (values.array - values.black) * np.float32(255 / (values.white - values.black))
    levels = np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)
    done = ["read from DICOM", *values.done]
    if kind == "MONOCHROME1":
        levels = 255 - levels
        done.append("MONOCHROME1 turned round")
    image = Image.fromarray(levels)
    if kind not in GREY and (profile := _profile(dataset)):
        converted = by_profile(image, profile)
        image = converted.image
        done += [converted.done] if converted.done else []
    if str(dataset.get("BurnedInAnnotation", "")).upper() == "YES":
        done.append("it says that text is burned into the picture: look whether a name is")
    return DicomImage(image, ", ".join(done))


def _check(dataset: "Dataset", most_pixels: int) -> None:
    """Refuse by the header what is no picture, or none that can be shown in one way."""
    modality = str(dataset.get("Modality", ""))
    if "PixelData" not in dataset or modality in {"RTDOSE", "SEG"}:
        raise RefusedError(RefusalKind.NOT_AN_IMAGE, f"DICOM without a picture ({_class_of(dataset)})")
    frames = int(dataset.get("NumberOfFrames") or 1)
    if frames > 1:
        raise _unfit(f"several frames ({frames}); save the one that is meant")
    if int(dataset.Rows) * int(dataset.Columns) > most_pixels:
        raise RefusedError(RefusalKind.TOO_LARGE, f"more than {most_pixels // 10**6} million pixels")
    stored = int(dataset.BitsStored)
    if int(dataset.BitsAllocated) == 1:
        raise _unfit("it has 1 bit a pixel, as a mask has; keep masks in another folder")
    if stored > MOST_BITS:
        raise _unfit(f"it has {stored} bits a value; read are up to {MOST_BITS}")
    ratio = [int(part) for part in dataset.get("PixelAspectRatio") or (1, 1)]
    if ratio[0] != ratio[-1]:
        raise _unfit(f"its pixels are not square ({ratio[0]}:{ratio[-1]}); save it with square ones")


def _pixels(dataset: "Dataset") -> NDArray[np.generic]:
    """Return the stored values, colours as RGB."""
    from pydicom.pixels.utils import pixel_array

    try:
        return pixel_array(dataset)
    except (RuntimeError, NotImplementedError, AttributeError) as error:
        syntax = dataset.file_meta.get("TransferSyntaxUID")
        if syntax is not None and syntax.is_compressed:
            raise _unfit(
                f"it is packed as {syntax.name[:QUOTED]}, which is not unpacked here; save it uncompressed"
            ) from error
        raise


def _grey(pixels: NDArray[np.generic], dataset: "Dataset") -> _Values:
    from pydicom.pixels.processing import apply_modality_lut, apply_voi, apply_windowing

    bits = int(dataset.BitsStored)
    signed = int(dataset.PixelRepresentation) == 1
    ends = np.array([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] if signed else [0, 2**bits - 1])
    values = apply_modality_lut(pixels, dataset)
    done: list[str] = []
    if dataset.get("ModalityLUTSequence"):
        ends = _ends_of_table(dataset.ModalityLUTSequence[0])
        done.append("its modality’s table applied")
    else:
        ends = apply_modality_lut(ends, dataset)
        slope, intercept = dataset.get("RescaleSlope", 1), dataset.get("RescaleIntercept", 0)
        if (float(slope or 1), float(intercept or 0)) != (1, 0):
            done.append(f"rescaled by {float(slope):g} and {float(intercept):g}")
    if dataset.get("VOILUTSequence"):
        shown = apply_voi(values.astype(np.int64), dataset)
        ends = _ends_of_table(dataset.VOILUTSequence[0])
        done.append("its table of interest applied")
    elif dataset.get("WindowWidth") is not None and dataset.get("WindowCenter") is not None:
        shown = apply_windowing(values, dataset)
        ends = apply_windowing(np.array([-FAR, FAR]), dataset)
        done.append(f"window {_first(dataset.WindowCenter):g} ± {_first(dataset.WindowWidth) / 2:g}")
    else:
        shown = values
        black, white = sorted(map(float, ends))
        _check_used(values, black, white, bits)
        done.append(f"without a window: linearly from {black:,.0f} to {white:,.0f}")
    black, white = sorted(map(float, ends))
    return _Values(np.asarray(shown, dtype=np.float32), black, white, tuple(done))


def _colours(pixels: NDArray[np.generic], dataset: "Dataset") -> _Values:
    from pydicom.pixels.processing import apply_color_lut

    kind, bits = str(dataset.PhotometricInterpretation), int(dataset.BitsStored)
    done = [f"{kind} as RGB"] if kind != "RGB" else []
    if kind == "PALETTE COLOR":
        pixels = apply_color_lut(pixels, dataset)
        bits = pixels.dtype.itemsize * 8
    if pixels.ndim != 3 or pixels.shape[2] != 3:
        raise _unfit(f"its colours are {kind[:QUOTED]}, which are not read; save it as RGB")
    values = pixels.astype(np.float32)
    if bits > 8:
        _check_used(values, 0, 2**bits - 1, bits)
        done.append(f"brought from {bits} to 8 bits, linearly from 0 to {2**bits - 1:,}")
    return _Values(values, 0, 2**bits - 1, tuple(done))


def _check_used(values: NDArray[np.generic], black: float, white: float, bits: int) -> None:
    """Refuse values of more than 8 bits that use less than half of their range: read so they would all look alike."""
    least, most = float(values.min()), float(values.max())
    if bits > 8 and (most < (black + white) / 2 or most - least < (white - black) / 2):
        raise _unfit(
            f"its values lie from {least:,.0f} to {most:,.0f} where its {bits} bits hold {black:,.0f} to {white:,.0f}, "
            "and no window says what is black and what is white; save it with a window, or as 8-bit PNG"
        )


def _ends_of_table(item: "Dataset") -> NDArray[np.int64]:
    bits = int(cast("list[int]", item.LUTDescriptor)[2])
    return np.array([0, 2**bits - 1], dtype=np.int64)


def _first(value: object) -> float:
    """Return the first of several windows, which is the one applied."""
    return float(value[0] if hasattr(value, "__getitem__") and not isinstance(value, str) else value)  # type: ignore[arg-type]


def _profile(dataset: "Dataset") -> bytes | None:
    """Return the ICC profile: of the picture, or of its first optical path."""
    for item in (dataset, *(dataset.get("OpticalPathSequence") or ())):
        if profile := item.get("ICCProfile"):
            return bytes(profile)
    return None


def _class_of(dataset: "Dataset") -> str:
    uid = dataset.get("SOPClassUID")
    return str(getattr(uid, "name", "") or dataset.get("Modality", "") or "of an unknown kind")[:QUOTED]


def _unfit(reason: str) -> RefusedError:
    return RefusedError(RefusalKind.UNFIT, reason)
