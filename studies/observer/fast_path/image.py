"""The image of a trial: one query for where the session stands, and the bytes.

An import contract keeps the truth out of this module's reach.
"""

from django.http import HttpResponse

from studies.observer.image_response import stimulus_response
from studies.sessions.observer_cache import observer_cache
from studies.sessions.trials import stimulus_in_sight


def image(token: str, trial_token: str) -> HttpResponse | None:
    """Return the (first) image of the current trial or of the next; None where that is not what was asked for.

    Parameters
    ----------
    token, trial_token
        Of the observer and of the trial, as they stand in the address.
    """
    standing = observer_cache.standing(token)
    if standing is None or standing.session.is_over:
        return None
    number = standing.trials.number_of(trial_token)
    stimulus = None if number is None else stimulus_in_sight(standing.trials, number, current=standing.current)
    return None if stimulus is None else stimulus_response(stimulus, standing.observer)
