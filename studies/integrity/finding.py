"""One thing that is wrong."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and what to do about it."""

    kind: str
    """A word or two for programs, such as `file-missing`; it stays the same from version to version."""
    where: str
    """The row or the file."""
    told: str
    """A sentence for a person."""
    mend: str
    """What to do, in a sentence or two."""

    def as_dict(self) -> dict[str, str]:
        """Return it as JSON has it."""
        return asdict(self)
