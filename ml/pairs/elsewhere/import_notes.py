"""What was found or done when pairs were brought in, in sentences: for pages and report."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ml.datasets.readers.archive import Refusal
from ml.pairs.elsewhere.side_channels import Compression, Equalisation
from ml.pairs.elsewhere.twin_pixels import ReadTwins

MOST_REFUSALS = 200


@dataclass(slots=True)
class Findings:
    """What reading all twins found, counted."""

    read: int = 0
    channels: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)
    not_square: int = 0

    def add(self, twins: ReadTwins) -> None:
        """Count what was found of one pair."""
        self.read += 1
        self.channels.update(f"{channel.text}; {channel.taken}" for channel in twins.channels)
        self.closed.update(twins.closed)
        height, width = twins.clean.shape[:2]
        self.not_square += height != width

    def notes(self, *, sides: set[int], size: int, fit: str, chosen: Equalisation) -> Iterator[str]:
        """Yield a sentence for whatever a reader is to know.

        Parameters
        ----------
        sides
            Of the squares before they were resized, in pixels.
        size
            To which they were brought.
        """
        for text, count in self.channels.most_common():
            yield f"in {count:,} of {counted(self.read)} {text}"
        if chosen.compression == Compression.JPEG and not self.channels:
            yield f"all twins went through one JPEG (quality {chosen.quality}, 4:4:4)"
        for what, count in self.closed.most_common():
            yield (
                f"the twins of {counted(count)} differ in {what}, which reaches nobody: both are decoded and encoded "
                "anew by the same code, without metadata and at one length"
            )
        if self.not_square:
            how = {"crop": "cropped to the square in the middle", "pad": "padded with black", "squeeze": "squeezed"}[
                fit
            ]
            yield f"{counted(self.not_square)} not square: both twins were {how}"
        if sides != {size}:
            from_to = f"{min(sides)} to {max(sides)}" if len(sides) > 1 else f"{min(sides)}"
            yield (
                f"both twins were resampled alike from {from_to} to {size} pixels a side (Lanczos), the perturbation "
                "with them; its size is measured on what came of it"
            )


def counted(pairs: int) -> str:
    """Return a number of pairs in words."""
    return f"{pairs:,} pair{'' if pairs == 1 else 's'}"


def strength_note(declared: float | None, largest: Sequence[int]) -> str:
    """Say how the strength that was declared compares with what was measured.

    Parameters
    ----------
    declared
        In 8-bit levels; None where nobody declared it.
    largest
        The largest change of a channel of each pair, levels.
    """
    most, middle = max(largest), sorted(largest)[len(largest) // 2]
    measured = f"the largest change of a channel is {most} levels, that of the middle pair {middle}"
    if declared is None:
        return f"the strength was not declared; measured on the 8-bit images, {measured}"
    beyond = sum(change > declared for change in largest)
    if beyond:
        return (
            f"the strength was declared as {declared:g} levels; measured on the 8-bit images, {measured}: {beyond:,} "
            f"of {len(largest):,} pairs change by more than was declared"
        )
    return f"the strength was declared as {declared:g} levels; measured on the 8-bit images, {measured}"


def refusal_texts(refusals: Sequence[Refusal]) -> list[str]:
    """Return a line for each refusal, so many of them as a page can show."""
    lines = [f"{refusal.where}: {refusal.kind}: {refusal.reason}" for refusal in refusals[:MOST_REFUSALS]]
    if len(refusals) > MOST_REFUSALS:
        lines.append(f"{len(refusals) - MOST_REFUSALS:,} more; import_pairs --report FILE.csv lists them all")
    return lines
