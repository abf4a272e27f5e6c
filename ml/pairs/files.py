"""The files of a pair: both saved by the same steps, and read back as they lie there, checked by their hash."""

import secrets
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile

from ml.errors import MlError
from ml.images.encoded_twins import TwinFacts, encode_twins
from ml.images.pixels import Pixels, decode
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.models import ImagePair


class TwinFields(TwinFacts):
    """What a pair's row holds of its files, as JSON."""

    clean_file: str
    perturbed_file: str


def save_twins(clean: bytes, perturbed: bytes, *, folder: str) -> tuple[str, str]:
    """Save both files, in random order under random names: neither order nor name tells them apart.

    Returns
    -------
    The names of the clean and of the perturbed one in the storage.
    """
    files, names = (clean, perturbed), ["", ""]
    for which in secrets.SystemRandom().sample(range(2), 2):
        names[which] = default_storage.save(f"{folder}/{uuid.uuid4()}.png", ContentFile(files[which]))
    return names[0], names[1]


def store_twins(clean: Pixels, perturbed: Pixels, *, folder: str) -> TwinFields:
    """Encode and save both twins, as `save_twins` does.

    Parameters
    ----------
    clean, perturbed
        uint8 arrays of one shape (side, side, 3).
    folder
        In the storage.

    Returns
    -------
    The fields of the pair's row.
    """
    twins = encode_twins(clean, perturbed)
    names = save_twins(twins.clean, twins.perturbed, folder=folder)
    return {"clean_file": names[0], "perturbed_file": names[1], **twins.facts}


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
