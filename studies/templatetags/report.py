"""The lines of the report's tables as a template tag: of a thousand observers a template would take seconds."""

from collections.abc import Iterable, Sequence

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

LONG = 30
"""Cells of more characters than these may be broken."""


@register.simple_tag
def table_lines(rows: Iterable[Sequence[str]]) -> SafeString:
    """Return lines of a table as HTML; the first cell of each names the line."""
    return mark_safe("\n".join(_line(*row) for row in rows))  # noqa: S308 - every text in it is escaped


def _line(name: str, *cells: str) -> str:
    texts = "".join(_cell(cell) for cell in cells)
    return f'<tr><th scope="row">{escape(name)}</th>{texts}</tr>'


def _cell(text: str) -> str:
    return f'<td class="long">{escape(text)}</td>' if len(text) > LONG else f"<td>{escape(text)}</td>"
