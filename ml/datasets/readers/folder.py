"""A folder or a zip of images, whose folders say what they show, or a table does."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ml.datasets.readers.archive import Archive, ImageEntry, Refusal, RefusalKind, RefusedError
from ml.datasets.readers.class_folders import read_class_folders
from ml.datasets.readers.dicom import PREFIX, PREFIX_AT, is_dicom
from ml.datasets.readers.files import MAX_BYTES, ArchiveFile, list_files, printable
from ml.datasets.readers.label_table import Columns, Labels, read_labels
from ml.datasets.readers.lesion_table import read_lesions
from ml.datasets.readers.table_names import NamedImages, name_of
from ml.datasets.readers.verification import ENDINGS
from ml.errors import MlError
from perception.core.input_files.errors import InputError
from perception.core.input_files.plain_file import read_plain_file

SOURCE = "folder"
GIVEN, DRAWN = "given", "drawn"
_LONGEST_NAME = 200
_TABLE_ENDINGS = frozenset({".csv", ".tsv", ".tab", ".txt"})
_MASK_NAME = re.compile(r"[_-](segmentations?|masks?|seg|annotations?|superpixels)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderChoices:
    """What a person says of a folder of images."""

    labels: Path | None = None
    """A table that says what each image shows; None: the folders say it, or else a table that lies beside them."""
    columns: Columns = field(default_factory=Columns)
    """Of the table of labels."""
    lesions: Path | None = None
    """A CSV with the columns `image` and `lesion`."""
    split: str = GIVEN
    """`given`: a split that folders or table give is kept; `drawn`: it is not."""


@dataclass(slots=True)
class _Said:
    """What folders or a table say of the images, by path."""

    classes: Mapping[str, str]
    sides: Mapping[str, str]
    lesions: Mapping[str, str] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    table: str = ""
    """The table among the files that says it; empty where another one or the folders do."""


@contextmanager
def open_folder(
    folder: Path, *, lesions: Path | None = None, credit: str = "", choices: FolderChoices | None = None
) -> Iterator[Archive]:
    """Look through a folder or a zip of images.

    An image's class is the name of the folder that it lies in directly below `folder`, or directly below the side of a
    split (`train/mel/…`); further folders below that are allowed. In a zip all of it may lie in one folder that is
    called as the zip, as a computer packs a folder. Or a table says it: the one that is named, or, where the folders
    are no classes, the one among the files that names the images. An image's name is its path without the ending, such
    as `mel/clinic-2/0017`. Each image is its own lesion unless a table says otherwise.

    Parameters
    ----------
    folder
        The folder, or a zip.
    lesions
        As `choices.lesions`, for which it stands.
    credit
        Who made the images, and under which licence.
    choices
        Tables, their columns, and whether a given split is kept. Names in tables are compared as `normal_name` writes
        them: by the path below `folder`, by the end of it, or by the file's name, with or without the ending.

    Raises
    ------
    MlError
        No such folder; neither folders nor a table say what the images show, or fewer than two classes; a table cannot
        be read, or no row of it names an image.
    perception.core.input_files.csv_table.CsvError
        A table is not readable as such; says in which line.
    """
    choices = choices or FolderChoices()
    lesions = lesions or choices.lesions
    where = printable(str(folder))
    with ExitStack() as stack:
        files, refusals = list_files(folder, stack, into_zips=choices.labels is not None)
        given = [path.resolve() for path in (lesions, choices.labels) if path is not None]
        files = [file for file in files if (folder / file.path).resolve() not in given]
        tables = [file for file in files if file.path.suffix.lower() in _TABLE_ENDINGS and not file.is_hidden]
        images, unfit = fit_by_name(files)
        if not images and (zips := [file.where for file in files if file.path.suffix.lower() == ".zip"]):
            raise MlError(f"{where} holds no image, but zips ({', '.join(zips[:3])}): unpack them, then import again")
        said = _said(images, tables, choices, where, "" if folder.is_dir() else folder.stem)
        refusals += [refusal for refusal in unfit if refusal.where != said.table]
        refusals += said.refusals
        if folder.is_dir() and choices.labels is None and not said.table:
            refusals += _empty_folders(images, folder)
        notes = list(said.notes)
        images = [file for file in images if str(file.path) in said.classes]
        names = [name_of(file) for file in images]
        lesion_of = dict(said.lesions)
        if lesions is not None:
            lesion_of |= read_lesions(lesions, NamedImages(images), names, refusals, notes)
        entries = [
            ImageEntry(
                name=name,
                where=file.where,
                lesion=lesion_of.get(name, name),
                diagnosis=said.classes[str(file.path)],
                read=file.read,
                split=said.sides.get(str(file.path)),
            )
            for file, name in zip(images, names, strict=True)
        ]
        yield Archive(source=SOURCE, credit=credit, entries=entries, refusals=refusals, notes=notes)


def fit_by_name(
    files: Sequence[ArchiveFile], *, is_mask: Callable[[ArchiveFile], bool] = lambda _: False
) -> tuple[list[ArchiveFile], list[Refusal]]:
    """Return the files that are images by their names (DICOM by its first bytes), and the others, refused.

    Parameters
    ----------
    is_mask
        Whether a file may be called a mask; any other that is called so is passed over.
    """
    images, unfit = [], []
    for file in files:
        try:
            _check(file, may_be_mask=is_mask(file))
        except RefusedError as error:
            unfit.append(error.at(file.where))
        else:
            images.append(file)
    return images, unfit


def _check(file: ArchiveFile, *, may_be_mask: bool) -> None:
    if file.is_hidden:
        raise RefusedError(RefusalKind.WRONG_NAME, "hidden, or an operating system's own file")
    if file.path.suffix.lower() not in ENDINGS and not _starts_as_dicom(file):
        raise RefusedError(RefusalKind.WRONG_NAME, f"not an image by its ending; read are {', '.join(sorted(ENDINGS))}")
    if not str(file.path).isprintable() or len(str(file.path)) > _LONGEST_NAME:
        reason = f"its path has more than {_LONGEST_NAME} characters, or some that cannot be printed"
        raise RefusedError(RefusalKind.WRONG_NAME, reason)
    if not may_be_mask and _MASK_NAME.search(file.path.stem):
        raise RefusedError(RefusalKind.PASSED_OVER, "a mask, not a picture, by its name")


def _starts_as_dicom(file: ArchiveFile) -> bool:
    """Say whether a file is DICOM, which machines write without an ending, or with a number for one."""
    suffix = file.path.suffix[1:]
    if suffix and not suffix.isdecimal():
        return False
    try:
        with file.opened() as opened:
            return is_dicom(opened.read(PREFIX_AT + len(PREFIX)))
    except Exception:  # whatever is wrong with it, an image it is not
        return False


def _said(
    images: Sequence[ArchiveFile], tables: Sequence[ArchiveFile], choices: FolderChoices, where: str, packed_as: str
) -> _Said:
    """Return what the images show, by the table that is named, by their folders, or by a table among the files."""
    keep_split = choices.split != DRAWN
    if choices.labels is not None:
        try:
            data = read_plain_file(choices.labels, limit=MAX_BYTES)
        except OSError as error:
            raise MlError(f"{printable(str(choices.labels))} cannot be read: {error.strerror}") from error
        return _by_table(images, data, printable(choices.labels.name), choices)
    try:
        folders = read_class_folders(images, where=where, keep_split=keep_split, packed_as=packed_as)
    except MlError as no_classes:
        found = _tables_of(images, tables, choices)
        if len(found) > 1:
            named = ", ".join(file.where for file, _ in found[:5])
            raise MlError(f"{no_classes}. There are several that could be meant: {named}") from no_classes
        if not found:
            raise
        file, said = found[0]
        said.table = file.where
        said.notes.insert(0, f"the folders are no classes; {file.where}, a table among the files, tells them")
        return said
    notes = [
        f"{file.where} names images, too, and was not used: the folders say what they show; --labels takes a table"
        for file, _ in _tables_of(images, tables, choices)
    ]
    return _Said(folders.classes, folders.sides, {}, folders.refusals, [*folders.notes, *notes])


def _tables_of(
    images: Sequence[ArchiveFile], tables: Sequence[ArchiveFile], choices: FolderChoices
) -> list[tuple[ArchiveFile, _Said]]:
    """Return the files that are tables of labels of these images."""
    found = []
    for file in tables:
        try:
            found.append((file, _by_table(images, file.read(), file.where, choices)))
        except (MlError, InputError, RefusedError):  # it is something else
            continue
    return found


def _by_table(images: Sequence[ArchiveFile], data: bytes, source: str, choices: FolderChoices) -> _Said:
    named = [name_of(file) for file in images]
    labels = read_labels(
        data,
        source=source,
        images=NamedImages(images),
        names=named,
        columns=choices.columns,
        keep_split=choices.split != DRAWN,
    )
    if len({label.diagnosis for label in labels.by_image.values()}) < 2:
        only = next(iter(labels.by_image.values())).diagnosis
        raise MlError(f"{source} gives all images one diagnosis ({printable(only)}); a dataset has two or more classes")
    return _with_paths(images, labels, source)


def _with_paths(images: Sequence[ArchiveFile], labels: Labels, source: str) -> _Said:
    said = _Said({}, {}, {}, list(labels.refusals), list(labels.notes))
    classes: dict[str, str] = {}
    sides: dict[str, str] = {}
    lesions: dict[str, str] = {}
    for file in images:
        name, path = name_of(file), str(file.path)
        label = labels.by_image.get(name)
        if label is None:
            said.refusals.append(
                Refusal(RefusalKind.NO_LABEL, file.where, f"{source} has no row for it that can be used")
            )
            continue
        classes[path] = label.diagnosis
        if label.lesion:
            lesions[name] = label.lesion
        if name in labels.sides:
            sides[path] = labels.sides[name]
    said.classes, said.sides, said.lesions = classes, sides, lesions
    return said


def _empty_folders(images: Sequence[ArchiveFile], folder: Path) -> Iterator[Refusal]:
    """Yield the folders that would be a class, had they an image: somebody may count on them."""
    with_images = {file.path.parts[0] for file in images}
    for path in sorted(folder.iterdir()):
        if (
            path.is_dir()
            and not path.is_symlink()
            and path.name not in with_images
            and not path.name.startswith((".", "__MACOSX"))
        ):
            yield Refusal(RefusalKind.PASSED_OVER, printable(path.name), "no image lies in it: there is no such class")
