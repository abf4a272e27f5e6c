"""Whose something is and who may use it, for templates."""

from django import template
from django.contrib.auth.models import User
from django.template.context import RequestContext
from django.urls import reverse

from ml.models.owned import Owned

register = template.Library()


@register.filter
def usable_by(row: Owned, user: User) -> bool:
    """Say whether somebody may base something of theirs on a row."""
    return row.may_be_used_by(user)


@register.inclusion_tag("ml/sharing.html", takes_context=True)
def sharing(context: RequestContext, row: Owned, kind: str) -> dict[str, object]:
    """Say whether a row is shared, with the button for who may change it; `kind` is that of the address."""
    return {
        "row": row,
        "user": context["user"],
        "csrf_token": context.get("csrf_token"),
        "share_url": reverse(f"ml:{kind}-share", args=[row.pk]),
    }
