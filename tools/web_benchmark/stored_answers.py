"""Whether the database holds every acknowledged answer once, with the value that was sent, and nothing else."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from studies.models import Answer


@dataclass(frozen=True, slots=True)
class Storage:
    """The answers of a run, as the database has them."""

    stored: int
    lost: int
    """Acknowledged, and not there with the value that was sent."""
    doubled: int
    """Trials that have more than one answer, or were acknowledged more than once."""
    unasked: int
    """There, and never acknowledged."""


def check_stored(invitations: Sequence[str], acknowledged: Sequence[tuple[str, str, str]]) -> Storage:
    """Compare what the observers were told with what the database has (one query).

    Parameters
    ----------
    invitations
        The tokens of the observers who took part.
    acknowledged
        Invitation, trial and response of each answer that the server said it has.
    """
    rows = Answer.objects.filter(trial__session__observer__token__in=invitations).values_list(
        "trial__session__observer__token", "trial__token", "response"
    )
    stored = Counter((invitation, trial) for invitation, trial, _ in rows)
    values = {(invitation, trial): response for invitation, trial, response in rows}
    told = Counter((invitation, trial) for invitation, trial, _ in acknowledged)
    return Storage(
        stored=len(rows),
        lost=sum(values.get((invitation, trial)) != response for invitation, trial, response in acknowledged),
        doubled=sum(count > 1 for count in [*stored.values(), *told.values()]),
        unasked=len(set(values) - set(told)),
    )
