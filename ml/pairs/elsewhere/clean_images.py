"""The clean images of twins as a dataset: one that is made of them, or one that has them already."""

import hashlib
from collections.abc import Sequence
from pathlib import PurePosixPath

from django.contrib.auth.models import User

from ml.datasets.import_report import refusal_counts
from ml.datasets.importing import import_images
from ml.datasets.readers.archive import Archive, ImageEntry, Refusal, RefusalKind
from ml.datasets.reading_choices import ReadingChoices
from ml.errors import MlError
from ml.models import Dataset, Image
from ml.pairs.elsewhere.twins import NO_DIAGNOSIS, TwinFiles
from ml.runs.checks import check_name
from ml.runs.lookup import find_named


def dataset_to_use(name: str, *, asked_for: bool) -> Dataset | None:
    """Return the dataset of that name whose images the clean ones are to be; None where it is to be made.

    Parameters
    ----------
    asked_for
        Whether somebody named it. One that nobody named is taken where an import made it that did not come to its end.

    Raises
    ------
    MlError
        There is one of that name that nobody asked for.
    """
    dataset = find_named(Dataset, name)
    if dataset is None:
        check_name(Dataset, name)
        return None
    left_over = dataset.source == Dataset.Source.PAIRS and not (
        dataset.pair_sets.exists() or dataset.classifiers.exists()
    )
    if not asked_for and not left_over:
        raise MlError(
            f"There is a dataset {name!r} already. If the clean images are its images, say so (--dataset {name!r}); "
            "otherwise give another name (--name)."
        )
    return dataset


def images_of_dataset(
    dataset: Dataset, twins: Sequence[TwinFiles], refusals: list[Refusal]
) -> dict[PurePosixPath, Image]:
    """Return the image of the dataset that each clean file is: by its name, and by its bytes, as they were imported.

    What is none of its images, or has another diagnosis there, is refused.
    """
    by_name = {image.name: image for image in dataset.images.all()}
    found: dict[PurePosixPath, Image] = {}
    for twin in twins:
        path = twin.clean.path
        if path in found:
            continue
        image = next((by_name[name] for name in _ends(twin.name) if name in by_name), None)
        if image is None:
            reason = f"the dataset {dataset.name} has no image of this name"
            refusals.append(Refusal(RefusalKind.NO_IMAGE, twin.clean.where, reason))
        elif hashlib.sha256(twin.clean.read()).hexdigest() not in {image.sha256, image.source_sha256}:
            reason = f"its bytes are not those of {image.name} in the dataset {dataset.name}"
            refusals.append(Refusal(RefusalKind.CHANGED, twin.clean.where, reason))
        elif twin.diagnosis not in {NO_DIAGNOSIS, image.diagnosis}:
            reason = f"its diagnosis is {image.diagnosis} in the dataset {dataset.name}, and here {twin.diagnosis}"
            refusals.append(Refusal(RefusalKind.BAD_LABEL, twin.clean.where, reason))
        else:
            found[path] = image
    return found


def make_dataset(
    name: str,
    twins: Sequence[TwinFiles],
    *,
    credit: str,
    reading: ReadingChoices,
    notes: Sequence[str],
    owner: User | None,
    refusals: list[Refusal],
) -> dict[PurePosixPath, Image]:
    """Import the clean images as a dataset that is for testing alone; return the image of each clean file.

    Raises
    ------
    MlError
        None could be imported, or another import into a dataset of this name runs.
    """
    entries: dict[PurePosixPath, ImageEntry] = {}
    for twin in twins:
        entries.setdefault(
            twin.clean.path,
            ImageEntry(
                name=twin.name,
                where=twin.clean.where,
                lesion=twin.lesion or twin.name,
                diagnosis=twin.diagnosis,
                read=twin.clean.read,
            ),
        )
    archive = Archive(
        source=Dataset.Source.PAIRS.value, credit=credit, entries=list(entries.values()), notes=list(notes)
    )
    report = import_images(archive=archive, name=name, test_share=1.0, choices=reading, owner=owner)
    refusals += report.refusals
    dataset = Dataset.objects.get(name=name)
    dataset.refusals = refusal_counts(refusals)  # also pairs that were refused before a clean image was read
    dataset.save(update_fields=["refusals"])
    by_name = {image.name: image for image in dataset.images.all()}
    return {path: by_name[entry.name] for path, entry in entries.items() if entry.name in by_name}


def _ends(name: str) -> list[str]:
    parts = PurePosixPath(name).parts
    return [str(PurePosixPath(*parts[depth:])) for depth in range(len(parts))]
