"""Opening an archive that may have been made by anyone: what could harm is refused before anything is read."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from perception.analysis.json_values import JsonObject, JsonValue
from perception.core.json_checks import json_object, json_scalar
from studies.exports.archive.errors import ArchiveError
from studies.exports.archive.layout import FORMAT, MANIFEST, VERSION, is_member_name
from studies.exports.archive.stored_zip import Member, StoredZip, manifest_bytes

PIECE = 1 << 20
MOST_MEMBERS = 100_000
SHOWN = 60  # characters of a name or a value in a message
# What the libraries raise for files that are not what they say.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class OpenArchive:
    """An archive whose list of members is harmless."""

    zip: zipfile.ZipFile
    names: tuple[str, ...]
    manifest: dict[str, Member]

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a member's content.

        Raises
        ------
        ArchiveError
            The member is damaged.
        """
        try:
            with self.zip.open(name) as member:
                while piece := member.read(PIECE):
                    yield piece
        except BROKEN as error:
            raise ArchiveError(f"{name} is damaged: {error}") from error

    def read(self, name: str) -> bytes:
        """Return a member's content."""
        return b"".join(self.pieces(name))

    def read_json(self, name: str) -> JsonValue:
        """Return what a member holds as JSON.

        Raises
        ------
        ArchiveError
            It is damaged, or not JSON; NaN and infinity are not.
        """
        return parse_json(self.read(name), name)


def parse_json(data: bytes, name: str) -> JsonValue:
    """Return what the bytes say as JSON.

    Raises
    ------
    ArchiveError
        They are not UTF-8, not JSON, or nested beyond reason.
    """
    try:
        value: JsonValue = json.loads(data.decode(), parse_constant=_refuse_constant)
    except RecursionError:
        raise ArchiveError(f"{name} is not readable as JSON: it is nested too deeply") from None
    except ValueError as error:
        raise ArchiveError(f"{name} is not readable as JSON: {error}") from error
    return value


def open_archive(file: IO[bytes], size: int) -> OpenArchive:
    """Open an archive and read its manifest.

    Raises
    ------
    ArchiveError
        No zip; members that are compressed, encrypted, longer together than the file, named twice, or named so that
        they would be unpacked elsewhere; no manifest, or one of another format.
    """
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        raise ArchiveError(f"this is not a zip file: {error}") from error
    members = archive.infolist()
    _require_harmless(members, size)
    names = tuple(member.filename for member in members)
    if MANIFEST not in names:
        raise ArchiveError(f"there is no {MANIFEST}: this is not the archive of a study")
    opened = OpenArchive(archive, names, {})
    return OpenArchive(archive, names, _read_manifest(opened.read(MANIFEST)))


def _require_harmless(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > MOST_MEMBERS:
        raise ArchiveError(f"{len(members):,} members; an archive of a study has at most {MOST_MEMBERS:,}")
    seen: set[str] = set()
    for member in members:
        name = member.filename
        if not is_member_name(name):
            raise ArchiveError(f"{shortened(name)} is no name for a member: it might be unpacked anywhere")
        if name in seen:
            raise ArchiveError(f"{name} is there twice")
        seen.add(name)
        if member.flag_bits & 1:
            raise ArchiveError(f"{name} is encrypted")
        if member.compress_type != zipfile.ZIP_STORED:
            raise ArchiveError(f"{name} is compressed; in the archive of a study nothing is: was it packed anew?")
    total = sum(member.file_size for member in members)
    if total > size:
        raise ArchiveError(f"the members say that they hold {total:,} bytes, in a file of {size:,}")


def _read_manifest(data: bytes) -> dict[str, Member]:
    content = parse_json(data, MANIFEST)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ArchiveError(f"{MANIFEST} does not say that this is a {FORMAT}")
    if content.get("version") != VERSION:
        raise ArchiveError(
            f"this is an archive of version {shortened(content.get('version'))}; this program reads version {VERSION}"
        )
    try:
        members = {name: _member(json_object(entry)) for name, entry in json_object(content["files"]).items()}
    except (KeyError, TypeError):
        raise ArchiveError(f"{MANIFEST} does not list the members with SHA-256 and length") from None
    if manifest_bytes(members) != data:
        raise ArchiveError(f"{MANIFEST} was changed: it is not written as this program writes it")
    return members


def _member(entry: JsonObject) -> Member:
    return Member(json_scalar(entry["sha256"], str), json_scalar(entry["bytes"], int))


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rebuilt(archive: OpenArchive, file: IO[bytes]) -> dict[str, Member]:
    """Write the archive anew into an empty file, as this program writes archives; return its members as they are.

    Raises
    ------
    ArchiveError
        A member is damaged.
    """
    again = StoredZip(file)
    try:
        for name in archive.names:
            again.write(name, archive.pieces(name))
    finally:
        again.close()
    return again.members


def shortened(value: object) -> str:
    """Return a value as it is shown in a message."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a value")
