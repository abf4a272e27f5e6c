"""Whether datasets and pairs are what they were when they were made."""

from collections.abc import Iterator

from django.db.models import Count, F

from ml.datasets.content_hash import content_hash
from ml.models import Dataset, ImagePair, PairSet
from studies.integrity.finding import Finding

ANEW = "Make the pairs anew under another name, and delete these; a study that is open has files of its own."


def wrong_images() -> Iterator[Finding]:
    """Yield datasets whose images are not those that were imported, and pairs that are half-made or contradict."""
    for dataset in Dataset.objects.all():
        if hash_of(dataset) != dataset.content_hash:
            yield Finding(
                "dataset-changed",
                f"ml.Dataset {dataset.pk}: {dataset.name}",
                "Its images, labels or split are not those that it was made with: the hash of its content is another.",
                "Restore the last backup, or import the images again under another name.",
            )
    for pair_set in PairSet.objects.annotate(n=Count("pairs")).filter(n=0):
        yield Finding(
            "pair-set-empty", f"ml.PairSet {pair_set.pk}: {pair_set.name}", "It has no pairs.", "Delete it on its page."
        )
    pairs = ImagePair.objects.select_related("pair_set")
    wrong = [
        (pairs.filter(clean_file=F("perturbed_file")), "both of its images are one file"),
        (pairs.filter(clean_sha256=F("perturbed_sha256"), linf__gt=0), "its images are alike, and were told to differ"),
        (pairs.exclude(image__dataset=F("pair_set__dataset")), "its image is of another dataset than its set's"),
        (pairs.exclude(image__split=F("pair_set__split")), "its image is of the other side of the split"),
    ]
    for found, told in wrong:
        for pair in found:
            yield Finding(
                "pair-contradicts", f"ml.ImagePair {pair.pk} of {pair.pair_set.name}", f"Of this pair, {told}.", ANEW
            )


def hash_of(dataset: Dataset) -> str:
    """Return the hash of a dataset's content as its rows are now."""
    rows = list(dataset.images.values_list("name", "sha256", "diagnosis", "split", "width", "height"))
    return content_hash(
        (row[:4] for row in rows),
        # Where all are square, nothing depends on it.
        fit=dataset.fit if any(width != height for *_, width, height in rows) else Dataset.Fit.SQUEEZE,
    )
