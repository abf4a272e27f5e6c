"""How what somebody made is renamed and deleted, for templates."""

from django import template
from django.template.context import RequestContext
from django.urls import reverse

from ml.lifecycle.renaming import why_name_stays
from ml.models.owned import Owned
from ml.runs.checks import longest_name

register = template.Library()


@register.inclusion_tag("ml/lifecycle/managing.html", takes_context=True)
def managing(context: RequestContext, row: Owned, kind: str) -> dict[str, object]:
    """Offer to rename and to delete a row to whom that is open; `kind` is that of the address."""
    user = context["user"]
    is_managed = row.is_managed_by(user)
    return {
        "row": row,
        "is_managed": is_managed,
        "why_name_stays": why_name_stays(row, seen_by=user) if is_managed else "",
        "longest": longest_name(type(row)),
        "csrf_token": context.get("csrf_token"),
        "rename_url": reverse(f"ml:{kind}-rename", args=[row.pk]),
        "delete_url": reverse(f"ml:{kind}-delete", args=[row.pk]),
    }
