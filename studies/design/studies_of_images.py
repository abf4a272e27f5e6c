"""Which studies rest on image pairs, and on what these were made from: they keep it from being deleted or renamed."""

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from ml.lifecycle.dependents import Dependent, Dependents
from ml.lifecycle.rows import pair_sets_of
from ml.models import PairSet
from ml.models.owned import Owned
from studies.models.study import Study

_RESTING = gettext_lazy("Studies")
_NAMING = gettext_lazy("Studies that have opened, whose protocols name it")


def studies_resting_on(row: Owned, seen_by: User | None) -> Dependents:
    """Return the studies that show images of a pair set, or did so in a pilot.

    What a pair set was made from rests under the pair set, and is kept by it.
    """
    chosen = Study.with_pilots.filter(_shows([row.pk])) if isinstance(row, PairSet) else Study.with_pilots.none()
    return _as_dependents(_RESTING, set(chosen.values_list("pk", "pilot_of")), seen_by)


def opened_studies_resting_on(row: Owned, seen_by: User | None) -> Dependents:
    """Return the studies whose protocol is written down, or that of a pilot of theirs, and that rest on a row.

    The protocol names pair sets, attacks, the classifier and the dataset; by the names of the pair sets the attacks
    that are compared are told apart, and archives and reports speak of the same names.
    """
    pair_sets = list(pair_sets_of(row).values_list("pk", flat=True))
    opened = Study.with_pilots.filter(_shows(pair_sets), protocol__isnull=False)
    return _as_dependents(_NAMING, set(opened.values_list("pk", "pilot_of")), seen_by)


def _shows(pair_sets: list[int]) -> Q:
    return Q(pair_set__in=pair_sets) | Q(further_pair_sets__in=pair_sets) | Q(catch_pair_set__in=pair_sets)


def _as_dependents(kind: Promise, found: set[tuple[int, int | None]], seen_by: User | None) -> Dependents:
    """Name the studies that somebody sees; a pilot is told as its study."""
    studies = {pilot_of or pk for pk, pilot_of in found}
    visible = Study.objects.all() if seen_by is None else Study.objects.visible_to(seen_by)
    seen = visible.filter(pk__in=studies).order_by("pk")
    named = tuple(Dependent(study.title, "studies:study-detail", study.pk) for study in seen)
    return Dependents(kind, named, len(studies) - len(named))
