"""The names of the figures of a training in the language of the page, as template filters."""

from collections.abc import Sequence

from django import template
from django.utils.translation import gettext, gettext_noop

from ml.runs.learning_curve import CurvePoint

register = template.Library()

FIGURES = (gettext_noop("loss"), gettext_noop("accuracy"), gettext_noop("fooled"))


@register.filter
def figure_name(name: str) -> str:
    """Return what a figure is called; one that this version does not know as it was stored."""
    return gettext(name)


@register.filter
def named_in_page_language(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    """Return a curve with the names of its figures as people read them."""
    return [(step, {figure_name(name): value for name, value in figures.items()}) for step, figures in points]
