"""Words that a reader looks for in a list."""

import re

from django import forms
from django.db.models import Q
from django.utils.functional import Promise

LONGEST_SEARCH = 100  # characters


def search_field(label: str | Promise) -> forms.CharField:
    """Return the field of a filter that takes the words, under the name of what they are looked for in."""
    return forms.CharField(
        required=False,
        max_length=LONGEST_SEARCH,
        label=label,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


def matching(text: str, *fields: str) -> Q:
    """Return the condition that each word of a text stands in one of the fields, in capitals or not.

    By a regular expression: SQLite's own comparison knows only English letters' capitals, and would not find “Étude”
    by “étude”.
    """
    condition = Q()
    for word in text.split():
        condition &= Q(*((f"{field}__iregex", re.escape(word)) for field in fields), _connector=Q.OR)
    return condition
