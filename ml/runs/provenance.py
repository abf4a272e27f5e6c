"""What made a thing: this program's version, the packages, the data, the seed; enough to make it again."""

from collections.abc import Mapping

from ml.models import Dataset
from perception.versions import versions


def provenance(*, dataset: Dataset, seed: int, options: Mapping[str, object], seconds: float) -> dict[str, object]:
    """Describe how something was made.

    Parameters
    ----------
    dataset
        The images it was made from.
    seed
        The seed of everything random in it.
    options
        What was asked, as JSON.
    seconds
        Wall time of the work.
    """
    return {
        "dataset": dataset.name,
        "dataset_hash": dataset.content_hash,
        "seed": seed,
        "options": dict(options),
        "seconds": round(seconds, 1),
        "versions": versions(),
    }
