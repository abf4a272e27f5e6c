"""Whether the disk has room for the pairs that are asked for."""

import shutil

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage

from ml.errors import MlError

# A pair's two PNG files together, per channel of a pixel of one of them: 1.03 bytes were measured on HAM10000's images
# at 224 × 224, with a change of 8 levels as rough as noise.
BYTES = 1.1


def check_room_for_pairs(count: int, side: int) -> None:
    """Refuse to begin where the pairs' files will not fit.

    Only a storage on a disk can be asked for its room.

    Raises
    ------
    MlError
        With how much is wanted and how much there is.
    """
    wanted = room_for_pairs(count, side)
    # The storage is behind a proxy, which has the class of what it stands for.
    if not isinstance(default_storage, FileSystemStorage):
        return
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < wanted:
        raise MlError(
            f"{count:,} pairs of {side} × {side} pixels take about {_size(wanted)}, and {_size(free)} are free where "
            f"the data lie ({settings.DATA_DIR}). Make room, or ask for fewer (--limit)."
        )


def room_for_pairs(count: int, side: int) -> int:
    """Estimate how many bytes the files of pairs take."""
    return round(count * side * side * 3 * BYTES)


def _size(count: int) -> str:
    if count < 10**9:
        return f"{count / 1e6:,.0f} MB"
    return f"{count / 1e9:,.1f} GB"
