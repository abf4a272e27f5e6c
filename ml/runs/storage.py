"""Where files are kept in the file storage."""

import secrets
import uuid

NETWORKS = "networks"
"""The folder of all networks."""


def new_network_path(uid: object) -> str:
    """Return where weights of the classifier or attack of that uid may be stored: another place at each call.

    Two processes may both take themselves for the one that trains it; neither writes over the other's file.
    """
    return f"{NETWORKS}/{uid}-{secrets.token_hex(4)}.keras"


def pairs_folder(uid: object) -> str:
    """Return where the images of the pair set of that uid are kept."""
    return f"pairs/{uid}"


def folder_of(dataset_uid: uuid.UUID | str) -> str:
    """Return the storage folder of a dataset's images."""
    return f"datasets/{dataset_uid}"


def checkpoint_folder(uid: object) -> str:
    """Return where the state of the run of that uid is kept."""
    return f"checkpoints/{uid}"
