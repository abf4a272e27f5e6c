"""Importing a dataset as a run: what the import commands do, for the queue and the interface."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from django.utils.translation import gettext

from ml.datasets.import_report import ImportReport, write_refusals
from ml.datasets.importing import NothingImportedError, check_import, import_images
from ml.datasets.readers.archive import Archive, Refusal
from ml.datasets.readers.folder import DRAWN, GIVEN, FolderChoices, open_folder
from ml.datasets.readers.ham10000 import open_ham10000
from ml.datasets.readers.label_table import Columns
from ml.datasets.reading_choices import LEAST_SIDE, ReadingChoices
from ml.datasets.sent_files import local_source
from ml.datasets.synthetic import synthetic_archive
from ml.errors import MlError
from ml.models import Dataset, Run
from ml.models.owned import Owned
from ml.runs.checks import check_one_of
from ml.runs.lookup import find_named
from ml.runs.work import Work
from perception.core.input_files.csv_table import CsvError
from perception.core.progress import Progress

NOTE_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class DatasetImporting(Work[Dataset]):
    """Images to be imported from an archive or a folder, or drawn."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.IMPORT_DATASET

    name: str
    """Of the dataset. If there is one, from the same source, what is new is added to it."""
    source: str
    """A value of `Dataset.Source`: ham10000, folder, synthetic."""
    folder: str | None = None
    """Where the archive or the folders of the classes lie, or a zip of these; None if the images are drawn."""
    lesions: str | None = None
    """For `folder`: a CSV that says which images show one lesion."""
    labels: str | None = None
    """For `folder`: a table that says what each image shows; None: its folders do."""
    image_column: str = ""
    """Of the table of labels, as the next three; empty: guessed."""
    label_column: str = ""
    lesion_column: str = ""
    split_column: str = ""
    split: str = GIVEN
    """For `folder`: `given` keeps a split that the images came with, `drawn` does not."""
    credit: str = ""
    """For `folder`: who made the images, and under which licence."""
    train: int = 800
    """For `synthetic`: images to train on."""
    test: int = 280
    """For `synthetic`: images to test on."""
    size: int = 96
    """For `synthetic`: side, in pixels."""
    test_share: float = 0.2
    """Share of the test images, unless they are drawn."""
    group_by_lesion: bool = False
    """Whether all images of a lesion go to one side of the split."""
    seed: int = 0
    """Of the split, and of the drawing."""
    report: str | None = None
    """A CSV that all refusals are written to."""
    fit: str = Dataset.Fit.CROP.value
    """What becomes of images that are not square: crop, pad, squeeze."""
    least_side: int = LEAST_SIDE
    """Images with a shorter side, in pixels, are refused."""
    bits: int | None = None
    """How many bits the levels of 16-bit images have; None: all that their files hold."""

    @property
    def share(self) -> float:
        """Share of the test images."""
        return self.test / (self.train + self.test) if self.source == Dataset.Source.SYNTHETIC else self.test_share

    @property
    def choices(self) -> ReadingChoices:
        """How images are read."""
        return ReadingChoices(fit=self.fit, least_side=self.least_side, bits=self.bits)

    @property
    def folder_choices(self) -> FolderChoices:
        """What is said of a folder of images."""
        return FolderChoices(
            labels=Path(self.labels) if self.labels else None,
            columns=Columns(
                image=self.image_column, label=self.label_column, lesion=self.lesion_column, split=self.split_column
            ),
            lesions=Path(self.lesions) if self.lesions else None,
            split=self.split,
        )

    def check(self) -> None:
        """Refuse at once what could only fail after long work. The archive is looked through, its images not read."""
        check_one_of("source", self.source, Dataset.Source.values)
        check_one_of("split", self.split, [GIVEN, DRAWN])
        if self.source == Dataset.Source.SYNTHETIC:
            if self.train < 1 or self.test < 1:
                raise MlError(gettext("--train and --test need at least one image each."))
        elif not self.folder:
            raise MlError(gettext("Name the folder that holds the images."))
        if self.report is not None and not Path(self.report).resolve().parent.is_dir():
            raise MlError(
                gettext("There is no folder %(parent)s to write --report into.")
                % {"parent": Path(self.report).resolve().parent}
            )
        with self._opened() as archive:
            check_import(
                archive=archive,
                name=self.name,
                seed=self.seed,
                group_by_lesion=self.group_by_lesion,
                test_share=self.share,
                choices=self.choices,
            )

    def changes(self) -> Owned | None:
        """Return the dataset of that name, to which images would be added."""
        return find_named(Dataset, self.name.strip())

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> Dataset:
        """Import, and say in the run's last note what was refused. The dataset has its own uid."""
        with self._opened() as archive:
            try:
                report = import_images(
                    archive=archive,
                    name=self.name,
                    seed=self.seed,
                    group_by_lesion=self.group_by_lesion,
                    test_share=self.share,
                    owner=run.owner,
                    choices=self.choices,
                    progress=progress,
                )
            except NothingImportedError as error:
                self._write(error.refusals)
                raise MlError(f"{error}: {_first(error.refusals)}" if error.refusals else str(error)) from error
        self._write(report.refusals)
        # Not by `progress`: the images are in, and a cancellation that comes now comes too late.
        Run.objects.filter(pk=run.pk).update(note=_summary(report)[:NOTE_LENGTH])
        return Dataset.objects.get(name=report.dataset_name)

    @contextmanager
    def _opened(self) -> Iterator[Archive]:
        try:
            if self.source == Dataset.Source.HAM10000:
                with open_ham10000(local_source(str(self.folder))) as archive:
                    yield archive
            elif self.source == Dataset.Source.FOLDER:
                with open_folder(
                    local_source(str(self.folder)), credit=self.credit, choices=self.folder_choices
                ) as archive:
                    yield archive
            else:
                yield self._drawn()
        except CsvError as error:
            raise MlError(str(error)) from error

    def _drawn(self) -> Archive:
        try:
            return synthetic_archive(images=self.train + self.test, size=self.size, seed=self.seed)
        except ValueError as error:
            raise MlError(str(error)) from error

    def _write(self, refusals: Sequence[Refusal]) -> None:
        if self.report is not None:
            write_refusals(refusals, Path(self.report))


def _summary(report: ImportReport) -> str:
    added = f"{report.added:,} images imported" if report.added else "nothing new"
    refused = f"; {len(report.refusals):,} refused, the first: {_first(report.refusals)}" if report.refusals else ""
    note = f"; {report.notes[0]}" if report.notes else ""
    return f"{added}{refused}{note}"


def _first(refusals: Sequence[Refusal]) -> str:
    first = refusals[0]
    return f"{first.where}: {first.kind}: {first.reason}"
