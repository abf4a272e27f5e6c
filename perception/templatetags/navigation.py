"""The links at the head of every page, the present one marked."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def section_link(context: dict[str, Any], address: str, title: str) -> SafeString:
    """Return a link to a list, marked as the present page on it, and as the present section on the pages below it."""
    href = reverse(address)
    here = context["request"].path
    mark = SafeString(' aria-current="page"' if here == href else ' aria-current="true"')
    return format_html('<a href="{}"{}>{}</a>', href, mark if here.startswith(href) else "", title)
