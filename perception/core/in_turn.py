"""Researchers' pages that compute for seconds – reports, plans – are made one at a time in each web process, and so are
pictures that are computed for a page: small copies of large images, and differences between twins.

A dozen of them at once would take every thread of a process, and observers would wait until the last is made.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from perception.core.turns import Turns

Arguments = ParamSpec("Arguments")

BUSY_FOR = 10
"""Seconds after which whoever found the line full is asked to try again."""

turns = Turns(waiting=2, longest_wait=60.0)
picture_turns = Turns(waiting=5, longest_wait=20.0)
"""Of pictures that are computed for a page: a browser asks a server for six at once, which all get theirs."""


def in_turn(
    view: Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]:
    """Let a view wait for its turn; where the line is full, say so with status 503."""
    return _waiting(view, turns, lambda request: render(request, "busy.html", status=503))


def picture_in_turn(
    view: Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]:
    """Let a view that computes a picture wait for its turn, in a line of its own; where it is full, answer 503."""
    return _waiting(view, picture_turns, lambda _: HttpResponse(status=503))


def _waiting(
    view: Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase],
    line: Turns,
    refusal: Callable[[HttpRequest], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]:
    @wraps(view)
    def answer(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
        with line.own() as is_ours:
            if is_ours:
                return view(request, *args, **kwargs)
        response = refusal(request)
        response.headers["Retry-After"] = str(BUSY_FOR)
        response.headers["Cache-Control"] = "no-store"
        return response

    return cast("Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]", answer)
