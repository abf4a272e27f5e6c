"""A picture as browsers receive it: as it is stored, past every proxy."""

from django.http import HttpResponse


def picture_response(data: bytes, *, content_type: str, kept_for: int) -> HttpResponse:
    """Return a picture without a name, a date, or a tag made from what it holds.

    Parameters
    ----------
    kept_for
        Seconds for which the browser may keep it. No proxy may keep it, and none may compress it anew or scale it, as
        some of mobile networks and content networks do: that would wash a perturbation out (RFC 9111, `no-transform`).
    """
    response = HttpResponse(data, content_type=content_type)
    response.headers["Content-Length"] = str(len(data))
    response.headers["Cache-Control"] = f"private, max-age={kept_for}, no-transform"
    return response
