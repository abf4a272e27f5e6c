"""Researchers' pages that compute for seconds – reports, plans – are made one at a time in each web process.

A dozen of them at once would take every thread of a process, and observers would wait until the last is made.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from perception.core.turns import Turns

Arguments = ParamSpec("Arguments")

BUSY_FOR = 10
"""Seconds after which whoever found the line full is asked to try again."""

turns = Turns(waiting=2, longest_wait=60.0)


def in_turn(
    view: Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]:
    """Let a view wait for its turn; where the line is full, say so with status 503."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
        with turns.own() as is_ours:
            if is_ours:
                return view(request, *args, **kwargs)
        response = render(request, "busy.html", status=503)
        response.headers["Retry-After"] = str(BUSY_FOR)
        return response

    return cast("Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]", answer)
