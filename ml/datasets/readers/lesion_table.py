"""A table that says which images show one lesion."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ml.datasets.readers.archive import Refusal, RefusalKind
from ml.datasets.readers.files import MAX_BYTES, printable, quoted
from ml.datasets.readers.table_names import NamedImages
from ml.errors import MlError
from perception.core.input_files.csv_table import read_csv
from perception.core.input_files.plain_file import read_plain_file

_MOST_LISTED = 10


def read_lesions(
    path: Path, images: NamedImages, names: Sequence[str], refusals: list[Refusal], notes: list[str]
) -> Mapping[str, str]:
    """Return the lesion of each image that the table names; report the rows and the images that do not fit."""
    source = printable(path.name)
    try:
        data = read_plain_file(path, limit=MAX_BYTES)
    except OSError as error:
        raise MlError(f"{printable(str(path))} cannot be read: {error.strerror}") from error
    lesion_of: dict[str, str] = {}
    unfit: list[Refusal] = []
    rows = read_csv(data, source=source, required=("image", "lesion")).rows
    for row in rows:
        where = f"{source}, line {row.line}, column image"
        image, lesion = row.cells["image"], row.cells["lesion"]
        meant = images.meant_by(image)
        if not lesion or len(lesion) > 200:
            where = f"{source}, line {row.line}, column lesion"
            unfit.append(Refusal(RefusalKind.BAD_LABEL, where, "a lesion's name has 1 to 200 characters"))
        elif not meant:
            unfit.append(Refusal(RefusalKind.NO_IMAGE, where, f"there is no image {quoted(image)}"))
        elif len(meant) > 1:
            reason = f"{quoted(image)} may be {', '.join(quoted(name) for name in meant[:5])}; write the whole path"
            unfit.append(Refusal(RefusalKind.BAD_LABEL, where, reason))
        elif lesion_of.setdefault(meant[0], lesion) != lesion:
            reason = f"{quoted(image)} was given the lesion {quoted(lesion_of[meant[0]])} before; that one is kept"
            unfit.append(Refusal(RefusalKind.BAD_LABEL, where, reason))
    if not lesion_of:
        raise MlError(_no_row_fits(source, unfit, example=names[0]))
    refusals += unfit
    notes += _partly_named(source, lesion_of, names)
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
