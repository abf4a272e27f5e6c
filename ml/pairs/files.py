"""The saved files of a pair, read back: what is evaluated is what lies in the storage, checked against its hash."""

from django.db.models.fields.files import FieldFile

from ml.errors import MlError
from ml.images.pixels import Pixels, decode
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.models import ImagePair


def read_twins(pair: ImagePair) -> tuple[Pixels, Pixels]:
    """Return the clean and the perturbed image of a pair, as they were saved.

    Parameters
    ----------
    pair
        With its image selected: other threads than the caller's do not ask the database.

    Raises
    ------
    MlError
        A file is gone, or is not as it was saved; the message names it.
    """
    return (
        _read(pair.clean_file, pair.clean_sha256, pair),
        _read(pair.perturbed_file, pair.perturbed_sha256, pair),
    )


def _read(file: FieldFile, sha256: str, pair: ImagePair) -> Pixels:
    try:
        data = read_unaltered(file, sha256)
    except OSError as error:
        raise MlError(f"An image of the pair of {pair.image.name} is gone from the storage: {file.name}") from error
    except AlteredFileError as error:
        raise MlError(
            f"The image {file.name} of the pair of {pair.image.name} is not as it was saved: {error}. Restore it, or "
            "make the pairs again."
        ) from error
    return decode(data)
