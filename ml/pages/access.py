"""Who is signed in, and what they may change."""

from typing import TypeVar, cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from ml.models.owned import Owned

Row = TypeVar("Row", bound=Owned)


def signed_in(request: HttpRequest) -> User:
    """Return the signed-in user (behind `login_required`)."""
    return cast("User", request.user)


def own(request: HttpRequest, model: type[Row], pk: int) -> Row:
    """Return the row if the signed-in user may change it; 404 where there is none, 403 where it is somebody else's.

    Other than a study, which nobody but its owner sees, it is no secret that it is there.
    """
    row = get_object_or_404(model._default_manager.select_related("owner"), pk=pk)
    if not row.may_be_changed_by(signed_in(request)):
        raise PermissionDenied(f"This {row._meta.verbose_name} is {row.owner}’s. They, or a superuser, may change it.")
    return row
