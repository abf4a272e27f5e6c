"""Rows that somebody owns, and the chain from a pair set to its dataset."""

from django.contrib.auth.models import User
from django.test import Client

from ml.models import PairSet
from ml.models.owned import Owned


def browser_of(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def chain_of(pair_set: PairSet) -> list[Owned]:
    """Return dataset, classifier, attack and the pair set itself."""
    return [pair_set.dataset, pair_set.attack.attacked_classifier, pair_set.attack, pair_set]


def owned_by(owner: User, pair_set: PairSet, *, shared: bool = False) -> PairSet:
    """Give a pair set and all that it was made from to somebody."""
    for row in chain_of(pair_set):
        type(row).objects.filter(pk=row.pk).update(owner=owner, is_shared=shared)
    return PairSet.objects.get(pk=pair_set.pk)
