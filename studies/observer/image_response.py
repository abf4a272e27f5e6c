"""An image as observers' browsers receive it: the same headers and the same length for all."""

from django.http import HttpResponse
from django.utils.cache import add_never_cache_headers

from perception.core.picture_response import picture_response
from studies.models.observer import Observer
from studies.models.stimulus import Stimulus
from studies.sessions.stimulus_check import UnfitStimulusError, read_stimulus

UNFIT = 409
"""The status of what cannot be shown as it was stored. Below 500, which a proxy says of a server that is away."""
KEPT_FOR = 3600
"""Seconds: for the trial that an image is fetched ahead for."""


def stimulus_response(stimulus: Stimulus, observer: Observer) -> HttpResponse:
    """Return the file of a stimulus, as it was when the study opened; its absence, where it is not so any more."""
    try:
        return picture_response(read_stimulus(stimulus, observer), content_type="image/png", kept_for=KEPT_FOR)
    except UnfitStimulusError:
        # The page of the trial says it in words; a browser that asks for an image shows none of them.
        response = HttpResponse(status=UNFIT, content_type="text/plain")
        add_never_cache_headers(response)
        return response
