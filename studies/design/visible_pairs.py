"""Which images a study may show, where it chooses them by how visible their change is.

On the truth's side. An image passes if its pairs in all sets of image pairs of the series were measured and lie within
the range, and if they differ among one another by no more than the study allows: so attacks are compared on images on
which they are about equally visible by that measure. A positive control is asked for neither, since it is surely seen.
"""

from collections.abc import Iterable, Sequence

from ml.models.pair_set import PairSet
from ml.models.visibility import Visibility
from studies.models.study import Study


def names_of_visible(study: Study, sets: Sequence[PairSet]) -> set[str] | None:
    """Return the names of the images that pass; None where the study does not choose by visibility (a query each set).

    Parameters
    ----------
    study
        It need not be saved.
    sets
        The image pairs of its series: its own, and those of further strengths and attacks, the positive control's too.
    """
    if not study.visibility_measure:
        return None
    column = f"visibility__{study.visibility_measure}"
    values_of = [
        dict(pair_set.pairs.filter(**{f"{column}__isnull": False}).values_list("image__name", column))
        for pair_set in without_control(study, sets)
    ]
    return {
        name
        for name in values_of[0]
        if all(name in values for values in values_of) and _passes(study, [values[name] for values in values_of])
    }


def not_measured(study: Study, sets: Iterable[PairSet]) -> list[str]:
    """Return the names of the image pairs whose visibility the study asks for and nobody measured (one query)."""
    if not study.visibility_measure:
        return []
    sets = without_control(study, sets)
    measured = {
        one.pair_set_id
        for one in Visibility.objects.filter(pair_set__in=sets)
        if one.distributions.get(study.visibility_measure, {}).get("median") is not None
    }
    return [pair_set.name for pair_set in sets if pair_set.pk not in measured]


def without_control(study: Study, sets: Iterable[PairSet]) -> list[PairSet]:
    """Return the sets of image pairs but that of the positive control, which is alone of its attack."""
    return [pair_set for pair_set in sets if pair_set.pk != study.control_pair_set_id]


def _passes(study: Study, values: Sequence[float]) -> bool:
    low, high, tolerance = study.visibility_low, study.visibility_high, study.visibility_tolerance
    return (
        (low is None or min(values) >= low)
        and (high is None or max(values) <= high)
        and (tolerance is None or max(values) - min(values) <= tolerance)
    )
