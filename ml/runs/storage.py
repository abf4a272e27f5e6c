"""Where files are kept in the file storage."""

import uuid


def network_path(uid: object) -> str:
    """Return where the weights of the classifier or attack of that uid are kept."""
    return f"networks/{uid}.keras"


def pairs_folder(uid: object) -> str:
    """Return where the images of the pair set of that uid are kept."""
    return f"pairs/{uid}"


def folder_of(dataset_uid: uuid.UUID | str) -> str:
    """Return the storage folder of a dataset's images."""
    return f"datasets/{dataset_uid}"
