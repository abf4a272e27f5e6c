"""What an import did, for a person and for a table."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ml.datasets.readers.archive import Refusal
from ml.errors import MlError
from perception.core.input_files.spreadsheet_cell import escape_formula

# So many refusals of one kind are printed; a folder unpacked beside its zip alone gives ten thousand.
_PRINTED_OF_A_KIND = 100


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The outcome of one import.

    Attributes
    ----------
    looked_at
        Image files with a label that were read.
    added, already_there
        Of these, how many are new in the dataset, and how many were in it with the same bytes and label.
    classes
        Train and test images of each diagnosis, in the dataset as it now is.
    notes
        What was taken in but should be known.
    """

    dataset_name: str
    looked_at: int
    added: int
    already_there: int
    classes: Mapping[str, tuple[int, int]]
    split: str
    refusals: Sequence[Refusal]
    notes: Sequence[str] = ()

    def lines(self) -> Iterator[str]:
        """Yield the report, line by line."""
        yield from refusal_lines(self.refusals)
        for note in self.notes:
            yield f"Note: {note}"
        yield ""
        if self.added:
            already = f"; {self.already_there:,} were there before" if self.already_there else ""
            yield f"Imported {self.added:,} images into the dataset {self.dataset_name!r}{already}."
        else:
            yield f"Nothing new: all {self.already_there:,} images are in the dataset {self.dataset_name!r} already."
        yield f"Refused: {len(self.refusals):,}."
        yield f"Split: {self.split}."
        yield f"{'diagnosis':<16}{'images':>9}{'train':>9}{'test':>9}"
        for diagnosis, (train, test) in self.classes.items():
            yield f"{diagnosis:<16}{train + test:>9,}{train:>9,}{test:>9,}"
        train, test = (sum(counts[side] for counts in self.classes.values()) for side in (0, 1))
        yield f"{'all':<16}{train + test:>9,}{train:>9,}{test:>9,}"


def refusal_lines(refusals: Sequence[Refusal]) -> Iterator[str]:
    """Yield a line for each refusal, and one for those of a kind that are too many to print."""
    printed: Counter[str] = Counter()
    for refusal in refusals:
        printed[refusal.kind] += 1
        if printed[refusal.kind] <= _PRINTED_OF_A_KIND:
            yield f"Refused: {refusal.where}: {refusal.kind}: {refusal.reason}"
    for kind, count in printed.items():
        if count > _PRINTED_OF_A_KIND:
            yield f"Refused: {count - _PRINTED_OF_A_KIND:,} more: {kind}; --report FILE.csv lists them all"


def refusal_counts(refusals: Sequence[Refusal]) -> dict[str, int]:
    """Return why files and rows were refused → how many, the most frequent first: what a dataset keeps of them."""
    return dict(Counter(str(refusal.kind) for refusal in refusals).most_common())


def write_refusals(refusals: Sequence[Refusal], path: Path) -> None:
    """Write all refusals as a CSV with the columns where, kind, reason.

    Raises
    ------
    MlError
        The file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["where", "kind", "reason"])
            for refusal in refusals:
                writer.writerow([escape_formula(refusal.where), str(refusal.kind), escape_formula(refusal.reason)])
    except OSError as error:
        raise MlError(f"the list of refusals cannot be written to {path}: {error.strerror}") from error
