"""A zip whose bytes follow from the names and the contents of its members, and from nothing else.

Members are stored, not compressed, with one date and one set of attributes. So the same members give the same file
everywhere, a reader needs no more memory than the file says, and any changed byte can be told.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from perception.analysis.json_values import JsonObject
from studies.exports.archive.layout import FORMAT, MANIFEST, VERSION

# The earliest date that a zip can hold.
DATE = (1980, 1, 1, 0, 0, 0)
UNIX, READABLE_FILE = 3, 0o100644 << 16
ZIP64_FROM = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Member:
    """What the manifest says of a member: its SHA-256 and its length in bytes."""

    sha256: str
    size: int

    def as_dict(self) -> JsonObject:
        """Return it as JSON."""
        return {"sha256": self.sha256, "bytes": self.size}


class StoredZip:
    """Writes members one after the other, each in pieces; what is written lies in the file, not in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin a zip in an empty file that can be written anywhere."""
        self._zip = zipfile.ZipFile(file, "w", compression=zipfile.ZIP_STORED)
        self.members: dict[str, Member] = {}

    def write(self, name: str, pieces: Iterable[bytes], *, large: bool = False) -> Member:
        """Write a member; `large` where it may be longer than 2 GiB."""
        info = zipfile.ZipInfo(name, date_time=DATE)
        info.create_system, info.external_attr = UNIX, READABLE_FILE
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=large) as member:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        self.members[name] = Member(digest.hexdigest(), size)
        return self.members[name]

    def close(self) -> None:
        """End the zip as it is."""
        self._zip.close()

    def close_with_manifest(self) -> None:
        """Write what all members are, and end the zip."""
        self.write(MANIFEST, [manifest_bytes(self.members)])
        self.close()


def manifest_bytes(members: dict[str, Member]) -> bytes:
    """Return the manifest: JSON with one form for one content."""
    files = {name: member.as_dict() for name, member in members.items()}
    content = {"format": FORMAT, "version": VERSION, "files": files}
    return (json.dumps(content, indent=1, ensure_ascii=True) + "\n").encode()
