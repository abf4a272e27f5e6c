"""Twins as files: a clean image, its perturbed twin, and what was said of them."""

from collections import defaultdict
from dataclasses import dataclass, field, replace

from ml.datasets.readers.archive import Refusal
from ml.datasets.readers.files import ArchiveFile

CLEAN, PERTURBED = "clean", "perturbed"
MASKS = "masks"
NO_DIAGNOSIS = "not given"
"""What stands for the diagnosis where nobody gave one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinFiles:
    """A clean image and its perturbed twin, as files, and what was said of them."""

    name: str
    """Of the clean image: its path without the ending."""
    clean: ArchiveFile
    perturbed: ArchiveFile
    mask: ArchiveFile | None = None
    """An image that is white where the twin was changed; None where none came."""
    diagnosis: str = NO_DIAGNOSIS
    lesion: str = ""
    """Empty: a lesion of its own."""
    strength: float | None = None
    """In 8-bit levels, as it was declared; None where it was not."""
    before: str = ""
    """What a classifier read in the clean image; empty where that was not given."""
    after: str = ""
    """What it read in the perturbed one."""

    @property
    def where(self) -> str:
        """Both files, for a person to find them."""
        return f"{self.clean.where} and {self.perturbed.where}"

    def with_strength(self, strength: float | None) -> "TwinFiles":
        """Return the same twins, of a declared strength."""
        return replace(self, strength=strength)


@dataclass(slots=True)
class TwinListing:
    """The twins that were found, and what was not used."""

    twins: list[TwinFiles]
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def of_strengths(self) -> dict[float | None, list[TwinFiles]]:
        """Return the twins of each declared strength, the weakest first."""
        found: defaultdict[float | None, list[TwinFiles]] = defaultdict(list)
        for twin in self.twins:
            found[twin.strength].append(twin)
        return dict(sorted(found.items(), key=lambda item: item[0] or 0.0))
