"""What a reader finds in an archive: images that might be imported, and what cannot be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class RefusalKind(StrEnum):
    """Why a file or a row was refused."""

    UNREADABLE = "cannot be read"
    EMPTY = "empty file"
    DAMAGED = "damaged or truncated"
    NOT_AN_IMAGE = "not an image"
    TOO_LARGE = "too large"
    UNFIT = "unfit image"
    WRONG_NAME = "wrong name"
    NO_LABEL = "image without a label"
    NO_IMAGE = "label without an image"
    BAD_LABEL = "unusable label"
    DUPLICATE_NAME = "duplicate name"
    DUPLICATE_BYTES = "duplicate bytes"
    CHANGED = "other than imported before"
    PASSED_OVER = "passed over"
    NO_TWIN = "image without a twin"
    BAD_MASK = "unusable mask"
    SIDE_CHANNEL = "more than the attack tells the twins apart"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One file or row that was not imported."""

    kind: RefusalKind
    where: str
    reason: str


class RefusedError(Exception):
    """One file is refused; whoever reads the archive turns this into a `Refusal` and goes on."""

    def __init__(self, kind: RefusalKind, reason: str) -> None:
        """Keep kind and reason apart."""
        super().__init__(reason)
        self.kind = kind
        self.reason = reason

    def at(self, where: str) -> Refusal:
        """Return the refusal of the file `where`."""
        return Refusal(self.kind, where, self.reason)


@dataclass(frozen=True, slots=True)
class ImageEntry:
    """One image that an archive offers, with its label; its bytes are read when they are asked for.

    Attributes
    ----------
    name
        Unique in a dataset; without the ending.
    where
        The file, for a person to find it.
    read
        Returns the file's bytes; raises `RefusedError` where it cannot.
    split
        A value of `ml.models.Image.Split`, where the images came with a split; None where it is to be drawn.
    """

    name: str
    where: str
    lesion: str
    diagnosis: str
    read: Callable[[], bytes]
    metadata: Mapping[str, str | float | None] = field(default_factory=dict)
    split: str | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything that one import would bring in.

    Attributes
    ----------
    source
        A value of `ml.models.Dataset.Source`.
    entries
        In the order in which they are imported; of two that exclude each other, the first good one wins.
    refusals
        What the reader itself refused.
    notes
        What the reader took as it is but a person should know.
    options
        What the reader was asked, where that decides what the images are.
    """

    source: str
    credit: str
    entries: Sequence[ImageEntry]
    refusals: Sequence[Refusal] = ()
    notes: Sequence[str] = ()
    options: Mapping[str, int | str] = field(default_factory=dict)

    @property
    def gives_split(self) -> bool:
        """Whether the images came with a split, which is kept. Either all entries have one or none has."""
        return any(entry.split is not None for entry in self.entries)
