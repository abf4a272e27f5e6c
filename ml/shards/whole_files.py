"""Files that are there whole or not at all, on a disk that several machines see."""

import secrets
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a name of its own, then rename it: two that write at once do not mix.

    If there is no room for it (OSError) nothing of it is left, and what was there before stays.
    """
    new = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    try:
        new.write_bytes(data)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
