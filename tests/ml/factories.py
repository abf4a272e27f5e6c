"""Real little images, and datasets of them in the database and the storage."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from ml.datasets.importing import import_images
from ml.datasets.readers.archive import Archive, ImageEntry
from ml.images.pixels import Pixels
from ml.models import Dataset

HEADER = ("lesion_id", "image_id", "dx", "dx_type", "age", "sex", "localization")


def make_pixels(seed: int = 0, *, width: int = 24, height: int = 16) -> Pixels:
    """Return a smooth random picture, uint8 of shape (height, width, 3): another for each seed."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return np.asarray(PillowImage.fromarray(small).resize((width, height)), dtype=np.uint8)


def make_image_bytes(
    seed: int = 0, *, width: int = 24, height: int = 16, form: str = "JPEG", mode: str = "RGB"
) -> bytes:
    """Return an image file's bytes."""
    out = io.BytesIO()
    PillowImage.fromarray(make_pixels(seed, width=width, height=height)).convert(mode).save(out, format=form)
    return out.getvalue()


def make_archive(
    images: Iterable[tuple[str, str, str]],
    *,
    source: str = Dataset.Source.FOLDER,
    changed: Mapping[str, bytes] | None = None,
    size: int = 24,
) -> Archive:
    """Return an archive of (name, lesion, diagnosis); `changed` holds the bytes of images that are to be special."""
    special = changed or {}
    entries = []
    for place, (name, lesion, diagnosis) in enumerate(images):
        data = special.get(name) or make_image_bytes(place, width=size, height=size, form="PNG")
        entries.append(ImageEntry(name, f"{name}.png", lesion, diagnosis, read=lambda data=data: data))  # type: ignore[misc]
    return Archive(source=source, credit="made for a test", entries=entries)


def make_dataset(
    name: str = "lesions",
    *,
    per_class: int = 5,
    classes: Sequence[str] = ("bcc", "mel", "nv"),
    size: int = 24,
    test_share: float = 0.4,
) -> Dataset:
    """Import `per_class` square images of each class through the real import; return the dataset."""
    images = [(f"{dx}-{number:03d}", f"{dx}-{number:03d}", dx) for dx in classes for number in range(per_class)]
    import_images(archive=make_archive(images, size=size), name=name, test_share=test_share)
    return Dataset.objects.get(name=name)


def metadata_csv(rows: Iterable[tuple[str, str, str]], *, delimiter: str = ",") -> str:
    """Return HAM10000's table of labels for rows of (lesion, image, diagnosis)."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(HEADER)
    for lesion, image, diagnosis in rows:
        writer.writerow([lesion, image, diagnosis, "histo", "45.0", "female", "back"])
    return out.getvalue()


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a zip of the files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
