"""What a backup says of itself: one JSON document, the last of its members.

A backup is a zip. `rows/TABLE.jsonl` has one row of a table a line, a JSON array in the order of the manifest's
columns; `files/NAME` is a file of the storage, as it lay there.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from perception.backup.errors import BackupError

MEMBER = "manifest.json"
FORMAT, VERSION = "perception-backup", 1
ROWS, FILES = "rows/", "files/"


@dataclass(frozen=True, slots=True)
class Content:
    """The SHA-256 of a member, in hexadecimal, and its length in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in the order of its rows, and how many these are."""

    name: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds.

    Attributes
    ----------
    program
        Version of the program that made it.
    made_at
        When, in ISO 8601.
    database
        Django's word for the kind of database: `sqlite` or `postgresql`.
    migrations
        App and name of every migration that the database had.
    members
        Every other member.
    missing
        Why → the files that rows name and that are not in it.
    """

    program: str
    made_at: str
    database: str
    migrations: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    members: dict[str, Content]
    missing: dict[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the document."""
        return {"format": FORMAT, "version": VERSION, **asdict(self)}

    @property
    def file_names(self) -> list[str]:
        """The names in the storage of the files that it holds."""
        return [name.removeprefix(FILES) for name in self.members if name.startswith(FILES)]


def read_manifest(document: object) -> Manifest:
    """Return what the JSON of a manifest says.

    Raises
    ------
    BackupError
        It is not a manifest, or one of a later version.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BackupError("This is no backup of this program: its manifest says nothing of the kind.")
    if document.get("version") != VERSION:
        raise BackupError(
            f"This backup is of version {document.get('version')} of its format, and this program reads {VERSION}: "
            "restore it with the program that made it, or a later one."
        )
    try:
        return Manifest(
            program=str(document["program"]),
            made_at=str(document["made_at"]),
            database=str(document["database"]),
            migrations=tuple((str(app), str(name)) for app, name in document["migrations"]),
            tables=tuple(
                Table(str(table["name"]), tuple(map(str, table["columns"])), int(table["rows"]))
                for table in document["tables"]
            ),
            members={
                str(name): Content(str(content["sha256"]), int(content["size"]))
                for name, content in document["members"].items()
            },
            missing={str(why): list(map(str, names)) for why, names in document["missing"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BackupError(f"The manifest of this backup is damaged ({error!r}).") from error
