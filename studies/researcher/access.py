"""Who is signed in, which studies they see, and which page of a study takes which permission."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from studies.design.lifecycle.consequences import CONFIRMED
from studies.models.study import Study
from studies.permissions import PERMISSION_OF_ACTION, NotPermittedError, Permission, permissions_of, require

PERMISSION_OF_PAGE: Mapping[str, Permission] = MappingProxyType(
    {
        "study-detail": Permission.SEE,
        "study-live": Permission.SEE,
        "study-live-now": Permission.SEE,
        "study-invite": Permission.INVITE,
        "study-recruitment": Permission.INVITE,
        "study-open-link-make": Permission.INVITE,
        "study-open-link": Permission.INVITE,
        "study-open-link-revoke": Permission.INVITE,
        "study-groups-change": Permission.INVITE,
        "study-open-link-sheet": Permission.INVITE,
        "study-links": Permission.INVITE,
        "study-invite-many": Permission.INVITE,
        "study-links-csv": Permission.INVITE,
        "study-links-sheet": Permission.INVITE,
        "study-links-change": Permission.INVITE,
        "study-links-mail": Permission.INVITE,
        "study-sessions-mark": Permission.RUN,
        "study-submissions": Permission.RUN,
        "study-outside-ids": Permission.EXPORT,
        "study-pilot-invite": Permission.RUN,
        "study-opening-cancel": Permission.RUN,
        "study-edit": Permission.CHANGE,
        "study-step": Permission.CHANGE,
        "study-estimate": Permission.CHANGE,
        "study-keep-plan": Permission.CHANGE,
        "study-publication": Permission.CHANGE,
        "study-power": Permission.CHANGE,
        "study-check": Permission.CHANGE,
        "study-preview": Permission.PREVIEW,
        "study-report": Permission.SEE_RESULTS,
        "study-report-again": Permission.SEE_RESULTS,
        "study-downloads": Permission.SEE_RESULTS,
        "study-download": Permission.EXPORT,
        "study-observers": Permission.EXPORT,
        "study-data-protection": Permission.PROTECT,
        "study-person-find": Permission.PROTECT,
        "study-person": Permission.PROTECT,
        "study-person-export": Permission.PROTECT,
        "study-preregistration": Permission.EXPORT,
        "study-definition": Permission.EXPORT,
        "study-duplicate": Permission.EXPORT,
        "study-role-give": Permission.GIVE_ROLES,
        "study-role-take": Permission.GIVE_ROLES,
        "study-hand-over": Permission.GIVE_ROLES,
        **{f"study-{action.name}": PERMISSION_OF_ACTION[action.event] for action in CONFIRMED},
    }
)
"""What each page of a study takes, by the name of its address. A page that is not here is its owner's."""


def researcher(request: HttpRequest) -> User:
    """Return the signed-in user (behind `login_required`)."""
    return cast("User", request.user)


def own_study(request: HttpRequest, pk: int) -> Study:
    """Return the study of a page, if the signed-in researcher may open that page.

    Who has no role in the study gets 404, as if it were not there; whose role does not reach so far, 403.
    """
    return study_permitting(request, pk, permission_of(request))


def study_permitting(request: HttpRequest, pk: int, permission: Permission) -> Study:
    """Return a study in which the signed-in researcher has a permission; else 404 or 403, as `own_study`."""
    studies = Study.objects.visible_to(researcher(request)).select_related("pair_set__dataset", "pair_set__attack")
    study = get_object_or_404(studies, pk=pk)
    try:
        require(researcher(request), study, permission)
    except NotPermittedError as error:
        raise PermissionDenied(str(error)) from error
    return study


def permission_of(request: HttpRequest) -> Permission:
    """Return the permission that the page of a request takes."""
    name = request.resolver_match.url_name if request.resolver_match else None
    return PERMISSION_OF_PAGE.get(name or "", Permission.GIVE_ROLES)


def pages_open_to(user: User, study: Study) -> frozenset[str]:
    """Return the names of the study's pages that somebody may open (one query, at most): a page shows no other link."""
    granted = permissions_of(user, study)
    return frozenset(name for name, permission in PERMISSION_OF_PAGE.items() if permission in granted)
