"""An image as observers' browsers receive it: the same headers and the same length for all."""

from django.core.files.storage import default_storage
from django.http import HttpResponse

from studies.models.stimulus import Stimulus


def stimulus_response(stimulus: Stimulus) -> HttpResponse:
    """Return the file of a stimulus, without a name, a date, or a tag made from what it holds."""
    with default_storage.open(str(stimulus.file.name)) as file:
        data = file.read()
    response = HttpResponse(data, content_type="image/png")
    response.headers["Content-Length"] = str(len(data))
    # The browser may keep it for the trial it was fetched ahead for, and no proxy may.
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
