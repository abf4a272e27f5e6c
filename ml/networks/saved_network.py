"""Networks as bytes, and back: what is kept in the file storage."""

import tempfile
from pathlib import Path

from ml.errors import MlError
from ml.networks.backend import keras


def network_to_bytes(network: keras.Model) -> bytes:
    """Return the network as a `.keras` file, without the state of its training (Adam's is twice the weights)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.keras"
        keras.Model(network.input, network.output, name=network.name).save(path)
        return path.read_bytes()


def copy_weights(data: bytes, network: keras.Model, *, source: str) -> None:
    """Give a network the weights of a stored one that was built alike.

    Raises
    ------
    MlError
        The stored network cannot be read, or is built otherwise.
    """
    try:
        network.set_weights(network_from_bytes(data, source=source).get_weights())
    except ValueError as error:
        raise MlError(f"The network of {source} is built otherwise than the one that is to be trained.") from error


def network_from_bytes(data: bytes, *, source: str) -> keras.Model:
    """Read a `.keras` file, in Keras' safe mode: a file that brings code of its own is refused.

    Parameters
    ----------
    data
        The bytes of the file.
    source
        Whose network it is, for messages.

    Raises
    ------
    MlError
        Not a network that this version of Keras reads.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.keras"
        path.write_bytes(data)
        try:
            return keras.models.load_model(path, compile=False, safe_mode=True)
        except Exception as error:
            # Whatever is wrong with a file surfaces as anything from zipfile.BadZipFile to KeyError.
            raise MlError(f"The weights of {source} cannot be read as a Keras network: {error}") from error
