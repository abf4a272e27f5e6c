"""Twins as files → twins in the storage: each pair judged, all brought to one size, what is refused told."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ml.datasets.readers.archive import Refusal, RefusedError
from ml.datasets.reading_choices import ReadingChoices
from ml.errors import MlError
from ml.images.change_region import packed
from ml.models import Dataset
from ml.pairs.elsewhere.import_notes import Findings, counted
from ml.pairs.elsewhere.side_channels import Equalisation
from ml.pairs.elsewhere.twin_masks import MaskFindings, square_mask
from ml.pairs.elsewhere.twin_pixels import ReadTwins, read_twin_files, squared
from ml.pairs.elsewhere.twins import TwinFiles, TwinListing
from ml.pairs.files import TwinFields, store_twins
from perception.core.progress import Progress

TIMES_THE_USUAL = 5
"""Twins that differ so many times as much as others may be no twins: a name that was mistaken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinReading:
    """How twins are read."""

    images: ReadingChoices
    equalisation: Equalisation
    size: int | None
    """To how many pixels a side all are brought; None: to the side that all have."""


@dataclass(slots=True)
class Intake:
    """The state of one import while it reads; each step is called once, in this order: judge, store."""

    reading: TwinReading
    found: Sequence[TwinFiles]
    refusals: list[Refusal]
    twins: list[TwinFiles] = field(default_factory=list)
    sides: dict[PurePosixPath, int] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    masked: MaskFindings = field(default_factory=MaskFindings)
    stored: list[tuple[TwinFiles, TwinFields]] = field(default_factory=list)
    masks: dict[PurePosixPath, bytes] = field(default_factory=dict)
    """Of the stored pairs that have one, packed, by the perturbed file."""

    def judge(self, progress: Progress, *, among: Container[PurePosixPath] | None = None) -> None:
        """Read every pair, and keep those whose twins nothing but the attack tells apart, or what was chosen for.

        Parameters
        ----------
        among
            The clean files whose pairs are wanted; None: all.
        """
        twins = [twin for twin in self.found if among is None or twin.clean.path in among]
        for done, twin in enumerate(twins, start=1):
            try:
                read = self._read(twin)
                if read.mask is not None:
                    square_mask(read.mask, size=self.reading.size or self._side(read), fit=self.reading.images.fit)
            except RefusedError as error:
                self.refusals.append(error.at(twin.where))
            else:
                self.twins.append(twin)
                self.sides[twin.perturbed.path] = self._side(read)
                self.findings.add(read)
            progress(done, 2 * len(twins), "reading")

    def common_size(self) -> int:
        """Return to how many pixels a side all are brought.

        Raises
        ------
        MlError
            Nobody said, and they have several, or are to be squeezed.
        """
        sides = set(self.sides.values())
        if self.reading.size is not None:
            return self.reading.size
        if len(sides) > 1:
            raise MlError(
                f"The pairs have {len(sides)} sizes, from {min(sides)} to {max(sides)} pixels a side, and a study "
                "shows one. Say to which all are brought (--size); the perturbation is then resampled with the images, "
                "and measured afterwards."
            )
        if self.reading.images.fit == Dataset.Fit.SQUEEZE and self.findings.not_square:
            raise MlError("Images that are not square are squeezed to a size that is to be named (--size).")
        return sides.pop()

    def store(self, *, size: int, folder: str, progress: Progress) -> None:
        """Bring both twins of each pair to that size, save and measure them; its mask with them, which stays in memory.

        Raises
        ------
        MlError
            All twins of a strength are equal.
        """
        fit, chosen = self.reading.images.fit, self.reading.equalisation
        for done, twin in enumerate(self.twins, start=1):
            read = self._read(twin)
            clean, perturbed = (
                squared(pixels, size=size, fit=fit, chosen=chosen) for pixels in (read.clean, read.perturbed)
            )
            self.stored.append((twin, store_twins(clean, perturbed, folder=folder)))
            if read.mask is not None and twin.mask is not None:
                mask = square_mask(read.mask, size=size, fit=fit)
                self.masks[twin.perturbed.path] = packed(mask)
                self.masked.add(read.mask, mask, where=twin.mask.where, clean=clean, perturbed=perturbed)
            progress(len(self.twins) + done, 2 * len(self.twins), "storing")
        changes = {twin.perturbed.path: fields["linf"] for twin, fields in self.stored}
        for strength, twins in TwinListing(self.twins).of_strengths().items():
            if not any(changes[twin.perturbed.path] for twin in twins):
                of_strength = "" if strength is None else f" of the strength {strength:g}"
                raise MlError(f"The twins of all {len(twins):,} pairs{of_strength} are equal: nothing was perturbed.")

    def notes(self, *, size: int) -> Iterator[str]:
        """Yield what is to be known of what was read and done."""
        fit, chosen = self.reading.images.fit, self.reading.equalisation
        yield from self.findings.notes(sides=set(self.sides.values()), size=size, fit=fit, chosen=chosen)
        yield from self.masked.notes(len(self.stored))
        if equal := sum(not fields["linf"] for _, fields in self.stored):
            yield f"the twins of {counted(equal)} are equal: the attack changed nothing in them"
        sizes = sorted(fields["l2"] for _, fields in self.stored)
        usual = sizes[len(sizes) // 2]
        if unlike := [twin.where for twin, fields in self.stored if fields["l2"] > TIMES_THE_USUAL * usual > 0]:
            yield (
                f"the twins of {counted(len(unlike))} differ more than {TIMES_THE_USUAL} times as much as those of the "
                "middle pair (L2), as two pictures would that are no twins; look at them: "
                f"{', '.join(unlike[:5])}{' and more' if len(unlike) > 5 else ''}"
            )

    def _read(self, twin: TwinFiles) -> ReadTwins:
        return read_twin_files(twin, self.reading.images, self.reading.equalisation)

    def _side(self, read: ReadTwins) -> int:
        sides = read.clean.shape[:2]
        return int(max(sides) if self.reading.images.fit == Dataset.Fit.PAD else min(sides))
