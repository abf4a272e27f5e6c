"""Where browsers send files to: announced, piece by piece, removed. Each address is for whoever begins the upload."""

import json
import uuid
from typing import TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    UnreadablePostError,
)
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ml.errors import MlError
from ml.models import Upload
from ml.pages.access import signed_in
from ml.runs.disk_space import no_room
from ml.uploads.limits import AnnouncedFile
from ml.uploads.receiving import GapError, begin_upload, receive_piece, received_of, remove_upload

T = TypeVar("T", str, int)
LARGEST_WHOLE = 2**53 - 1
"""What a browser's numbers hold to the digit."""


@login_required
@never_cache
@require_POST
def upload_begin(request: HttpRequest) -> JsonResponse:
    """Take a list of files that are to be sent (JSON: `name`; `files` with `path`, `size`, `modified`).

    Answers the upload's uid, for each file that is taken how many bytes are there, and why others are not taken.
    """
    try:
        name, files = _announced(request.body)
    except (ValueError, TypeError, KeyError, RecursionError, UnreadablePostError):
        return JsonResponse({"error": gettext("No list of files was sent.")}, status=400)
    try:
        upload, refused = begin_upload(name=name, files=files, by=signed_in(request))
    except MlError as error:
        return JsonResponse({"error": str(error)}, status=422)
    taken = [
        {"path": file["path"], "received": received}
        for file, received in zip(upload.files, received_of(upload), strict=True)
    ]
    return JsonResponse({"uid": str(upload.uid), "label": str(upload), "files": taken, "refused": refused})


@login_required
@never_cache
@require_POST
def upload_piece(request: HttpRequest, uid: uuid.UUID, place: int) -> JsonResponse:
    """Take a piece of a file; where it begins stands in the address (`offset`). Answers how many bytes are there."""
    upload = _own(request, uid)
    try:
        offset, data = int(request.GET.get("offset", "")), request.body
    except ValueError:
        return JsonResponse({"error": gettext("Say where the piece begins (offset).")}, status=400)
    except UnreadablePostError:  # the connection broke off
        return JsonResponse({"error": gettext("The piece did not come whole.")}, status=400)
    try:
        return JsonResponse({"received": receive_piece(upload, place, offset=offset, data=data)})
    except GapError as gap:
        return JsonResponse({"received": gap.received}, status=409)
    except MlError as error:
        return JsonResponse({"error": str(error)}, status=422)
    except OSError as error:
        if full := no_room(error):
            return JsonResponse({"error": full}, status=507)
        raise


@login_required
@require_POST
def upload_remove(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Remove an upload, and go back to the form."""
    upload = _own(request, uid)
    remove_upload(upload)
    messages.success(request, gettext("The upload %(upload)s is removed.") % {"upload": upload})
    back = request.POST.get("back", "")
    is_of_this_site = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return HttpResponseRedirect(back if is_of_this_site else reverse("ml:dataset-create"))


def _own(request: HttpRequest, uid: uuid.UUID) -> Upload:
    """Return one's own upload; others' are nobody's business, and not there."""
    upload = Upload.objects.filter(uid=uid, owner=signed_in(request)).first()
    if upload is None:
        raise Http404
    return upload


def _announced(body: bytes) -> tuple[str, list[AnnouncedFile]]:
    sent = json.loads(body)
    files = [
        AnnouncedFile(
            path=_typed(file["path"], str), size=_typed(file["size"], int), modified=_typed(file["modified"], int)
        )
        for file in sent["files"]
    ]
    return _typed(sent["name"], str), files


def _typed(value: object, kind: type[T]) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        raise ValueError
    return value
