"""An image as observers' browsers receive it: the same headers and the same length for all."""

from django.http import HttpResponse

from ml.images.stored_file import read_stored
from studies.models.stimulus import Stimulus


def stimulus_response(stimulus: Stimulus) -> HttpResponse:
    """Return the file of a stimulus, without a name, a date, or a tag made from what it holds."""
    data = read_stored(stimulus.file)
    response = HttpResponse(data, content_type="image/png")
    response.headers["Content-Length"] = str(len(data))
    # The browser may keep it for the trial it was fetched ahead for, and no proxy may.
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
