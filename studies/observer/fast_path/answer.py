"""An answer: stored by the service that stores all answers, and told where to go on.

An import contract keeps the truth out of this module's reach.
"""

import json
import time
from dataclasses import dataclass
from functools import cache

from django.http import HttpResponse, QueryDict
from django.urls import get_script_prefix, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import http_date

from studies.errors import StudyError
from studies.models.study import Study
from studies.observer.access import see_other
from studies.observer.form_data import read_display, read_responses, read_rt_ms
from studies.observer.next_step import step_after
from studies.sessions.observer_cache import observer_cache
from studies.sessions.trial_sequence import kept_trial_sequence
from studies.sessions.trials import goes_straight_on, store_answer

OBSERVER, TRIAL = "-observer-", "-trial-"
"""What stands for the tokens while an address is made."""


def answer(said: QueryDict, token: str, trial_token: str, *, wants_json: bool) -> HttpResponse | None:
    """Store the answer to a trial that leads straight on to the next, and say so.

    None for whatever is not so plain. An answer may have been stored all the same: sent again, it changes nothing.

    Parameters
    ----------
    said
        The form.
    token, trial_token
        Of the observer and of the trial, as they stand in the address.
    wants_json
        Whether a script has sent it, which is told the next step; a browser without is led to the page of the trial.
    """
    # Whether the observer is still as they were kept, the service asks: it looks anew at all that decides.
    observer = observer_cache.kept(token)
    session = None if observer is None else getattr(observer, "session", None)
    trials = None if session is None else kept_trial_sequence(session)
    number = None if trials is None else trials.number_of(trial_token)
    if observer is None or session is None or trials is None or number is None or number + 1 == len(trials.trials):
        return None
    answered = trials.trials[number]
    if not goes_straight_on(observer.study, answered, trials.trials[number + 1]):
        return None
    try:
        position = store_answer(
            session=session,
            trial_token=trial_token,
            responses=read_responses(said),
            rt_ms=read_rt_ms(said),
            display=read_display(said),
        )
    except StudyError:
        return None
    if position is None:
        return None
    addresses = _Addresses(token, observer.study)
    if wants_json:
        step = step_after(addresses, position, answered)
        response = HttpResponse(json.dumps({"stored": True, **step}), content_type="application/json")
    else:
        response = see_other(addresses.url("observer:trial"))
    response.headers["Expires"] = http_date(time.time())
    response.headers["Cache-Control"] = _never_cached()
    return response


@cache
def _never_cached() -> str:
    """Return what `never_cache` says: the same each time."""
    response = HttpResponse()
    add_never_cache_headers(response)
    return response.headers["Cache-Control"]


@dataclass(frozen=True, slots=True)
class _Addresses:
    """The addresses of an observer's pages, each kind made by Django once."""

    token: str
    study: Study

    def url(self, page: str, *arguments: str) -> str:
        address = _pattern(page, len(arguments), get_script_prefix()).replace(OBSERVER, self.token)
        return address.replace(TRIAL, arguments[0]) if arguments else address


@cache
def _pattern(page: str, n_arguments: int, prefix: str) -> str:  # the prefix is part of what `reverse` makes
    return reverse(page, args=[OBSERVER, *[TRIAL] * n_arguments])
