"""Who is signed in, and which studies are theirs."""

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from studies.models.study import Study


def researcher(request: HttpRequest) -> User:
    """Return the signed-in user (behind `login_required`)."""
    return cast("User", request.user)


def own_study(request: HttpRequest, pk: int) -> Study:
    """Return the study if the signed-in researcher may see it; 404 otherwise, as if it were not there."""
    studies = Study.objects.visible_to(researcher(request)).select_related("pair_set__dataset", "pair_set__attack")
    return get_object_or_404(studies, pk=pk)
