"""Bringing the images of an archive into a dataset, and drawing its split."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ml.datasets import splits
from ml.datasets.content_hash import content_hash
from ml.datasets.import_lock import FolderClaim, claimed_folder
from ml.datasets.import_report import ImportReport, refusal_counts
from ml.datasets.readers.archive import Archive, ImageEntry, Refusal, RefusalKind, RefusedError
from ml.datasets.readers.verification import VerifiedImage, verify_image
from ml.datasets.reading_choices import ReadingChoices
from ml.errors import MlError
from ml.models import Dataset, Image
from ml.runs.checks import check_may_change
from ml.runs.leases.lease import fenced_transaction
from ml.runs.lookup import find_named
from perception.core.progress import Progress, silent
from perception.core.seeds import LARGEST_SPLIT_SEED, is_seed

_ROWS_AT_ONCE = 500
_LONGEST_CONVERSION = 300
TEST_SHARE = 0.2
"""The paper's share of test images."""
_MOST_CONVERSIONS = 20


class NothingImportedError(MlError):
    """Too little of the archive could be used to make a dataset of it; carries what was refused."""

    def __init__(self, message: str, refusals: Sequence[Refusal]) -> None:
        """Keep the refusals for whoever reports them."""
        super().__init__(message)
        self.refusals = tuple(refusals)


@dataclass(frozen=True, slots=True)
class _Known:
    """What decides whether another image is the same: of an image that is, or will be, in the dataset."""

    where: str
    sha256: str
    lesion: str
    diagnosis: str


@dataclass(slots=True)
class _Intake:
    """The state of one import while it reads."""

    dataset: Dataset | None
    folder: str
    imported_before: dict[str, _Known]
    by_name: dict[str, _Known]
    by_hash: dict[str, str] = field(default_factory=dict)
    new: list[Image] = field(default_factory=list)
    seen_again: set[str] = field(default_factory=set)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    choices: ReadingChoices = field(default_factory=ReadingChoices)


def import_images(
    *,
    archive: Archive,
    name: str,
    seed: int = 0,
    group_by_lesion: bool = False,
    test_share: float = TEST_SHARE,
    owner: User | None = None,
    choices: ReadingChoices | None = None,
    progress: Progress = silent,
) -> ImportReport:
    """Import an archive's images into the dataset `name`, which is made if there is none.

    Every file is decoded before it is taken, and stored under a random name: as it came where it is 8-bit sRGB, else
    converted, which the report and the image's row say. One bad file never stops
    the rest: it is in the report. Rows are written in one transaction at the end; whatever stops the import before
    that leaves nothing of it, at once where the process can still clear up, else at the next import.

    An image that the dataset has already, with the same bytes and label, is passed over, so that a second run adds
    nothing. New images are added, and the split is drawn again over all, as long as nothing was trained on the
    dataset or made from it.

    Parameters
    ----------
    archive
        From one of the readers in `ml.datasets`, still open.
    name
        The dataset's name.
    seed
        Of the split, not negative.
    group_by_lesion
        Whether all images of a lesion go to one side.
    test_share
        The test side's share of the images; 1: all are for testing.
    choices
        How images are read.
    owner
        Of the dataset, if it is made; if it is there, its owner or a superuser. None: a command adds to any.
    progress
        Told of every file.

    Raises
    ------
    NothingImportedError
        No image could be used, and the dataset does not exist; or of several classes one is left.
    MlError
        A bad name, seed or share; the dataset is somebody else's, came from another source or with other options; it
        is in use and there are new images; too few images or lesions to split; another import into it is running.
    """
    name = _checked_name(name)
    choices = choices or ReadingChoices()
    dataset = check_import(
        archive=archive,
        name=name,
        seed=seed,
        group_by_lesion=group_by_lesion,
        test_share=test_share,
        choices=choices,
    )
    check_may_change(dataset, owner)
    if dataset is not None and archive.options and dataset.images.count() == len(archive.entries):
        # The options alone decide these images: there is nothing to compare.
        return _report(dataset, looked_at=0, already_there=len(archive.entries))
    uid = uuid.uuid4() if dataset is None else dataset.uid
    with claimed_folder(dataset_uid=uid, name=name) as claim:
        intake = _begin(dataset, claim.folder, choices)
        intake.refusals += archive.refusals
        intake.notes += archive.notes
        for done, entry in enumerate(archive.entries, start=1):
            try:
                _take(entry, intake)
            except RefusedError as error:
                intake.refusals.append(error.at(entry.where))
            progress(done, len(archive.entries))
        if intake.new:
            _need_two_classes(archive, intake)
            if dataset is None:
                dataset = Dataset(uid=uid, name=name, source=archive.source, fit=choices.fit, owner=owner)
            dataset.credit = archive.credit
            dataset.options = _options(archive, choices)
            dataset.notes = list(archive.notes)
            dataset.refusals = refusal_counts(intake.refusals)
            method = _split_method(archive, group_by_lesion=group_by_lesion, test_share=test_share)
            _save(dataset, intake.new, claim, method=method, seed=seed, test_share=test_share)
        elif dataset is None:
            problem = f"all {len(intake.refusals):,} were refused" if intake.refusals else "there was none"
            raise NothingImportedError(f"no image could be imported ({problem})", intake.refusals)
    return _report(
        dataset,
        looked_at=len(archive.entries),
        added=len(intake.new),
        already_there=len(intake.seen_again),
        refusals=intake.refusals,
        notes=[*intake.notes, *_conversions(intake.new)],
    )


def check_import(
    *,
    archive: Archive,
    name: str,
    seed: int,
    group_by_lesion: bool,
    test_share: float,
    choices: ReadingChoices,
) -> Dataset | None:
    """Refuse what can be refused before an image is read; return the dataset of that name if there is one.

    Raises
    ------
    MlError
        A bad name, seed or share; the dataset came from another source or with other options; the images came with a
        split, and another way to split them is asked for.
    """
    name = _checked_name(name)
    if not 0.0 < test_share <= 1.0:
        raise MlError(f"the test share must lie between 0 and 1, and be more than 0, not {test_share}")
    choices.check()
    if not is_seed(seed, largest=LARGEST_SPLIT_SEED):
        raise MlError(f"the seed must be a whole number from 0 to 2⁶³ − 1, not {seed}")
    if archive.gives_split and group_by_lesion:
        raise MlError(
            "the images came with a split, which is kept as it is, whether or not a lesion is on both sides; to draw "
            "one that is grouped by lesion, ask for a drawn split (--split drawn)"
        )
    if archive.gives_split and test_share != TEST_SHARE:
        raise MlError(
            f"the images came with a split, which is kept as it is, so that a test share of {test_share:g} has no "
            "meaning; to have that share, ask for a drawn split (--split drawn)"
        )
    dataset = find_named(Dataset, name)
    _check_same_origin(dataset, archive, name, choices)
    return dataset


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise MlError("a dataset's name has 1 to 100 characters that can be printed")
    return name


def _check_same_origin(dataset: Dataset | None, archive: Archive, name: str, choices: ReadingChoices) -> None:
    if dataset is None:
        return
    if dataset.source != archive.source:
        raise MlError(
            f"the dataset {name!r} holds images of another source ({dataset.get_source_display()}); "
            "give this one another name with --name"
        )
    if dataset.options != (options := _options(archive, choices)):
        raise MlError(
            f"the dataset {name!r} was made with other options ({_listed(dataset.options)}; now "
            f"{_listed(options)}); give this one another name with --name"
        )
    if dataset.fit != choices.fit:
        raise MlError(
            f"in the dataset {name!r} images that are not square are {dataset.get_fit_display()} (--fit {dataset.fit}),"
            f" not as asked now (--fit {choices.fit}); ask for the same, or give this one another name with --name"
        )
    if archive.gives_split != (dataset.split_method == Dataset.SplitMethod.GIVEN):
        now, before = ("given", "drawn") if archive.gives_split else ("drawn", "given")
        raise MlError(
            f"the split of the dataset {name!r} was {before}, and that of these images is {now} (--split); give this "
            "one another name with --name"
        )


def _split_method(archive: Archive, *, group_by_lesion: bool, test_share: float) -> Dataset.SplitMethod:
    if archive.gives_split:
        return Dataset.SplitMethod.GIVEN
    if test_share == 1:
        return Dataset.SplitMethod.ALL_TEST
    return Dataset.SplitMethod.BY_LESION if group_by_lesion else Dataset.SplitMethod.STRATIFIED


def _options(archive: Archive, choices: ReadingChoices) -> dict[str, int | str]:
    return {**archive.options, **choices.options}


def _listed(options: object) -> str:
    pairs = options.items() if isinstance(options, dict) else ()
    return ", ".join(f"{key} {value}" for key, value in pairs) or "none"


def _begin(dataset: Dataset | None, folder: str, choices: ReadingChoices) -> _Intake:
    known = {}
    if dataset is not None:
        rows = dataset.images.values_list("name", "source_sha256", "sha256", "lesion", "diagnosis")
        known = {
            name: _Known("the images imported before", source or stored, *rest)
            for name, source, stored, *rest in rows.iterator()
        }
    by_hash = {image.sha256: name for name, image in known.items()}
    return _Intake(dataset, folder, imported_before=known, by_name=dict(known), by_hash=by_hash, choices=choices)


def _take(entry: ImageEntry, intake: _Intake) -> None:
    """Read one image and keep it, or raise what is wrong with it."""
    data = entry.read()
    sha256 = hashlib.sha256(data).hexdigest()
    known = _Known(entry.where, sha256, entry.lesion, entry.diagnosis)
    if (before := intake.imported_before.get(entry.name)) is not None and entry.name not in intake.seen_again:
        _check_unchanged(known, before)
        intake.seen_again.add(entry.name)
        return
    _check_once(entry.name, known, intake)
    found = verify_image(data, intake.choices)
    _note_copy(entry.name, known, intake)
    if intake.dataset is not None:
        _check_unused(intake.dataset)
        _check_same_colours(intake.dataset, entry, found)
    image = Image(
        name=entry.name,
        lesion=entry.lesion,
        diagnosis=entry.diagnosis,
        sha256=hashlib.sha256(found.data).hexdigest() if found.conversion else sha256,
        source_sha256=sha256 if found.conversion else "",
        conversion=found.conversion[:_LONGEST_CONVERSION],
        width=found.width,
        height=found.height,
        metadata=dict(entry.metadata),
        split=entry.split or "",
    )
    _check_fields(image)
    image.file.name = default_storage.save(f"{intake.folder}/{uuid.uuid4()}{found.ending}", ContentFile(found.data))
    intake.by_name[entry.name] = known
    intake.by_hash.setdefault(sha256, entry.name)
    intake.new.append(image)


def _check_fields(image: Image) -> None:
    """Refuse a name or a label that the database has no room for."""
    try:
        image.clean_fields(exclude=["dataset", "split", "file", "metadata"])
    except ValidationError as error:
        reason = "; ".join(f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items())
        raise RefusedError(RefusalKind.BAD_LABEL, reason) from error


def _check_unchanged(now: _Known, before: _Known) -> None:
    if now.sha256 != before.sha256:
        reason = "its bytes differ from those imported before under this name; import it under another --name"
        raise RefusedError(RefusalKind.CHANGED, reason)
    if (now.diagnosis, now.lesion) != (before.diagnosis, before.lesion):
        reason = (
            f"its label is now {now.diagnosis} (lesion {now.lesion}) and was {before.diagnosis} (lesion "
            f"{before.lesion}) when it was imported; import it under another --name"
        )
        raise RefusedError(RefusalKind.CHANGED, reason)


def _check_once(name: str, image: _Known, intake: _Intake) -> None:
    first = intake.by_name.get(name)
    if first is None:
        return
    same = "the same file is" if first.sha256 == image.sha256 else "another file of this name is"
    raise RefusedError(RefusalKind.DUPLICATE_NAME, f"{same} read from {first.where}")


def _note_copy(name: str, image: _Known, intake: _Intake) -> None:
    """Refuse an image whose bytes another has, unless both are of one lesion: HAM10000 has two such pairs."""
    twin_name = intake.by_hash.get(image.sha256)
    if twin_name is None:
        return
    twin = intake.by_name[twin_name]
    if (twin.lesion, twin.diagnosis) != (image.lesion, image.diagnosis):
        reason = f"the same bytes as {twin_name} ({twin.diagnosis}, lesion {twin.lesion})"
        raise RefusedError(RefusalKind.DUPLICATE_BYTES, reason)
    intake.notes.append(f"{name} has the same bytes as {twin_name}, of the same lesion {image.lesion}; both are kept")


def _check_unused(dataset: Dataset) -> None:
    if dataset.classifiers.exists() or dataset.pair_sets.exists():
        raise MlError(
            f"there are new images, but the dataset {dataset.name!r} is in use: a classifier was trained on it, and a "
            "new split would mix what it has seen with what it is tested on. Import under another name with --name"
        )


def _check_same_colours(dataset: Dataset, entry: ImageEntry, found: VerifiedImage) -> None:
    """Refuse to mix images that are brought to sRGB with those of an earlier version, which were not."""
    if found.conversion and dataset.colours == Dataset.Colours.AS_STORED:
        raise MlError(
            f"{entry.where} is to be {found.conversion}, and the dataset {dataset.name!r} was imported by an earlier "
            "version, which passed over what files say of their colours. Import all images under another name with "
            "--name; the dataset stays as it is"
        )


def _conversions(images: Sequence[Image]) -> Iterator[str]:
    """Yield what was done to how many images, the most frequent first."""
    counts = Counter(image.conversion for image in images if image.conversion)
    for done, count in counts.most_common(_MOST_CONVERSIONS):
        yield f"{count:,} {'image' if count == 1 else 'images'}: {done}"
    if len(counts) > _MOST_CONVERSIONS:
        rest = counts.total() - sum(count for _, count in counts.most_common(_MOST_CONVERSIONS))
        yield f"{rest:,} further images were converted in other ways; each image's own is stored with it"


def _need_two_classes(archive: Archive, intake: _Intake) -> None:
    """Refuse what is left of an archive of several classes, if that is one: all images of the others were refused."""
    classes = {image.diagnosis for image in intake.by_name.values()}
    if len(classes) == 1 and len({entry.diagnosis for entry in archive.entries}) > 1:
        raise NothingImportedError(
            f"all images that could be imported are {classes.pop()}; a dataset has two or more classes, and those of "
            f"the others are among the {len(intake.refusals):,} that were refused",
            intake.refusals,
        )


def _save(
    dataset: Dataset, new: list[Image], claim: FolderClaim, *, method: Dataset.SplitMethod, seed: int, test_share: float
) -> None:
    """Write the dataset and its new images, and draw the split over all unless it is given, in one transaction."""
    with fenced_transaction():
        claim.lock()
        old: list[Image] = []
        if dataset.pk is not None:
            if not Dataset.objects.select_for_update().filter(pk=dataset.pk).exists():
                raise MlError(f"the dataset {dataset.name!r} was deleted while its images were read; import again")
            _check_unused(dataset)
            old = list(dataset.images.all())
        images = sorted([*old, *new], key=lambda image: image.name)
        if method != Dataset.SplitMethod.GIVEN:
            _draw_split(images, method=method, seed=seed, test_share=test_share)
        dataset.classes = sorted({image.diagnosis for image in images})
        dataset.split_method = method
        dataset.split_seed = seed
        dataset.content_hash = content_hash(
            ((image.name, image.sha256, image.diagnosis, image.split) for image in images),
            # Where all are square, nothing depends on it.
            fit=dataset.fit if any(image.width != image.height for image in images) else Dataset.Fit.SQUEEZE,
        )
        try:
            dataset.full_clean()
        except ValidationError as error:
            # The name was free when the import began: whatever is wrong now, another import brought it.
            raise MlError(f"{'; '.join(error.messages)} Run the import again.") from error
        dataset.save()
        Image.objects.bulk_update(old, ["split"], batch_size=_ROWS_AT_ONCE)
        for image in new:
            image.dataset = dataset
        Image.objects.bulk_create(new, batch_size=_ROWS_AT_ONCE)


def _draw_split(images: Sequence[Image], *, method: Dataset.SplitMethod, seed: int, test_share: float) -> None:
    if method == Dataset.SplitMethod.ALL_TEST:
        for image in images:
            image.split = Image.Split.TEST
        return
    diagnoses = [image.diagnosis for image in images]
    try:
        count = splits.test_count(len(images), test_share)
        if method == Dataset.SplitMethod.BY_LESION:
            is_test = splits.split_by_lesion(diagnoses, [image.lesion for image in images], test=count, seed=seed)
        else:
            is_test = splits.split_plain(diagnoses, test=count, seed=seed)
    except ValueError as error:
        raise MlError(str(error)) from error
    for image, side in zip(images, is_test, strict=True):
        image.split = Image.Split.TEST if side else Image.Split.TRAIN


def _report(
    dataset: Dataset,
    *,
    looked_at: int,
    already_there: int,
    added: int = 0,
    refusals: Sequence[Refusal] = (),
    notes: Sequence[str] = (),
) -> ImportReport:
    counts = Counter(dataset.images.order_by().values_list("diagnosis", "split"))
    return ImportReport(
        dataset_name=dataset.name,
        looked_at=looked_at,
        added=added,
        already_there=already_there,
        classes={dx: (counts[dx, "train"], counts[dx, "test"]) for dx in dataset.classes},
        split=dataset.split_in_words,
        refusals=tuple(refusals),
        notes=tuple(notes),
    )
