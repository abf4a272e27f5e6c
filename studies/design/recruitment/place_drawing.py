"""Sequences of many places are drawn before the transaction that stores them: answers wait for no drawing.

Thousands of places take seconds to draw, and a moment to store. So a change that needs many is begun, told what it
needs, undone, and made once more with the sequences that were drawn meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from django.db import transaction

from studies.design.trial_sequences import draw_place_sequences, sequences_in_use, store_place_sequences
from studies.models.observer import TrialSequence
from studies.models.recruitment.open_link import OpenLink
from studies.models.recruitment.place import Place
from studies.models.study import Study

MOST_IN_A_TRANSACTION = 200
"""Places whose drawing a transaction has room for: a third of a second, on a small machine."""
TRIES = 3
"""How often sequences are drawn ahead; if others were drawn meanwhile each time, the next try holds the study."""

Named = tuple[int, str, int]
"""Which place of a study it is: number of its link, group, number of the place."""


class PlaceSequences:
    """The sequences that a change of open links may use: those that were drawn ahead of it, as long as they hold.

    Parameters
    ----------
    ahead
        By place, what was drawn ahead; None: the change draws as many as it needs.
    basis
        Beside what these were drawn.
    """

    def __init__(self, ahead: dict[Named, TrialSequence] | None, basis: object = None) -> None:
        self._ahead = ahead
        self._basis = basis

    def store(self, study: Study) -> None:
        """Store the sequences of every place of an open study that has none, in a transaction that holds its row.

        Raises
        ------
        StudyError
            No order holds the study's limits.
        """
        waiting = places_without_sequence(study)
        if self._ahead is not None and len(waiting) > MOST_IN_A_TRANSACTION:
            if self._ahead.keys() != {_named(place) for place in waiting} or self._basis != _basis_of(study, waiting):
                raise _NotDrawnYetError(study, waiting)
            for place in waiting:
                place.sequence = self._ahead[_named(place)]
        else:
            draw_place_sequences(study, waiting)
        store_place_sequences(waiting)


@dataclass
class _NotDrawnYetError(Exception):
    """Undoes a change whose places are many, and says which."""

    study: Study
    places: Sequence[Place]


def change_with_places(change: Callable[[PlaceSequences], OpenLink]) -> OpenLink:
    """Make a change of open links in one transaction, in which no more than a few sequences are drawn.

    To be called outside a transaction.

    Parameters
    ----------
    change
        Locks the study's row, writes what is changed, and stores the sequences of further places. It may be undone and
        called again.
    """
    sequences = PlaceSequences({})
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return change(sequences)
        except _NotDrawnYetError as wanted:
            basis = _basis_of(wanted.study, wanted.places)
            draw_place_sequences(wanted.study, wanted.places)
            drawn = {_named(place): cast("TrialSequence", place.sequence) for place in wanted.places}
            sequences = PlaceSequences(drawn, basis)
    with transaction.atomic():
        return change(PlaceSequences(None))


def places_without_sequence(study: Study) -> list[Place]:
    """Return the places of a study whose trials were not drawn yet, with their links, in the order they were made."""
    return list(Place.objects.filter(link__study=study, sequence__isnull=True).select_related("link").order_by("pk"))


def _named(place: Place) -> Named:
    return place.link.number, place.group, place.number


def _basis_of(study: Study, places: Sequence[Place]) -> object:
    return sequences_in_use(study, dict.fromkeys(place.group for place in places))
