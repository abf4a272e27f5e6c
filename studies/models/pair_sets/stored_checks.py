"""What is found out once of each image pair, and stored: the pairs of which it is not known yet are looked at."""

from collections.abc import Callable
from itertools import islice
from typing import TypeVar

from django.db import models

from ml.models.image_pair import ImagePair
from ml.models.pair_set import PairSet

Check = TypeVar("Check", bound=models.Model)

STORED_AT_ONCE = 100


def store_checks(pair_set: PairSet, known: "models.QuerySet[Check]", check: Callable[[ImagePair], Check]) -> None:
    """Look at the pairs of a set that are not known yet, and store what is found.

    Parameters
    ----------
    known
        What is stored of the set's pairs, each in its field `pair`.
    check
        Returns what is found of a pair, not stored yet.
    """
    unknown = pair_set.pairs.exclude(pk__in=known.values("pair")).order_by("pk")
    found = map(check, unknown.iterator(chunk_size=STORED_AT_ONCE))
    while checks := list(islice(found, STORED_AT_ONCE)):
        # Another process may look at the same pairs, and finds the same.
        known.model._default_manager.bulk_create(checks, ignore_conflicts=True)
