"""A folder that holds one folder a class."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ml.datasets.readers.archive import Archive, ImageEntry, Refusal, RefusalKind, RefusedError
from ml.datasets.readers.files import MAX_BYTES, ArchiveFile, list_files, printable, quoted
from ml.datasets.readers.verification import ENDINGS
from ml.errors import MlError
from perception.core.input_files.csv_table import read_csv
from perception.core.input_files.image_names import normal_name
from perception.core.input_files.plain_file import read_plain_file

SOURCE = "folder"
_LONGEST_CLASS = 50
_LONGEST_NAME = 200
_MOST_LISTED = 10


@contextmanager
def open_folder(folder: Path, *, lesions: Path | None = None, credit: str = "") -> Iterator[Archive]:
    """Look through a folder that holds one folder a class.

    An image's class is the name of the folder directly below `folder`; further folders below that are allowed. Its
    name is its path without the ending, such as `mel/clinic-2/0017`. Each image is its own lesion unless the table
    `lesions` says otherwise.

    Parameters
    ----------
    folder
        Holds one folder a class.
    lesions
        A CSV with the columns `image` and `lesion`. `image` is the path below `folder`, or the file's name alone
        where only one file has it; the ending may be left out. Names are compared as `normal_name` writes them. Images
        that the table does not name are lesions of their own, and the archive's notes say which.
    credit
        Who made the images, and under which licence.

    Raises
    ------
    MlError
        No such folder, or fewer than two classes in it; the table of lesions cannot be read, or no row of it names an
        image.
    perception.core.input_files.csv_table.CsvError
        The table of lesions is not a readable table; says in which line.
    """
    with ExitStack() as stack:
        files, refusals = list_files(folder, stack, into_zips=False)
        if lesions is not None:
            files = [file for file in files if (folder / file.path).resolve() != lesions.resolve()]
        images = []
        for file in files:
            try:
                _check(file)
            except RefusedError as error:
                refusals.append(error.at(file.where))
            else:
                images.append(file)
        refusals += _empty_classes(images, folder)
        _need_two_classes(images, folder)
        notes: list[str] = []
        lesion_of = {} if lesions is None else _read_lesions(lesions, images, refusals, notes)
        entries = [
            ImageEntry(
                name=(name := _name(file)),
                where=file.where,
                lesion=lesion_of.get(name, name),
                diagnosis=file.path.parts[0],
                read=file.read,
            )
            for file in images
        ]
        yield Archive(source=SOURCE, credit=credit, entries=entries, refusals=refusals, notes=notes)


def _name(file: ArchiveFile) -> str:
    return str(file.path.with_suffix(""))


def _check(file: ArchiveFile) -> None:
    if file.is_hidden:
        raise RefusedError(RefusalKind.WRONG_NAME, "hidden, or an operating system's own file")
    if file.path.suffix.lower() not in ENDINGS:
        raise RefusedError(RefusalKind.WRONG_NAME, f"not an image by its ending; read are {', '.join(sorted(ENDINGS))}")
    if not str(file.path).isprintable() or len(str(file.path)) > _LONGEST_NAME:
        reason = f"its path has more than {_LONGEST_NAME} characters, or some that cannot be printed"
        raise RefusedError(RefusalKind.WRONG_NAME, reason)
    if len(file.path.parts) == 1:
        raise RefusedError(RefusalKind.NO_LABEL, "lies in no class's folder")
    if len(file.path.parts[0]) > _LONGEST_CLASS:
        raise RefusedError(RefusalKind.BAD_LABEL, f"its class's name has more than {_LONGEST_CLASS} characters")


def _empty_classes(images: Sequence[ArchiveFile], folder: Path) -> Iterator[Refusal]:
    """Yield the folders that would be a class, had they an image: somebody may count on them."""
    classes = {file.path.parts[0] for file in images}
    for path in sorted(folder.iterdir()):
        if (
            path.is_dir()
            and not path.is_symlink()
            and path.name not in classes
            and not path.name.startswith((".", "__MACOSX"))
        ):
            yield Refusal(RefusalKind.PASSED_OVER, printable(path.name), "no image lies in it: there is no such class")


def _need_two_classes(images: Sequence[ArchiveFile], folder: Path) -> None:
    classes = sorted({file.path.parts[0] for file in images})
    if len(classes) < 2:
        found = (
            f"the only folder with images is {printable(classes[0])}" if classes else "there is no image in a folder"
        )
        raise MlError(f"{printable(str(folder))} must hold one folder for each class, of two or more classes; {found}")


def _read_lesions(
    path: Path, images: Sequence[ArchiveFile], refusals: list[Refusal], notes: list[str]
) -> Mapping[str, str]:
    """Return the lesion of each image that the table names; report the rows and the images that do not fit."""
    source = printable(path.name)
    try:
        data = read_plain_file(path, limit=MAX_BYTES)
    except OSError as error:
        raise MlError(f"{printable(str(path))} cannot be read: {error.strerror}") from error
    known = _ways_to_name(images)
    lesion_of: dict[str, str] = {}
    unfit: list[Refusal] = []
    rows = read_csv(data, source=source, required=("image", "lesion")).rows
    for row in rows:
        where = f"{source}, line {row.line}, column image"
        image, lesion = row.cells["image"], row.cells["lesion"]
        names = known.get(normal_name(image), [])
        if not lesion or len(lesion) > 200:
            where = f"{source}, line {row.line}, column lesion"
            unfit.append(Refusal(RefusalKind.BAD_LABEL, where, "a lesion's name has 1 to 200 characters"))
        elif not names:
            unfit.append(Refusal(RefusalKind.NO_IMAGE, where, f"there is no image {quoted(image)}"))
        elif len(names) > 1:
            reason = f"{quoted(image)} may be {', '.join(quoted(name) for name in names[:5])}; write the whole path"
            unfit.append(Refusal(RefusalKind.BAD_LABEL, where, reason))
        elif lesion_of.setdefault(names[0], lesion) != lesion:
            reason = f"{quoted(image)} was given the lesion {quoted(lesion_of[names[0]])} before; that one is kept"
            unfit.append(Refusal(RefusalKind.BAD_LABEL, where, reason))
    if not lesion_of:
        raise MlError(_no_row_fits(source, unfit, example=_name(images[0])))
    refusals += unfit
    notes += _partly_named(source, lesion_of, [_name(file) for file in images])
    if unfit:
        notes.append(f"{len(unfit):,} of {len(rows):,} rows of {source} are not used; they are among the refusals")
    return lesion_of


def _no_row_fits(source: str, unfit: Sequence[Refusal], *, example: str) -> str:
    """Return why the table of lesions cannot be used: each image would be a lesion of its own without a word."""
    if not unfit:
        return f"{source} has no row below its header: it names no image"
    first = unfit[0]
    return (
        f"no row of {source} can be used, so no image would have a lesion of the table; nothing was made. The folder "
        f"has {printable(example)}, and of the table the first row of {len(unfit):,}: {first.where}: {first.reason}"
    )


def _partly_named(source: str, lesion_of: Mapping[str, str], names: Sequence[str]) -> Iterator[str]:
    """Yield which images the table does not name, if there are any."""
    unnamed = [name for name in dict.fromkeys(names) if name not in lesion_of]
    if not unnamed:
        return
    listed = ", ".join(printable(name) for name in unnamed[:_MOST_LISTED])
    more = f" and {len(unnamed) - _MOST_LISTED:,} more" if len(unnamed) > _MOST_LISTED else ""
    yield (
        f"{source} gives the lesion of {len(lesion_of):,} of {len(lesion_of) + len(unnamed):,} images; each other one "
        f"counts as a lesion of its own: {listed}{more}"
    )


def _ways_to_name(images: Sequence[ArchiveFile]) -> Mapping[str, list[str]]:
    """Return the images that each way to write one may mean: whole paths first, file names where no path is so."""
    paths: defaultdict[str, list[str]] = defaultdict(list)
    file_names: defaultdict[str, list[str]] = defaultdict(list)
    for file in images:
        name = _name(file)
        for ways, texts in (
            (paths, {str(file.path), name}),
            (file_names, {file.path.name, file.path.stem}),
        ):
            for text in {normal_name(text) for text in texts}:
                if name not in ways[text]:
                    ways[text].append(name)
    return {**file_names, **paths}
