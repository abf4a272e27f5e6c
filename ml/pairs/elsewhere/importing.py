"""Bringing in pairs that another program perturbed: files in; dataset, attack and measured image pairs out."""

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar

from django.core.files.storage import default_storage

from ml.datasets.import_report import write_refusals
from ml.datasets.readers.archive import Refusal
from ml.datasets.readers.class_names import LONGEST_CLASS
from ml.datasets.reading_choices import LEAST_SIDE, ReadingChoices
from ml.datasets.sent_files import local_source
from ml.errors import MlError
from ml.images.distortion import SMALLEST_SIDE
from ml.models import Attack, Dataset, Image, PairSet, Run
from ml.pairs.elsewhere.clean_images import dataset_to_use, images_of_dataset, make_dataset
from ml.pairs.elsewhere.import_notes import refusal_texts
from ml.pairs.elsewhere.intake import Intake, TwinReading
from ml.pairs.elsewhere.opening import open_twins
from ml.pairs.elsewhere.saving import ToldAttack, save_pair_set
from ml.pairs.elsewhere.side_channels import Colours, Compression, Depth, Equalisation
from ml.pairs.elsewhere.twins import NO_DIAGNOSIS, TwinFiles, TwinListing
from ml.runs.checks import check_name
from ml.runs.disk_space import check_room_for_pairs
from ml.runs.leases.lease import fenced_transaction
from ml.runs.provenance import provenance
from ml.runs.storage import pairs_folder
from ml.runs.work import Work
from perception.core.input_files.csv_table import CsvError
from perception.core.progress import Progress

LONGEST_NAME = 100
NOTE_LENGTH = 200
_REFUSALS_IN_MESSAGE = 8


@dataclass(frozen=True, kw_only=True)
class PairImport(Work[PairSet]):
    """Pairs that another program perturbed, to be brought in: one pair set for each declared strength."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.IMPORT_PAIRS

    name: str
    """Of attack and pair set; of several strengths each one's is added to it."""
    source: str
    """A folder or a zip with `clean` and `perturbed`, and `masks` or not, or with a table of twins; or such a table."""
    made_by: str
    """What perturbed the images, for the report."""
    table: str | None = None
    """A table of twins, where it does not lie among the files."""
    reference: str = ""
    """Where that attack is described."""
    classifier: str = ""
    """What the classifier is called that it was made against, and that the predictions are of."""
    target_class: str = ""
    """What that classifier was to say; empty: any wrong class."""
    strength: float | None = None
    """In 8-bit levels, as it was declared, where the table does not say it."""
    dataset: str = ""
    """The dataset whose images the clean ones are; empty: one is made, with the name of the pairs."""
    credit: str = ""
    """Who made the images, and under which licence."""
    size: int | None = None
    """To how many pixels a side both twins are brought; None: none is resampled, and all have one size."""
    fit: str = Dataset.Fit.CROP.value
    least_side: int = LEAST_SIDE
    bits: int | None = None
    compression: str = Compression.REFUSE.value
    """What becomes of twins that went through different compressions: refuse, decoded, jpeg."""
    quality: int = 95
    colours: str = Colours.REFUSE.value
    """What becomes of twins whose files say different things of their colours: refuse, clean, each."""
    depth: str = Depth.REFUSE.value
    """What becomes of twins whose levels are kept otherwise: refuse, eight."""
    report: str | None = None
    """A CSV that all refusals are written to."""

    @property
    def reading(self) -> ReadingChoices:
        """How images are read."""
        return ReadingChoices(fit=self.fit, least_side=self.least_side, bits=self.bits)

    @property
    def equalisation(self) -> Equalisation:
        """What is done about twins that differ in more than the attack."""
        return Equalisation(compression=self.compression, quality=self.quality, colours=self.colours, depth=self.depth)

    def check(self) -> None:
        """Refuse at once what could only fail after long work. The files are looked through, no image is read."""
        self._check_words()
        self.reading.check()
        self.equalisation.check()
        if self.size is not None and self.size < SMALLEST_SIDE:
            raise MlError(f"--size is {SMALLEST_SIDE} pixels or more: below, the change cannot be measured (SSIM).")
        if self.report is not None and not Path(self.report).resolve().parent.is_dir():
            raise MlError(f"There is no folder {Path(self.report).resolve().parent} to write --report into.")
        dataset = dataset_to_use(self._dataset_name, asked_for=bool(self.dataset))
        if self.dataset and dataset is None:
            raise MlError(f"There is no dataset {self.dataset!r}; leave --dataset out, and one is made.")
        with self._opened() as listing:
            self._check_names(listing)
            self._check_target(listing.twins, dataset)

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> PairSet:
        """Read, hold the twins against one another, store, measure, and save all rows at once."""
        began = time.monotonic()
        with self._opened() as listing:
            self._check_names(listing)
            intake = Intake(self._reading, listing.twins, listing.refusals)
            there = self._images_there(intake)
            intake.judge(progress, among=there)
            if not intake.twins:
                raise self._nothing_left(intake)
            size = intake.common_size()
            check_room_for_pairs(len(intake.twins), size)
            intake.store(size=size, folder=pairs_folder(uid), progress=progress)
            notes = [*listing.notes, *intake.notes(size=size)]
            if there is None and all(twin.diagnosis == NO_DIAGNOSIS for twin in intake.twins):
                notes.append("no diagnoses were given")
            images = self._made_of(intake, notes, run) if there is None else there
            self._drop_unused(intake, images)
            if not intake.stored:
                raise self._nothing_left(intake)
            dataset = next(iter(images.values())).dataset
            made = provenance(dataset=dataset, seed=0, options=self.as_options(), seconds=time.monotonic() - began)
            del made["seed"]  # nothing was drawn
            made["refused"] = refusal_texts(intake.refusals)
            pair_sets = self._save(intake, images, size=size, notes=notes, made=made, run=run, uid=uid)
        self._write(intake.refusals)
        Run.objects.filter(pk=run.pk).update(note=_summary(intake, pair_sets)[:NOTE_LENGTH])
        return pair_sets[0]

    def _save(
        self,
        intake: Intake,
        images: dict[PurePosixPath, Image],
        *,
        size: int,
        notes: Sequence[str],
        made: dict[str, object],
        run: Run,
        uid: uuid.UUID,
    ) -> list[PairSet]:
        strengths = list(TwinListing([twin for twin, _ in intake.stored]).of_strengths())
        told = ToldAttack(
            made_by=self.made_by.strip(),
            reference=self.reference.strip(),
            classifier=self.classifier.strip(),
            target_class=self.target_class,
        )
        with fenced_transaction():
            return [
                save_pair_set(
                    self._name_of(strength, strengths),
                    [one for one in intake.stored if one[0].strength == strength],
                    images,
                    masks=intake.masks,
                    told=told,
                    size=size,
                    notes=notes,
                    made=made,
                    run=run,
                    # The files of all lie in the folder of the first: by its uid a run that is cut off is cleared up.
                    uid=uid if place == 0 else uuid.uuid4(),
                )
                for place, strength in enumerate(strengths)
            ]

    @property
    def _reading(self) -> TwinReading:
        return TwinReading(images=self.reading, equalisation=self.equalisation, size=self.size)

    @property
    def _dataset_name(self) -> str:
        return self.dataset or self.name

    @contextmanager
    def _opened(self) -> Iterator[TwinListing]:
        try:
            with open_twins(local_source(self.source), table=Path(self.table) if self.table else None) as listing:
                if self.strength is not None:
                    listing.twins = self._of_declared_strength(listing.twins)
                yield listing
        except CsvError as error:
            raise MlError(str(error)) from error

    def _of_declared_strength(self, twins: Sequence[TwinFiles]) -> list[TwinFiles]:
        if any(twin.strength is not None for twin in twins):
            raise MlError("The table says the strength of each pair: leave --strength out, or its column.")
        return [twin.with_strength(self.strength) for twin in twins]

    def _check_words(self) -> None:
        if not self.made_by.strip():
            raise MlError("Say what perturbed the images (--made-by), such as a program, its version and the attack.")
        if len(self.classifier) > LONGEST_NAME:
            raise MlError(f"--classifier has at most {LONGEST_NAME} characters.")
        if len(self.target_class) > LONGEST_CLASS:
            raise MlError(f"--target-class has at most {LONGEST_CLASS} characters.")
        if self.strength is not None and not 1 <= self.strength <= 255:
            raise MlError(f"--strength is 1 to 255 levels, not {self.strength:g}.")

    def _check_names(self, listing: TwinListing) -> None:
        strengths = list(listing.of_strengths())
        for strength in strengths:
            for model in (Attack, PairSet):
                check_name(model, self._name_of(strength, strengths))

    def _name_of(self, strength: float | None, strengths: Sequence[float | None]) -> str:
        return f"{self.name} {strength:g}" if len(strengths) > 1 and strength is not None else self.name

    def _check_target(self, twins: Sequence[TwinFiles], dataset: Dataset | None) -> None:
        known = {word for twin in twins for word in (twin.diagnosis, twin.before, twin.after)} - {"", NO_DIAGNOSIS}
        known |= set(dataset.classes if dataset else ()) - {NO_DIAGNOSIS}
        if self.target_class and known and self.target_class not in known:
            raise MlError(
                f"--target-class: no diagnosis and no prediction is {self.target_class!r}; there are "
                f"{', '.join(sorted(known)[:20])}."
            )

    def _images_there(self, intake: Intake) -> dict[PurePosixPath, Image] | None:
        """Return the images of the dataset that was named, by their clean files; None where one is to be made."""
        dataset = dataset_to_use(self._dataset_name, asked_for=bool(self.dataset))
        if dataset is None or not self.dataset:
            return None
        images = images_of_dataset(dataset, intake.found, intake.refusals)
        if len({image.split for image in images.values()}) > 1:
            raise MlError(
                f"These are train and test images of the dataset {dataset.name}, and a pair set has those of one side; "
                "bring in each side by itself."
            )
        return images

    def _made_of(self, intake: Intake, notes: Sequence[str], run: Run) -> dict[PurePosixPath, Image]:
        return make_dataset(
            self._dataset_name,
            intake.twins,
            credit=self.credit,
            reading=self.reading,
            notes=notes,
            owner=run.owner,
            refusals=intake.refusals,
        )

    def _drop_unused(self, intake: Intake, images: dict[PurePosixPath, Image]) -> None:
        """Forget the pairs whose clean image could not be taken, with their files."""
        for twin, fields in intake.stored:
            if twin.clean.path not in images:
                default_storage.delete(fields["clean_file"])
                default_storage.delete(fields["perturbed_file"])
        intake.stored = [one for one in intake.stored if one[0].clean.path in images]

    def _nothing_left(self, intake: Intake) -> MlError:
        self._write(intake.refusals)
        told = "\n".join(refusal_texts(intake.refusals[:_REFUSALS_IN_MESSAGE]))
        return MlError(f"No pair could be taken; {len(intake.refusals):,} files or rows were refused:\n{told}")

    def _write(self, refusals: Sequence[Refusal]) -> None:
        if self.report is not None:
            write_refusals(refusals, Path(self.report))


def _summary(intake: Intake, pair_sets: Sequence[PairSet]) -> str:
    told = f"{len(intake.stored):,} pairs in {len(pair_sets)} pair set{'s' if len(pair_sets) > 1 else ''}"
    if not intake.refusals:
        return told
    return f"{told}; {len(intake.refusals):,} refused, the first: {refusal_texts(intake.refusals)[0]}"
