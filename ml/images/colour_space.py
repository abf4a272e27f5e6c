"""How the colours of an image file are meant, and their conversion to sRGB, in which everything here is computed.

A file says it by an ICC profile, by PNG's chunks cICP, sRGB, gAMA and cHRM (in this order, as the PNG specification
ranks them), or, as cameras do, by EXIF's name for Adobe RGB. A file that says nothing is sRGB.
"""

import io
import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Chromaticities = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""CIE x and y of white, red, green and blue."""

D65 = (0.3127, 0.3290)
SRGB_PRIMARIES: Chromaticities = (D65, (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
ADOBE_PRIMARIES: Chromaticities = (D65, (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
P3_PRIMARIES: Chromaticities = (D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060))

# Parameters g, a, b, c, d of a tone curve: (a X + b)^g from d upwards, c X below (ICC.1:2022, 10.18, type 3).
Curve = tuple[float, float, float, float, float]
SRGB_CURVE: Curve = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
VIDEO_CURVE: Curve = (1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)

# ITU-T H.273: the numbers that a cICP chunk gives.
CICP_PRIMARIES: dict[int, tuple[str, Chromaticities]] = {
    1: ("BT.709", SRGB_PRIMARIES),
    9: ("BT.2020", (D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046))),
    11: ("DCI-P3", ((0.314, 0.351), *P3_PRIMARIES[1:])),
    12: ("Display P3", P3_PRIMARIES),
}
CICP_CURVES: dict[int, Curve] = {
    **dict.fromkeys((1, 6, 14, 15), VIDEO_CURVE),
    4: (2.2, 1, 0, 0, 0),
    8: (1, 1, 0, 0, 0),
    13: SRGB_CURVE,
}

# CIE x and y of D50, to which ICC profiles refer, and Bradford's cone responses, by which white is adapted to it.
D50 = (0.3457, 0.3585)
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])

# A conversion that changes no colour by more than this, in levels, is rounding: the file is sRGB already.
ROUNDING = 1
# How far gAMA and cHRM may lie from sRGB's values, which programs write rounded.
NEAR = 0.002
PNG_START = b"\x89PNG\r\n\x1a\n"
# Where Pillow keeps what a file says of its colours, beside EXIF.
STATED_IN_INFO = ("icc_profile", "gamma", "chromaticity", "srgb")
INTEROPERABILITY_IFD, COLOUR_SPACE_TAG, EXIF_IFD = 0xA005, 0xA001, 0x8769


class UnfitColoursError(ValueError):
    """The file's colours have no one meaning as 8-bit sRGB; the message says why."""


@dataclass(frozen=True, slots=True)
class InSrgb:
    """An image in sRGB."""

    image: Image.Image
    """Of mode RGB, 8 bits a channel."""
    done: str
    """What was done to its colours, in words; empty where they are sRGB as they stand."""


def to_srgb(image: Image.Image, data: bytes) -> InSrgb:
    """Return an image in sRGB.

    Parameters
    ----------
    image
        Opened from `data`, of any 8-bit mode.
    data
        The bytes of its file.

    Raises
    ------
    UnfitColoursError
        It is made for another range of light than a screen's (PQ, HLG), or in a colour space that is not known here.

    Notes
    -----
    Little CMS converts (Pillow's ImageCms): relative colorimetric, with black point compensation. Colours that sRGB
    does not have become its nearest. A profile that cannot be used is passed over, which `done` says.
    """
    coded = _cicp(data)
    if coded is not None:
        return _by_cicp(image, coded)
    if "icc_profile" in image.info:  # None where the file has one that does not unpack
        return by_profile(image, image.info["icc_profile"] or b"")
    if data.startswith(PNG_START):
        return _by_png_chunks(image)
    if _is_adobe_by_exif(image):
        made = matrix_profile(ADOBE_PRIMARIES, (563 / 256, 1, 0, 0, 0))
        return _converted(image.convert("RGB"), made, "Adobe RGB, as its EXIF names it")
    return InSrgb(image.convert("RGB"), "")


def as_stated_by(image: Image.Image, data: bytes) -> Image.Image:
    """Return an image whose levels are meant as those of another file are, for `to_srgb` with the bytes of that file.

    Parameters
    ----------
    image
        Of any 8-bit mode; what it says itself of its colours is dropped.
    data
        The bytes of the other file.
    """
    with Image.open(io.BytesIO(data)) as other:
        stated = {name: other.info[name] for name in STATED_IN_INFO if name in other.info}
        exif = other.getexif().tobytes()
    levels = image.convert("L" if image.mode in {"L", "LA"} else "RGB")
    levels.info.clear()
    levels.info.update(stated, exif=exif)
    return levels


def by_profile(image: Image.Image, profile: bytes) -> InSrgb:
    """Return an image in sRGB whose colours an ICC profile describes."""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        name = " ".join(ImageCms.getProfileDescription(opened).split())[:60] or "without a name"
        grey = opened.profile.xcolor_space.strip() == "GRAY"
        return _converted(image.convert("L" if grey else "RGB"), profile, f"the ICC profile “{name}”")
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return InSrgb(image.convert("RGB"), "an ICC profile that cannot be used was passed over; read as sRGB")


def matrix_profile(primaries: Chromaticities, curve: Curve) -> bytes:
    """Write the ICC profile of a colour space that primaries and one tone curve describe (ICC.1:2022, v4).

    Raises
    ------
    UnfitColoursError
        The primaries span no colours.
    """
    try:
        columns = _adapted_primaries(primaries)
    except (np.linalg.LinAlgError, ZeroDivisionError, FloatingPointError) as error:
        raise UnfitColoursError("the primaries that it names span no colours") from error
    trc = b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + b"".join(map(_fixed, curve))
    tags = {b"wtpt": _xyz_tag(_xyz_of_white(D50)), b"rTRC": trc, b"gTRC": trc, b"bTRC": trc}
    tags |= {name: _xyz_tag(columns[:, place]) for place, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    offset = 128 + 4 + 12 * len(tags)
    directory, body = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        directory += name + struct.pack(">II", offset + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    size, version = offset + len(body), 0x04400000
    head = struct.pack(">I4xI4s4s4s12x4s28x", size, version, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    white = b"".join(map(_fixed, _xyz_of_white(D50)))
    return (head + white).ljust(128, b"\0") + directory + body


def _converted(image: Image.Image, profile: bytes, name: str) -> InSrgb:
    transform = _transform_to_srgb(profile, image.mode)
    if _is_rounding(profile, image.mode):
        return InSrgb(image.convert("RGB"), "")
    return InSrgb(_applied(transform, image), f"converted to sRGB from {name}")


@lru_cache(maxsize=8)
def _transform_to_srgb(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        mode,
        "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


@lru_cache(maxsize=8)
def _is_rounding(profile: bytes, mode: str) -> bool:
    """Say whether the conversion changes nothing: tried on a lattice of colours, or on all greys."""
    if mode == "L":
        before = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    else:
        levels = np.linspace(0, 255, 17).round().astype(np.uint8)
        before = Image.fromarray(np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(17, -1, 3))
    after = _applied(_transform_to_srgb(profile, mode), before)
    change = np.asarray(after, dtype=np.int16) - np.asarray(before.convert("RGB"), dtype=np.int16)
    return bool(np.abs(change).max() <= ROUNDING)


def _applied(transform: ImageCms.ImageCmsTransform, image: Image.Image) -> Image.Image:
    converted = ImageCms.applyTransform(image, transform)
    if converted is None:  # only where it is asked to work in place
        raise TypeError("the conversion gave no image")
    return converted


def _by_cicp(image: Image.Image, coded: tuple[int, int, int, int]) -> InSrgb:
    primaries, curve, matrix, full_range = coded
    if primaries not in CICP_PRIMARIES or curve not in CICP_CURVES or matrix != 0 or full_range != 1:
        raise UnfitColoursError(
            f"its colours are coded as {primaries}/{curve}/{matrix}/{full_range} (cICP), such as light beyond a "
            "screen's white; convert it to sRGB first"
        )
    name, corners = CICP_PRIMARIES[primaries]
    return _converted(image.convert("RGB"), matrix_profile(corners, CICP_CURVES[curve]), f"{name} (its cICP chunk)")


def _by_png_chunks(image: Image.Image) -> InSrgb:
    gamma, corners = image.info.get("gamma"), image.info.get("chromaticity")
    if "srgb" in image.info or (gamma is None and corners is None) or gamma == 0:
        return InSrgb(image.convert("RGB"), "")
    primaries = SRGB_PRIMARIES
    if corners is not None:
        x, y = corners[0::2], corners[1::2]
        primaries = ((x[0], y[0]), (x[1], y[1]), (x[2], y[2]), (x[3], y[3]))
    # 1/2.2 with sRGB's primaries is how programs say sRGB that know no sRGB chunk (PNG specification, 11.3.2.5).
    like_srgb = bool(np.allclose(primaries, SRGB_PRIMARIES, atol=NEAR, rtol=0))
    if like_srgb and (gamma is None or abs(gamma - 1 / 2.2) <= NEAR):
        return InSrgb(image.convert("RGB"), "")
    curve = SRGB_CURVE if gamma is None else (1 / gamma, 1, 0, 0, 0)
    said = " and ".join(
        text
        for text in (gamma is not None and f"gamma {gamma:.5g}", corners is not None and "primaries of its own")
        if text
    )
    return _converted(image.convert("RGB"), matrix_profile(primaries, curve), f"{said} (its gAMA and cHRM chunks)")


def _cicp(data: bytes) -> tuple[int, int, int, int] | None:
    """Return the four numbers of a PNG's cICP chunk; None where it has none."""
    if not data.startswith(PNG_START):
        return None
    place = len(PNG_START)
    while place + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        if kind == b"IDAT":
            return None
        if kind == b"cICP" and length == 4 and place + 12 <= len(data):
            one, two, three, four = data[place + 8 : place + 12]
            return one, two, three, four
        place += 12 + length
    return None


def _is_adobe_by_exif(image: Image.Image) -> bool:
    """Say whether EXIF names Adobe RGB, by the DCF's R03 or by the colour space 2, as some programs write it."""
    exif = image.getexif()
    details = exif.get_ifd(EXIF_IFD)
    return exif.get_ifd(INTEROPERABILITY_IFD).get(1) == "R03" or details.get(COLOUR_SPACE_TAG) == 2


def _adapted_primaries(primaries: Chromaticities) -> NDArray[np.float64]:
    """Return X, Y, Z of red, green and blue as columns, adapted from the space's own white to D50."""
    white, *corners = primaries
    directions = np.array([_xyz_of_white(corner) for corner in corners]).T
    scale = np.linalg.solve(directions, _xyz_of_white(white))
    cones_here, cones_there = (BRADFORD @ _xyz_of_white(place) for place in (white, D50))
    adaptation = np.linalg.solve(BRADFORD, (cones_there / cones_here)[:, None] * BRADFORD)
    adapted: NDArray[np.float64] = adaptation @ (directions * scale)
    return adapted


def _xyz_of_white(place: tuple[float, float]) -> NDArray[np.float64]:
    """Return X, Y, Z at luminance 1."""
    x, y = place
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _xyz_tag(values: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, values))


def _fixed(value: float) -> bytes:
    """Return a number as ICC writes it: signed, 16 bits before and 16 after the point."""
    return struct.pack(">i", max(-(2**31), min(2**31 - 1, round(float(value) * 65536))))
