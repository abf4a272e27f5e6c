"""Who is signed in, what they see of others' work, and what they may change."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext

from ml.models import Dataset, Image, ImagePair, PairSet
from ml.models.owned import Owned

Row = TypeVar("Row", bound=Owned)
View = Callable[..., HttpResponseBase]


def signed_in(request: HttpRequest) -> User:
    """Return the signed-in user (behind `login_required`)."""
    return cast("User", request.user)


def own(request: HttpRequest, model: type[Row], pk: int) -> Row:
    """Return the row if the signed-in user may change it; 403 where it is somebody else's who shares it.

    What the user does not see is not there: 404.
    """
    row = get_object_or_404(model.objects.visible_to(signed_in(request)).select_related("owner"), pk=pk)
    if not row.may_be_changed_by(signed_in(request)):
        raise PermissionDenied(
            gettext("This %(verbose_name)s is %(owner)s’s. They, or an administrator, may change it.")
            % {"verbose_name": gettext(str(row._meta.verbose_name)), "owner": row.owner}
        )
    return row


def managed(request: HttpRequest, model: type[Row], pk: int) -> Row:
    """Return the row if the signed-in user may rename and delete it; 403 where they only see it.

    What the user does not see is not there: 404.
    """
    row = get_object_or_404(model.objects.visible_to(signed_in(request)).select_related("owner"), pk=pk)
    if not row.is_managed_by(signed_in(request)):
        raise PermissionDenied(gettext("Only its owner, or an administrator, renames or deletes it."))
    return row


def usable(request: HttpRequest, model: type[Row], pk: int) -> Row:
    """Return the row if the signed-in user may base something on it; 403 where they only see that it is there."""
    row = get_object_or_404(model.objects.visible_to(signed_in(request)).select_related("owner"), pk=pk)
    if not row.may_be_used_by(signed_in(request)):
        raise PermissionDenied(
            gettext("%(owner)s keeps this %(verbose_name)s to themselves.")
            % {"owner": row.owner, "verbose_name": gettext(str(row._meta.verbose_name))}
        )
    return row


def of_visible(model: type[Owned], view: View) -> View:
    """Let a view of one row (`pk`) answer those who see the row; for others it is not there."""
    return _where(lambda user, pk: model.objects.visible_to(user).filter(pk=pk).exists(), view)


def of_visible_pair(view: View) -> View:
    """Let a view of one image pair answer those who see its pair set."""

    def is_seen(user: User, pk: int) -> bool:
        return ImagePair.objects.filter(pk=pk, pair_set__in=PairSet.objects.visible_to(user)).exists()

    return _where(is_seen, view)


def of_usable_image(view: View) -> View:
    """Let a view of one image answer those who may use its dataset; that a dataset is known shows no image."""

    def is_seen(user: User, pk: int) -> bool:
        return Image.objects.filter(pk=pk, dataset__in=Dataset.objects.usable_by(user)).exists()

    return _where(is_seen, view)


def _where(is_seen: Callable[[User, int], bool], view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, pk: int, **more: object) -> HttpResponseBase:
        # Whoever is not signed in is sent to do so by the view itself, whatever is there.
        if request.user.is_authenticated and not is_seen(signed_in(request), pk):
            raise Http404
        return view(request, pk, **more)

    return answer
