"""HAM10000 as the public archive distributes it: folders or zips of images, and one table of labels.

Tschandl, P., Rosendahl, C. & Kittler, H. The HAM10000 dataset, a large collection of multi-source dermatoscopic
images of common pigmented skin lesions. Sci. Data 5, 180161 (2018). https://doi.org/10.1038/sdata.2018.161
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ml.datasets.readers.archive import Archive, ImageEntry, Refusal, RefusalKind, RefusedError
from ml.datasets.readers.files import ArchiveFile, list_files, printable, quoted
from ml.datasets.readers.verification import ENDINGS
from ml.errors import MlError
from perception.core.input_files.csv_table import CsvError, CsvRow, CsvTable, read_csv

SOURCE = "ham10000"
DIAGNOSES = ("akiec", "bcc", "bkl", "df", "mel", "nv", "vasc")
CREDIT = (
    "HAM10000: Tschandl, P., Rosendahl, C. & Kittler, H. The HAM10000 dataset, a large collection of multi-source "
    "dermatoscopic images of common pigmented skin lesions. Sci. Data 5, 180161 (2018). "
    "https://doi.org/10.1038/sdata.2018.161. Licence: CC BY-NC 4.0."
)

# ISIC 2019 calls the images that it made smaller so.
_IMAGE_NAME = re.compile(r"ISIC_[0-9]{7}(_downsampled)?")
# A browser that downloads a file twice adds the number.
_METADATA_NAME = re.compile(r"HAM10000_metadata( ?\([0-9]+\))?(\.(csv|tab|tsv|txt))?", re.IGNORECASE)
# Parts of the same deposit that are not the training images: masks, and the challenge's own test set.
_OTHER_PART = re.compile(r"segmentation|ISIC2018_Task3_Test", re.IGNORECASE)
_OPTIONAL_COLUMNS = ("dx_type", "age", "sex", "localization", "dataset")


@dataclass(frozen=True, slots=True)
class _Label:
    row: CsvRow
    lesion: str
    diagnosis: str
    metadata: dict[str, str | float | None]


@dataclass(slots=True)
class _Labels:
    by_image: dict[str, _Label] = field(default_factory=dict)
    refused: dict[str, CsvRow] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)


@contextmanager
def open_ham10000(folder: Path) -> Iterator[Archive]:
    """Look through a folder that holds the archive; its zips stay open while the block runs.

    Images may lie in `folder` or any folder below it, in zips, or in both; zips are read where they are, not
    unpacked. The labels are `HAM10000_metadata`, with or without `.csv`, separated by commas or tabs.

    Raises
    ------
    MlError
        No such folder; no metadata, or two that differ.
    perception.core.input_files.csv_table.CsvError
        The metadata is not a readable table; says in which line.
    """
    with ExitStack() as stack:
        files, refusals = list_files(folder, stack, into_zips=True)
        files = _without_other_parts(files, refusals)
        labels = _read_labels([file for file in files if _is_metadata(file)], folder)
        refusals += labels.refusals
        entries = []
        named = set()
        for file in files:
            if _is_metadata(file):
                continue
            try:
                entry = _entry(file, labels)
            except RefusedError as error:
                refusals.append(error.at(file.where))
            else:
                entries.append(entry)
            named.add(file.path.stem)
        for name, label in labels.by_image.items():
            if name not in named:
                where = f"{label.row.source}, line {label.row.line}, column image_id"
                refusals.append(Refusal(RefusalKind.NO_IMAGE, where, f"there is no image file {name}"))
        yield Archive(source=SOURCE, credit=CREDIT, entries=sorted(entries, key=_order), refusals=refusals)


def _order(entry: ImageEntry) -> tuple[str, str]:
    return entry.name, entry.where


def _is_metadata(file: ArchiveFile) -> bool:
    return not file.is_hidden and _METADATA_NAME.fullmatch(file.path.name) is not None


def _without_other_parts(files: list[ArchiveFile], refusals: list[Refusal]) -> list[ArchiveFile]:
    """Leave out known parts of the deposit that are no training images, with one refusal a folder or zip."""
    kept = []
    passed_over: Counter[str] = Counter()
    for file in files:
        for depth, part in enumerate(file.path.parts[:-1], start=1):
            if _OTHER_PART.search(part):
                passed_over["/".join(file.path.parts[:depth])] += 1
                break
        else:
            kept.append(file)
    for folder, count in passed_over.items():
        reason = f"another part of the archive ({count} files): masks or the challenge's test images"
        refusals.append(Refusal(RefusalKind.PASSED_OVER, printable(folder), reason))
    return kept


def _entry(file: ArchiveFile, labels: _Labels) -> ImageEntry:
    name = file.path.stem
    if file.is_hidden:
        raise RefusedError(RefusalKind.WRONG_NAME, "hidden, or an operating system's own file")
    if file.path.suffix.lower() == ".zip":
        raise RefusedError(RefusalKind.PASSED_OVER, "a zip within a zip: unpack the outer one, then import again")
    if file.path.suffix.lower() not in ENDINGS:
        reason = f"not an image by its ending; expected ISIC_ and seven digits, and one of {', '.join(sorted(ENDINGS))}"
        raise RefusedError(RefusalKind.WRONG_NAME, reason)
    if not _IMAGE_NAME.fullmatch(name):
        raise RefusedError(RefusalKind.WRONG_NAME, "not named ISIC_ and seven digits, such as ISIC_0024306.jpg")
    label = labels.by_image.get(name)
    if label is None:
        row = labels.refused.get(name)
        reason = (
            "the metadata have no row for it" if row is None else f"its row was refused ({row.source}, line {row.line})"
        )
        raise RefusedError(RefusalKind.NO_LABEL, reason)
    return ImageEntry(
        name=name,
        where=file.where,
        lesion=label.lesion,
        diagnosis=label.diagnosis,
        read=file.read,
        metadata=label.metadata,
    )


def _read_labels(files: list[ArchiveFile], folder: Path) -> _Labels:
    tables = []
    for file in files:
        try:
            data = file.read()
        except RefusedError as error:
            raise MlError(f"{file.where}: {error.reason}") from error
        tables.append(
            read_csv(data, source=file.where, required=("lesion_id", "image_id", "dx"), optional=_OPTIONAL_COLUMNS)
        )
    if not tables:
        raise MlError(
            f"{printable(str(folder))} has no HAM10000_metadata.csv (or HAM10000_metadata); put the archive's table of "
            "labels beside its images"
        )
    if any(_cells(table) != _cells(tables[0]) for table in tables[1:]):
        raise MlError(f"these tables of labels differ: {', '.join(table.source for table in tables)}; keep one of them")
    return _labels(tables[0])


def _cells(table: CsvTable) -> list[tuple[str, ...]]:
    return sorted(tuple(row.cells[name].casefold() for name in ("image_id", "lesion_id", "dx")) for row in table.rows)


def _labels(table: CsvTable) -> _Labels:
    labels = _Labels()
    for row in table.rows:
        try:
            _take(row, labels)
        except CsvError as error:
            labels.refusals.append(_refusal(error))
            labels.refused.setdefault(row.cells["image_id"], row)
    return labels


def _take(row: CsvRow, labels: _Labels) -> None:
    """Take one row; where two rows of one image contradict each other, neither is believed."""
    label = _label(row)
    name = row.cells["image_id"]
    first = labels.by_image.get(name)
    if first is not None and (label.lesion, label.diagnosis) == (first.lesion, first.diagnosis):
        raise row.error(f"the image stands in line {first.row.line} already, with the same label", "image_id")
    if first is not None:
        del labels.by_image[name]
        raise row.error(
            f"the image stands in line {first.row.line} with another lesion or diagnosis; neither row is used",
            "image_id",
        )
    if name in labels.refused:
        line = labels.refused[name].line
        raise row.error(f"line {line} is of the same image and was refused; this row is not used either", "image_id")
    labels.by_image[name] = label


def _label(row: CsvRow) -> _Label:
    cells = row.cells
    if not _IMAGE_NAME.fullmatch(cells["image_id"]):
        raise row.error(f"{quoted(cells['image_id'])!r} is not ISIC_ and seven digits", "image_id")
    diagnosis = cells["dx"].casefold()
    if diagnosis not in DIAGNOSES:
        raise row.error(f"unknown diagnosis {quoted(cells['dx'])!r}; HAM10000 has {', '.join(DIAGNOSES)}", "dx")
    if not cells["lesion_id"] or len(cells["lesion_id"]) > 200:
        raise row.error("a lesion's name has 1 to 200 characters", "lesion_id")
    metadata: dict[str, str | float | None] = {
        name: cells[name] for name in _OPTIONAL_COLUMNS if name in cells and name != "age"
    }
    if "age" in cells:
        metadata["age"] = _age(cells["age"])
    return _Label(row, cells["lesion_id"], diagnosis, metadata)


def _age(text: str) -> float | str | None:
    """Return the years; what is no number stays as it stands, since an age decides nothing here."""
    try:
        age = float(text)
    except ValueError:
        return text or None
    return age if math.isfinite(age) else text


def _refusal(error: CsvError) -> Refusal:
    where = f"{error.source}, line {error.line}, column {error.column}"
    return Refusal(RefusalKind.BAD_LABEL, where, str(error).removeprefix(f"{where}: "))
