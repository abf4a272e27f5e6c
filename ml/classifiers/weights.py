"""Weights in the file storage: kept with their hash, and checked against it when they are read."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ml.errors import MlError
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.models import Attack, Classifier
from ml.networks.network import Network
from ml.runs.storage import new_network_path


def store_weights(data: bytes, *, uid: object) -> tuple[str, str]:
    """Store the bytes of a network; return the name in the storage and the SHA-256.

    If there is no room for them (OSError) nothing of them is left.
    """
    path = new_network_path(uid)
    try:
        name = default_storage.save(path, ContentFile(data))
    except OSError:
        default_storage.delete(path)
        raise
    return name, hashlib.sha256(data).hexdigest()


def read_weights(made: Classifier | Attack) -> bytes:
    """Return the stored bytes of a classifier's or an attack's network.

    Raises
    ------
    MlError
        They are gone, or not those that were stored.
    """
    what = f"the {made._meta.verbose_name} {made.name}"
    try:
        return read_unaltered(made.weights, made.weights_sha256)
    except OSError as error:
        raise MlError(f"The weights of {what} are not in the storage ({made.weights.name}): {error}") from error
    except AlteredFileError as error:
        raise MlError(
            f"The weights of {what} ({made.weights.name}) are not those that were stored: {error}. Train it again, or "
            "restore the file."
        ) from error


def load_classifier(classifier: Classifier) -> Network:
    """Return the classifier's network, ready to predict.

    Raises
    ------
    MlError
        Its weights are gone, damaged, or not readable by this version of Keras.
    """
    from ml.networks.saved_network import network_from_bytes

    network: Network = network_from_bytes(read_weights(classifier), source=f"the classifier {classifier.name}")
    return network
