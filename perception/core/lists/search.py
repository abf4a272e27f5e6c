"""Words that a reader looks for in a list."""

import re
from typing import Any

from django import forms
from django.db.models import Q

LONGEST_SEARCH = 100  # characters


class SearchField(forms.CharField):
    """The field of a filter that takes the words; its label says in what they are looked for."""

    def __init__(self, **options: Any) -> None:
        """Take the options of a text field."""
        widget = forms.TextInput(attrs={"type": "search"})
        super().__init__(required=False, max_length=LONGEST_SEARCH, widget=widget, **options)


def matching(text: str, *fields: str) -> Q:
    """Return the condition that each word of a text stands in one of the fields, in capitals or not.

    By a regular expression: SQLite's own comparison knows only English letters' capitals, and would not find “Étude”
    by “étude”.
    """
    condition = Q()
    for word in text.split():
        condition &= Q(*((f"{field}__iregex", re.escape(word)) for field in fields), _connector=Q.OR)
    return condition
