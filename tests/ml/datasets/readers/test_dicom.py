"""DICOM files, as pydicom ships and writes them, come to what a viewer shows; what is no picture is refused."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

from ml.datasets.readers.archive import RefusedError
from ml.datasets.readers.verification import VerifiedImage, verify_image
from ml.images.colour_space import P3_PRIMARIES, matrix_profile

FILES = Path(pydicom.__file__).parent / "data" / "test_files"
GREYS = np.arange(20 * 24, dtype=np.uint16).reshape(20, 24) * 8  # 0 to 3,832


def dicom(pixels: NDArray[np.generic], photometric: str, bits: int = 12, **elements: Any) -> bytes:
    """Return a DICOM file of those values."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.PatientName = "Secret^Name"
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.ndim == 3:
        dataset.PlanarConfiguration = 0
    dataset.PhotometricInterpretation = photometric
    dataset.BitsAllocated = pixels.dtype.itemsize * 8
    dataset.BitsStored, dataset.HighBit = bits, bits - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    dataset.PixelData = pixels.tobytes()
    for name, value in elements.items():
        setattr(dataset, name, value)
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def stored(found: VerifiedImage) -> NDArray[np.int16]:
    """Return what is stored, one channel."""
    pixels = np.asarray(Image.open(io.BytesIO(found.data))).astype(np.int16)
    assert found.ending == ".png"
    return pixels[..., 0]


def test_grey_without_a_window_is_spread_over_its_bits_and_one_of_them_is_turned_round() -> None:
    two, one = (verify_image(dicom(GREYS, f"MONOCHROME{kind}")) for kind in (2, 1))
    assert np.array_equal(stored(two), np.rint(GREYS / 4095 * 255))
    assert np.array_equal(stored(one), 255 - stored(two))
    assert two.conversion == "read from DICOM, without a window: linearly from 0 to 4,095"
    assert one.conversion.endswith(", MONOCHROME1 turned round")


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        # PS3.3, C.11.2.1.2.1 and C.11.2.1.3.2, of x = values rescaled.
        ("LINEAR", lambda x: np.clip((x - 999.5) / 1999 + 0.5, 0, 1)),
        ("LINEAR_EXACT", lambda x: np.clip((x - 1000) / 2000 + 0.5, 0, 1)),
        ("SIGMOID", lambda x: 1 / (1 + np.exp(-4 * (x - 1000) / 2000))),
    ],
)
def test_rescaling_and_window_are_applied(function: str, wanted: object) -> None:
    found = verify_image(
        dicom(
            GREYS,
            "MONOCHROME2",
            RescaleSlope=2,
            RescaleIntercept=-1000,
            WindowCenter=[1000, 5],
            WindowWidth=[2000, 5],
            VOILUTFunction=function,
        )
    )
    assert callable(wanted)
    assert np.abs(stored(found) - 255 * wanted(GREYS * 2.0 - 1000)).max() <= 1
    assert found.conversion == "read from DICOM, rescaled by 2 and -1000, window 1000 ± 1000"


def test_signed_values_are_read_as_such() -> None:
    values = (GREYS.astype(np.int16) - 2048).astype(np.int16)
    found = verify_image(dicom(values, "MONOCHROME2", WindowCenter=0, WindowWidth=4096, VOILUTFunction="LINEAR_EXACT"))
    assert np.abs(stored(found) - (values + 2048) / 4096 * 255).max() <= 1


def test_a_table_of_interest_is_applied() -> None:
    table = Dataset()
    table.LUTDescriptor = [4096, 0, 12]
    table.LUTData = (4095 - np.arange(4096, dtype=np.uint16)).tobytes()
    table["LUTDescriptor"].VR, table["LUTData"].VR = "US", "OW"
    found = verify_image(dicom(GREYS, "MONOCHROME2", VOILUTSequence=[table]))
    assert np.array_equal(stored(found), np.rint((4095 - GREYS) / 4095 * 255))
    assert "its table of interest applied" in found.conversion


def test_colours_come_with_their_profile() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (20, 24, 3), dtype=np.uint8)
    plain = verify_image(dicom(rgb, "RGB", bits=8))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(plain.data))), rgb)
    assert plain.conversion == "read from DICOM"
    profile = matrix_profile(P3_PRIMARIES, (2.2, 1, 0, 0, 0))
    path = Dataset()
    path.ICCProfile = profile
    for elements in ({"ICCProfile": profile}, {"OpticalPathSequence": [path]}):
        meant = verify_image(dicom(rgb, "RGB", bits=8, **elements))
        assert "converted to sRGB from the ICC profile" in meant.conversion
        assert not np.array_equal(stored(meant), stored(plain))


def test_colours_of_16_bits_follow_the_rule_of_all_others() -> None:
    deep = np.linspace(0, 65535, 20 * 24 * 3).astype(np.uint16).reshape(20, 24, 3)
    found = verify_image(dicom(deep, "RGB", bits=16))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(found.data))), np.rint(deep / 65535 * 255))


@pytest.mark.parametrize(
    ("name", "conversion"),
    [
        ("SC_rgb_dcmtk_+eb+cy+n2.dcm", "read from DICOM, YBR_FULL as RGB"),
        ("SC_ybr_full_422_uncompressed.dcm", "read from DICOM, YBR_FULL_422 as RGB"),
        ("examples_jpeg2k.dcm", "read from DICOM, YBR_RCT as RGB"),
        ("MR_small_RLE.dcm", "read from DICOM, window 600 ± 800"),
        ("MR_small_bigendian.dcm", "read from DICOM, window 600 ± 800"),
    ],
)
def test_files_of_others_are_read(name: str, conversion: str) -> None:
    assert verify_image((FILES / name).read_bytes()).conversion == conversion


def test_ybr_is_the_colours_that_were_meant() -> None:
    # The same picture, saved by one program as RGB and as YBR.
    rgb, ybr = (
        np.asarray(Image.open(io.BytesIO(verify_image((FILES / name).read_bytes()).data))).astype(int)
        for name in ("SC_rgb_dcmtk_+eb+cr.dcm", "SC_rgb_dcmtk_+eb+cy+n1.dcm")
    )
    assert np.abs(rgb - ybr).mean() < 3  # JPEG; with the colours not turned it is 60


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("examples_ybr_color.dcm", r"several frames \(30\)"),
        ("rtdose.dcm", r"without a picture \(RT Dose Storage\)"),
        ("liver_1frame.dcm", r"without a picture \(Segmentation Storage\)"),
        ("test-SR.dcm", r"without a picture \(Comprehensive SR Storage\)"),
        ("rtplan.dcm", r"without a picture \(RT Plan Storage\)"),
        ("image_dfl.dcm", "deflated; save it with another transfer syntax"),
        ("JPEGLSNearLossless_08.dcm", "packed as JPEG-LS Lossy.*save it uncompressed"),
        ("SC_rgb_rle_32bit.dcm", "32 bits a value"),
        ("CT_small.dcm", "lie from -896 to 1,167 .*no window says what is black"),
        ("MR_truncated.dcm", "does not decode"),
    ],
)
def test_what_is_no_one_picture_is_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason) as refused:
        verify_image((FILES / name).read_bytes())
    assert len(refused.value.reason) < 400


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"NumberOfFrames": 2}, "several frames"),
        ({"PixelAspectRatio": [1, 2]}, "pixels are not square"),
        ({"Rows": 60_000, "Columns": 60_000}, "more than 50 million pixels"),
        ({"WindowCenter": 5, "WindowWidth": 0}, "does not decode"),
    ],
)
def test_values_that_cannot_be_shown_are_refused(elements: dict[str, Any], reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        verify_image(dicom(GREYS, "MONOCHROME2", **elements))


def test_a_dark_picture_without_a_window_is_not_guessed_at() -> None:
    with pytest.raises(RefusedError, match="no window says"):
        verify_image(dicom(GREYS // 8, "MONOCHROME2"))


def test_burned_in_text_is_told_and_no_name_is_kept() -> None:
    found = verify_image(dicom(GREYS, "MONOCHROME2", BurnedInAnnotation="YES"))
    assert found.conversion.endswith("it says that text is burned into the picture: look whether a name is")
    assert b"Secret" not in found.data
